//! The ledger: where every row of a run went.
//!
//! ```text
//! read = inserted + updated + unchanged + duplicate + quarantined
//! ```
//! The two sides are counted in different places (what the select offers, against what conform and
//! merge did with it), so that a row lost in between shows. A run whose sides differ does not commit.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Where the rows of a run went. All counts are of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Rows found in the files, those refused by the decoder among them.
    pub decoded: u64,
    /// Rows of the files of which the select offers nothing.
    pub left_out: u64,
    /// Rows the select offers (several for one row of a file after `unpivot`), and rows the decoder
    /// refused before the select could see them.
    pub read: u64,
    /// Rows with a key that was not in the table.
    pub inserted: u64,
    /// Rows with a key that was in the table with other values.
    pub updated: u64,
    /// Rows that are in the table already, as they are.
    pub unchanged: u64,
    /// Rows with the key of another row of the same run that is loaded in their place.
    pub duplicate: u64,
    /// Rows set aside because they break a rule.
    pub quarantined: u64,
    /// Rows of the table that `snapshot` or `replace_period` removed. Not a part of `read`.
    pub deleted: u64,
}

impl Ledger {
    /// The right side of the identity.
    pub fn accounted(&self) -> u64 {
        self.inserted + self.updated + self.unchanged + self.duplicate + self.quarantined
    }

    /// Whether every row read is accounted for.
    pub fn balances(&self) -> bool {
        self.read == self.accounted()
    }

    /// Whether the table is another one afterwards.
    pub fn changes_the_table(&self) -> bool {
        self.inserted + self.updated + self.deleted > 0
    }
}

impl AddAssign for Ledger {
    fn add_assign(&mut self, other: Ledger) {
        self.decoded += other.decoded;
        self.left_out += other.left_out;
        self.read += other.read;
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.duplicate += other.duplicate;
        self.quarantined += other.quarantined;
        self.deleted += other.deleted;
    }
}
