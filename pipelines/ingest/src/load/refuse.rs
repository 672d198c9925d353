//! Rows a merge sets aside, and what their message says.

use std::sync::Mutex;

use arrow::array::Array;
use arrow::util::display::array_value_to_string;

use super::keyed::{Layout, Slot};
use super::tally::Tally;
use crate::error::IngestError;
use crate::place::Origins;
use crate::refusal::{RefusalLog, Refused};

/// Two rows of one key in one file that say different things.
pub(crate) const KEY_CONFLICT: &str = "key_conflict";
/// A row for an appended table whose key is there with other values.
pub(crate) const APPEND_CONFLICT: &str = "append_conflict";

/// How many differing columns a message names.
const DIFFERENCES: usize = 3;

/// Sets rows aside for one lane of a merge.
pub(super) struct Refuse<'a> {
    pub layout: &'a Layout,
    pub origins: &'a Origins,
    /// Shared by the lanes.
    pub log: &'a Mutex<RefusalLog>,
}

impl Refuse<'_> {
    /// The file an offered row came from.
    pub(super) fn file_of(&self, slot: &Slot) -> u32 {
        self.origins.file_of(slot.origin())
    }

    /// `slot` contradicts `other`, a row of the same file.
    pub(super) fn key_conflict(
        &mut self,
        slot: &Slot,
        other: &Slot,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        let place = self.origins.place(other.origin(), other.file_row());
        let sheet = place
            .sheet
            .map(|sheet| format!(" of sheet `{sheet}`"))
            .unwrap_or_default();
        let message = format!(
            "row {}{sheet} has the same key and other values: {}",
            place.row,
            self.differences(slot, other, "there")
        );
        self.add(KEY_CONFLICT, slot, &message, tally)
    }

    /// `slot` says something else than `before`, a row of a file before it.
    pub(super) fn append_conflict(
        &mut self,
        slot: &Slot,
        before: &Slot,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        let message = format!(
            "{} has the same key and other values: {}",
            self.origins.place(before.origin(), before.file_row()),
            self.differences(slot, before, "there")
        );
        self.add(APPEND_CONFLICT, slot, &message, tally)
    }

    /// `slot` says something else than the table.
    pub(super) fn append_conflict_with_table(
        &mut self,
        slot: &Slot,
        table: &Slot,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        let message = format!(
            "the table has the same key with other values: {}",
            self.differences(slot, table, "in the table")
        );
        self.add(APPEND_CONFLICT, slot, &message, tally)
    }

    fn add(
        &mut self,
        rule: &str,
        slot: &Slot,
        message: &str,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        tally.quarantined += 1;
        let columns: Vec<&str> = self
            .layout
            .key
            .iter()
            .map(|index| name(slot, *index))
            .collect();
        let values: Vec<String> = self
            .layout
            .key
            .iter()
            .map(|index| value(slot, *index))
            .collect();
        let mut log = self
            .log
            .lock()
            .expect("no thread fails while it holds this lock");
        log.add(Refused {
            origin: slot.origin(),
            row: slot.file_row(),
            rule,
            column: &columns.join(", "),
            raw: Some(&values.join(", ")),
            message,
        })
    }

    /// ``electricity_kwh` is 12.0000 here and 13.0000 there`, for the first columns that differ.
    fn differences(&self, slot: &Slot, other: &Slot, there: &str) -> String {
        let differing: Vec<usize> = self
            .layout
            .compared
            .iter()
            .copied()
            .filter(|index| value(slot, *index) != value(other, *index))
            .collect();
        let mut parts: Vec<String> = differing
            .iter()
            .take(DIFFERENCES)
            .map(|index| {
                let (own, others) = (value(slot, *index), value(other, *index));
                format!(
                    "`{}` is {own} here and {others} {there}",
                    name(slot, *index)
                )
            })
            .collect();
        if differing.len() > DIFFERENCES {
            parts.push(format!("and {} more", differing.len() - DIFFERENCES));
        }
        parts.join(", ")
    }
}

fn name(slot: &Slot, column: usize) -> &str {
    slot.batch.batch.schema_ref().field(column).name()
}

fn value(slot: &Slot, column: usize) -> String {
    let array = slot.batch.batch.column(column);
    if array.is_null(slot.row) {
        return "nothing".into();
    }
    array_value_to_string(array, slot.row).unwrap_or_else(|_| "?".into())
}
