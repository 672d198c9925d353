//! Commits that meet: nothing lost, nothing doubled, nothing half done.

use serde_json::json;
use warehouse::{Change, ConflictCause, PartitionValues, Removal, Table, WarehouseError};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_carries_its_information_into_the_history() {
    let (_lake, table) = Lake::with_readings().await;
    let on = table.snapshot().await.unwrap();
    let change = Change {
        add: write(&table, &reading_rows(1, 10)).await.unwrap(),
        txn: Some(("job".to_owned(), 7)),
        info: json!({ "ledger": { "read": 10 }, "cursor": "2025-01" })
            .as_object()
            .unwrap()
            .clone(),
        ..Change::default()
    };
    let version = table.commit(&on, change).await.unwrap();
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!((version, snapshot.version()), (1, 1));
    assert_eq!(snapshot.transaction_version("job").await.unwrap(), Some(7));
    assert_eq!(snapshot.transaction_version("other").await.unwrap(), None);
    let info = snapshot.commit_info(1).await.unwrap().unwrap();
    assert_eq!(
        (&info["ledger"], &info["cursor"]),
        (&json!({ "read": 10 }), &json!("2025-01"))
    );
    let history = table.history(10).await.unwrap();
    let operations: Vec<_> = history
        .iter()
        .map(|entry| (entry.version, entry.operation.as_str()))
        .collect();
    assert_eq!(operations, [(1, "WRITE"), (0, "CREATE TABLE")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_an_application_is_committed_once() {
    let (_lake, table) = Lake::with_readings().await;
    let numbered = async |number| {
        let on = table.snapshot().await.unwrap();
        let change = Change {
            add: write(&table, &reading_rows(1, 5)).await.unwrap(),
            txn: Some(("energy.monthly_forms".to_owned(), number)),
            ..Change::default()
        };
        table.commit(&on, change).await
    };
    numbered(3).await.unwrap();
    let error = numbered(3).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
    assert!(numbered(2).await.is_err());
    numbered(4).await.unwrap();
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!(snapshot.num_rows(), Some(10));
}

/// What the second of two commits made on one state meets.
async fn second_of(
    first: (&str, Removal),
    second: (&str, Removal),
) -> (Table, Result<u64, WarehouseError>) {
    let (lake, table) = Lake::with_readings().await;
    // The directory must outlive the table; the test process cleans up.
    std::mem::forget(lake);
    append(
        &table,
        &format!("{} union all {}", reading_rows(1, 10), reading_rows(2, 10)),
    )
    .await;
    let on = table.snapshot().await.unwrap();
    commit_on(&table, &on, first.0, first.1).await.unwrap();
    let result = commit_on(&table, &on, second.0, second.1).await;
    (table, result)
}

fn month(month: &str) -> PartitionValues {
    PartitionValues::of("month", month)
}

fn conflict(result: Result<u64, WarehouseError>) -> ConflictCause {
    match result {
        Err(WarehouseError::Conflict { cause, .. }) => cause,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_partitions_both_stand() {
    let (january, february) = (reading_rows(1, 3), reading_rows(2, 4));
    for first in [Removal::None, Removal::Partitions(vec![month("2025-01")])] {
        for second in [Removal::None, Removal::Partitions(vec![month("2025-02")])] {
            let (table, result) =
                second_of((&january, first.clone()), (&february, second.clone())).await;
            assert_eq!(result.unwrap(), 3);
            let rows = |removal: &Removal, added| {
                if *removal == Removal::None {
                    10 + added
                } else {
                    added
                }
            };
            let expected = rows(&first, 3) + rows(&second, 4);
            assert_eq!(table.snapshot().await.unwrap().num_rows(), Some(expected));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_partition_conflict() {
    let january = reading_rows(1, 3);
    let replace = || Removal::Partitions(vec![month("2025-01")]);
    for (first, second) in [
        (Removal::None, Removal::None),
        (Removal::None, replace()),
        (replace(), Removal::None),
        (replace(), replace()),
    ] {
        let (table, result) = second_of((&january, first), (&january, second)).await;
        assert_eq!(conflict(result), ConflictCause::Partition(month("2025-01")));
        assert_eq!(table.snapshot().await.unwrap().version(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overwrite_of_all_conflicts_with_any_change() {
    let (january, march) = (reading_rows(1, 3), reading_rows(3, 3));
    let (_, result) = second_of((&march, Removal::None), (&january, Removal::All)).await;
    assert_eq!(conflict(result), ConflictCause::Partition(month("2025-03")));
    let (_, result) = second_of((&march, Removal::All), (&january, Removal::None)).await;
    assert_eq!(conflict(result), ConflictCause::Partition(month("2025-01")));
    let (_, result) = second_of((&march, Removal::All), (&march, Removal::All)).await;
    conflict(result);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overwrite_of_all_leaves_only_its_rows() {
    let (_lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 10)).await;
    commit(&table, &reading_rows(2, 4), Removal::All)
        .await
        .unwrap();
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!(snapshot.num_rows(), Some(4));
    assert_eq!(
        snapshot.partitions().into_iter().collect::<Vec<_>>(),
        [month("2025-02")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn log_entries_never_conflict() {
    let (_lake, table) = Lake::with_readings().await;
    let on = table.snapshot().await.unwrap();
    for _ in 0..3 {
        let change = Change {
            add: write(&table, &reading_rows(1, 2)).await.unwrap(),
            is_blind: true,
            ..Change::default()
        };
        table.commit(&on, change).await.unwrap();
    }
    assert_eq!(table.snapshot().await.unwrap().num_rows(), Some(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_commits_of_one_application_from_one_state_conflict() {
    let (_lake, table) = Lake::with_readings().await;
    let on = table.snapshot().await.unwrap();
    let mut results = Vec::new();
    for (number, rows) in [(1, reading_rows(1, 2)), (2, reading_rows(2, 2))] {
        let change = Change {
            add: write(&table, &rows).await.unwrap(),
            txn: Some(("job".to_owned(), number)),
            ..Change::default()
        };
        results.push(table.commit(&on, change).await);
    }
    let second = results.pop().unwrap();
    let error = second.unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_conflicting_change_are_deleted() {
    let (lake, table) = Lake::with_readings().await;
    let on = table.snapshot().await.unwrap();
    commit_on(&table, &on, &reading_rows(1, 2), Removal::None)
        .await
        .unwrap();
    commit_on(&table, &on, &reading_rows(1, 2), Removal::None)
        .await
        .unwrap_err();
    let files = std::fs::read_dir(lake.path("tables/mart/reading/month=2025-01")).unwrap();
    assert_eq!(files.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn single_files_can_go_and_unknown_ones_are_refused() {
    let (_lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 10)).await;
    append(&table, &reading_rows(1, 5)).await;
    let on = table.snapshot().await.unwrap();
    let path = on
        .files()
        .iter()
        .find(|file| file.rows() == Some(5))
        .unwrap()
        .path()
        .to_owned();
    let remove = |path: String| Change {
        remove: Removal::Files(vec![path]),
        ..Change::default()
    };
    table.commit(&on, remove(path)).await.unwrap();
    assert_eq!(table.snapshot().await.unwrap().num_rows(), Some(10));
    let error = table
        .commit(&on, remove("month=2025-01/part-0.parquet".to_owned()))
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&error));
}

/// Eight writers append five times each to one partition and try again when they conflict.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_lose_and_double_nothing() {
    let lake = Lake::new(&[contract("mart.number", &["n integer key"])]).await;
    let table = lake.warehouse.table(&id("mart.number")).await.unwrap();
    append_from_many(&table, 8, 5).await;
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!(snapshot.num_rows(), Some(40));
    assert_eq!(
        number(&snapshot, "select count(distinct n) from t").await,
        40
    );
    // The log was checkpointed on the way, and nothing of it is lost either.
    assert!(snapshot.version() >= 40);
}

/// Used for S3 as well.
pub async fn append_from_many(table: &Table, writers: i64, times: i64) {
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let table = table.clone();
        tasks.spawn(async move {
            for time in 0..times {
                let row = format!("select {} as n", writer * 1_000 + time);
                loop {
                    match commit(&table, &row, Removal::None).await {
                        Ok(_) => break,
                        Err(error) if error.retry() == contracts::Retry::Now => {}
                        Err(error) => panic!("{}", told(&error)),
                    }
                }
            }
        });
    }
    tasks.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_goes_on_from_a_checkpoint() {
    let (lake, table) = Lake::with_readings().await;
    for _ in 0..25 {
        append(&table, &reading_rows(1, 2)).await;
    }
    let checkpoint =
        lake.path("tables/mart/reading/_delta_log/00000000000000000019.checkpoint.parquet");
    assert!(checkpoint.exists());
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!((snapshot.version(), snapshot.num_rows()), (25, Some(50)));
    let max = "select max(pulses), max(read_at), min(meter_id), max(quantity) from t";
    insta::assert_snapshot!(query(&snapshot, max).await);
    assert_eq!(
        number(&snapshot, "select count(*) from t where meter_id = 'm01'").await,
        25
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_partitions_are_those_whose_rows_changed() {
    let (_lake, table) = Lake::with_readings().await;
    let one = append(&table, &reading_rows(1, 2)).await;
    let two = append(&table, &reading_rows(2, 2)).await;
    let three = commit(
        &table,
        &reading_rows(1, 1),
        Removal::Partitions(vec![month("2025-01")]),
    )
    .await
    .unwrap();
    let changed = async |from, to| -> Vec<String> {
        let changed = table.changed_partitions(from, to).await.unwrap();
        changed.iter().map(ToString::to_string).collect()
    };
    assert_eq!(changed(one, two).await, ["month=2025-02"]);
    assert_eq!(changed(two, three).await, ["month=2025-01"]);
    assert_eq!(changed(0, three).await, ["month=2025-01", "month=2025-02"]);
    assert_eq!(
        changed(three, one).await,
        ["month=2025-01", "month=2025-02"]
    );
    assert!(changed(three, three).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_partitions_are_found_without_the_log_as_well() {
    let (lake, table) = Lake::with_readings().await;
    for month in [1, 2, 3] {
        append(&table, &reading_rows(month, 2)).await;
    }
    // A checkpoint of version 2 makes the log up to it dispensable.
    let directory = lake.path("tables/mart/reading");
    let url = url::Url::from_directory_path(&directory).unwrap();
    let delta = deltalake::open_table_with_version(url, 2).await.unwrap();
    deltalake::checkpoints::create_checkpoint(&delta, None)
        .await
        .unwrap();
    for version in 0..=2 {
        let name = format!("_delta_log/{version:020}.json");
        std::fs::remove_file(directory.join(name)).unwrap();
    }
    let changed = table.changed_partitions(2, 3).await.unwrap();
    assert_eq!(changed.into_iter().collect::<Vec<_>>(), [month("2025-03")]);
    let error = table.changed_partitions(1, 3).await.unwrap_err();
    assert!(
        matches!(error, WarehouseError::VersionMissing { .. }),
        "{error:?}"
    );
}
