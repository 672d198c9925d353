//! A landed object's bytes as they came, to be read by a decoder on a thread of its own.

use std::fs::File;
use std::io::{BufReader, Error, Read, Result};

use bytes::{Buf as _, Bytes};
use futures::StreamExt as _;
use object_store::{GetResult, GetResultPayload};
use tokio::sync::mpsc::{Receiver, channel};
use zstd::stream::read::Decoder;

/// Chunks fetched ahead of the decoder from a remote store.
const CHUNKS_AHEAD: usize = 8;

/// Reads and decompresses a landed object.
///
/// Reading blocks, so it belongs on a blocking thread (`tokio::task::spawn_blocking`); on an async
/// one it panics where the store is remote. A damaged object gives an error at its end at the
/// latest: the compressed form carries a checksum.
pub struct LandedReader {
    decoder: Decoder<'static, BufReader<Stored>>,
}

enum Stored {
    Local(File),
    Remote {
        chunks: Receiver<object_store::Result<Bytes>>,
        chunk: Bytes,
    },
}

impl LandedReader {
    pub(super) fn new(object: GetResult) -> Result<Self> {
        let stored = match object.payload {
            GetResultPayload::File(file, _) => Stored::Local(file),
            GetResultPayload::Stream(mut stream) => {
                let (sender, chunks) = channel(CHUNKS_AHEAD);
                tokio::spawn(async move {
                    while let Some(chunk) = stream.next().await {
                        // Nobody reads any more: the rest is not fetched.
                        if sender.send(chunk).await.is_err() {
                            break;
                        }
                    }
                });
                let chunk = Bytes::new();
                Stored::Remote { chunks, chunk }
            }
        };
        Ok(Self {
            decoder: Decoder::new(stored)?,
        })
    }
}

impl Read for LandedReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.decoder.read(buffer)
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self {
            Self::Local(file) => file.read(buffer),
            Self::Remote { chunks, chunk } => {
                while chunk.is_empty() {
                    match chunks.blocking_recv() {
                        Some(next) => *chunk = next.map_err(Error::other)?,
                        None => return Ok(0),
                    }
                }
                let count = chunk.len().min(buffer.len());
                chunk.copy_to_slice(&mut buffer[..count]);
                Ok(count)
            }
        }
    }
}
