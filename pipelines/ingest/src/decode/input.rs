//! The object that is decoded: its beginning for a look, and its bytes as a stream or a file.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use sources::SourceError;

use super::error::DecodeError;
use super::{DecodeBytes, DecodeInput};

/// How much of an object is looked at before anything is settled.
pub(super) const HEAD_BYTES: u64 = 1 << 20;

/// An opened object.
pub(super) struct Object {
    pub(super) name: String,
    pub(super) prefix: String,
    /// The first bytes, at most [`HEAD_BYTES`].
    pub(super) head: Vec<u8>,
    /// Whether the head is the whole object.
    pub(super) head_is_all: bool,
    rest: Rest,
}

enum Rest {
    File(File),
    Reader(Box<dyn Read + Send>),
}

impl Object {
    pub(super) fn open(input: DecodeInput<'_>) -> Result<Object, DecodeError> {
        let name = input.name.to_owned();
        let mut rest = match input.bytes {
            DecodeBytes::Path(path) => Rest::File(open_file(&name, &path)?),
            DecodeBytes::Reader(reader) => Rest::Reader(reader),
        };
        let mut head = Vec::new();
        let reader: &mut dyn Read = match &mut rest {
            Rest::File(file) => file,
            Rest::Reader(reader) => reader,
        };
        // One byte more than the head tells whether anything follows it.
        reader
            .take(HEAD_BYTES + 1)
            .read_to_end(&mut head)
            .map_err(|source| read_failed(&name, head.len() as u64, source))?;
        let head_is_all = head.len() as u64 <= HEAD_BYTES;
        if head.is_empty() {
            return Err(DecodeError::Empty {
                file: name,
                bytes: 0,
            });
        }
        Ok(Object {
            name,
            prefix: input.object_prefix.to_owned(),
            head,
            head_is_all,
            rest,
        })
    }

    /// The bytes from the beginning, once.
    pub(super) fn into_stream(self) -> Box<dyn Read + Send> {
        match self.rest {
            Rest::File(file) => Box::new(Cursor::new(self.head).chain(file)),
            Rest::Reader(reader) => Box::new(Cursor::new(self.head).chain(reader)),
        }
    }

    /// The bytes as a file that can be read here and there; a stream is copied to a temporary one.
    pub(super) fn into_file(self) -> Result<File, DecodeError> {
        let mut file = match self.rest {
            Rest::File(file) => file,
            Rest::Reader(mut reader) => {
                let spool_failed = |source| DecodeError::Spool {
                    file: self.name.clone(),
                    source,
                };
                let mut file = tempfile::tempfile().map_err(spool_failed)?;
                file.write_all(&self.head).map_err(spool_failed)?;
                let mut copied = self.head.len() as u64;
                let mut piece = vec![0; 256 << 10];
                loop {
                    let count = match reader.read(&mut piece) {
                        Ok(0) => break,
                        Ok(count) => count,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                        Err(error) => return Err(read_failed(&self.name, copied, error)),
                    };
                    file.write_all(&piece[..count]).map_err(spool_failed)?;
                    copied += count as u64;
                }
                file
            }
        };
        file.seek(SeekFrom::Start(0))
            .map_err(|source| read_failed(&self.name, 0, source))?;
        Ok(file)
    }
}

fn open_file(name: &str, path: &PathBuf) -> Result<File, DecodeError> {
    File::open(path).map_err(|source| read_failed(name, 0, source))
}

/// An error of reading, with the source's own error taken out of it when there is one.
pub(super) fn read_failed(file: &str, byte: u64, source: io::Error) -> DecodeError {
    match SourceError::from_io(source) {
        Ok(source) => DecodeError::Source {
            file: file.to_owned(),
            byte,
            source: Box::new(source),
        },
        Err(source) => DecodeError::Read {
            file: file.to_owned(),
            byte,
            source,
        },
    }
}
