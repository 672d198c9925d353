//! JSON: one document with an array of records, or one record a line.
//!
//! Nested objects become columns with their names joined by dots (`address.city`); arrays stay JSON text as
//! they are written; `null` is NULL. Numbers are the digits of the file, never a float in between.
//! The file is read twice: once for the names of all columns, in the order they first appear, once for the
//! rows. A record that is no object, or has one name twice, is refused.

mod document;
mod flatten;
mod lines;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use sources::ByteSize;

use super::error::DecodeError;
use super::header;
use super::input::{Object, read_failed};
use super::rows::{Place, Rows};
use super::worker::{self, Flow, Outlet};
use super::{Decoded, Detected, MAX_ROW, RefusalRule, RefusedRow};
use crate::format::{Format, JsonPath, Kind};
use flatten::{Flattened, Refusal};

/// What the worker says before the first batch.
struct Head {
    detected: Detected,
    schema: arrow::datatypes::SchemaRef,
}

/// How the records are found.
#[derive(Debug, Clone)]
struct Shape {
    kind: Kind,
    path: Option<JsonPath>,
    entries: bool,
    max_row: ByteSize,
}

/// One record as it comes out of the file.
struct Element<'a> {
    /// Position in the array, or line; from 1.
    row: u64,
    /// Name of the member, when the records are members of an object.
    key: Option<&'a str>,
    /// Its text, or why it has none.
    text: Result<&'a str, RefusedRow>,
}

/// Takes one record after the other.
type Take<'a> = dyn FnMut(Element<'_>) -> Result<Flow, DecodeError> + 'a;

pub(super) fn decode(
    object: Object,
    kind: Kind,
    format: &Format,
    batch_rows: usize,
) -> Result<Decoded, DecodeError> {
    let file = object.name.clone();
    let bytes = object.head.len() as u64;
    let blank = object
        .head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&object.head);
    if object.head_is_all && blank.trim_ascii().is_empty() {
        return Err(DecodeError::Empty { file, bytes });
    }
    let prefix = object.prefix.clone();
    let shape = Shape {
        kind,
        path: format.path.clone(),
        entries: format.entries,
        max_row: format.max_row.unwrap_or(MAX_ROW),
    };
    let mut source = object.into_file()?;
    let name = file.clone();
    let (head, batches) = worker::start(file, move |outlet| {
        let columns = Columns::find(&name, &mut source, &shape)?;
        Task {
            file: &name,
            prefix: &prefix,
            shape: &shape,
            batch_rows,
            outlet,
        }
        .run(&mut source, columns)
    })?;
    Ok(Decoded {
        detected: head.detected,
        schema: head.schema,
        batches: Box::new(batches),
    })
}

/// Gives every record of the file to `take`.
fn for_each(
    file: &str,
    source: &mut File,
    shape: &Shape,
    take: &mut Take<'_>,
) -> Result<(), DecodeError> {
    source
        .seek(SeekFrom::Start(0))
        .map_err(|error| read_failed(file, 0, error))?;
    let reader = BufReader::with_capacity(256 << 10, source);
    match shape.kind {
        Kind::Ndjson => lines::for_each(file, reader, shape.max_row, take),
        _ => document::for_each(file, reader, shape, take),
    }
}

/// The columns of a file.
struct Columns {
    /// Position of a flattened name.
    positions: HashMap<String, usize>,
    names: Vec<String>,
}

impl Columns {
    /// Reads all records for the names in them.
    fn find(file: &str, source: &mut File, shape: &Shape) -> Result<Columns, DecodeError> {
        let mut positions: HashMap<String, usize> = HashMap::new();
        let mut flattened = Flattened::default();
        for_each(file, source, shape, &mut |element| {
            let Ok(text) = element.text else {
                return Ok(Flow::GoOn);
            };
            // What is refused is refused when the rows are read.
            if flattened.read(element.key, text).is_ok() {
                for (name, _) in flattened.values() {
                    if !positions.contains_key(name) {
                        positions.insert(name.to_owned(), positions.len());
                    }
                }
            }
            if positions.len() > header::MAX_COLUMNS {
                return Err(DecodeError::TooManyColumns {
                    file: file.to_owned(),
                    row: element.row,
                    columns: positions.len(),
                    bound: header::MAX_COLUMNS,
                });
            }
            Ok(Flow::GoOn)
        })?;
        let mut names = vec![String::new(); positions.len()];
        for (name, position) in &positions {
            names[*position].clone_from(name);
        }
        Ok(Columns {
            positions,
            names: header::make_unique(names),
        })
    }
}

/// Reading the rows of a file.
struct Task<'a> {
    file: &'a str,
    prefix: &'a str,
    shape: &'a Shape,
    batch_rows: usize,
    outlet: &'a Outlet<Head>,
}

impl Task<'_> {
    fn run(&self, source: &mut File, columns: Columns) -> Result<(), DecodeError> {
        let place = Place::new(self.prefix, None, self.batch_rows);
        let mut rows = Rows::new(self.file.to_owned(), &columns.names, place, self.batch_rows);
        let detected = Detected {
            kind: self.shape.kind,
            encoding: None,
            encoding_by: None,
            delimiter: None,
            line_end: None,
            sheet: None,
            header_row: None,
            notes: match columns.names.is_empty() {
                true => vec!["the file holds no records".to_owned()],
                false => Vec::new(),
            },
            columns: columns.names,
        };
        if self.outlet.head(Head {
            detected,
            schema: rows.schema(),
        }) == Flow::Stop
        {
            return Ok(());
        }
        let mut flattened = Flattened::default();
        let mut values: Vec<Option<usize>> = Vec::new();
        for_each(self.file, source, self.shape, &mut |element| {
            let row = element.row as i64;
            match element.text {
                Err(refused) => rows.refuse(refused),
                Ok(text) => match flattened.read(element.key, text) {
                    Err(refusal) => rows.refuse(refused(row, refusal, text)),
                    Ok(()) => add(
                        &mut rows,
                        &columns.positions,
                        &flattened,
                        &mut values,
                        row,
                        text.len(),
                    ),
                },
            }
            if rows.is_full() {
                Ok(self.outlet.batch(rows.take()?))
            } else {
                Ok(Flow::GoOn)
            }
        })?;
        if !rows.is_empty() {
            self.outlet.batch(rows.take()?);
        }
        Ok(())
    }
}

/// Adds one record; `values` is scratch: where in the record each column's value is.
fn add(
    rows: &mut Rows,
    positions: &HashMap<String, usize>,
    flattened: &Flattened,
    values: &mut Vec<Option<usize>>,
    row: i64,
    bytes: usize,
) {
    values.clear();
    values.resize(positions.len(), None);
    for (at, (name, _)) in flattened.values().enumerate() {
        if let Some(position) = positions.get(name) {
            values[*position] = Some(at);
        }
    }
    for (column, value) in rows.columns().iter_mut().zip(values.iter()) {
        match value {
            Some(at) => column.push(flattened.value(*at).as_bytes()),
            None => column.push_null(),
        }
    }
    rows.end_row(row, bytes);
}

fn refused(row: i64, refusal: Refusal, text: &str) -> RefusedRow {
    let (rule, detail) = match refusal {
        Refusal::NotAnObject(found) => (
            RefusalRule::NotAnObject,
            format!("the record is {found}, not an object"),
        ),
        Refusal::DuplicateKey(name) => (
            RefusalRule::DuplicateKey,
            format!("the name `{name}` stands twice"),
        ),
        Refusal::NulByte(name) => (
            RefusalRule::NulByte,
            format!("the value of `{name}` holds a NUL"),
        ),
        Refusal::Invalid(error) => (RefusalRule::InvalidJson, error),
    };
    RefusedRow {
        sheet: None,
        row,
        rule,
        detail,
        raw: text.to_owned(),
    }
}
