//! Upkeep: fewer files, less space, no row and no kept publication lost.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use warehouse::progress::Silent;
use warehouse::{
    Change, MaintainOptions, MaintainReport, PublicationDraft, Removal, Table, TableReport,
    maintain, open_publication,
};

use crate::publications::draft;
use crate::support::*;

/// Upkeep as it would be a month from now, when everything unnamed is old enough.
fn next_month() -> MaintainOptions {
    MaintainOptions::new(now() + TimeDelta::days(30))
}

async fn upkeep(lake: &Lake, options: MaintainOptions) -> MaintainReport {
    let report = maintain(&lake.warehouse, options, &Silent).await.unwrap();
    for table in &report.tables {
        assert_eq!(table.problem, None);
    }
    report
}

fn only(report: &MaintainReport) -> &TableReport {
    assert_eq!(report.tables.len(), 1);
    &report.tables[0]
}

async fn publish(lake: &Lake, table: &Table) -> u64 {
    let version = table.snapshot().await.unwrap().version();
    let tables = [(table.id().clone(), version)].into();
    let created_at = now().to_rfc3339();
    let draft = PublicationDraft {
        tables,
        ..draft(&created_at, &[])
    };
    lake.warehouse
        .publications()
        .create(draft)
        .await
        .unwrap()
        .number
}

#[tokio::test(flavor = "multi_thread")]
async fn small_files_become_one_in_the_order_of_the_key() {
    let (_lake, table) = Lake::with_readings().await;
    for part in 0..6 {
        let rows = format!(
            "select * from ({}) as rows where pulses % 6 = {part}",
            reading_rows(1, 600)
        );
        append(&table, &rows).await;
    }
    append(&table, &reading_rows(2, 10)).await;
    let before = table.snapshot().await.unwrap();
    let all = "select count(*), sum(quantity), min(read_at), max(meter_id) from t";
    let rows_before = query(&before, all).await;

    let report = upkeep(&_lake, MaintainOptions::new(now())).await;
    let report = only(&report);
    assert_eq!(
        (
            report.compacted_partitions,
            report.files_before,
            report.files_after
        ),
        (1, 6, 1)
    );
    let after = table.snapshot().await.unwrap();
    assert_eq!(query(&after, all).await, rows_before);
    assert_eq!(after.files().len(), 2);
    // The order of one sorted file shows in a scan of one partition.
    let january = "select meter_id, read_at from t where month = '2025-01'";
    let scanned = query(&after, january).await;
    let sorted = query(&after, &format!("{january} order by meter_id, read_at")).await;
    assert_eq!(scanned, sorted);
    // No row changed, so nothing built from the table is built again.
    let changed = table
        .changed_partitions(before.version(), after.version())
        .await
        .unwrap();
    assert!(changed.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_beside_a_compaction_loses_nothing() {
    let (lake, table) = Lake::with_readings().await;
    for _ in 0..5 {
        append(&table, &reading_rows(1, 10)).await;
    }
    let on = table.snapshot().await.unwrap();
    upkeep(&lake, MaintainOptions::new(now())).await;
    // An append made on the state before stands; a replacement of the compacted files does not.
    let change = Change {
        add: write(&table, &reading_rows(1, 3)).await.unwrap(),
        is_blind: true,
        ..Change::default()
    };
    table.commit(&on, change).await.unwrap();
    commit_on(&table, &on, &reading_rows(1, 1), Removal::All)
        .await
        .unwrap_err();
    assert_eq!(table.snapshot().await.unwrap().num_rows(), Some(53));
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_publications_stay_readable_and_the_rest_goes() {
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 100)).await;
    let first = publish(&lake, &table).await;
    commit(&table, &reading_rows(1, 50), Removal::All)
        .await
        .unwrap();
    // A version nobody published.
    commit(&table, &reading_rows(1, 60), Removal::All)
        .await
        .unwrap();
    commit(&table, &reading_rows(1, 70), Removal::All)
        .await
        .unwrap();
    let second = publish(&lake, &table).await;
    assert_eq!(data_files(&lake.path("tables/mart/reading")).len(), 4);

    let report = upkeep(&lake, next_month()).await;
    assert_eq!(only(&report).removed.files, 2);
    assert_eq!(data_files(&lake.path("tables/mart/reading")).len(), 2);
    for (number, rows) in [(first, 100), (second, 70)] {
        assert_eq!(rows_of(&lake, number).await, rows);
    }
    // Upkeep moves no version and finds nothing more.
    let version = table.snapshot().await.unwrap().version();
    let again = upkeep(&lake, next_month()).await;
    assert_eq!(only(&again).removed.files, 0);
    assert_eq!(table.snapshot().await.unwrap().version(), version);

    // The first publication is given up: its file goes, the other's stays.
    let options = MaintainOptions {
        retire_older_than: Some(TimeDelta::days(1)),
        ..next_month()
    };
    let report = upkeep(&lake, options).await;
    assert_eq!(
        (report.retired.as_slice(), only(&report).removed.files),
        (&[first][..], 1)
    );
    assert_eq!(rows_of(&lake, second).await, 70);
}

async fn rows_of(lake: &Lake, number: u64) -> usize {
    let publication = lake.warehouse.publications().get(number).await.unwrap();
    let session = open_publication(&lake.warehouse, &publication)
        .await
        .unwrap();
    let rows = session
        .sql("select pulses, quantity from reading")
        .await
        .unwrap();
    let batches = rows.collect().await.unwrap();
    batches.iter().map(|batch| batch.num_rows()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_that_names_a_version_before_a_checkpoint_stays_readable() {
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 7)).await;
    let number = publish(&lake, &table).await;
    for count in 1..=45 {
        commit(&table, &reading_rows(1, count), Removal::All)
            .await
            .unwrap();
    }
    upkeep(&lake, next_month()).await;
    assert_eq!(rows_of(&lake, number).await, 7);
    assert_eq!(table.snapshot().await.unwrap().num_rows(), Some(45));
}

#[tokio::test(flavor = "multi_thread")]
async fn young_files_stay_whatever_they_are() {
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 10)).await;
    commit(&table, &reading_rows(1, 5), Removal::All)
        .await
        .unwrap();
    // Written and not committed yet: a run in progress.
    let written = write(&table, &reading_rows(2, 10)).await.unwrap();
    let report = upkeep(&lake, MaintainOptions::new(now())).await;
    assert_eq!(only(&report).removed.files, 0);
    let on = table.snapshot().await.unwrap();
    table
        .commit(
            &on,
            Change {
                add: written,
                ..Change::default()
            },
        )
        .await
        .unwrap();
    assert_eq!(
        number(&table.snapshot().await.unwrap(), "select sum(1) from t").await,
        15
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_the_same_and_does_nothing() {
    let (lake, table) = Lake::with_readings().await;
    for _ in 0..6 {
        append(&table, &reading_rows(1, 10)).await;
    }
    commit(&table, &reading_rows(2, 5), Removal::All)
        .await
        .unwrap();
    for _ in 0..4 {
        append(&table, &reading_rows(2, 5)).await;
    }
    let files = all_files(&lake.path(""));
    let options = MaintainOptions {
        dry_run: true,
        ..next_month()
    };
    let report = upkeep(&lake, options).await;
    let table = only(&report);
    assert_eq!((table.compacted_partitions, table.removed.files), (1, 6));
    assert!(report.is_dry_run && table.checkpoint.is_some());
    assert_eq!(all_files(&lake.path("")), files);
}

#[tokio::test(flavor = "multi_thread")]
async fn landing_and_foreign_files_are_left_alone() {
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 10)).await;
    let day = "2020-01-01".parse().unwrap();
    let landed = lake
        .warehouse
        .land(table.id(), day, "csv", &b"abc"[..])
        .await
        .unwrap();
    let notes = lake.path("tables/mart/reading/notes.txt");
    std::fs::write(&notes, "do not touch").unwrap();
    let report = upkeep(&lake, next_month()).await;
    assert_eq!(only(&report).foreign_files, ["notes.txt"]);
    assert!(notes.exists() && lake.path(&landed.key.to_string()).exists());
    assert_eq!(table.snapshot().await.unwrap().num_rows(), Some(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn leftovers_of_broken_writes_are_swept_when_old() {
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 10)).await;
    let leftovers = [
        "tables/mart/reading/month=2025-01/part-00000-dead-c000.zstd.parquet#1",
        "tables/mart/reading/_delta_log/00000000000000000002.json#3",
        "landing/mart/reading/incoming/0123456789abcdef",
    ];
    for leftover in leftovers {
        let path = lake.path(leftover);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "12345").unwrap();
    }
    assert_eq!(
        upkeep(&lake, MaintainOptions::new(now())).await.swept.files,
        0
    );
    let swept = upkeep(&lake, next_month()).await.swept;
    assert_eq!((swept.files, swept.bytes), (3, 15));
    for leftover in leftovers {
        assert!(!lake.path(leftover).exists(), "{leftover}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_broken_table_does_not_stop_the_others() {
    let lake = Lake::new(&[
        contract("mart.broken", &["n integer key"]),
        contract("mart.sound", &["n integer key"]),
    ])
    .await;
    for name in ["mart.broken", "mart.sound"] {
        let table = lake.warehouse.table(&id(name)).await.unwrap();
        for n in 0..5 {
            append(&table, &format!("select {n} as n")).await;
        }
    }
    std::fs::write(
        lake.path("tables/mart/broken/_delta_log/00000000000000000003.json"),
        "{",
    )
    .unwrap();
    let report = maintain(&lake.warehouse, next_month(), &Silent)
        .await
        .unwrap();
    let [broken, sound] = report.tables.as_slice() else {
        panic!("{report:?}");
    };
    let problem = broken.problem.as_deref().unwrap();
    assert!(
        problem.starts_with("cannot read the table `mart.broken`"),
        "{problem}"
    );
    assert_eq!((sound.problem.as_deref(), sound.files_after), (None, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retention_shorter_than_a_day_is_refused() {
    let lake = Lake::new(&[]).await;
    let options = MaintainOptions {
        retention: TimeDelta::hours(2),
        ..next_month()
    };
    let error = maintain(&lake.warehouse, options, &Silent)
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&error));
}

fn data_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = all_files(directory);
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "parquet")
    });
    files.retain(|path| !path.to_string_lossy().contains("_delta_log"));
    files
}

fn all_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(all_files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
