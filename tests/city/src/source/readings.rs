//! Hourly readings: electricity as Parquet by year, water and gas as a row a day with 24 columns.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Decimal128Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::Datelike;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::energy::item::Item;
use crate::energy::meter::hourly;
use crate::fault::{blank, duplicate, late, missing};
use crate::manifest::Place;
use crate::month::Month;
use crate::number::Trimmed;
use crate::source::job::Offers;
use crate::source::layout::{Column, Compression, Encoding, Format, Layout, number, text};
use crate::source::row::Row;
use crate::source::{Export, JobWriter, create};
use crate::{City, CityError, FaultKind, Quantity};

pub(crate) const HOURLY: &str = "energy.reading_electricity";
pub(crate) const DAILY: &str = "energy.reading_daily";

pub(crate) const EXPORTS: [Export; 2] = [
    Export {
        job: HOURLY,
        table: "energy.reading",
        planned: &[
            late(20_000),
            duplicate(20_000),
            missing(10_000),
            blank(25_000, "value"),
        ],
        rows: |city| {
            let meters = city
                .meters
                .iter()
                .filter(|meter| meter.item == Item::Electricity)
                .count();
            let hours: u32 = city.spec.months().map(|month| month.days() * 24).sum();
            meters * hours as usize
        },
        write: electricity,
    },
    Export {
        job: DAILY,
        table: "energy.reading",
        planned: &[duplicate(5_000), missing(4_000)],
        rows: |city| {
            let meters = city
                .meters
                .iter()
                .filter(|meter| meter.item != Item::Electricity)
                .count();
            let days: u32 = city.spec.months().map(Month::days).sum();
            meters * days as usize
        },
        write: daily,
    },
];

/// The hours of all electricity meters, by month, then meter, then hour.
fn electricity(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let mut late = Vec::new();
    for year in city.spec.years() {
        let path = format!("data/energy/reading_{year}.parquet");
        let mut file = ReadingFile::open(writer.folder(), path)?;
        for month in city.spec.months().filter(|month| month.year() == year) {
            for (place, meter) in city.meters.iter().enumerate() {
                if meter.item == Item::Electricity {
                    meter_month(
                        &meter.id,
                        month,
                        &hourly(city, place, month),
                        &mut file,
                        writer,
                        &mut late,
                    )?;
                }
            }
            file.flush()?;
        }
        file.close(writer)?;
    }
    if !late.is_empty() {
        let mut file = ReadingFile::open(
            writer.folder(),
            "data/energy/reading_late.parquet".to_owned(),
        )?;
        for (meter, at_us, value) in late {
            file.push(&meter, at_us, Some(value));
            writer.count_accepted(1);
            writer.count_fault(FaultKind::LateRow, Some(file.place()))?;
        }
        file.flush()?;
        file.close(writer)?;
    }
    Ok(())
}

fn meter_month(
    meter: &str,
    month: Month,
    values: &[Quantity],
    file: &mut ReadingFile,
    writer: &mut JobWriter<'_>,
    late: &mut Vec<(String, i64, Quantity)>,
) -> Result<(), CityError> {
    let start = month
        .first_day()
        .and_time(chrono::NaiveTime::MIN)
        .and_utc()
        .timestamp_micros();
    for (hour, value) in values.iter().enumerate() {
        // The collector stamps the beginning of the hour in the city's time, without a zone.
        let at_us = start + hour as i64 * 3_600_000_000;
        match writer.next_fault() {
            None => {
                file.push(meter, at_us, Some(*value));
                writer.count_accepted(1);
            }
            Some(FaultKind::LateRow) => late.push((meter.to_owned(), at_us, *value)),
            Some(kind @ FaultKind::ExactDuplicate) => {
                file.push(meter, at_us, Some(*value));
                writer.count_accepted(1);
                file.push(meter, at_us, Some(*value));
                writer.count_fault(kind, Some(file.place()))?;
            }
            Some(kind @ FaultKind::RequiredMissing) => {
                file.push(meter, at_us, None);
                writer.count_fault(kind, Some(file.place()))?;
            }
            Some(kind) => writer.count_fault(kind, None)?,
        }
    }
    Ok(())
}

/// A Parquet file of readings: `meter`, `time` (city time, no zone), `value`.
struct ReadingFile {
    full: std::path::PathBuf,
    path: String,
    schema: SchemaRef,
    writer: ArrowWriter<std::fs::File>,
    meters: StringBuilder,
    times: TimestampMicrosecondBuilder,
    values: Decimal128Builder,
    rows: u64,
}

impl ReadingFile {
    fn open(folder: &Path, path: String) -> Result<Self, CityError> {
        let full = folder.join(&path);
        let schema = Arc::new(Schema::new(vec![
            Field::new("meter", DataType::Utf8, false),
            Field::new(
                "time",
                DataType::Timestamp(TimeUnit::Microsecond, None),
                false,
            ),
            Field::new("value", DataType::Decimal128(18, 2), true),
        ]));
        let properties = WriterProperties::builder()
            .set_compression(Codec::ZSTD(ZstdLevel::default()))
            .set_created_by("city".to_owned())
            .build();
        let writer = ArrowWriter::try_new(create(&full)?, Arc::clone(&schema), Some(properties))
            .map_err(|source| fault(&full, source))?;
        Ok(Self {
            full,
            path,
            schema,
            writer,
            meters: StringBuilder::new(),
            times: TimestampMicrosecondBuilder::new(),
            values: Decimal128Builder::new(),
            rows: 0,
        })
    }

    fn push(&mut self, meter: &str, at_us: i64, value: Option<Quantity>) {
        self.meters.append_value(meter);
        self.times.append_value(at_us);
        self.values
            .append_option(value.map(|value| value.rescale::<2>().digits()));
        self.rows += 1;
    }

    /// Where the last row stands.
    fn place(&self) -> Place {
        Place {
            file: self.path.clone(),
            row: self.rows,
        }
    }

    fn flush(&mut self) -> Result<(), CityError> {
        let values = self
            .values
            .finish()
            .with_data_type(DataType::Decimal128(18, 2));
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.meters.finish()),
            Arc::new(self.times.finish()),
            Arc::new(values),
        ];
        debug_assert!(
            columns
                .iter()
                .all(|column| column.len() == columns[0].len())
        );
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|source| fault(&self.full, source.into()))?;
        self.writer
            .write(&batch)
            .map_err(|source| fault(&self.full, source))
    }

    fn close(self, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
        let full = self.full;
        self.writer.close().map_err(|source| fault(&full, source))?;
        writer.add_file(self.path, self.rows)
    }
}

fn fault(path: &Path, source: ParquetError) -> CityError {
    CityError::Parquet {
        path: path.to_owned(),
        source: Box::new(source),
    }
}

const DAY: [Column; 26] = [
    text("表计编号"),
    text("日期"),
    number("0时"),
    number("1时"),
    number("2时"),
    number("3时"),
    number("4时"),
    number("5时"),
    number("6时"),
    number("7时"),
    number("8时"),
    number("9时"),
    number("10时"),
    number("11时"),
    number("12时"),
    number("13时"),
    number("14时"),
    number("15时"),
    number("16时"),
    number("17时"),
    number("18时"),
    number("19时"),
    number("20时"),
    number("21时"),
    number("22时"),
    number("23时"),
];

/// The days of the water and gas meters, by month, then meter, then day.
fn daily(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Csv {
        encoding: Encoding::Gbk,
        delimiter: b',',
        line_end: "\r\n",
        compression: Compression::Gzip,
    };
    let mut row = Row::default();
    let mut open = 0;
    for month in city.spec.months() {
        if month.year() != open {
            open = month.year();
            writer.open(
                &format!("energy/daily_{open}.csv.gz"),
                Layout::plain(format, &DAY),
            )?;
        }
        for (place, meter) in city.meters.iter().enumerate() {
            if meter.item == Item::Electricity {
                continue;
            }
            for (day, values) in hourly(city, place, month).chunks(24).enumerate() {
                let date = month.day(day as u32 + 1);
                row.clear().text(&meter.id).push(format_args!(
                    "{}{:02}{:02}",
                    date.year(),
                    date.month(),
                    date.day()
                ));
                for value in values {
                    row.push(Trimmed(*value));
                }
                writer.wide_row(&row, Offers::Cells(24))?;
            }
        }
    }
    Ok(())
}
