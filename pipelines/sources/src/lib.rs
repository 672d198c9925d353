//! Sources: pages of bytes from the systems of a city.
//!
//! A connector turns a job's `source:` key into a [`Source`], which yields [`Page`]s: a name to show, and
//! bytes that are streamed, expanded on the way when they are compressed, and bounded. Nothing of the
//! content is looked at beyond the first bytes that tell a gzip from a text; that is `ingest::decode`'s work.
//!
//! Every connector is a folder with the same files (`config`, `client`, `source`, `tests`); today there is
//! [`files`]: local disk and S3-compatible storage. Begin with [`connect`].

mod archive;
mod error;
mod expand;
pub mod files;
mod page;
mod size;

use std::path::Path;

use async_trait::async_trait;
use futures::stream::BoxStream;

pub use error::SourceError;
pub use files::FilesConfig;
pub use page::{Compression, Page, PageBytes};
pub use size::ByteSize;

/// Something that yields pages of bytes.
#[async_trait]
pub trait Source: std::fmt::Debug + Send + Sync {
    /// Finds the pages, in an order that does not change from run to run, and yields them one by one.
    ///
    /// A page that cannot be read is an error in the stream; the pages after it still come.
    ///
    /// # Errors
    /// When the source as a whole cannot be read: nothing matches, no permission, no connection.
    async fn pages(&self) -> Result<BoxStream<'static, Result<Page, SourceError>>, SourceError>;
}

/// Makes the source a job's `source:` key describes. Relative paths start at `root`.
///
/// # Errors
/// When a pattern or address in the configuration is not well formed.
pub fn connect(config: &FilesConfig, root: &Path) -> Result<Box<dyn Source>, SourceError> {
    Ok(Box::new(files::Files::new(config, root)?))
}
