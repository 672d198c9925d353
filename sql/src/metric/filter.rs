//! Filters: a column and a test, with values as text that the column's type reads.

use std::borrow::Cow;
use std::fmt;

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::expr_fn::starts_with;
use datafusion::logical_expr::{Expr, ident, lit};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::error::QueryError;
use crate::value::{parse_value, type_name};

/// Keeps the rows whose `column` passes `test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// What its value must be.
    pub test: FilterTest,
}

/// What a column's value must be. Values are text as a person or an address bar gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterTest {
    /// This value.
    Eq(String),
    /// One of these values; none of them passes nothing.
    In(Vec<String>),
    /// From `from` to `to`, both included; an open end is `None`.
    Range {
        /// The smallest value.
        from: Option<String>,
        /// The largest value.
        to: Option<String>,
    },
    /// Begins with this text: `4208` keeps the regions of a city.
    StartsWith(String),
    /// Is null, or is not.
    IsNull(bool),
}

impl Filter {
    /// Keeps rows whose `column` is `value`.
    pub fn eq(column: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            test: FilterTest::Eq(value.into()),
        }
    }

    /// Keeps rows whose `column` is one of `values`.
    pub fn is_in<V: Into<String>>(
        column: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        Self {
            column: column.into(),
            test: FilterTest::In(values.into_iter().map(Into::into).collect()),
        }
    }

    /// The filter as a boolean expression over a column of `data_type`.
    ///
    /// # Errors
    /// A value that is not one of the column's type.
    pub fn expression(&self, data_type: &DataType) -> Result<Expr, QueryError> {
        let column = ident(&self.column);
        Ok(match &self.test {
            FilterTest::Eq(value) => column.eq(self.literal(value, data_type)?),
            FilterTest::In(values) => {
                let list = values
                    .iter()
                    .map(|value| self.literal(value, data_type))
                    .collect::<Result<Vec<_>, _>>()?;
                // An empty IN list is not SQL; nothing passes it.
                if list.is_empty() {
                    lit(false)
                } else {
                    column.in_list(list, false)
                }
            }
            FilterTest::Range { from, to } => {
                let mut all = lit(true);
                if let Some(from) = from {
                    all = column.clone().gt_eq(self.literal(from, data_type)?);
                }
                if let Some(to) = to {
                    let below = column.lt_eq(self.literal(to, data_type)?);
                    all = if from.is_some() {
                        all.and(below)
                    } else {
                        below
                    };
                }
                all
            }
            FilterTest::StartsWith(text) => {
                if !matches!(data_type, DataType::Utf8 | DataType::Utf8View) {
                    return Err(QueryError::NotText {
                        column: self.column.clone(),
                        found: type_name(data_type),
                    });
                }
                starts_with(column, lit(text.as_str()))
            }
            FilterTest::IsNull(true) => column.is_null(),
            FilterTest::IsNull(false) => column.is_not_null(),
        })
    }

    fn literal(&self, text: &str, data_type: &DataType) -> Result<Expr, QueryError> {
        match parse_value(Some(text), data_type) {
            Ok(value) => Ok(lit(value)),
            Err(reason) => Err(QueryError::BadValue {
                column: self.column.clone(),
                value: text.to_owned(),
                expected: type_name(data_type),
                reason,
            }),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = &self.column;
        match &self.test {
            FilterTest::Eq(value) => write!(f, "{column} = {value}"),
            FilterTest::In(values) => write!(f, "{column} in ({})", values.join(", ")),
            FilterTest::Range { from, to } => write!(
                f,
                "{column} from {} to {}",
                from.as_deref().unwrap_or("the first"),
                to.as_deref().unwrap_or("the last")
            ),
            FilterTest::StartsWith(text) => write!(f, "{column} begins with {text}"),
            FilterTest::IsNull(true) => write!(f, "{column} is null"),
            FilterTest::IsNull(false) => write!(f, "{column} is not null"),
        }
    }
}

/// One value or a list of them, as a metric file's `where` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Values(pub Vec<String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValuesVisitor)
    }
}

impl JsonSchema for Values {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Values".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let scalar = serde_json::json!(["string", "number", "boolean"]);
        json_schema!({
            "anyOf": [
                { "type": scalar },
                { "type": "array", "items": { "type": scalar } },
            ]
        })
    }
}

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or a list of values")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Values, E> {
        Ok(Values(vec![value.to_owned()]))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Values, E> {
        Ok(Values(vec![value.to_string()]))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Values, E> {
        Ok(Values(vec![value.to_string()]))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Values, E> {
        Ok(Values(vec![value.to_string()]))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Values, E> {
        Ok(Values(vec![value.to_string()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Values, A::Error> {
        let mut values = Vec::new();
        // Text keeps numbers as they are written.
        while let Some(value) = list.next_element::<String>()? {
            values.push(value);
        }
        Ok(Values(values))
    }
}
