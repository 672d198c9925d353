//! Why a source could not be read.

use std::io;

use contracts::{Fault, Retry};

use crate::database::DatabaseError;
use crate::http::HttpError;
use crate::{ByteSize, SecretError};

/// Why a source could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A pattern that is not a glob.
    #[error("`{pattern}` is not a pattern of file names")]
    BadPattern {
        /// The pattern as written.
        pattern: String,
        /// What the pattern parser says.
        #[source]
        source: globset::Error,
    },
    /// An address of object storage that cannot be used.
    #[error("cannot reach `{url}` with the AWS_* settings of the environment")]
    BadStore {
        /// The bucket's address.
        url: String,
        /// What the storage client says.
        #[source]
        source: object_store::Error,
    },
    /// A folder named in a pattern is not there.
    #[error("no folder `{folder}`, which `{pattern}` starts from")]
    NoFolder {
        /// The pattern as written.
        pattern: String,
        /// The folder that is missing.
        folder: String,
        /// The name in the parent folder that looks most like it.
        nearest: Option<String>,
    },
    /// No file has a name that matches.
    #[error("no file matches `{pattern}`")]
    NoMatch {
        /// The pattern as written.
        pattern: String,
        /// The folder or prefix that was searched.
        searched: String,
        /// Some of the names found there instead.
        found: Vec<String>,
        /// How many names were found there.
        found_count: usize,
    },
    /// A folder where a file is expected.
    #[error("`{path}` is a folder, not a file")]
    IsFolder {
        /// The path.
        path: String,
    },
    /// A file or folder may not be read by this process.
    #[error("no permission to read `{path}`")]
    NoPermission {
        /// The path.
        path: String,
    },
    /// The disk failed.
    #[error("cannot read `{path}`")]
    Io {
        /// The path.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Object storage failed.
    #[error("cannot read `{url}`")]
    Store {
        /// The object's address.
        url: String,
        /// What the storage client says.
        #[source]
        source: object_store::Error,
    },
    /// A compressed file ends too early.
    #[error(
        "`{page}` is cut short: its {compression} data end at byte {compressed_bytes}, after {expanded_bytes} bytes of content"
    )]
    CutShort {
        /// The page.
        page: String,
        /// `gzip`, `zstd` or `zip`.
        compression: &'static str,
        /// Bytes of the file that were there.
        compressed_bytes: u64,
        /// Bytes of content they held.
        expanded_bytes: u64,
    },
    /// A compressed file is damaged.
    #[error(
        "`{page}` is damaged: its {compression} data cannot be expanded near byte {compressed_bytes}, after {expanded_bytes} bytes of content"
    )]
    Damaged {
        /// The page.
        page: String,
        /// `gzip`, `zstd` or `zip`.
        compression: &'static str,
        /// Bytes of the file that were read.
        compressed_bytes: u64,
        /// Bytes of content they held.
        expanded_bytes: u64,
        /// What the decompressor says.
        #[source]
        source: io::Error,
    },
    /// A page that expands beyond the bound.
    #[error("`{page}` holds more than {bound}")]
    TooBig {
        /// The page.
        page: String,
        /// The bound.
        bound: ByteSize,
    },
    /// A zip with several files and no word which of them is meant.
    #[error("zip `{archive}` holds {} files: {}", .entries.len(), list(.entries))]
    ManyEntries {
        /// The archive.
        archive: String,
        /// Names of the files in it.
        entries: Vec<String>,
    },
    /// A zip in which no file has the wanted name.
    #[error("no file in zip `{archive}` matches `{entry}`; it holds {}", list(.entries))]
    NoEntry {
        /// The archive.
        archive: String,
        /// The pattern of the job, `*` when it has none.
        entry: String,
        /// Names of the files in it.
        entries: Vec<String>,
    },
    /// A zip entry behind a password.
    #[error("`{entry}` in zip `{archive}` is protected by a password")]
    Encrypted {
        /// The archive.
        archive: String,
        /// The entry.
        entry: String,
    },
    /// A file that starts like a zip and is none.
    #[error("zip `{archive}` cannot be opened")]
    BadZip {
        /// The archive.
        archive: String,
        /// What the zip reader says.
        #[source]
        source: zip::result::ZipError,
    },
    /// A secret is not where the job says.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A service or a download.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The thread or task that reads a page ended without a word.
    #[error("reading `{page}` stopped without a result")]
    Stopped {
        /// The page.
        page: String,
    },
}

/// Names in backticks, at most six of them.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 6;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.is_empty() {
        text.push_str("nothing");
    } else if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

impl SourceError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            SourceError::BadPattern { .. } => {
                "patterns know `*`, `?`, `[a-z]`, `{csv,txt}` and, across folders, `**`; write `[*]` for a literal star"
                    .to_owned()
            }
            SourceError::BadStore { .. } => {
                "write `s3://bucket/prefix/*.csv` and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for storage of one's own, AWS_ENDPOINT_URL (with AWS_ALLOW_HTTP=true when it is not https)"
                    .to_owned()
            }
            SourceError::NoFolder { nearest: Some(nearest), .. } => {
                format!("there is `{nearest}` beside it; patterns are relative to the root given on the command line")
            }
            SourceError::NoFolder { nearest: None, .. } => {
                "patterns are relative to the root given on the command line; check both".to_owned()
            }
            SourceError::NoMatch { searched, found, found_count, .. } => match found_count {
                0 => format!(
                    "`{searched}` holds no file at all; check that the export has arrived"
                ),
                1 => format!("`{searched}` holds one other file: {}", list(found)),
                count => format!("`{searched}` holds {count} other files: {}", list(found)),
            },
            SourceError::IsFolder { path } => {
                format!("write `{}/*.csv` for the files in it", path.trim_end_matches('/'))
            }
            SourceError::NoPermission { .. } => {
                "let the account that runs jieyue read it (chmod, chown or the share's settings)".to_owned()
            }
            SourceError::Io { .. } => "look at the disk or the network share, then run the job again".to_owned(),
            SourceError::Store { source, .. } => store_hint(source).to_owned(),
            SourceError::CutShort { .. } => {
                "the transfer or the export stopped half-way; fetch the file again".to_owned()
            }
            SourceError::Damaged { .. } => {
                "fetch the file again; if it stays the same, ask its sender for another copy".to_owned()
            }
            SourceError::TooBig { .. } => {
                "if the file is meant to be that large, raise `max_expanded` in the job's `source`".to_owned()
            }
            SourceError::ManyEntries { entries, .. } => format!(
                "name the file in the job: `source: {{ files: …, entry: \"{}\" }}`; a pattern such as `*.csv` takes each that matches",
                entries.first().map_or("*.csv", String::as_str)
            ),
            SourceError::NoEntry { entries, .. } if entries.is_empty() => {
                "ask for the archive anew; it holds nothing to read".to_owned()
            }
            SourceError::NoEntry { .. } => "mend `entry` in the job's `source`".to_owned(),
            SourceError::Encrypted { .. } => {
                "unpack it and give the job the file inside, or ask for an archive without password".to_owned()
            }
            SourceError::BadZip { .. } => {
                "fetch the file again; if it is no zip, give it the extension of what it is".to_owned()
            }
            SourceError::Secret(error) => error.hint(),
            SourceError::Http(error) => error.hint(),
            SourceError::Database(error) => error.hint(),
            SourceError::Stopped { .. } => "this is a mistake in jieyue; please report it with the log".to_owned(),
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            SourceError::BadPattern { .. }
            | SourceError::BadStore { .. }
            | SourceError::NoFolder { .. }
            | SourceError::NoMatch { .. }
            | SourceError::IsFolder { .. }
            | SourceError::TooBig { .. }
            | SourceError::ManyEntries { .. }
            | SourceError::NoEntry { .. }
            | SourceError::Encrypted { .. } => Fault::User,
            SourceError::NoPermission { .. }
            | SourceError::Io { .. }
            | SourceError::Store { .. }
            | SourceError::CutShort { .. }
            | SourceError::Damaged { .. }
            | SourceError::BadZip { .. } => Fault::External,
            SourceError::Secret(error) => error.fault(),
            SourceError::Http(error) => error.fault(),
            SourceError::Database(error) => error.fault(),
            SourceError::Stopped { .. } => Fault::Internal,
        }
    }

    /// Whether the same run may succeed when it is tried again.
    pub fn retry(&self) -> Retry {
        match self {
            SourceError::Io { .. } => Retry::Later,
            SourceError::Store { source, .. } => match source {
                object_store::Error::NotFound { .. }
                | object_store::Error::PermissionDenied { .. }
                | object_store::Error::Unauthenticated { .. } => Retry::Never,
                _ => Retry::Later,
            },
            SourceError::Http(error) => error.retry(),
            SourceError::Database(error) => error.retry(),
            _ => Retry::Never,
        }
    }

    /// What the error is about, for a list of files: a path, an address, a table.
    pub fn page(&self) -> String {
        match self {
            SourceError::IsFolder { path }
            | SourceError::NoPermission { path }
            | SourceError::Io { path, .. } => path.clone(),
            SourceError::Store { url, .. } | SourceError::BadStore { url, .. } => url.clone(),
            SourceError::CutShort { page, .. }
            | SourceError::Damaged { page, .. }
            | SourceError::TooBig { page, .. }
            | SourceError::Stopped { page } => page.clone(),
            SourceError::ManyEntries { archive, .. }
            | SourceError::NoEntry { archive, .. }
            | SourceError::Encrypted { archive, .. }
            | SourceError::BadZip { archive, .. } => archive.clone(),
            SourceError::BadPattern { pattern, .. }
            | SourceError::NoFolder { pattern, .. }
            | SourceError::NoMatch { pattern, .. } => pattern.clone(),
            SourceError::Secret(_) => "the secrets of the source".to_owned(),
            SourceError::Http(error) => error.page().to_owned(),
            SourceError::Database(error) => error.server.clone(),
        }
    }

    /// The error a blocking reader of a page carried inside an [`io::Error`], if it is one of ours.
    ///
    /// # Errors
    /// Gives the error back unchanged when it came from elsewhere.
    pub fn from_io(error: io::Error) -> Result<SourceError, io::Error> {
        error.downcast::<SourceError>()
    }

    /// What the system said about `path`.
    pub(crate) fn of_path(path: impl Into<String>, source: io::Error) -> SourceError {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::PermissionDenied => SourceError::NoPermission { path },
            io::ErrorKind::IsADirectory => SourceError::IsFolder { path },
            _ => SourceError::Io { path, source },
        }
    }
}

fn store_hint(source: &object_store::Error) -> &'static str {
    match source {
        object_store::Error::NotFound { .. } => "check the bucket and the object's name",
        object_store::Error::PermissionDenied { .. } => {
            "let the key in AWS_ACCESS_KEY_ID list and read the bucket"
        }
        object_store::Error::Unauthenticated { .. } => {
            "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        }
        _ => "check the network and AWS_ENDPOINT_URL, then run the job again",
    }
}
