//! Broken rules of the rows of a batch, while it is conformed.

use std::borrow::Cow;
use std::collections::HashSet;

use arrow::buffer::BooleanBuffer;

/// One rule broken by one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The row in the batch.
    pub row: usize,
    /// The column in the contract; `None` for a rule over the row.
    pub column: Option<usize>,
    /// The rule's name.
    pub rule: Cow<'static, str>,
    /// What is wrong, for people.
    pub detail: String,
}

/// All rules broken in a batch.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Notes that `row` breaks `rule` in `column`.
    pub(super) fn add(
        &mut self,
        row: usize,
        column: Option<usize>,
        rule: impl Into<Cow<'static, str>>,
        detail: String,
    ) {
        self.0.push(Fault {
            row,
            column,
            rule: rule.into(),
            detail,
        });
    }

    /// How many faults there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The faults after the first `begin`.
    pub(super) fn since(&self, begin: usize) -> &[Fault] {
        &self.0[begin..]
    }

    /// The rows with a fault in one of `columns`.
    pub(super) fn rows_in(&self, columns: &HashSet<usize>) -> HashSet<usize> {
        let of_columns =
            |fault: &&Fault| fault.column.is_some_and(|column| columns.contains(&column));
        self.0
            .iter()
            .filter(of_columns)
            .map(|fault| fault.row)
            .collect()
    }

    /// Whether nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Which of `count` rows have no fault.
    pub(super) fn rows_without(&self, count: usize) -> BooleanBuffer {
        if self.is_empty() {
            return BooleanBuffer::new_set(count);
        }
        let mut without = vec![true; count];
        for fault in &self.0 {
            without[fault.row] = false;
        }
        BooleanBuffer::from(without)
    }

    /// The faults by row; those of a row in the order of the contract's columns, row rules last.
    pub(super) fn by_row(mut self) -> Vec<Fault> {
        self.0
            .sort_by_key(|fault| (fault.row, fault.column.unwrap_or(usize::MAX)));
        self.0
    }
}
