//! What to do about an error, whose fault it is, and whether to try again.

use contracts::{Fault, Retry};

use super::WarehouseError;

impl WarehouseError {
    /// How to mend it, where that is known; a sentence or two for people.
    pub fn hint(&self) -> Option<String> {
        use WarehouseError as E;
        let hint = match self {
            E::Location { .. } => {
                "write a directory (`lake`, `/srv/lake`) or a bucket (`s3://bucket/prefix`)"
            }
            E::LocationOption { .. } => {
                "options are named as in the environment: `AWS_ENDPOINT_URL`, `AWS_REGION`, \
                 `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`"
            }
            E::LakeMissing { .. } => {
                "check the spelling of the place, or load something: the first run makes the lake"
            }
            E::NotALake { .. } => {
                "choose an empty directory or prefix; a lake that lost its `format.json` gets it \
                 back as `{\"format\":1}`"
            }
            E::FormatUnreadable { .. } => {
                "the file should read `{\"format\":1}`; restore it from a copy"
            }
            E::NewerFormat { .. } => "use the newer program that wrote the lake",
            E::Read { .. } | E::TableUnreadable { .. } => {
                "see the cause below; if a file is damaged or missing, restore it from a copy of \
                 the lake"
            }
            E::Write { .. } | E::Files { .. } => {
                "see the cause below; nothing was committed, so the run can be repeated as it was"
            }
            E::Commit { .. } => {
                "see the cause below and repeat the run: should the commit stand after all, a \
                 numbered change is not committed twice"
            }
            E::DiskFull { .. } => {
                "free some space (`jieyue maintain` removes files no publication needs) and \
                 repeat the run; nothing was committed"
            }
            E::Denied { .. } => {
                "give the user this program runs as (or the keys it uses) the right to read and \
                 write the lake"
            }
            E::NoContract { source, .. } => return source.hint(),
            E::VersionMissing { .. } => "choose one of the versions the table has",
            E::TableGone { .. } => "restore `_delta_log` of the table from a copy of the lake",
            E::NoSuchFile { .. } => "take the files to remove from the state the change is made on",
            E::Unsupported { .. } => {
                "tables here are written by this program only; rewrite the table without the \
                 feature, or move it out of the lake"
            }
            E::Evolution { .. } => {
                "a contract may gain optional columns; for any other change make a new table, or \
                 change the contract back"
            }
            E::Columns { .. } => "change the select so that it gives the contract's columns",
            E::RequiredIsNull { .. } => {
                "fill the column in the select, leave such rows out, or make it optional in the \
                 contract"
            }
            E::OutOfMemory { .. } => "allow more memory, or fewer threads",
            E::Compute { .. } => return None,
            E::Conflict { .. } | E::Contended { .. } => {
                "read the table again and repeat the change"
            }
            E::AlreadyCommitted { .. } => {
                "nothing needs to be done: an earlier run committed this already"
            }
            E::ObjectPrefix { .. } => "give 16 lower-case hexadecimal digits, as in `_object`",
            E::Extension { .. } => {
                "give the format without a dot, in lower-case letters and digits: `csv`, `xlsx`"
            }
            E::ObjectUnknown { .. } => {
                "check the digits against `_object`, and that the table is the one the row is in"
            }
            E::Incoming { .. } => "see the cause below; what was read so far was not kept",
            E::PublicationMissing { .. } => "`jieyue status` lists the publications",
            E::NothingPublished => "build and publish first: `jieyue build`, `jieyue publish`",
            E::NothingPublishedBy { .. } => "choose a later date",
            E::PublicationRetired { .. } => {
                "choose a publication that is kept; pin those that are cited"
            }
            E::PublicationPinned { .. } => "take the pin off first",
            E::NotAMonth { .. } => "write a year and a month, such as 2024-12",
            E::PublicationUnreadable { .. } | E::PeriodUnreadable { .. } => {
                "restore the file from a copy of the lake"
            }
            E::RowsLost { .. } => {
                "a file of the table does not hold the rows the log says; restore it from a copy"
            }
            E::RetentionTooShort { .. } => {
                "a shorter time could remove the files of a run that is still writing"
            }
        };
        Some(hint.to_owned())
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        use WarehouseError as E;
        match self {
            E::Location { .. }
            | E::LocationOption { .. }
            | E::LakeMissing { .. }
            | E::NotALake { .. }
            | E::NewerFormat { .. }
            | E::NoContract { .. }
            | E::VersionMissing { .. }
            | E::Unsupported { .. }
            | E::Evolution { .. }
            | E::Columns { .. }
            | E::RequiredIsNull { .. }
            | E::Compute { .. }
            | E::OutOfMemory { .. }
            | E::AlreadyCommitted { .. }
            | E::ObjectPrefix { .. }
            | E::Extension { .. }
            | E::ObjectUnknown { .. }
            | E::PublicationMissing { .. }
            | E::NothingPublished
            | E::NothingPublishedBy { .. }
            | E::NotAMonth { .. }
            | E::PublicationRetired { .. }
            | E::PublicationPinned { .. }
            | E::RetentionTooShort { .. } => Fault::User,
            E::NoSuchFile { .. } => Fault::Internal,
            E::FormatUnreadable { .. }
            | E::TableGone { .. }
            | E::RowsLost { .. }
            | E::Read { .. }
            | E::Write { .. }
            | E::DiskFull { .. }
            | E::Denied { .. }
            | E::TableUnreadable { .. }
            | E::Files { .. }
            | E::Conflict { .. }
            | E::Contended { .. }
            | E::Commit { .. }
            | E::Incoming { .. }
            | E::PublicationUnreadable { .. }
            | E::PeriodUnreadable { .. } => Fault::External,
        }
    }

    /// Whether the same again can succeed.
    pub fn retry(&self) -> Retry {
        use WarehouseError as E;
        match self {
            E::Conflict { .. } | E::Contended { .. } => Retry::Now,
            E::Read { .. }
            | E::Write { .. }
            | E::DiskFull { .. }
            | E::Files { .. }
            | E::Commit { .. }
            | E::TableUnreadable { .. }
            | E::Incoming { .. } => Retry::Later,
            _ => Retry::Never,
        }
    }
}
