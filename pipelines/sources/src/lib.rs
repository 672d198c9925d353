//! Sources: pages of bytes from the systems of a city.
//!
//! A connector turns a job's `source:` key into a [`Source`], which yields [`Page`]s: a name to show, and
//! bytes that are streamed, expanded on the way when they are compressed, and bounded. Of the content only
//! so much is looked at as tells what comes next: the first bytes of a file, the place of the next page and
//! the newest change in an answer of a service. What rows mean is `ingest::decode`'s work and that of those
//! behind it.
//!
//! A source that remembers gives [`Step::Mark`]s in between: a [`Cursor`] that is committed together with
//! the rows of the pages before it, and handed back at the next [`Pull`].
//!
//! Every connector is a folder with the same files (`config`, `client`, `source`, `tests`):
//! - [`files`]: local disk and S3-compatible storage
//! - [`http`]: REST services and downloads
//! - [`postgres`] and [`mysql`]: tables and queries, with what databases share in [`database`]
//!
//! Begin with [`connect`].

mod archive;
pub mod database;
mod error;
mod expand;
mod fault;
pub mod files;
pub mod http;
pub mod mysql;
mod page;
pub mod postgres;
mod pull;
mod secret;
mod size;
#[cfg(test)]
mod tests;
mod wait;

use std::path::Path;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

pub use database::DatabaseConfig;
pub use error::SourceError;
pub use fault::ConfigFault;
pub use files::FilesConfig;
pub use http::HttpConfig;
pub use page::{Compression, Page, PageBytes};
pub use pull::{Cursor, Step, Steps};
pub use secret::{SecretError, SecretRef};
pub use size::ByteSize;
pub use wait::Wait;

/// Where a job's rows come from.
#[derive(Debug, Clone)]
pub enum SourceConfig {
    /// Files below the data folder, or in object storage.
    Files(FilesConfig),
    /// Files below the project's own folder.
    ProjectFiles(FilesConfig),
    /// A REST service or a download.
    Http(Box<HttpConfig>),
    /// A table or query of PostgreSQL.
    Postgres(Box<DatabaseConfig>),
    /// A table or query of MySQL or MariaDB.
    Mysql(Box<DatabaseConfig>),
}

impl SourceConfig {
    /// Whether a pull gives only what has changed since the last one, so that what it does not give may
    /// still be there.
    pub fn is_incremental(&self) -> bool {
        match self {
            SourceConfig::Files(config) | SourceConfig::ProjectFiles(config) => config.changed_only,
            SourceConfig::Http(config) => config.is_incremental(),
            SourceConfig::Postgres(config) | SourceConfig::Mysql(config) => config.is_incremental(),
        }
    }
}

/// Where relative paths begin.
#[derive(Debug, Clone, Copy)]
pub struct Folders<'a> {
    /// Those of `files`.
    pub data: &'a Path,
    /// Those of `project_files` and of secrets.
    pub project: &'a Path,
}

/// What a source is asked for.
#[derive(Debug, Clone)]
pub struct Pull {
    /// Where the last pull ended; everything is wanted when there is none.
    pub since: Option<Cursor>,
    /// What the job makes of rows, hashed. When it differs from that of the last pull, a source that
    /// remembers gives everything again, because rows it has passed come to something else now.
    pub fingerprint: String,
    /// The time.
    pub now: DateTime<Utc>,
}

impl Pull {
    /// Everything.
    pub fn anew(now: DateTime<Utc>) -> Pull {
        Pull {
            since: None,
            fingerprint: String::new(),
            now,
        }
    }
}

/// Something that yields pages of bytes.
#[async_trait]
pub trait Source: std::fmt::Debug + Send + Sync {
    /// Finds the pages, in an order that does not change from run to run, and yields them one by one.
    ///
    /// A page that cannot be read is an error in the stream; those of files that come after it still come.
    ///
    /// # Errors
    /// When the source as a whole cannot be read: nothing matches, no permission, no connection.
    async fn pages(&self, pull: Pull) -> Result<Steps, SourceError>;
}

/// Makes the source a job's `source:` key describes.
///
/// # Errors
/// When a pattern or address in the configuration is not well formed, or a secret is not there.
pub fn connect(
    config: &SourceConfig,
    folders: Folders<'_>,
) -> Result<Box<dyn Source>, SourceError> {
    Ok(match config {
        SourceConfig::Files(config) => Box::new(files::Files::new(config, folders.data)?),
        SourceConfig::ProjectFiles(config) => Box::new(files::Files::new(config, folders.project)?),
        SourceConfig::Http(config) => Box::new(http::Http::new(config, folders.project)?),
        SourceConfig::Postgres(config) => {
            Box::new(postgres::Postgres::new(config, folders.project)?)
        }
        SourceConfig::Mysql(config) => Box::new(mysql::Mysql::new(config, folders.project)?),
    })
}
