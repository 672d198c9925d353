//! What the log knows of a file's values, as the engine wants it.
//!
//! Delta keeps a JSON object a file: row count, null counts, smallest and largest values. Bounds of
//! text may be cut off, those of moments are cut to the millisecond, those of decimals went through
//! a 64-bit float; such bounds may skip a file and may not answer `max(…)`. Whole numbers, dates and
//! decimals of up to 15 digits are what they say.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use datafusion::arrow::array::{ArrayRef, BooleanArray, UInt64Array};
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, ColumnStatistics, ScalarValue, Statistics};
use serde_json::{Map, Value};

use crate::table::{DataFile, Layout};

/// A decimal of fewer digits comes back from a 64-bit float as it went in.
const EXACT_DECIMALS_BELOW: f64 = 1e15;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Smallest,
    Largest,
}

/// The statistics of `file` over the columns of `layout`, in table order.
pub(super) fn of_file(file: &DataFile, layout: &Layout) -> Statistics {
    let json: Map<String, Value> = file
        .statistics_json()
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    let rows = file.rows().and_then(|rows| usize::try_from(rows).ok());
    let rows = rows.map_or(Precision::Absent, Precision::Exact);
    let columns = layout.schema.fields().iter().map(|field| {
        if layout.partition_by.contains(field.name()) {
            let value = partition_value(file, field.name(), field.data_type());
            return of_partition_column(value, rows);
        }
        let member = |name: &str| json.get(name)?.get(field.name());
        let bound = |name: &str, side| match member(name) {
            Some(value) => bound(field.data_type(), value, side),
            None => Precision::Absent,
        };
        let nulls = member("nullCount").and_then(Value::as_u64);
        ColumnStatistics {
            null_count: nulls
                .and_then(|nulls| usize::try_from(nulls).ok())
                .map_or(Precision::Absent, Precision::Exact),
            min_value: bound("minValues", Side::Smallest),
            max_value: bound("maxValues", Side::Largest),
            ..ColumnStatistics::new_unknown()
        }
    });
    Statistics {
        num_rows: rows,
        total_byte_size: Precision::Absent,
        column_statistics: columns.collect(),
    }
}

/// The value all rows of `file` have in the partition column `column`.
pub(super) fn partition_value(file: &DataFile, column: &str, data_type: &DataType) -> ScalarValue {
    let null = || ScalarValue::try_from(data_type).unwrap_or(ScalarValue::Null);
    match file.partition().get(column) {
        None => null(),
        Some(text) => {
            ScalarValue::try_from_string(text.to_owned(), data_type).unwrap_or_else(|_| null())
        }
    }
}

fn of_partition_column(value: ScalarValue, rows: Precision<usize>) -> ColumnStatistics {
    if value.is_null() {
        return ColumnStatistics {
            null_count: rows,
            ..ColumnStatistics::new_unknown()
        };
    }
    ColumnStatistics {
        null_count: Precision::Exact(0),
        min_value: Precision::Exact(value.clone()),
        max_value: Precision::Exact(value),
        distinct_count: Precision::Exact(1),
        ..ColumnStatistics::new_unknown()
    }
}

fn bound(data_type: &DataType, value: &Value, side: Side) -> Precision<ScalarValue> {
    match data_type {
        DataType::Int64 => exact(value.as_i64().map(|value| ScalarValue::Int64(Some(value)))),
        DataType::Boolean => exact(
            value
                .as_bool()
                .map(|value| ScalarValue::Boolean(Some(value))),
        ),
        DataType::Date32 => exact(date(value)),
        DataType::Decimal128(precision, scale) => exact(decimal(value, *precision, *scale)),
        DataType::Utf8 => inexact(value.as_str().map(ScalarValue::from)),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => inexact(
            moment(value, side)
                .map(|micros| ScalarValue::TimestampMicrosecond(Some(micros), zone.clone())),
        ),
        _ => Precision::Absent,
    }
}

fn exact(value: Option<ScalarValue>) -> Precision<ScalarValue> {
    value.map_or(Precision::Absent, Precision::Exact)
}

fn inexact(value: Option<ScalarValue>) -> Precision<ScalarValue> {
    value.map_or(Precision::Absent, Precision::Inexact)
}

fn date(value: &Value) -> Option<ScalarValue> {
    let date: NaiveDate = value.as_str()?.parse().ok()?;
    let days = date.signed_duration_since(NaiveDate::default()).num_days();
    Some(ScalarValue::Date32(Some(i32::try_from(days).ok()?)))
}

fn decimal(value: &Value, precision: u8, scale: i8) -> Option<ScalarValue> {
    let unscaled = value.as_f64()? * 10_f64.powi(i32::from(scale));
    let is_exact = unscaled.abs() < EXACT_DECIMALS_BELOW;
    #[expect(clippy::cast_possible_truncation, reason = "below 10^15")]
    let unscaled = is_exact.then(|| unscaled.round() as i128)?;
    Some(ScalarValue::Decimal128(Some(unscaled), precision, scale))
}

/// Microseconds since 1970. The text was cut to the millisecond, so the largest may be up to 999 µs
/// larger than it says.
fn moment(value: &Value, side: Side) -> Option<i64> {
    let moment = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
    let micros = moment.timestamp_micros();
    match side {
        Side::Smallest => Some(micros),
        Side::Largest => micros.checked_add(999),
    }
}

/// The statistics of several files as bounds to skip files by; inexact ones count as well, because
/// those kept here err to the safe side only.
pub(super) struct Bounds<'a> {
    layout: &'a Layout,
    files: Vec<&'a Statistics>,
}

impl<'a> Bounds<'a> {
    pub(super) fn new(layout: &'a Layout, files: Vec<&'a Statistics>) -> Self {
        Self { layout, files }
    }

    fn values(
        &self,
        column: &Column,
        of: impl Fn(&ColumnStatistics) -> &Precision<ScalarValue>,
    ) -> Option<ArrayRef> {
        let (index, field) = self.layout.schema.column_with_name(column.name())?;
        let null = ScalarValue::try_from(field.data_type()).ok()?;
        let values = self.files.iter().map(|file| {
            let value = of(&file.column_statistics[index]).get_value();
            value.cloned().unwrap_or_else(|| null.clone())
        });
        ScalarValue::iter_to_array(values).ok()
    }
}

impl PruningStatistics for Bounds<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, |statistics| &statistics.min_value)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, |statistics| &statistics.max_value)
    }

    fn num_containers(&self) -> usize {
        self.files.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let (index, _) = self.layout.schema.column_with_name(column.name())?;
        let counts = self
            .files
            .iter()
            .map(|file| count(&file.column_statistics[index].null_count));
        Some(Arc::new(counts.collect::<UInt64Array>()))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        let counts = self.files.iter().map(|file| count(&file.num_rows));
        Some(Arc::new(counts.collect::<UInt64Array>()))
    }

    #[allow(
        clippy::allow_attributes,
        clippy::mutable_key_type,
        reason = "the trait's signature"
    )]
    fn contained(
        &self,
        _column: &Column,
        _values: &std::collections::HashSet<ScalarValue>,
    ) -> Option<BooleanArray> {
        None
    }
}

fn count(precision: &Precision<usize>) -> Option<u64> {
    match precision {
        Precision::Exact(count) => u64::try_from(*count).ok(),
        Precision::Inexact(_) | Precision::Absent => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decimals(precision: u8, scale: i8) -> DataType {
        DataType::Decimal128(precision, scale)
    }

    #[test]
    fn decimals_of_fifteen_digits_are_what_they_say() {
        for unscaled in [
            0_i128,
            1,
            -1,
            12_345,
            999_999_999_999_999,
            -999_999_999_999_999,
        ] {
            // As Delta writes it: divided by a float.
            let json = json!(unscaled as f64 / 10_000.0);
            let expected = ScalarValue::Decimal128(Some(unscaled), 18, 4);
            assert_eq!(
                bound(&decimals(18, 4), &json, Side::Largest),
                Precision::Exact(expected)
            );
        }
    }

    #[test]
    fn longer_decimals_bound_nothing() {
        let json = json!(123_456_789_012_345.67_f64);
        assert_eq!(
            bound(&decimals(18, 2), &json, Side::Smallest),
            Precision::Absent
        );
    }

    #[test]
    fn the_largest_moment_is_widened_to_the_end_of_its_millisecond() {
        let micros = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let json = json!("1970-01-01T00:00:00.001Z");
        let expected = |value| {
            Precision::Inexact(ScalarValue::TimestampMicrosecond(
                Some(value),
                Some("UTC".into()),
            ))
        };
        assert_eq!(bound(&micros, &json, Side::Smallest), expected(1_000));
        assert_eq!(bound(&micros, &json, Side::Largest), expected(1_999));
    }

    #[test]
    fn text_bounds_are_never_exact() {
        assert!(matches!(
            bound(&DataType::Utf8, &json!("荆门"), Side::Largest),
            Precision::Inexact(_)
        ));
    }

    #[test]
    fn dates_before_1970_are_negative_days() {
        assert_eq!(
            bound(&DataType::Date32, &json!("1969-12-31"), Side::Smallest),
            Precision::Exact(ScalarValue::Date32(Some(-1)))
        );
    }
}
