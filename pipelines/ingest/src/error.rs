//! Why a run failed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use contracts::{Fault, Retry, TableId};
use datafusion::error::DataFusionError;
use sources::SourceError;
use warehouse::WarehouseError;

use crate::decode::DecodeError;
use crate::ledger::Ledger;
use crate::run_id::RunId;

/// Why a run, or the reading of one file of a run, failed.
///
/// The message says what and where, [`hint`](Self::hint) how to mend it, [`fault`](Self::fault)
/// whose it is, [`retry`](Self::retry) whether trying again can help.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum IngestError {
    // Jobs.
    #[error("there is no job `{job}`")]
    UnknownJob {
        job: String,
        nearest: Option<String>,
    },
    #[error("no job loads `{table}`")]
    NoJobForTable { table: TableId },

    // Files.
    #[error("cannot read the source of job `{job}`")]
    Source {
        job: String,
        source: Box<SourceError>,
    },
    #[error("cannot read `{file}`")]
    File {
        file: String,
        source: Box<SourceError>,
    },
    #[error("cannot read `{file}`")]
    Undecodable {
        file: String,
        source: Box<DecodeError>,
    },
    #[error("`{file}` was changed while it was read")]
    FileChanged { file: String },
    #[error("`{file}` has no column `{column}`, which the select of job `{job}` reads")]
    ColumnMissing {
        file: String,
        job: String,
        column: String,
        nearest: Option<String>,
        columns: Vec<String>,
    },
    #[error("`{file}` has no column `{column}` for `{table}`, and job `{job}` has no select")]
    TableColumnMissing {
        file: String,
        job: String,
        table: Box<TableId>,
        column: String,
        nearest: Option<String>,
        columns: Box<[String]>,
    },
    #[error(
        "`{file}` has several columns for `{column}`, and job `{job}` has no select that says which"
    )]
    ColumnDoubled {
        file: String,
        job: String,
        column: String,
        second: String,
    },
    #[error("`{file}` has no column that matches `{}`, which job `{job}` turns into rows", globs.join("`, `"))]
    NothingToUnpivot {
        file: String,
        job: String,
        globs: Vec<String>,
        columns: Vec<String>,
    },
    #[error("`{file}` has no column called as one of `{table}`, and job `{job}` has no select")]
    NoColumnFits {
        file: String,
        job: String,
        table: TableId,
        columns: Vec<String>,
    },
    #[error("the select of job `{job}` does not fit `{file}`")]
    SelectUnfit {
        file: String,
        job: String,
        source: Box<DataFusionError>,
    },
    #[error("the select of job `{job}` gives no `{column}`, which `{table}` requires")]
    OutputMissing {
        job: String,
        column: String,
        table: TableId,
    },
    #[error("the select of job `{job}` gives `{column}`, which `{table}` does not have")]
    OutputUnknown {
        job: String,
        column: String,
        table: TableId,
        nearest: Option<String>,
    },
    #[error(
        "the select of job `{job}` gives `{column}` as {found}, which cannot be read as {expected}"
    )]
    OutputType {
        job: String,
        column: String,
        found: String,
        expected: &'static str,
    },
    #[error("the select of job `{job}` fails on a row of `{file}`")]
    SelectFailed {
        file: String,
        job: String,
        source: Box<DataFusionError>,
    },

    // Rules.
    #[error("the check `{check}` of `{table}` at {place} cannot be used")]
    CheckUnusable {
        table: TableId,
        check: String,
        place: String,
        source: Box<DataFusionError>,
    },
    #[error(
        "the column `{column}` of `{table}` holds pseudonyms, and there is no key to make them with"
    )]
    PseudonymKeyMissing { table: TableId, column: String },
    #[error(
        "the pseudonym key in {place} is too short: {bytes} bytes, at least {least} are needed"
    )]
    PseudonymKeyShort {
        place: String,
        bytes: usize,
        least: usize,
    },
    #[error("cannot read the pseudonym key in {place}")]
    PseudonymKeyUnreadable {
        place: String,
        source: std::io::Error,
    },

    // Loading.
    #[error(
        "{failed} of {files} files of job `{job}` could not be read, and mode `{mode}` removes what is not offered"
    )]
    FilesMissing {
        job: String,
        mode: &'static str,
        failed: usize,
        files: usize,
    },
    #[error(
        "job `{job}` offers no valid row, and mode `snapshot` would remove all {rows} rows of `{table}`"
    )]
    NothingValid {
        job: String,
        table: TableId,
        rows: u64,
    },
    #[error("the run of job `{job}` took longer than {} s", .timeout.as_secs())]
    TimedOut { job: String, timeout: Duration },
    #[error("the run of job `{job}` was cancelled")]
    Cancelled { job: String },
    #[error("the run of job `{job}` may not commit any more")]
    Superseded {
        job: String,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("`{table}` changed during each of {attempts} attempts to load it")]
    Contended { table: TableId, attempts: usize },
    #[error("the table has two rows of one key")]
    KeyNotUnique,
    #[error(
        "run {run_id} does not balance: {read} rows read, {accounted} accounted for \
         ({inserted} inserted, {updated} updated, {unchanged} unchanged, {duplicate} duplicate, {quarantined} quarantined)",
        read = ledger.read,
        accounted = ledger.accounted(),
        inserted = ledger.inserted,
        updated = ledger.updated,
        unchanged = ledger.unchanged,
        duplicate = ledger.duplicate,
        quarantined = ledger.quarantined
    )]
    Unbalanced { run_id: RunId, ledger: Ledger },
    #[error("run {run_id} wrote {written} rows to `{table}`, where {expected} are expected")]
    WrittenDiffers {
        run_id: RunId,
        table: TableId,
        written: u64,
        expected: u64,
    },

    // What it stands on.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    #[error("{doing} failed")]
    Engine {
        doing: Doing,
        source: Box<DataFusionError>,
    },
    #[error("a part of the run stopped without saying why")]
    Stopped,
}

/// What the engine was doing for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Sorting offered rows.
    Sorting,
    /// Comparing offered rows with the table's.
    Merging,
    /// Reading the table.
    ReadingTable,
    /// Setting rows aside on disk.
    SettingAside,
    /// Turning text into values.
    Conforming,
    /// Turning columns into rows.
    Unpivoting,
    /// Reading quarantined rows.
    ReadingQuarantine,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Doing::Sorting => "sorting the offered rows",
            Doing::Merging => "comparing the offered rows with the table's",
            Doing::ReadingTable => "reading the table",
            Doing::SettingAside => "setting rows aside",
            Doing::Conforming => "turning text into values",
            Doing::Unpivoting => "turning columns into rows",
            Doing::ReadingQuarantine => "reading quarantined rows",
        })
    }
}

impl Doing {
    /// Turns an error of the engine into ours, for `map_err`. An error of ours that travelled through
    /// the engine comes out as it went in.
    pub(crate) fn failed<E: Into<DataFusionError>>(self) -> impl FnOnce(E) -> IngestError {
        move |error| match unwrap(error.into()) {
            Ok(own) => own,
            Err(source) => IngestError::Engine {
                doing: self,
                source: Box::new(source),
            },
        }
    }
}

/// Takes an [`IngestError`] out of the engine's wrappings.
pub(crate) fn unwrap(error: DataFusionError) -> Result<IngestError, DataFusionError> {
    match error {
        DataFusionError::External(inner) => match inner.downcast::<IngestError>() {
            Ok(own) => Ok(*own),
            Err(inner) => Err(DataFusionError::External(inner)),
        },
        DataFusionError::Context(context, inner) => {
            unwrap(*inner).map_err(|inner| DataFusionError::Context(context, Box::new(inner)))
        }
        // The engine shares an error among the partitions of a plan. Who made it tells the cause; here
        // it is enough to know that it was one of ours.
        DataFusionError::Shared(shared) => match Arc::try_unwrap(shared) {
            Ok(inner) => unwrap(inner),
            Err(shared) if is_ours(&shared) => Ok(IngestError::Stopped),
            Err(shared) => Err(DataFusionError::Shared(shared)),
        },
        error => Err(error),
    }
}

fn is_ours(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::External(inner) => inner.is::<IngestError>(),
        _ => false,
    }
}

/// Sends an error of ours through the engine.
impl From<IngestError> for DataFusionError {
    fn from(error: IngestError) -> DataFusionError {
        DataFusionError::External(Box::new(error))
    }
}

impl IngestError {
    /// Whether it is about one file, so that the others can be loaded all the same.
    pub(crate) fn is_of_one_file(&self) -> bool {
        matches!(
            self,
            Self::File { .. }
                | Self::FileChanged { .. }
                | Self::Undecodable { .. }
                | Self::ColumnMissing { .. }
                | Self::TableColumnMissing { .. }
                | Self::ColumnDoubled { .. }
                | Self::NothingToUnpivot { .. }
                | Self::NoColumnFits { .. }
                | Self::SelectUnfit { .. }
                | Self::SelectFailed { .. }
                | Self::OutputMissing { .. }
                | Self::OutputUnknown { .. }
                | Self::OutputType { .. }
        )
    }

    /// How to mend it, when that can be said.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::UnknownJob { nearest: Some(nearest), .. } => format!("write `{nearest}`"),
            Self::UnknownJob { .. } => "jobs are declared in pipelines/jobs; `jieyue run` without a name runs all of them".into(),
            Self::NoJobForTable { .. } => {
                "add a job for the table, or mend the source and load it again".into()
            }
            Self::Source { source, .. } | Self::File { source, .. } => source.hint(),
            Self::Undecodable { source, .. } => source.hint(),
            Self::FileChanged { .. } => "run again when the file is complete".into(),
            Self::ColumnMissing { nearest: Some(nearest), .. } => {
                format!("write \"{nearest}\" in the select, or have the export name the column as before")
            }
            Self::TableColumnMissing { nearest: Some(nearest), column, .. } => format!(
                "have the export name \"{nearest}\" as before, or give the job a select with `\"{nearest}\" as {column}`"
            ),
            Self::TableColumnMissing { columns, column, .. } => format!(
                "the file has {}; give the job a select with `… as {column}`, or have the column exported",
                listed(columns)
            ),
            Self::ColumnDoubled { column, second, .. } => format!(
                "give the job a select with `\"{column}\" as {column}` or `\"{second}\" as {column}`, \
                 or have one of them taken out of the export"
            ),
            Self::ColumnMissing { columns, .. } => format!("the file has {}", listed(columns)),
            Self::NothingToUnpivot { columns, .. } | Self::NoColumnFits { columns, .. } => {
                format!("the file has {}", listed(columns))
            }
            Self::SelectUnfit { .. } => {
                "mend the select; every column of `decoded` is text, so cast what you compute with".into()
            }
            Self::SelectFailed { .. } => {
                "use `try_cast` instead of `cast`, or leave the value as text: `parse:` reads numbers \
                 and dates and sets aside the rows where it cannot"
                    .into()
            }
            Self::OutputMissing { column, .. } => format!("add `… as {column}` to the select"),
            Self::OutputUnknown { nearest: Some(nearest), .. } => format!("write `{nearest}`"),
            Self::OutputUnknown { .. } => "take it out of the select, or add it to the contract".into(),
            Self::OutputType { .. } => "give it as text, or as a value of that type".into(),
            Self::CheckUnusable { .. } => {
                "write a boolean SQL expression over the table's columns".into()
            }
            Self::PseudonymKeyMissing { .. } => {
                "set JIEYUE_PSEUDONYM_KEY, or name a key file in the settings; keep the key outside the lake".into()
            }
            Self::PseudonymKeyShort { least, .. } => {
                format!("make a new one: `openssl rand -hex {least}`")
            }
            Self::PseudonymKeyUnreadable { .. } => "name a file that this program may read".into(),
            Self::FilesMissing { .. } => "mend the files named in the report and run again".into(),
            Self::NothingValid { .. } => {
                "see `jieyue quarantine` for what is wrong with the rows; to empty a table on purpose, remove its folder".into()
            }
            Self::TimedOut { .. } => {
                "look whether the source is slow, or raise `timeout` in the job's schedule".into()
            }
            Self::Cancelled { .. } => "run it again when it may run".into(),
            Self::Superseded { .. } => "nothing was committed; whoever took over runs it".into(),
            Self::Contended { .. } => "run again when the other jobs on this table are done".into(),
            Self::KeyNotUnique => {
                "another program has written to the table; restore an older version, or remove the doubled rows".into()
            }
            Self::Unbalanced { .. } | Self::WrittenDiffers { .. } => {
                "nothing was committed; please report this with the job and the file".into()
            }
            Self::Warehouse(source) => return source.hint(),
            Self::Engine { source, .. } => match source.find_root() {
                DataFusionError::ResourcesExhausted(_) => "give it more memory".into(),
                _ => return None,
            },
            Self::Stopped => return None,
        };
        Some(hint)
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::UnknownJob { .. }
            | Self::NoJobForTable { .. }
            | Self::ColumnMissing { .. }
            | Self::TableColumnMissing { .. }
            | Self::ColumnDoubled { .. }
            | Self::NothingToUnpivot { .. }
            | Self::NoColumnFits { .. }
            | Self::SelectUnfit { .. }
            | Self::SelectFailed { .. }
            | Self::OutputMissing { .. }
            | Self::OutputUnknown { .. }
            | Self::OutputType { .. }
            | Self::CheckUnusable { .. }
            | Self::PseudonymKeyMissing { .. }
            | Self::PseudonymKeyShort { .. }
            | Self::PseudonymKeyUnreadable { .. }
            | Self::NothingValid { .. }
            | Self::Cancelled { .. } => Fault::User,
            Self::Source { source, .. } | Self::File { source, .. } => source.fault(),
            Self::Undecodable { source, .. } => source.fault(),
            Self::FilesMissing { .. }
            | Self::TimedOut { .. }
            | Self::Superseded { .. }
            | Self::FileChanged { .. }
            | Self::Contended { .. }
            | Self::KeyNotUnique => Fault::External,
            Self::Unbalanced { .. } | Self::WrittenDiffers { .. } | Self::Stopped => {
                Fault::Internal
            }
            Self::Warehouse(source) => source.fault(),
            Self::Engine { source, .. } => match source.find_root() {
                DataFusionError::ResourcesExhausted(_)
                | DataFusionError::ObjectStore(_)
                | DataFusionError::IoError(_) => Fault::External,
                _ => Fault::Internal,
            },
        }
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Source { source, .. } | Self::File { source, .. } => source.retry(),
            Self::Undecodable { source, .. } => source.retry(),
            Self::Contended { .. } | Self::FileChanged { .. } | Self::TimedOut { .. } => {
                Retry::Later
            }
            Self::Warehouse(source) => source.retry(),
            Self::Engine { .. } => match self.fault() {
                Fault::External => Retry::Later,
                _ => Retry::Never,
            },
            _ => Retry::Never,
        }
    }
}

/// Column names in quotes; the first dozen of them.
fn listed(columns: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut list: Vec<String> = columns
        .iter()
        .take(SHOWN)
        .map(|column| format!("\"{column}\""))
        .collect();
    if columns.len() > SHOWN {
        list.push(format!("{} more", columns.len() - SHOWN));
    }
    list.join(", ")
}

#[cfg(test)]
mod tests;
