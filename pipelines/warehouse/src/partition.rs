//! The values a file's rows have in common: those of the table's partition columns.

use std::collections::HashMap;
use std::fmt;

/// One partition of a table, in Delta's text form and in the order of the partition columns.
///
/// Dates are `2025-01-31`, integers digits, text itself; `None` is null. A table without partition
/// columns has exactly one partition, [`PartitionValues::default`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionValues(Vec<(String, Option<String>)>);

impl PartitionValues {
    /// The partition where each column has the value given; columns in table order.
    pub fn new<C: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (C, Option<V>)>,
    ) -> Self {
        Self(
            values
                .into_iter()
                .map(|(column, value)| (column.into(), value.map(Into::into)))
                .collect(),
        )
    }

    /// The partition of a table with one partition column, the usual case: `("month", "2025-01")`.
    pub fn of(column: impl Into<String>, value: impl Into<String>) -> Self {
        Self(vec![(column.into(), Some(value.into()))])
    }

    /// Takes the values of `columns` out of a Delta action's map; absent ones are null.
    pub(crate) fn from_action(
        columns: &[String],
        values: &HashMap<String, Option<String>>,
    ) -> Self {
        Self(
            columns
                .iter()
                .map(|column| (column.clone(), values.get(column).cloned().flatten()))
                .collect(),
        )
    }

    /// The value of `column`; `None` when it is null or not a partition column.
    pub fn get(&self, column: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == column)
            .and_then(|(_, value)| value.as_deref())
    }

    /// Columns and values in table order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0
            .iter()
            .map(|(column, value)| (column.as_str(), value.as_deref()))
    }

    /// Whether this is the one partition of a table without partition columns.
    pub fn is_whole_table(&self) -> bool {
        self.0.is_empty()
    }
}

/// `month=2025-01`; `whole table` where there are no partition columns.
impl fmt::Display for PartitionValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_whole_table() {
            return formatter.write_str("whole table");
        }
        for (index, (column, value)) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(formatter, "{separator}{column}={}", value.unwrap_or("null"))?;
        }
        Ok(())
    }
}
