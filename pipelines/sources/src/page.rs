//! One page of bytes: where it is, what it is called, and how it is streamed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::ObjectStore;
use tempfile::NamedTempFile;
use tokio::runtime::Handle;

use crate::expand::{self, Chunks};
use crate::{ByteSize, SourceError};

/// One page of bytes of a source: a file, an object, one file of a zip.
#[derive(Debug, Clone)]
pub struct Page {
    /// Name shown to people: the path as the job wrote it, with `!entry` behind it for a file in a zip.
    pub name: String,
    /// Extension of the content in lower case without the dot (`csv` for `a.csv.gz`); empty when there is none.
    pub extension: String,
    /// How the bytes are compressed where they are.
    pub compression: Compression,
    /// Size where it is, before it is expanded.
    pub size_bytes: u64,
    /// When it was last written, if that is known.
    pub modified_at: Option<DateTime<Utc>>,
    /// Where the bytes are.
    pub bytes: PageBytes,
    /// Most bytes of content that are read from it.
    pub max_expanded: ByteSize,
}

/// Where the bytes of a page are.
#[derive(Debug, Clone)]
pub enum PageBytes {
    /// In a local file.
    Path(PathBuf),
    /// In a local copy that is removed with the last page that reads it.
    Copy(Arc<NamedTempFile>),
    /// Here.
    Memory(Bytes),
    /// In object storage.
    Object {
        /// The bucket.
        store: Arc<dyn ObjectStore>,
        /// The key.
        key: object_store::path::Path,
    },
}

/// How the bytes of a page are compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard.
    Zstd,
    /// One file of a zip.
    Zip {
        /// Position of the entry in the archive's directory.
        index: usize,
    },
}

impl Compression {
    /// The word used in messages.
    pub fn word(&self) -> &'static str {
        match self {
            Compression::None => "plain",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Zip { .. } => "zip",
        }
    }
}

impl Page {
    /// The local file with the content as it is, when there is one that stays: a plain page on local disk.
    /// A copy goes with the page.
    pub fn plain_path(&self) -> Option<&Path> {
        match (&self.compression, &self.bytes) {
            (Compression::None, PageBytes::Path(path)) => Some(path),
            _ => None,
        }
    }

    /// Streams the content, expanded, in pieces of at most 256 KiB or what the storage hands over.
    ///
    /// Reading and expanding happen on a blocking thread and stop when the stream is dropped. After an
    /// error the stream ends. Must be called inside a tokio runtime.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes, SourceError>> {
        let (sender, receiver) = tokio::sync::mpsc::channel(PIECES_AHEAD);
        let handle = Handle::current();
        tokio::task::spawn_blocking(move || {
            let result = expand::pump(&self, &handle, &mut |piece| {
                sender.blocking_send(Ok(piece)).is_ok()
            });
            if let Err(error) = result {
                // When nobody listens any more, nobody wants to know.
                let _ = sender.blocking_send(Err(error));
            }
        });
        futures::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|piece| (piece, receiver))
        })
        .boxed()
    }

    /// Reads the content, expanded, from a thread of its own; for callers that block.
    ///
    /// A failure is an [`std::io::Error`] that carries a [`SourceError`] (see [`SourceError::from_io`]).
    /// `handle` drives object storage; it must belong to a runtime with threads of its own.
    pub fn into_reader(self, handle: Handle) -> Box<dyn Read + Send> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(PIECES_AHEAD);
        let name = self.name.clone();
        std::thread::spawn(move || {
            let result = expand::pump(&self, &handle, &mut |piece| {
                sender.send(Some(Ok(piece))).is_ok()
            });
            let _ = sender.send(result.err().map(Err));
        });
        Box::new(Chunks::new(name, receiver))
    }
}

/// Pieces that wait between the thread that expands and the one that takes them.
const PIECES_AHEAD: usize = 4;

/// The extension of the content and whether the name promises a compression: `a.csv.gz` is `csv`.
pub(crate) fn content_extension(name: &str) -> String {
    let file = name.rsplit(['/', '!']).next().unwrap_or(name);
    let mut parts = file.rsplit('.');
    let last = parts.next().unwrap_or_default().to_ascii_lowercase();
    let before = parts.next();
    match (last.as_str(), before) {
        (_, None) => String::new(),
        ("gz" | "gzip" | "zst" | "zstd" | "zip", Some(before)) if parts.next().is_some() => {
            before.to_ascii_lowercase()
        }
        ("gz" | "gzip" | "zst" | "zstd" | "zip", Some(_)) => String::new(),
        _ => last,
    }
}
