//! Bytes on their way in: hashed, compressed, and put somewhere until their name is known.

use std::io::Write as _;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use contracts::TableId;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::spawn_blocking;
use zstd::stream::write::Encoder;

use crate::error::WarehouseError;
use crate::keys::{LandingKey, ObjectId};
use crate::random;

/// Bytes hashed and compressed at a time.
const CHUNK_BYTES: usize = 2 << 20;

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
    /// Reads `bytes` to their end. While one chunk is hashed and compressed, on a thread each, the
    /// next is read.
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
    let mut hasher = Sha256::new();
    let mut encoder = Encoder::new(Vec::new(), ZSTD_LEVEL).map_err(unwritable)?;
    encoder.include_checksum(true).map_err(unwritable)?;
    let (mut size_bytes, mut stored_bytes) = (0, 0);
    let mut chunk = read_chunk(&mut bytes).await.map_err(unreadable)?;
    while !chunk.is_empty() {
        size_bytes += chunk.len() as u64;
        let to_hash = chunk.clone();
        let hashing = spawn_blocking(move || {
            hasher.update(&to_hash);
            hasher
        });
        let compressing = spawn_blocking(move || {
            let written = encoder.write_all(&chunk);
            let compressed = std::mem::take(encoder.get_mut());
            written.map(|()| (encoder, compressed))
        });
        let next = read_chunk(&mut bytes).await;
        hasher = hashing.await.map_err(|error| unwritable(error.into()))?;
        let compressed = compressing
            .await
            .map_err(|error| unwritable(error.into()))?;
        let (returned, compressed) = compressed.map_err(unwritable)?;
        encoder = returned;
        stored_bytes += compressed.len() as u64;
        sink.put(objects, path, compressed).await?;
        chunk = next.map_err(unreadable)?;
    }
    let rest = encoder.finish().map_err(unwritable)?;
    stored_bytes += rest.len() as u64;
    sink.put(objects, path, rest).await?;
    Ok((
        ObjectId::from_digest(&hasher.finalize()),
        size_bytes,
        stored_bytes,
    ))
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
