//! Faults of the files: which kinds there are, how many of each, and which rows they hit.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::random::{Draw, Kind};
use crate::spec::Spec;

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// It is not in its own file but in a later one (`…_late.…`); it is accepted.
    LateRow,
    /// It stands twice in its file, every cell alike; the second is counted as a duplicate.
    ExactDuplicate,
    /// It is not in any file.
    MissingRow,
    /// An identifier fails its check.
    WrongIdentifier,
    /// A number is in another unit than its neighbours, so that parts and total disagree.
    SwappedUnit,
    /// A quantity below zero where none can be.
    NegativeNumber,
    /// A cell that must not be empty is.
    RequiredMissing,
    /// A row with more cells than the header.
    TooManyFields,
    /// A day that no calendar has.
    ImpossibleDate,
    /// The odometer is lower when the vehicle comes back.
    OdometerBackwards,
    /// A word that the list of words does not have.
    UnknownWord,
}

impl FaultKind {
    /// Whether a correct loader loads the row.
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::LateRow | Self::ExactDuplicate)
    }
}

/// How many rows of a job get a fault, and what it does to them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned {
    pub kind: FaultKind,
    /// One row in this many gets it, and at least one; 0 where the objects themselves are at fault.
    pub one_in: usize,
    /// The column of the file that is spoilt; empty if none is.
    pub column: &'static str,
    /// What the cell becomes.
    pub cell: Spoil,
    /// The rule that refuses the row; empty if it is accepted or absent.
    pub rule: &'static str,
}

/// What a spoilt cell becomes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spoil {
    /// Nothing is changed in a cell.
    Nothing,
    /// This text.
    To(&'static str),
    /// A minus sign in front, or `-1` if the cell is empty or zero.
    Negative,
    /// The number times a thousand.
    Thousandfold,
    /// The same identifier with another last character.
    OtherCheck,
    /// The number of this other column, less one.
    BelowColumn(&'static str),
}

/// Rows withheld to a later file.
pub(crate) const fn late(one_in: usize) -> Planned {
    Planned {
        kind: FaultKind::LateRow,
        one_in,
        column: "",
        cell: Spoil::Nothing,
        rule: "",
    }
}

/// Rows written twice.
pub(crate) const fn duplicate(one_in: usize) -> Planned {
    Planned {
        kind: FaultKind::ExactDuplicate,
        one_in,
        column: "",
        cell: Spoil::Nothing,
        rule: "",
    }
}

/// Rows left out.
pub(crate) const fn missing(one_in: usize) -> Planned {
    Planned {
        kind: FaultKind::MissingRow,
        one_in,
        column: "",
        cell: Spoil::Nothing,
        rule: "",
    }
}

/// Rows with a cell too many.
pub(crate) const fn too_many(one_in: usize) -> Planned {
    Planned {
        kind: FaultKind::TooManyFields,
        one_in,
        column: "",
        cell: Spoil::Nothing,
        rule: rule::TOO_MANY_FIELDS,
    }
}

/// Rows with an empty cell where none may be.
pub(crate) const fn blank(one_in: usize, column: &'static str) -> Planned {
    Planned {
        kind: FaultKind::RequiredMissing,
        one_in,
        column,
        cell: Spoil::To(""),
        rule: rule::REQUIRED,
    }
}

/// Rows with a number below zero.
pub(crate) const fn negative(one_in: usize, column: &'static str) -> Planned {
    Planned {
        kind: FaultKind::NegativeNumber,
        one_in,
        column,
        cell: Spoil::Negative,
        rule: rule::RANGE,
    }
}

/// Rows with a day that no calendar has, in the writing of the file.
pub(crate) const fn no_such_day(
    one_in: usize,
    column: &'static str,
    cell: &'static str,
) -> Planned {
    Planned {
        kind: FaultKind::ImpossibleDate,
        one_in,
        column,
        cell: Spoil::To(cell),
        rule: rule::DATE,
    }
}

/// Rows with a word that is not in the list.
pub(crate) const fn unknown(one_in: usize, column: &'static str, cell: &'static str) -> Planned {
    Planned {
        kind: FaultKind::UnknownWord,
        one_in,
        column,
        cell: Spoil::To(cell),
        rule: rule::ONE_OF,
    }
}

/// The names under which the loader counts refusals.
pub(crate) mod rule {
    pub(crate) const REQUIRED: &str = "required";
    pub(crate) const RANGE: &str = "range";
    pub(crate) const DATE: &str = "no_such_day";
    pub(crate) const ONE_OF: &str = "one_of";
    pub(crate) const PATTERN: &str = "pattern";
    pub(crate) const USCC: &str = "invalid_uscc";
    pub(crate) const VIN: &str = "invalid_vin";
    pub(crate) const TOO_MANY_FIELDS: &str = "uneven_row";
}

/// Which rows of which job carry which fault; rows are counted from 0 in the order of the export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Faults(BTreeMap<&'static str, BTreeMap<usize, FaultKind>>);

impl Faults {
    /// Draws distinct rows for each planned fault of a job.
    pub(crate) fn plan(
        &mut self,
        spec: &Spec,
        job: &'static str,
        rows: usize,
        planned: &[Planned],
    ) {
        if !spec.has_faults || rows == 0 {
            return;
        }
        // The stream is the job's, so that a new job changes no other.
        let stream = job.bytes().fold(5381u64, |hash, byte| {
            (hash * 33 + u64::from(byte)) % (1 << 40)
        });
        let mut draw = Draw::new(spec.seed, Kind::Fault, stream);
        let hit = self.0.entry(job).or_default();
        for fault in planned.iter().filter(|fault| fault.one_in > 0) {
            // Never more than a tenth of the rows altogether, so that drawing ends.
            let count = (rows / fault.one_in)
                .max(1)
                .min((rows / 10).saturating_sub(hit.len()));
            let wanted = hit.len() + count;
            while hit.len() < wanted {
                let row = draw.below(rows as u64) as usize;
                hit.entry(row).or_insert(fault.kind);
            }
        }
    }

    /// The rows of a job that carry a fault.
    pub(crate) fn of(&self, job: &str) -> Option<&BTreeMap<usize, FaultKind>> {
        self.0.get(job)
    }

    /// Whether a correct loader loads a row of a job.
    pub(crate) fn is_accepted(&self, job: &str, row: usize) -> bool {
        self.0
            .get(job)
            .and_then(|rows| rows.get(&row))
            .is_none_or(|kind| kind.is_accepted())
    }
}
