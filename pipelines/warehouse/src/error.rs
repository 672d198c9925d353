//! Why the warehouse refused or failed.

use std::error::Error as StdError;
use std::fmt::Display;
use std::io::ErrorKind;

use chrono::NaiveDate;
use contracts::{ContractError, TableId};
use datafusion::error::DataFusionError;
use deltalake::DeltaTableError;
use object_store::Error as StoreError;

use crate::keys::ObjectPrefix;
use crate::sink::ColumnFault;
use crate::table::{ConflictCause, EvolutionFault};

mod advice;
#[cfg(test)]
mod tests;

/// Any cause, kept for the report.
pub type Cause = Box<dyn StdError + Send + Sync>;

/// Why the warehouse refused or failed.
///
/// The message says what and where, [`hint`](Self::hint) how to mend it, [`fault`](Self::fault)
/// whose it is, [`retry`](Self::retry) whether trying again can help.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum WarehouseError {
    // The lake as a whole.
    #[error("`{text}` is no place for a lake: {reason}")]
    Location { text: String, reason: &'static str },
    #[error("`{option}` is no option of the storage at `{location}`")]
    LocationOption { location: String, option: String },
    #[error("there is no lake at `{location}`")]
    LakeMissing { location: String },
    #[error("`{location}` is not a lake and not empty: it holds `{found}`")]
    NotALake { location: String, found: String },
    #[error("cannot read `format.json` of the lake at `{location}`")]
    FormatUnreadable {
        location: String,
        source: serde_json::Error,
    },
    #[error(
        "the lake at `{location}` has format {found}; this program knows formats up to {supported}"
    )]
    NewerFormat {
        location: String,
        found: u64,
        supported: u64,
    },

    // Its storage.
    #[error("cannot read `{what}`")]
    Read { what: String, source: Cause },
    #[error("cannot write `{what}`")]
    Write { what: String, source: Cause },
    #[error("no space is left to write `{what}`")]
    DiskFull { what: String, source: Cause },
    #[error("the storage does not allow this program to touch `{what}`")]
    Denied { what: String, source: Cause },

    // A table.
    #[error("there is no contract for the table `{table}`")]
    NoContract {
        table: TableId,
        source: Box<ContractError>,
    },
    #[error("cannot read the table `{table}`")]
    TableUnreadable {
        table: TableId,
        source: Box<DeltaTableError>,
    },
    #[error("`{table}` has no version {version}; its newest is {newest}")]
    VersionMissing {
        table: TableId,
        version: u64,
        newest: u64,
    },
    #[error("the table `{table}` is gone: its log holds no version")]
    TableGone { table: TableId },
    #[error("version {version} of `{table}` has no file `{path}`")]
    NoSuchFile {
        table: TableId,
        version: u64,
        path: String,
    },
    #[error("`{table}` was written with {feature}, which this program cannot read")]
    Unsupported { table: TableId, feature: String },
    #[error(
        "the contract of `{table}` does not fit the rows stored: {}",
        list(faults)
    )]
    Evolution {
        table: TableId,
        faults: Vec<EvolutionFault>,
    },

    // Rows on their way into a table.
    #[error("these rows do not fit `{table}`: {}", list(faults))]
    Columns {
        table: TableId,
        faults: Vec<ColumnFault>,
    },
    #[error("a row for `{table}` has no `{column}`, which the contract requires")]
    RequiredIsNull { table: TableId, column: String },
    #[error("computing the rows of `{table}` failed")]
    Compute {
        table: TableId,
        source: Box<DataFusionError>,
    },
    #[error(
        "computing the rows of `{table}` needs more than the {memory_mib} MiB of memory allowed"
    )]
    OutOfMemory {
        table: TableId,
        memory_mib: usize,
        source: Box<DataFusionError>,
    },
    #[error("cannot write files of `{table}`")]
    Files {
        table: TableId,
        source: Box<DeltaTableError>,
    },

    // Commits.
    #[error(
        "version {newest} of `{table}` was committed while this change was made on version {read}, \
         and {cause}"
    )]
    Conflict {
        table: TableId,
        read: u64,
        newest: u64,
        cause: ConflictCause,
    },
    #[error(
        "`{table}` already holds number {committed} of `{application}`; number {number} is not newer"
    )]
    AlreadyCommitted {
        table: TableId,
        application: String,
        number: i64,
        committed: i64,
    },
    #[error("others committed to `{table}` first, {attempts} times in a row")]
    Contended { table: TableId, attempts: usize },
    #[error("cannot commit to `{table}`")]
    Commit {
        table: TableId,
        source: Box<DeltaTableError>,
    },

    // Landing.
    #[error("`{text}` is not the beginning of an object's hash")]
    ObjectPrefix { text: String },
    #[error("`{extension}` cannot be a landed object's extension")]
    Extension { extension: String },
    #[error("nothing landed for `{table}` has a hash beginning with {prefix}")]
    ObjectUnknown {
        table: TableId,
        prefix: ObjectPrefix,
    },
    #[error("the bytes to be landed for `{table}` cannot be read")]
    Incoming {
        table: TableId,
        source: std::io::Error,
    },

    // Publications.
    #[error("there is no publication {number}; the newest is {newest}")]
    PublicationMissing { number: u64, newest: u64 },
    #[error("nothing has been published")]
    NothingPublished,
    #[error("nothing was published by the end of {date}")]
    NothingPublishedBy { date: NaiveDate },
    #[error("publication {number} was retired: its rows are no longer kept")]
    PublicationRetired { number: u64 },
    #[error("publication {number} is pinned and cannot be retired")]
    PublicationPinned { number: u64 },
    #[error("cannot read `{key}`")]
    PublicationUnreadable {
        key: String,
        source: serde_json::Error,
    },

    // Periods.
    #[error("`{text}` is not a month")]
    NotAMonth { text: String },
    #[error("cannot read `{key}`")]
    PeriodUnreadable {
        key: String,
        source: serde_json::Error,
    },

    // Maintenance.
    #[error("compacting `{table}` read {before} rows and wrote {after}; nothing was changed")]
    RowsLost {
        table: TableId,
        before: u64,
        after: u64,
    },
    #[error("files must be kept for at least {minimum_hours} hours, not {hours}")]
    RetentionTooShort { hours: i64, minimum_hours: i64 },
}

/// What a failing storage says about itself, where that can be told.
enum Trouble {
    Full,
    Denied,
    Other,
}

impl WarehouseError {
    /// Reading `what` failed.
    pub(crate) fn read(what: impl Display, source: impl Into<Cause>) -> Self {
        let (what, source) = (what.to_string(), source.into());
        match trouble(source.as_ref()) {
            Trouble::Denied => Self::Denied { what, source },
            Trouble::Full | Trouble::Other => Self::Read { what, source },
        }
    }

    /// Writing `what` failed.
    pub(crate) fn write(what: impl Display, source: impl Into<Cause>) -> Self {
        let (what, source) = (what.to_string(), source.into());
        match trouble(source.as_ref()) {
            Trouble::Full => Self::DiskFull { what, source },
            Trouble::Denied => Self::Denied { what, source },
            Trouble::Other => Self::Write { what, source },
        }
    }

    /// Making the directory of a lake failed.
    pub(crate) fn directory(location: impl Display, source: std::io::Error) -> Self {
        Self::write(location, source)
    }

    /// Reading the log of `table` failed.
    pub(crate) fn table(table: &TableId, source: DeltaTableError) -> Self {
        match trouble(&source) {
            Trouble::Denied => Self::read(table, source),
            Trouble::Full | Trouble::Other => Self::TableUnreadable {
                table: table.clone(),
                source: Box::new(source),
            },
        }
    }

    /// Committing to `table` failed for a reason that is no conflict.
    pub(crate) fn commit(table: &TableId, source: DeltaTableError) -> Self {
        match trouble(&source) {
            Trouble::Other => Self::Commit {
                table: table.clone(),
                source: Box::new(source),
            },
            Trouble::Full | Trouble::Denied => Self::write(table, source),
        }
    }

    /// Writing data files of `table` failed.
    pub(crate) fn files(table: &TableId, source: DeltaTableError) -> Self {
        match trouble(&source) {
            Trouble::Other => Self::Files {
                table: table.clone(),
                source: Box::new(source),
            },
            Trouble::Full | Trouble::Denied => Self::write(table, source),
        }
    }

    /// Computing rows for `table` failed, in a session of so much memory.
    pub(crate) fn compute(table: &TableId, memory_bytes: usize, source: DataFusionError) -> Self {
        if matches!(source.find_root(), DataFusionError::ResourcesExhausted(_)) {
            return Self::OutOfMemory {
                table: table.clone(),
                memory_mib: memory_bytes / (1 << 20),
                source: Box::new(source),
            };
        }
        match trouble(&source) {
            Trouble::Full => Self::write("the spill directory", source),
            Trouble::Denied | Trouble::Other => Self::Compute {
                table: table.clone(),
                source: Box::new(source),
            },
        }
    }
}

/// Looks for the reason in an error and everything that caused it: the layers between here and
/// the disk wrap, but keep, what the disk said.
fn trouble(error: &(dyn StdError + 'static)) -> Trouble {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. }) =
            cause.downcast_ref::<StoreError>()
        {
            return Trouble::Denied;
        }
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            match io.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => return Trouble::Full,
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    return Trouble::Denied;
                }
                _ => {}
            }
        }
        next = cause.source();
    }
    Trouble::Other
}

fn list(faults: &[impl Display]) -> String {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("; ")
}
