//! Reading the files back, knowing nothing of how they were written.
//!
//! What is a title, a header over two rows or a total is found by looking at the cells, as a person would.

use std::io::Read;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Decimal128Type, TimestampMicrosecondType};
use calamine::{Data, Reader, open_workbook_auto};
use chrono::DateTime;
use city::Fixed;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A file as a table.
pub struct Table {
    /// Column names; headers over two rows joined by `_`.
    pub header: Vec<String>,
    /// Rows with their number in the file, counted from 1.
    pub rows: Vec<(u64, Vec<String>)>,
    /// Rows of totals at the end.
    pub footers: u64,
}

impl Table {
    /// The place of a column.
    pub fn column(&self, name: &str) -> usize {
        self.header
            .iter()
            .position(|title| title == name)
            .unwrap_or_else(|| panic!("no column `{name}` among {:?}", self.header))
    }
}

/// Reads a file of any kind the city writes.
pub fn read(path: &Path) -> Table {
    let name = path.file_name().unwrap().to_str().unwrap();
    if name.ends_with(".xlsx") {
        return shaped(sheet(path));
    }
    if name.ends_with(".parquet") {
        return readings(path);
    }
    let text = text(path);
    if name.contains(".ndjson") {
        let objects = text.lines().map(|line| serde_json::from_str(line).unwrap());
        return records(objects.collect());
    }
    if name.ends_with(".json") {
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        return records(document["data"]["items"].as_array().unwrap().clone());
    }
    let delimiter = match name {
        name if name.starts_with("cost_") => b'|',
        name if name.starts_with("gas_") => b';',
        name if name.ends_with(".tsv") => b'\t',
        _ => b',',
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    shaped(
        reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect(),
    )
}

fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let bytes = match path.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(&bytes[..])
                .read_to_end(&mut plain)
                .unwrap();
            plain
        }
        Some("zst") => zstd::decode_all(&bytes[..]).unwrap(),
        _ => bytes,
    };
    match String::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(error) => {
            let (text, _, has_errors) = encoding_rs::GBK.decode(error.as_bytes());
            assert!(!has_errors, "{} is neither UTF-8 nor GBK", path.display());
            text.into_owned()
        }
    }
}

fn sheet(path: &Path) -> Vec<Vec<String>> {
    let mut workbook = open_workbook_auto(path).unwrap();
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.start(), Some((0, 0)));
    range
        .rows()
        .map(|row| row.iter().map(cell).collect())
        .collect()
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::DateTime(day) => day.as_datetime().unwrap().date().to_string(),
        other => other.to_string(),
    }
}

/// Finds titles, header and totals.
fn shaped(raw: Vec<Vec<String>>) -> Table {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let start = raw.iter().position(|row| filled(row) > 1).unwrap();
    let first = &raw[start];
    let is_double = first.iter().any(String::is_empty);
    let (header, begin) = if is_double {
        let second = &raw[start + 1];
        let mut group = String::new();
        let names = first.iter().zip(second).map(|(upper, lower)| {
            if !upper.is_empty() {
                group.clone_from(upper);
            }
            if lower.is_empty() {
                upper.clone()
            } else {
                format!("{group}_{lower}")
            }
        });
        (names.collect(), start + 2)
    } else {
        (first.clone(), start + 1)
    };
    let mut rows: Vec<_> = raw
        .into_iter()
        .enumerate()
        .skip(begin)
        .map(|(place, row)| (place as u64 + 1, row))
        .collect();
    let before = rows.len();
    rows.retain(|(_, row)| row[0] != "合计");
    let footers = (before - rows.len()) as u64;
    Table {
        header,
        rows,
        footers,
    }
}

fn records(objects: Vec<serde_json::Value>) -> Table {
    // Keys keep no order in a value, so columns are sorted by name.
    let header: Vec<String> = objects.first().map_or_else(Vec::new, |first| {
        first.as_object().unwrap().keys().cloned().collect()
    });
    let rows = objects.iter().enumerate().map(|(place, object)| {
        let cells = header.iter().map(|name| match &object[name] {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        (place as u64 + 1, cells.collect())
    });
    Table {
        rows: rows.collect(),
        header,
        footers: 0,
    }
}

fn readings(path: &Path) -> Table {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let meters = batch.column(0).as_string::<i32>();
        let times = batch.column(1).as_primitive::<TimestampMicrosecondType>();
        let values = batch.column(2).as_primitive::<Decimal128Type>();
        for row in 0..batch.num_rows() {
            let time = DateTime::from_timestamp_micros(times.value(row))
                .unwrap()
                .naive_utc();
            let value = values
                .is_valid(row)
                .then(|| Fixed::<2>::new(values.value(row)).to_string());
            rows.push((
                rows.len() as u64 + 1,
                vec![
                    meters.value(row).to_owned(),
                    time.to_string(),
                    value.unwrap_or_default(),
                ],
            ));
        }
    }
    let header = ["meter", "time", "value"].map(str::to_owned).to_vec();
    Table {
        header,
        rows,
        footers: 0,
    }
}
