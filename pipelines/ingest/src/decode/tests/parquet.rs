//! Parquet.

use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    ListArray, RecordBatch, StringArray, StructArray, TimestampMicrosecondArray,
    TimestampNanosecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type};

use super::read;

fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .expect("a batch");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows written");
    writer.close().expect("a file");
    bytes
}

#[test]
fn every_type_is_exact_text() {
    let decimals = Decimal128Array::from(vec![Some(123_456_789_012_345_678_901), Some(-5), None])
        .with_precision_and_scale(30, 4)
        .expect("a decimal type");
    // 2026-01-31T23:59:59.123456 in Shanghai is 15:59:59.123456 in UTC.
    let micros = 1_769_875_199_123_456;
    let zoned = TimestampMicrosecondArray::from(vec![Some(micros), None, Some(0)])
        .with_timezone("Asia/Shanghai");
    let bytes = file(vec![
        (
            "text",
            Arc::new(StringArray::from(vec![Some(" x "), Some(""), None])),
        ),
        (
            "whole",
            Arc::new(Int64Array::from(vec![Some(i64::MIN), None, Some(0)])),
        ),
        ("decimal", Arc::new(decimals)),
        (
            "float",
            Arc::new(Float64Array::from(vec![
                Some(1e7),
                Some(0.1 + 0.2),
                Some(1.5e-9),
            ])),
        ),
        (
            "truth",
            Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
        ),
        (
            "day",
            Arc::new(Date32Array::from(vec![Some(20_484), None, Some(-1)])),
        ),
        ("zoned", Arc::new(zoned)),
        (
            "local",
            Arc::new(TimestampNanosecondArray::from(vec![
                Some(micros * 1000),
                None,
                None,
            ])),
        ),
    ]);
    let table = read("t.parquet", bytes, "");
    assert_eq!(
        table.detected.columns,
        [
            "text", "whole", "decimal", "float", "truth", "day", "zoned", "local"
        ]
    );
    assert_eq!(
        table.shown(),
        [
            " x |-9223372036854775808|12345678901234567.8901|10000000|true|2026-01-31|2026-01-31T15:59:59.123456Z|2026-01-31T15:59:59.123456",
            "-|-|-0.0005|0.30000000000000004|false|-|-|-",
            "-|0|-|0.0000000015|-|1969-12-31|1970-01-01T00:00:00Z|-",
        ]
    );
    assert_eq!(table.numbers, [1, 2, 3]);
}

#[test]
fn structs_are_flattened_and_lists_become_json() {
    let inner: ArrayRef = Arc::new(StringArray::from(vec![Some("420800"), Some("420802")]));
    let region = StructArray::try_new(
        vec![Field::new("code", DataType::Utf8, true)].into(),
        vec![inner],
        Some(vec![true, false].into()),
    )
    .expect("a struct");
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
    let table = read(
        "t.parquet",
        file(vec![("region", Arc::new(region)), ("list", Arc::new(list))]),
        "",
    );
    assert_eq!(table.detected.columns, ["region.code", "list"]);
    assert_eq!(table.shown(), ["420800|[1,null]", "-|-"]);
}

#[test]
fn bytes_that_are_no_text_refuse_their_row() {
    let bytes = BinaryArray::from(vec![
        Some("电".as_bytes()),
        Some(b"\xff\xfe"),
        Some(b""),
        None,
    ]);
    let number: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3, 4]));
    let table = read(
        "t.parquet",
        file(vec![("name", Arc::new(bytes)), ("n", number)]),
        "",
    );
    assert_eq!(table.shown(), ["电|1", "-|3", "-|4"]);
    assert_eq!(
        table.refusals(),
        ["2 undecodable: the value of `name` is not UTF-8 text"]
    );
    assert_eq!(table.refused[0].raw, "\t2\t0123456789abcdef\t");
}
