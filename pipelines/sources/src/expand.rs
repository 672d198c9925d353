//! Expanding pages: which compression the first bytes tell, bounded readers, and the pump that both ways
//! of reading a page share.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

use bytes::{Buf, Bytes};
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::ObjectStoreExt;
use tokio::runtime::Handle;

use crate::archive;
use crate::page::{Compression, Page, PageBytes};
use crate::{ByteSize, SourceError};

/// Bytes handed over at once.
pub(crate) const PIECE_BYTES: usize = 256 << 10;

/// First bytes that are looked at to tell the compression.
pub(crate) const MAGIC_BYTES: u64 = 4;

/// What the first bytes of a file say about its compression; they count more than its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Magic {
    Plain,
    Gzip,
    Zstd,
    Zip,
}

/// Reads the compression off the first bytes.
pub(crate) fn magic(first: &[u8]) -> Magic {
    match first {
        [0x1f, 0x8b, ..] => Magic::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Magic::Zstd,
        // A local header, or the end record of an archive without entries.
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Magic::Zip,
        _ => Magic::Plain,
    }
}

/// Reads `page` to its end on this thread and gives every piece of content to `take`, until `take` says
/// that nobody listens any more.
pub(crate) fn pump(
    page: &Page,
    handle: &Handle,
    take: &mut dyn FnMut(Bytes) -> bool,
) -> Result<(), SourceError> {
    if let Compression::Zip { index } = page.compression {
        let counted = Counted::new(open_local(page)?);
        let position = counted.position.clone();
        let file = BufReader::new(counted);
        return archive::read_entry(file, index, page, |entry| {
            forward(page, entry, Some(&position), take)
        });
    }
    let counted = Counted::new(open(page, handle)?);
    let position = counted.position.clone();
    match page.compression {
        Compression::None => forward(page, counted, None, take),
        Compression::Gzip => forward(
            page,
            flate2::read::MultiGzDecoder::new(counted),
            Some(&position),
            take,
        ),
        Compression::Zstd => {
            let decoder = zstd::Decoder::new(counted)
                .map_err(|source| SourceError::of_path(page.name.clone(), source))?;
            forward(page, decoder, Some(&position), take)
        }
        Compression::Zip { .. } => unreachable!("read above"),
    }
}

/// Passes pieces on, watching the bound on expanded bytes.
fn forward(
    page: &Page,
    mut content: impl Read,
    position: Option<&Position>,
    take: &mut dyn FnMut(Bytes) -> bool,
) -> Result<(), SourceError> {
    let mut expanded: u64 = 0;
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let filled = fill(&mut content, &mut piece).map_err(|(filled, source)| {
            failure(page, position, expanded + filled as u64, source)
        })?;
        if filled == 0 {
            return Ok(());
        }
        expanded += filled as u64;
        if expanded > page.max_expanded.as_bytes() {
            return Err(SourceError::TooBig {
                page: page.name.clone(),
                bound: page.max_expanded,
            });
        }
        piece.truncate(filled);
        if !take(Bytes::from(piece)) {
            return Ok(());
        }
    }
}

/// Reads until `piece` is full or the content ends; on failure also says how far it got.
fn fill(content: &mut impl Read, piece: &mut [u8]) -> Result<usize, (usize, io::Error)> {
    let mut filled = 0;
    while filled < piece.len() {
        match content.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((filled, error)),
        }
    }
    Ok(filled)
}

/// Tells a file that is cut short from one that is damaged, and both from a failing disk.
fn failure(
    page: &Page,
    position: Option<&Position>,
    expanded_bytes: u64,
    source: io::Error,
) -> SourceError {
    let source = match SourceError::from_io(source) {
        Ok(ours) => return ours,
        Err(source) => source,
    };
    let Some(position) = position else {
        return SourceError::of_path(page.name.clone(), source);
    };
    if position.has_failed() {
        return SourceError::of_path(page.name.clone(), source);
    }
    let (compression, compressed_bytes) = (page.compression.word(), position.bytes());
    if source.kind() == io::ErrorKind::UnexpectedEof {
        return SourceError::CutShort {
            page: page.name.clone(),
            compression,
            compressed_bytes,
            expanded_bytes,
        };
    }
    SourceError::Damaged {
        page: page.name.clone(),
        compression,
        compressed_bytes,
        expanded_bytes,
        source,
    }
}

/// Opens the bytes of a page where they are, still compressed.
fn open(page: &Page, handle: &Handle) -> Result<Box<dyn Read + Send>, SourceError> {
    match &page.bytes {
        PageBytes::Path(_) | PageBytes::Copy(_) => Ok(Box::new(open_local(page)?)),
        PageBytes::Memory(bytes) => Ok(Box::new(io::Cursor::new(bytes.clone()))),
        PageBytes::Object { store, key } => {
            let name = page.name.clone();
            let result = handle.block_on(store.get(key));
            let stream = result
                .map_err(|source| SourceError::Store {
                    url: name.clone(),
                    source,
                })?
                .into_stream();
            Ok(Box::new(ObjectReader {
                name,
                handle: handle.clone(),
                stream,
                rest: Bytes::new(),
            }))
        }
    }
}

fn open_local(page: &Page) -> Result<File, SourceError> {
    let path = match &page.bytes {
        PageBytes::Path(path) => path.as_path(),
        PageBytes::Copy(file) => file.path(),
        PageBytes::Object { .. } | PageBytes::Memory(_) => {
            unreachable!("zip archives that are on no disk are copied before they are read")
        }
    };
    File::open(path).map_err(|source| SourceError::of_path(page.name.clone(), source))
}

/// Reads an object as it streams in.
struct ObjectReader {
    name: String,
    handle: Handle,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    rest: Bytes,
}

impl Read for ObjectReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.handle.block_on(self.stream.next()) {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(source)) => {
                    return Err(io::Error::other(SourceError::Store {
                        url: self.name.clone(),
                        source,
                    }));
                }
                None => return Ok(0),
            }
        }
        let count = self.rest.len().min(into.len());
        self.rest.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}

/// How far a reader below a decompressor has come, and whether it failed itself.
#[derive(Clone, Default)]
struct Position(Arc<PositionInner>);

#[derive(Default)]
struct PositionInner {
    bytes: AtomicU64,
    has_failed: AtomicBool,
}

impl Position {
    fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    fn has_failed(&self) -> bool {
        self.0.has_failed.load(Ordering::Relaxed)
    }
}

/// Counts the compressed bytes a decompressor has taken.
struct Counted<R> {
    inner: R,
    position: Position,
}

impl<R> Counted<R> {
    fn new(inner: R) -> Counted<R> {
        Counted {
            inner,
            position: Position::default(),
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let result = self.inner.read(into);
        match &result {
            Ok(count) => {
                self.position
                    .0
                    .bytes
                    .fetch_add(*count as u64, Ordering::Relaxed);
            }
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.position.0.has_failed.store(true, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        result
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = self.inner.seek(to)?;
        self.position.0.bytes.store(position, Ordering::Relaxed);
        Ok(position)
    }
}

/// Pieces from a pump on another thread, as a reader.
pub(crate) struct Chunks {
    name: String,
    /// `None` marks the proper end, so that a thread that died is not taken for a short page.
    receiver: Receiver<Option<Result<Bytes, SourceError>>>,
    rest: Bytes,
    is_over: bool,
}

impl Chunks {
    pub(crate) fn new(
        name: String,
        receiver: Receiver<Option<Result<Bytes, SourceError>>>,
    ) -> Chunks {
        Chunks {
            name,
            receiver,
            rest: Bytes::new(),
            is_over: false,
        }
    }
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && !self.is_over {
            match self.receiver.recv() {
                Ok(Some(Ok(piece))) => self.rest = piece,
                Ok(None) => self.is_over = true,
                Ok(Some(Err(error))) => {
                    self.is_over = true;
                    return Err(io::Error::other(error));
                }
                Err(_) => {
                    self.is_over = true;
                    return Err(io::Error::other(SourceError::Stopped {
                        page: self.name.clone(),
                    }));
                }
            }
        }
        let count = self.rest.len().min(into.len());
        self.rest.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}

/// Copies the bytes of a page as they are to a file that vanishes with its last reader.
pub(crate) async fn copy_object(
    name: &str,
    store: &dyn object_store::ObjectStore,
    key: &object_store::path::Path,
    bound: ByteSize,
) -> Result<tempfile::NamedTempFile, SourceError> {
    use std::io::Write;

    let store_failed = |source| SourceError::Store {
        url: name.to_owned(),
        source,
    };
    let mut stream = store.get(key).await.map_err(store_failed)?.into_stream();
    let mut file = tempfile::NamedTempFile::new()
        .map_err(|source| SourceError::of_path("temporary folder", source))?;
    let mut copied: u64 = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(store_failed)?;
        copied += piece.len() as u64;
        if copied > bound.as_bytes() {
            return Err(SourceError::TooBig {
                page: name.to_owned(),
                bound,
            });
        }
        file.write_all(&piece)
            .map_err(|source| SourceError::of_path(file.path().display().to_string(), source))?;
    }
    Ok(file)
}
