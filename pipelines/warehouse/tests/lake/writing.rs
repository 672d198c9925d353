//! Rows become files: order, types, bounds, and what is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::Compression;
use datafusion::prelude::SessionContext;
use futures::stream;
use warehouse::{Change, LakeLocation, Settings, Table, WarehouseError};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_back_as_they_went_in() {
    let (_lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(3, 4)).await;
    let snapshot = table.snapshot().await.unwrap();
    insta::assert_snapshot!(query(&snapshot, "select * from t order by read_at").await, @r"
    +----------+----------------------+---------+----------+------------+--------------+--------+
    | meter_id | read_at              | month   | quantity | read_date  | is_estimated | pulses |
    +----------+----------------------+---------+----------+------------+--------------+--------+
    | m00      | 2025-03-02T00:00:00Z | 2025-03 | 0.0000   | 2025-03-02 | true         | 0      |
    | m01      | 2025-03-02T01:00:00Z | 2025-03 | 0.1250   | 2025-03-02 | false        | 1      |
    | m02      | 2025-03-02T02:00:00Z | 2025-03 | 0.2500   | 2025-03-02 | false        | 2      |
    | m03      | 2025-03-02T03:00:00Z | 2025-03 | 0.3750   | 2025-03-02 | true         | 3      |
    +----------+----------------------+---------+----------+------------+--------------+--------+
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_holds_one_partition_sorted_by_key() {
    let (lake, table) = Lake::with_readings().await;
    let sql = format!(
        "select * from ({} union all {}) as rows order by pulses desc",
        reading_rows(1, 500),
        reading_rows(2, 300)
    );
    append(&table, &sql).await;
    let snapshot = table.snapshot().await.unwrap();
    let files: Vec<_> = snapshot
        .files()
        .iter()
        .map(|f| (f.partition().to_string(), f.rows()))
        .collect();
    assert_eq!(
        files,
        [
            ("month=2025-01".to_owned(), Some(500)),
            ("month=2025-02".to_owned(), Some(300))
        ]
    );
    for file in snapshot.files() {
        let path = lake.path("tables/mart/reading").join(file.path());
        let keys = keys_of(&path);
        assert!(keys.is_sorted(), "{} is not sorted", file.path());
    }
}

/// The key of each row of a file, in file order; also checks codec and label.
fn keys_of(path: &std::path::Path) -> Vec<(String, String)> {
    let file = std::fs::File::open(path).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let group = builder.metadata().row_group(0);
    assert!(matches!(
        group.column(0).compression(),
        Compression::ZSTD(_)
    ));
    assert_eq!(group.sorting_columns().map(Vec::len), Some(2));
    let batches = builder.build().unwrap();
    let mut keys = Vec::new();
    for batch in batches {
        let batch = batch.unwrap();
        let text = |name: &str| {
            let column = batch.column_by_name(name).unwrap();
            arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).unwrap()
        };
        let (meters, moments) = (text("meter_id"), text("read_at"));
        let strings = |array: &ArrayRef| -> Vec<String> {
            let strings = array.as_any().downcast_ref::<StringArray>().unwrap();
            strings
                .iter()
                .map(|value| value.unwrap().to_owned())
                .collect()
        };
        keys.extend(strings(&meters).into_iter().zip(strings(&moments)));
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn key_ranges_of_an_unpartitioned_table_do_not_overlap() {
    let lake = Lake::new(&[contract("mart.number", &["n integer key", "text text"])]).await;
    let table = lake.warehouse.table(&id("mart.number")).await.unwrap();
    let sql = "select value as n, cast(value as varchar) as text
               from generate_series(1, 50000) as numbers(value) order by value % 97";
    append(&table, sql).await;
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!(snapshot.files().len(), 1, "one sorted run, one file");
    assert_eq!(
        number(&snapshot, "select count(distinct n) from t").await,
        50_000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_may_come_in_any_order_and_narrower() {
    let (_lake, table) = Lake::with_readings().await;
    let sql = "select cast(7 as smallint) as pulses, 1.5 as quantity, '2025-01' as month,
                      arrow_cast('m1', 'Utf8View') as meter_id, null as is_estimated,
                      arrow_cast(timestamp '2025-01-01T00:00:00', 'Timestamp(Nanosecond, Some(\"UTC\"))') as read_at,
                      date '2025-01-01' as read_date";
    append(&table, sql).await;
    let snapshot = table.snapshot().await.unwrap();
    insta::assert_snapshot!(query(&snapshot, "select * from t").await, @r"
    +----------+----------------------+---------+----------+------------+--------------+--------+
    | meter_id | read_at              | month   | quantity | read_date  | is_estimated | pulses |
    +----------+----------------------+---------+----------+------------+--------------+--------+
    | m1       | 2025-01-01T00:00:00Z | 2025-01 | 1.5000   | 2025-01-01 |              | 7      |
    +----------+----------------------+---------+----------+------------+--------------+--------+
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_does_not_fit_is_named_at_once() {
    let (_lake, table) = Lake::with_readings().await;
    let sql = "select arrow_cast(1, 'UInt32') as pulses, cast(1.5 as double) as quantity,
                      '2025-01' as month, 'm1' as meter_id, 'yes' as is_estimated,
                      arrow_cast(1, 'Time64(Microsecond)') as read_date, 1 as redat";
    let error = write(&table, sql).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_too_large_for_its_decimal_fails_and_leaves_nothing() {
    let (lake, table) = Lake::with_readings().await;
    let sql = reading_rows(1, 100).replace(
        "cast(value as decimal(18,4)) / 8 as quantity",
        "case when value = 99 then cast('999999999999999999999' as decimal(38,2))
              else cast(1 as decimal(38,2)) end as quantity",
    );
    let error = write(&table, &sql).await.unwrap_err();
    assert!(matches!(error, WarehouseError::Compute { .. }), "{error:?}");
    assert_eq!(data_files(&lake, "mart/reading"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_required_value_is_refused_by_column_and_leaves_nothing() {
    let (lake, table) = Lake::with_readings().await;
    let sql = format!(
        "{} union all select null as a, timestamp '2025-09-01T00:00:00Z', '2025-09', 1.0, null as b, null as c, null as d",
        reading_rows(1, 100)
    );
    let error = write(&table, &sql).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
    assert_eq!(data_files(&lake, "mart/reading"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rows_make_no_files() {
    let (_lake, table) = Lake::with_readings().await;
    let sql = format!(
        "select * from ({}) as rows where false",
        reading_rows(1, 10)
    );
    let written = write(&table, &sql).await.unwrap();
    assert!(written.is_empty() && written.rows() == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sorted_stream_opens_a_file_a_partition() {
    let lake = Lake::new(&[contract(
        "mart.number",
        &["n integer key", "group integer key partition"],
    )])
    .await;
    let table = lake.warehouse.table(&id("mart.number")).await.unwrap();
    // Ten groups of a thousand rows, in batches of 700, so that groups begin inside of batches.
    let rows: Vec<(i64, i64)> = (0..10_000).map(|n| (n, n / 1_000)).collect();
    let batches: Vec<_> = rows.chunks(700).map(|rows| Ok(batch(rows))).collect();
    let schema = batch(&rows[..1]).schema();
    let stream = datafusion::physical_plan::stream::RecordBatchStreamAdapter::new(
        schema,
        stream::iter(batches),
    );
    let written = table.write_stream(Box::pin(stream)).await.unwrap();
    assert_eq!((written.len(), written.rows()), (10, 10_000));
    let on = table.snapshot().await.unwrap();
    let change = Change {
        add: written,
        ..Change::default()
    };
    table.commit(&on, change).await.unwrap();
    let snapshot = table.snapshot().await.unwrap();
    let sum = "select sum(n) from t where \"group\" = 3";
    // 3000 + … + 3999
    assert_eq!(number(&snapshot, sum).await, 3_499_500);
}

fn batch(rows: &[(i64, i64)]) -> RecordBatch {
    let numbers = Int64Array::from_iter_values(rows.iter().map(|row| row.0));
    let groups = Int64Array::from_iter_values(rows.iter().map(|row| row.1));
    RecordBatch::try_from_iter([
        ("n", Arc::new(numbers) as ArrayRef),
        ("group", Arc::new(groups) as ArrayRef),
    ])
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sorting_spills_instead_of_taking_more_memory() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        memory_bytes: 96 << 20,
        spill_dir: Some(directory.path().join("spill")),
        target_partitions: Some(2),
    };
    let location = LakeLocation::local(directory.path().join("lake"));
    let warehouse = open_with(&location, &[wide()], settings).await.unwrap();
    let table = warehouse.table(&id("mart.wide")).await.unwrap();
    // 400 000 rows of about 300 bytes: 120 MB through 96 MB of memory.
    let sql = "select value * 7919 % 400009 as n, repeat('x', 250) || value as text
               from generate_series(1, 400000) as numbers(value)";
    let session = warehouse.session();
    let written = write_in(&session, &table, sql).await.unwrap();
    assert_eq!(written.rows(), 400_000);
    commit_written(&table, written).await;
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!(
        number(&snapshot, "select count(distinct n) from t").await,
        400_000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_memory_is_told_with_the_amount_allowed() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        memory_bytes: 1 << 20,
        spill_dir: None,
        target_partitions: Some(2),
    };
    let location = LakeLocation::local(directory.path().join("lake"));
    let warehouse = open_with(&location, &[wide()], settings).await.unwrap();
    let table = warehouse.table(&id("mart.wide")).await.unwrap();
    let sql = "select value as n, repeat('x', 250) as text from generate_series(1, 100000) as numbers(value)";
    let error = write_in(&warehouse.session(), &table, sql)
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&error));
}

fn wide() -> (String, String) {
    contract("mart.wide", &["n integer key", "text text"])
}

async fn commit_written(table: &Table, written: warehouse::WrittenFiles) {
    let on = table.snapshot().await.unwrap();
    let change = Change {
        add: written,
        ..Change::default()
    };
    table.commit(&on, change).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_titles_stand_in_the_table_itself() {
    let (_lake, table) = Lake::with_readings().await;
    let schema = table.snapshot().await.unwrap().schema();
    let metadata: BTreeMap<_, _> = schema
        .field_with_name("quantity")
        .unwrap()
        .metadata()
        .iter()
        .collect();
    insta::assert_debug_snapshot!(metadata);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_takes_literals_as_decimals_and_knows_no_tables() {
    let lake = Lake::new(&[]).await;
    let session: SessionContext = lake.warehouse.session();
    let shown = show(
        &session,
        "select 0.1 + 0.2 as exact, arrow_typeof(cast('a' as varchar)) as text",
    )
    .await;
    insta::assert_snapshot!(shown, @r"
    +-------+------+
    | exact | text |
    +-------+------+
    | 0.3   | Utf8 |
    +-------+------+
    ");
}

/// The Parquet files below a table's directory.
fn data_files(lake: &Lake, table: &str) -> Vec<String> {
    fn walk(directory: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if !path.to_string_lossy().contains("_delta_log") {
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(&lake.path("tables").join(table), &mut found);
    found
}
