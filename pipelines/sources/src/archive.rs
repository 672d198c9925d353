//! Zip archives: what is in them, and the content of one entry.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::SourceError;
use crate::page::Page;

/// One file of a zip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Position in the archive's directory.
    pub(crate) index: usize,
    /// Path inside the archive.
    pub(crate) name: String,
    /// Compressed size.
    pub(crate) size_bytes: u64,
}

/// What a file that starts like a zip turned out to be.
#[derive(Debug)]
pub(crate) enum Archive {
    /// An office document: its zip is its format, not its wrapping.
    OfficeDocument,
    /// An archive with these files.
    Files(Vec<Entry>),
}

/// Lists the files of a zip, without folders and what operating systems leave behind.
pub(crate) fn list(file: File, archive: &str) -> Result<Archive, SourceError> {
    let bad_zip = |source| SourceError::BadZip {
        archive: archive.to_owned(),
        source,
    };
    let zip = ZipArchive::new(BufReader::new(file)).map_err(bad_zip)?;
    let mut entries = Vec::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(bad_zip)?;
        let name = entry_name(entry.name_raw()).into_owned();
        if name == "[Content_Types].xml" {
            return Ok(Archive::OfficeDocument);
        }
        if entry.is_dir() || is_left_behind(&name) {
            continue;
        }
        if entry.encrypted() {
            return Err(SourceError::Encrypted {
                archive: archive.to_owned(),
                entry: name,
            });
        }
        entries.push(Entry {
            index,
            name,
            size_bytes: entry.compressed_size(),
        });
    }
    entries.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Archive::Files(entries))
}

/// Opens one entry and gives its content to `read`.
pub(crate) fn read_entry<R: Read + Seek, T>(
    file: R,
    index: usize,
    page: &Page,
    read: impl FnOnce(&mut dyn Read) -> Result<T, SourceError>,
) -> Result<T, SourceError> {
    let bad_zip = |source| SourceError::BadZip {
        archive: page.name.clone(),
        source,
    };
    let mut zip = ZipArchive::new(file).map_err(bad_zip)?;
    let mut entry = match zip.by_index(index) {
        Ok(entry) => entry,
        Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
            return Err(SourceError::Encrypted {
                archive: page.name.clone(),
                entry: page.name.clone(),
            });
        }
        Err(source) => return Err(bad_zip(source)),
    };
    read(&mut entry)
}

/// The name of an entry. Without the UTF-8 flag the specification says code page 437; what Chinese
/// Windows writes is GBK, and what everybody else writes is UTF-8.
fn entry_name(raw: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(raw) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0,
    }
}

/// Files that archivers and file managers add of their own.
fn is_left_behind(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/") || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}
