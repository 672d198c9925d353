//! The newest states at a glance, held against the states themselves.

use chrono::TimeDelta;
use contracts::ColumnName;
use warehouse::progress::Silent;
use warehouse::{MaintainOptions, Removal, Table, TableHead, heads, maintain};

use crate::support::*;

async fn head(lake: &Lake, column: &str) -> TableHead {
    let column: ColumnName = column.parse().unwrap();
    let asked = [(id("mart.reading"), Some(column))];
    let heads = heads(&lake.warehouse, asked).await.unwrap();
    heads[&id("mart.reading")].clone()
}

/// What Delta's own reader says of the same.
async fn check(lake: &Lake, table: &Table, column: &str, newest: &str) {
    let head = head(lake, column).await;
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!(head.version, snapshot.version());
    assert_eq!(head.rows, snapshot.num_rows());
    assert_eq!(head.files, snapshot.files().len());
    let bytes: u64 = snapshot.files().iter().map(|file| file.size_bytes()).sum();
    assert_eq!(head.bytes, bytes);
    let last = &snapshot.history(1).await.unwrap()[0];
    assert_eq!(head.committed_at, last.committed_at);
    assert_eq!(head.newest.as_deref(), Some(newest), "newest {column}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_says_what_the_table_says_before_and_after_upkeep() {
    let (lake, table) = Lake::with_readings().await;
    for month in 1..=7 {
        append(&table, &reading_rows(month, 24)).await;
    }
    // The 24 hours of 2 July 2025 in UTC end at 23:00.
    check(&lake, &table, "month", "2025-07").await;
    check(&lake, &table, "read_date", "2025-07-02").await;
    check(&lake, &table, "read_at", "2025-07-02T23:00:00Z").await;

    // July is gone again.
    let nothing = format!(
        "select * from ({}) as rows where pulses < 0",
        reading_rows(7, 1)
    );
    let gone = Removal::Partitions([warehouse::PartitionValues::of("month", "2025-07")].into());
    commit(&table, &nothing, gone).await.unwrap();
    check(&lake, &table, "read_date", "2025-06-02").await;

    // Upkeep a month later writes a checkpoint; what follows it counts on top.
    let later = MaintainOptions::new(now() + TimeDelta::days(30));
    let report = maintain(&lake.warehouse, later, &Silent).await.unwrap();
    assert_eq!(report.tables[0].problem, None);
    let log = lake.path("tables/mart/reading/_delta_log");
    let is_checkpoint = |entry: std::io::Result<std::fs::DirEntry>| {
        entry
            .unwrap()
            .path()
            .to_string_lossy()
            .ends_with(".checkpoint.parquet")
    };
    assert!(std::fs::read_dir(log).unwrap().any(is_checkpoint));
    check(&lake, &table, "month", "2025-06").await;
    append(&table, &reading_rows(9, 24)).await;
    check(&lake, &table, "month", "2025-09").await;
    check(&lake, &table, "read_at", "2025-09-02T23:00:00Z").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_another_shape_is_told_by_deltas_own_reader() {
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 24)).await;
    append(&table, &reading_rows(2, 24)).await;
    // A line of a blank, which Delta passes over and this reader does not know.
    let path = lake.path("tables/mart/reading/_delta_log/00000000000000000001.json");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"add\""));
    std::fs::write(&path, text.replace('\n', "\n \n")).unwrap();
    check(&lake, &table, "month", "2025-02").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_not_stored_have_no_head() {
    let lake = Lake::new(&[readings()]).await;
    let asked = [(id("mart.reading"), None), (id("mart.no_such"), None)];
    assert!(heads(&lake.warehouse, asked).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_whose_values_are_all_missing_has_no_newest() {
    let (lake, table) = Lake::with_readings().await;
    let rows = reading_rows(1, 24);
    let without = format!(
        "select meter_id, read_at, month, quantity, cast(null as date) as read_date, \
         is_estimated, pulses from ({rows}) as rows"
    );
    append(&table, &without).await;
    assert_eq!(head(&lake, "read_date").await.newest, None);
    // One file with values among files without: the values count.
    append(&table, &reading_rows(2, 24)).await;
    check(&lake, &table, "read_date", "2025-02-02").await;
}
