//! Rows of one key in one load, and which of them is loaded.
//!
//! What a load of several files does is what loading them one after the other would do. Within a file
//! a row said twice is one row; two rows that say different things are both set aside, because
//! nothing tells which is right (or, if the job says so, the last counts). Between files the later
//! one counts, except in an appended table, where nothing may be said anew.
//!
//! The rows come in the order of files and rows. What is remembered is one row of the files before
//! and one of the present file, so that a key repeated a million times takes no more memory than one
//! said twice.

use super::keyed::Slot;
use super::refuse::Refuse;
use super::rules::{Meeting, Rules};
use super::tally::Tally;
use crate::error::IngestError;
use crate::job::OnConflict;

/// The rows of one key seen so far.
pub(super) struct Group {
    /// The table's row of this key.
    table: Option<Slot>,
    /// What the files before the present one come to.
    before: Option<Slot>,
    /// The present file's row, to which its others are compared.
    present: Option<Slot>,
    /// The present file.
    file: u32,
    /// Whether the present file contradicts itself.
    contradicted: bool,
}

impl Group {
    /// A group that meets `table` in the table.
    pub(super) fn new(table: Option<Slot>) -> Group {
        Group {
            table,
            before: None,
            present: None,
            file: 0,
            contradicted: false,
        }
    }

    /// Takes the next row, and counts what is settled by it.
    pub(super) fn offer(
        &mut self,
        slot: Slot,
        rules: &Rules,
        refuse: &mut Refuse<'_>,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        let file = refuse.file_of(&slot);
        if file != self.file {
            self.close_file(rules, refuse, tally)?;
            self.file = file;
        }
        let Some(present) = &self.present else {
            self.present = Some(slot);
            return Ok(());
        };
        if present.same_values(&slot)? {
            tally.duplicate += 1;
        } else if rules.on_conflict == OnConflict::Last {
            tally.duplicate += 1;
            self.present = Some(slot);
        } else {
            if !self.contradicted {
                refuse.key_conflict(present, &slot, tally)?;
            }
            refuse.key_conflict(&slot, present, tally)?;
            self.contradicted = true;
        }
        Ok(())
    }

    /// The row that is to be loaded, if one is left, and the table's row.
    pub(super) fn close(
        mut self,
        rules: &Rules,
        refuse: &mut Refuse<'_>,
        tally: &mut Tally,
    ) -> Result<(Option<Slot>, Option<Slot>), IngestError> {
        self.close_file(rules, refuse, tally)?;
        Ok((self.before, self.table))
    }

    fn close_file(
        &mut self,
        rules: &Rules,
        refuse: &mut Refuse<'_>,
        tally: &mut Tally,
    ) -> Result<(), IngestError> {
        let contradicted = std::mem::take(&mut self.contradicted);
        let Some(present) = self.present.take() else {
            return Ok(());
        };
        // Both sides of a contradiction are counted as quarantined already.
        if contradicted {
            return Ok(());
        }
        match (rules.meeting, &self.table, &self.before) {
            (Meeting::Refuse, Some(table), _) => {
                if table.same_values(&present)? {
                    tally.unchanged += 1;
                } else {
                    refuse.append_conflict_with_table(&present, table, tally)?;
                }
            }
            (Meeting::Refuse, None, Some(before)) => {
                if before.same_values(&present)? {
                    tally.duplicate += 1;
                } else {
                    refuse.append_conflict(&present, before, tally)?;
                }
            }
            (Meeting::Refuse, None, None) => self.before = Some(present),
            (Meeting::Replace, _, _) => {
                tally.duplicate += u64::from(self.before.is_some());
                self.before = Some(present);
            }
        }
        Ok(())
    }
}
