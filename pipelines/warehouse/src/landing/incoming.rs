//! Bytes on their way in: hashed, compressed, and put somewhere until their name is known.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::available_parallelism;

use bytes::{Bytes, BytesMut};
use contracts::TableId;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::spawn_blocking;
use zstd::bulk::Compressor;

use crate::error::WarehouseError;
use crate::keys::{LandingKey, ObjectId};
use crate::random;

/// Bytes hashed and compressed at a time. Each chunk is a zstd frame of its own, so that several are
/// compressed at once; frames that follow each other are one zstd file, as `pzstd` writes it.
const CHUNK_BYTES: usize = 4 << 20;

/// Compressed bytes up to this much are held and stored in one request under their name; more goes
/// to `incoming/` while it comes and is renamed.
const HELD_BYTES: usize = 8 << 20;

/// The fastest ordinary level. Landing is on the way of every row, and level 3 makes a third less
/// speed of a tenth less size on CSV.
const ZSTD_LEVEL: i32 = 1;

/// All bytes of an object, read to their end.
pub(super) struct Incoming {
    pub(super) object: ObjectId,
    pub(super) size_bytes: u64,
    pub(super) stored_bytes: u64,
    pub(super) compressed: Compressed,
}

/// Where the compressed bytes are.
pub(super) enum Compressed {
    Held(Vec<u8>),
    Uploaded(Path),
}

impl Incoming {
    /// Reads `bytes` to their end. While chunks are hashed and compressed, on a thread each, the next
    /// is read.
    pub(super) async fn receive(
        objects: &Arc<dyn ObjectStore>,
        table: &TableId,
        bytes: impl AsyncRead + Send + Unpin,
    ) -> Result<Self, WarehouseError> {
        let path = LandingKey::incoming(table).join(random::name());
        let mut sink = Sink::Held(Vec::new());
        let result = receive_into(objects, table, &path, bytes, &mut sink).await;
        let (object, size_bytes, stored_bytes) = match result {
            Ok(received) => received,
            Err(error) => {
                sink.abort().await;
                return Err(error);
            }
        };
        let compressed = match sink {
            Sink::Held(bytes) => Compressed::Held(bytes),
            Sink::Upload(mut upload) => {
                let finished = upload.shutdown().await;
                finished.map_err(|source| WarehouseError::write(&path, source))?;
                Compressed::Uploaded(path)
            }
        };
        Ok(Self {
            object,
            size_bytes,
            stored_bytes,
            compressed,
        })
    }

    /// Throws the bytes away; what cannot be deleted now is swept later.
    pub(super) async fn discard(self, objects: &Arc<dyn ObjectStore>) {
        if let Compressed::Uploaded(path) = self.compressed {
            let _ = objects.delete(&path).await;
        }
    }
}

async fn receive_into(
    objects: &Arc<dyn ObjectStore>,
    table: &TableId,
    path: &Path,
    mut bytes: impl AsyncRead + Send + Unpin,
    sink: &mut Sink,
) -> Result<(ObjectId, u64, u64), WarehouseError> {
    let unreadable = |source| WarehouseError::Incoming {
        table: table.clone(),
        source,
    };
    let unwritable = |source: std::io::Error| WarehouseError::write(path, source);
    let width = available_parallelism().map_or(1, Into::into);
    let mut hasher = Sha256::new();
    let mut compressing = VecDeque::new();
    let (mut size_bytes, mut stored_bytes) = (0, 0);
    let mut chunk = read_chunk(&mut bytes).await.map_err(unreadable)?;
    loop {
        size_bytes += chunk.len() as u64;
        let to_hash = chunk.clone();
        let hashing = spawn_blocking(move || {
            hasher.update(&to_hash);
            hasher
        });
        compressing.push_back(spawn_blocking(move || compress(&chunk)));
        let next = read_chunk(&mut bytes).await;
        hasher = hashing.await.map_err(|error| unwritable(error.into()))?;
        chunk = next.map_err(unreadable)?;
        let ahead = if chunk.is_empty() { 0 } else { width };
        while compressing.len() > ahead
            && let Some(oldest) = compressing.pop_front()
        {
            let compressed = oldest.await.map_err(|error| unwritable(error.into()))?;
            let compressed = compressed.map_err(unwritable)?;
            stored_bytes += compressed.len() as u64;
            sink.put(objects, path, compressed).await?;
        }
        if chunk.is_empty() {
            break;
        }
    }
    Ok((
        ObjectId::from_digest(&hasher.finalize()),
        size_bytes,
        stored_bytes,
    ))
}

/// A whole zstd frame. Nothing at all is a frame too.
fn compress(chunk: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut compressor = Compressor::new(ZSTD_LEVEL)?;
    compressor.include_checksum(true)?;
    compressor.compress(chunk)
}

/// Up to [`CHUNK_BYTES`]; fewer only at the end, none after it.
async fn read_chunk(bytes: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Bytes> {
    let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
    let mut limited = bytes.take(CHUNK_BYTES as u64);
    while limited.read_buf(&mut chunk).await? > 0 {}
    Ok(chunk.freeze())
}

enum Sink {
    Held(Vec<u8>),
    Upload(BufWriter),
}

impl Sink {
    async fn put(
        &mut self,
        objects: &Arc<dyn ObjectStore>,
        path: &Path,
        bytes: Vec<u8>,
    ) -> Result<(), WarehouseError> {
        let failed = |source| WarehouseError::write(path, source);
        match self {
            Self::Held(held) if held.len() + bytes.len() <= HELD_BYTES => {
                held.extend_from_slice(&bytes);
                Ok(())
            }
            Self::Held(held) => {
                let mut upload = BufWriter::new(objects.clone(), path.clone());
                let held = std::mem::take(held);
                upload.put(held.into()).await.map_err(failed)?;
                upload.put(bytes.into()).await.map_err(failed)?;
                *self = Self::Upload(upload);
                Ok(())
            }
            Self::Upload(upload) => upload.put(bytes.into()).await.map_err(failed),
        }
    }

    async fn abort(self) {
        if let Self::Upload(mut upload) = self {
            let _ = upload.abort().await;
        }
    }
}
