//! Which kind of file it is: what the job says, checked against the first bytes; else the first bytes,
//! which count more than the extension.

use contracts::text::nearest;

use super::error::DecodeError;
use super::input::Object;
use crate::format::{Format, Kind};

/// A settled kind.
pub(super) struct Settled {
    pub(super) kind: Kind,
    /// Said in the report when the first bytes contradict the extension.
    pub(super) note: Option<String>,
}

/// What the first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Zip,
    CompoundFile,
    Parquet,
    Compressed(&'static str),
    Markup(&'static str),
    Pdf,
    Text,
}

impl Found {
    fn of(head: &[u8]) -> Found {
        match head {
            [b'P', b'K', 3, 4, ..] => Found::Zip,
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Found::CompoundFile,
            [b'P', b'A', b'R', b'1', ..] => Found::Parquet,
            [0x1f, 0x8b, ..] => Found::Compressed("gzip"),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Found::Compressed("zstd"),
            [b'%', b'P', b'D', b'F', ..] => Found::Pdf,
            _ => Found::of_text(head),
        }
    }

    fn of_text(head: &[u8]) -> Found {
        let text = skip_blank(head);
        let begins =
            |word: &[u8]| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word);
        if begins(b"<?xml") {
            Found::Markup("XML")
        } else if begins(b"<html") || begins(b"<!doctype") || begins(b"<table") || begins(b"<meta")
        {
            Found::Markup("HTML")
        } else {
            Found::Text
        }
    }

    fn describe(self) -> String {
        match self {
            Found::Zip => "its first bytes are those of a workbook (xlsx) or a zip".to_owned(),
            Found::CompoundFile => "its first bytes are those of an old workbook (xls)".to_owned(),
            Found::Parquet => "its first bytes are those of Parquet".to_owned(),
            Found::Compressed(what) => format!("its first bytes are those of {what} data"),
            Found::Markup(what) => format!("it is {what} text"),
            Found::Pdf => "its first bytes are those of a PDF".to_owned(),
            Found::Text => "it begins like plain text".to_owned(),
        }
    }

    /// The kind a binary file is, whatever it is called.
    fn kind(self) -> Option<Kind> {
        match self {
            Found::Zip => Some(Kind::Xlsx),
            Found::CompoundFile => Some(Kind::Xls),
            Found::Parquet => Some(Kind::Parquet),
            _ => None,
        }
    }
}

/// Settles the kind of `object`.
pub(super) fn settle(object: &Object, format: &Format) -> Result<Settled, DecodeError> {
    let found = Found::of(&object.head);
    match format.kind {
        Some(declared) => check(object, declared, found),
        None => guess(object, found),
    }
}

fn check(object: &Object, declared: Kind, found: Found) -> Result<Settled, DecodeError> {
    let agrees = match declared {
        Kind::Xlsx | Kind::Xls => matches!(found, Found::Zip | Found::CompoundFile),
        Kind::Parquet => found == Found::Parquet,
        // A text may begin with a tag, and with `PAR1`.
        Kind::Csv | Kind::Tsv => {
            matches!(found, Found::Text | Found::Parquet | Found::Markup("XML"))
        }
        Kind::Json | Kind::Ndjson => found == Found::Text,
    };
    if !agrees {
        return Err(other_kind(object, declared, found));
    }
    // `xls` and `xlsx` are told apart by their bytes; people mix up the extensions.
    match found.kind() {
        Some(kind) if declared.is_workbook() => Ok(Settled { kind, note: None }),
        _ => Ok(Settled {
            kind: declared,
            note: None,
        }),
    }
}

fn guess(object: &Object, found: Found) -> Result<Settled, DecodeError> {
    let extension = extension(&object.name);
    let by_extension = match extension.as_str() {
        "csv" | "txt" | "dat" => Some(Kind::Csv),
        "tsv" | "tab" => Some(Kind::Tsv),
        "xlsx" | "xlsm" => Some(Kind::Xlsx),
        "xls" => Some(Kind::Xls),
        "json" | "geojson" => Some(if is_lines_of_objects(&object.head) {
            Kind::Ndjson
        } else {
            Kind::Json
        }),
        "ndjson" | "jsonl" => Some(Kind::Ndjson),
        "parquet" | "pq" => Some(Kind::Parquet),
        _ => None,
    };
    if let Some(kind) = found.kind() {
        let note = (by_extension != Some(kind))
            .then(|| format!("`{}`: {}", object.name, found.describe()));
        return Ok(Settled { kind, note });
    }
    let Some(kind) = by_extension else {
        let words = Kind::ALL.map(|(_, word)| word);
        return Err(DecodeError::UnknownKind {
            nearest: nearest(&extension, words).map(str::to_owned),
            extension,
            file: object.name.clone(),
        });
    };
    match (kind, found) {
        // Old systems export text under the extension of a workbook, and Excel opens it.
        (Kind::Xls | Kind::Xlsx, Found::Text) => Ok(Settled {
            kind: Kind::Csv,
            note: Some(format!(
                "`{}` is named like a workbook and is read as delimited text",
                object.name
            )),
        }),
        (Kind::Csv | Kind::Tsv | Kind::Json | Kind::Ndjson, Found::Text) => {
            Ok(Settled { kind, note: None })
        }
        _ => Err(other_kind(object, kind, found)),
    }
}

fn other_kind(object: &Object, declared: Kind, found: Found) -> DecodeError {
    DecodeError::OtherKind {
        file: object.name.clone(),
        declared,
        found: found.describe(),
    }
}

/// The extension of a name in lower case; that of the content when a compression's follows it.
fn extension(name: &str) -> String {
    let file = name.rsplit(['/', '\\', '!']).next().unwrap_or(name);
    let mut parts: Vec<&str> = file.split('.').skip(1).collect();
    if parts.len() > 1
        && parts.last().is_some_and(|last| {
            ["gz", "gzip", "zst", "zstd", "zip"]
                .iter()
                .any(|word| last.eq_ignore_ascii_case(word))
        })
    {
        parts.pop();
    }
    parts
        .last()
        .map(|last| last.to_ascii_lowercase())
        .unwrap_or_default()
}

/// Whether the first line is an object of its own and the second begins one.
fn is_lines_of_objects(head: &[u8]) -> bool {
    let text = skip_blank(head);
    let Some(end) = text.iter().position(|byte| *byte == b'\n') else {
        return false;
    };
    text.first() == Some(&b'{')
        && serde_json::from_slice::<serde::de::IgnoredAny>(&text[..end]).is_ok()
        && skip_blank(&text[end..]).first() == Some(&b'{')
}

/// Leaves out a UTF-8 mark and white space.
fn skip_blank(bytes: &[u8]) -> &[u8] {
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start()
}
