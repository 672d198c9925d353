//! What was written, what is wrong with it, and what a correct loader must do with every row.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::fault::FaultKind;
use crate::month::Month;

/// The record of one `write_sources`; it is written beside the files as `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// Always true: nothing here is real but the names of regions.
    pub made_up: bool,
    /// The seed of the city.
    pub seed: u64,
    /// The first month of the history.
    pub from: Month,
    /// The last month of the history.
    pub to: Month,
    /// Each job with its files and its expected ledger, by name.
    pub jobs: BTreeMap<String, JobRecord>,
    /// Offices made larger than the limits of those who sit in them, in rows that are accepted.
    pub over_standard_rooms: u64,
    /// Forms that organisations of the survey never delivered.
    pub missing_forms: u64,
}

/// What one job finds and what must come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobRecord {
    /// The table it loads.
    pub table: String,
    /// Its files, in the order of their names.
    pub files: Vec<FileRecord>,
    /// The ledger of the first run on an empty table.
    pub ledger: ExpectedLedger,
    /// Each kind of fault put in.
    pub faults: Vec<FaultRecord>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileRecord {
    /// The path below the folder given, with `/`.
    pub path: String,
    /// Rows of data, without titles, headers and totals, duplicates counted.
    pub rows: u64,
    /// Size on disk.
    pub size_bytes: u64,
}

/// The ledger that the first run of a job must post:
/// `read = inserted + duplicate + quarantined`, `decoded = read + left_out`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExpectedLedger {
    /// Rows decoded, after unpivoting.
    pub decoded: u64,
    /// Rows that the job's `where` leaves out.
    pub left_out: u64,
    /// Rows offered to the contract.
    pub read: u64,
    /// Rows in the table afterwards.
    pub inserted: u64,
    /// Exact duplicates.
    pub duplicate: u64,
    /// Rows refused.
    pub quarantined: u64,
    /// Rows refused, by rule.
    pub by_rule: BTreeMap<String, u64>,
}

/// One kind of fault in one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultRecord {
    /// What is wrong.
    pub kind: FaultKind,
    /// The column of the file that is wrong; empty where it is the row.
    pub column: String,
    /// The rule that refuses it; empty where nothing does.
    pub rule: String,
    /// How many rows have it.
    pub count: u64,
    /// Where they stand; absent rows stand nowhere.
    pub places: Vec<Place>,
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as in [`FileRecord::path`].
    pub file: String,
    /// The row, counted from 1 with titles and headers; for JSON the element.
    pub row: u64,
}

impl Manifest {
    /// Rows in all files of all jobs.
    pub fn rows(&self) -> u64 {
        self.jobs
            .values()
            .flat_map(|job| &job.files)
            .map(|file| file.rows)
            .sum()
    }

    /// The number of files.
    pub fn file_count(&self) -> usize {
        self.jobs.values().map(|job| job.files.len()).sum()
    }

    /// How many rows carry a kind of fault, over all jobs.
    pub fn fault_count(&self, kind: FaultKind) -> u64 {
        self.jobs
            .values()
            .flat_map(|job| &job.faults)
            .filter(|fault| fault.kind == kind)
            .map(|fault| fault.count)
            .sum()
    }
}
