//! Some partitions of a mart: which they are, and the plan that computes just them.

use std::collections::BTreeSet;

use contracts::Contract;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::logical_expr::{Expr, LogicalPlan, lit};
use warehouse::{PartitionValues, Snapshot};

use crate::reach::Reach;

/// How many values a part names at most; more are not worth a filter of their own.
pub(super) const MOST_VALUES: usize = 1000;

/// Some partitions of a mart.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The first partition column.
    pub column: String,
    /// Its values, as Delta writes them.
    pub values: BTreeSet<Option<String>>,
    data_type: DataType,
    reach: Reach,
}

impl Part {
    /// The partitions of a mart under `contract` where its first partition column has one of
    /// `values`; `None` when the mart has no partitions.
    pub fn new(
        contract: &Contract,
        reach: Reach,
        values: BTreeSet<Option<String>>,
    ) -> Option<Self> {
        let column = contract.partition_by.first()?.to_string();
        let schema = contract.arrow_schema();
        let data_type = schema.field_with_name(&column).ok()?.data_type().clone();
        Some(Self {
            column,
            values,
            data_type,
            reach,
        })
    }

    /// The rows of these partitions, in the mart's columns.
    ///
    /// # Errors
    /// A value is not of the column's type.
    pub fn plan(&self) -> Result<LogicalPlan, DataFusionError> {
        let mut literals = Vec::new();
        for text in self.values.iter().flatten() {
            let value = ScalarValue::try_from_string(text.clone(), &self.data_type)?;
            literals.push(lit(value));
        }
        let has_null = self.values.contains(&None);
        let wanted = |value: Expr| {
            let is_listed = value.clone().in_list(literals.clone(), false);
            if has_null {
                is_listed.or(value.is_null())
            } else {
                is_listed
            }
        };
        self.reach.restricted(&wanted)
    }

    /// Those that are stored in `snapshot`.
    pub fn stored_in(&self, snapshot: &Snapshot) -> Vec<PartitionValues> {
        let partitions = snapshot.partitions().into_iter();
        partitions
            .filter(|partition| {
                let value = partition.get(&self.column).map(str::to_owned);
                self.values.contains(&value)
            })
            .collect()
    }

    /// Each as people write it: `year=2024`.
    pub fn told(&self) -> Vec<String> {
        let values = self.values.iter();
        values
            .map(|value| format!("{}={}", self.column, value.as_deref().unwrap_or("null")))
            .collect()
    }
}
