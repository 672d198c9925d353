//! Conditions of a board become expressions over the columns of a contract.

use std::collections::BTreeMap;

use arrow::datatypes::DataType;
use contracts::Contract;
use contracts::yaml::Scalar;
use datafusion::logical_expr::{Expr, lit};
use models::metric::{Filter, FilterTest};

use crate::board::file::{ConditionFile, Presence, TestFile};
use crate::board::resolve::value_of;
use crate::error::ApiError;
use crate::open::Regions;

/// The values of a board's parameters, by name; `None` where there is none.
pub(crate) type Values = BTreeMap<String, Option<String>>;

/// All conditions over a mart's columns; `None` when one compares with a parameter that has no value,
/// which nothing can meet.
pub(crate) fn all(
    conditions: &BTreeMap<String, ConditionFile>,
    contract: &Contract,
    values: &Values,
    regions: &Regions,
) -> Result<Option<Expr>, ApiError> {
    let types = |column: &str| contract.column(column).map(|column| column.ty.data_type());
    all_over(conditions, types, values, regions)
}

/// The same over columns whose types `types` tells.
pub(crate) fn all_over(
    conditions: &BTreeMap<String, ConditionFile>,
    types: impl Fn(&str) -> Option<DataType>,
    values: &Values,
    regions: &Regions,
) -> Result<Option<Expr>, ApiError> {
    let mut whole: Option<Expr> = None;
    for (column, condition) in conditions {
        let Some(data_type) = types(column) else {
            return Err(ApiError::unknown("column", column, []));
        };
        let Some(test) = test(condition, values, regions) else {
            return Ok(None);
        };
        let filter = Filter {
            column: column.clone(),
            test,
        };
        let expression = filter.expression(&data_type)?;
        whole = Some(match whole {
            Some(before) => before.and(expression),
            None => expression,
        });
    }
    Ok(Some(whole.unwrap_or_else(|| lit(true))))
}

/// The test of one condition; `None` when a parameter it needs has no value.
fn test(condition: &ConditionFile, values: &Values, regions: &Regions) -> Option<FilterTest> {
    let of = |scalar: &Scalar| value_of(scalar, values);
    let test = match condition {
        ConditionFile::Equal(value) => return Some(FilterTest::Eq(of(value)?)),
        ConditionFile::Test(test) => test,
    };
    match test {
        TestFile {
            is: Some(presence), ..
        } => Some(FilterTest::IsNull(*presence == Presence::Absent)),
        TestFile {
            one_of: Some(several),
            ..
        } => Some(FilterTest::In(
            several.iter().map(of).collect::<Option<_>>()?,
        )),
        TestFile {
            within: Some(region),
            ..
        } => Some(FilterTest::In(
            regions.within(&of(region)?).into_iter().collect(),
        )),
        TestFile { from, to, .. } => Some(FilterTest::Range {
            from: from
                .as_ref()
                .map(of)
                .map_or(Some(None), |value| value.map(Some))?,
            to: to
                .as_ref()
                .map(of)
                .map_or(Some(None), |value| value.map(Some))?,
        }),
    }
}
