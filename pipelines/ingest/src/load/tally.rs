//! Counts of what a merge did with the rows it was offered and with the rows of the table.

use std::ops::AddAssign;

/// Where the offered rows went, and what happened to the table's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Offered rows with a new key.
    pub inserted: u64,
    /// Offered rows that take the place of another row of the table.
    pub updated: u64,
    /// Offered rows the table has as they are.
    pub unchanged: u64,
    /// Offered rows for which another one is loaded.
    pub duplicate: u64,
    /// Offered rows set aside.
    pub quarantined: u64,
    /// Rows of the table that go.
    pub deleted: u64,
}

impl Tally {
    /// Whether the table's own rows change, so that their partition must be written anew.
    pub(super) fn disturbs_the_table(&self) -> bool {
        self.updated + self.deleted > 0
    }

    /// Whether anything is written or removed.
    pub(crate) fn changes_the_table(&self) -> bool {
        self.inserted + self.updated + self.deleted > 0
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.duplicate += other.duplicate;
        self.quarantined += other.quarantined;
        self.deleted += other.deleted;
    }
}
