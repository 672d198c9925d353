//! One row of cells, as text in one buffer: millions are written, none is kept.

use std::fmt::{Display, Write};

/// A row under construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// Empties the row for the next one.
    pub(crate) fn clear(&mut self) -> &mut Self {
        self.text.clear();
        self.ends.clear();
        self
    }

    /// Adds a cell.
    pub(crate) fn push(&mut self, cell: impl Display) -> &mut Self {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{cell}");
        self.ends.push(self.text.len());
        self
    }

    /// Adds a cell that is text already, which is cheaper.
    pub(crate) fn text(&mut self, cell: &str) -> &mut Self {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
        self
    }

    /// Adds a cell, empty if there is nothing.
    pub(crate) fn maybe(&mut self, cell: Option<impl Display>) -> &mut Self {
        match cell {
            Some(cell) => self.push(cell),
            None => self.text(""),
        }
    }

    /// Adds a number, empty if it is zero: what is not used is not filled in.
    pub(crate) fn unless_zero<const SCALE: u32>(
        &mut self,
        number: crate::Fixed<SCALE>,
    ) -> &mut Self {
        if number.is_zero() {
            self.text("")
        } else {
            self.push(crate::number::Trimmed(number))
        }
    }

    /// The number of cells.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell.
    pub(crate) fn cell(&self, place: usize) -> &str {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.text[start..self.ends[place]]
    }

    /// All cells.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.cell(place))
    }

    /// The row with one cell changed.
    pub(crate) fn with_cell(&self, place: usize, cell: &str) -> Self {
        let mut changed = Self::default();
        for (current, old) in self.cells().enumerate() {
            changed.text(if current == place { cell } else { old });
        }
        changed
    }
}
