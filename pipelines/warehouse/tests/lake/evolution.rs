//! Contracts that change after their tables were made.

use warehouse::{Change, ConflictCause, WarehouseError};

use crate::support::*;

const BEFORE: &[&str] = &[
    "n integer key",
    "year integer key partition",
    "amount decimal(18,2) required unit=yuan",
    "mass decimal(18,4) unit=t",
];

#[tokio::test(flavor = "multi_thread")]
async fn optional_columns_are_added_and_old_rows_have_none() {
    let lake = Lake::new(&[contract("mart.cost", BEFORE)]).await;
    let table = lake.warehouse.table(&id("mart.cost")).await.unwrap();
    append(
        &table,
        "select 1 as n, 2025 as year, 2.50 as amount, 1.0 as mass",
    )
    .await;

    let after = contract(
        "mart.cost",
        &[
            "n integer key",
            "note text",
            "year integer key partition",
            "amount decimal(18,2) unit=yuan",
            "mass decimal(18,4) unit=t",
            "paid_date date",
        ],
    );
    let warehouse = lake.reopened(&[after]).await;
    let table = warehouse.table(&id("mart.cost")).await.unwrap();
    append(
        &table,
        "select 2 as n, 'new' as note, 2025 as year, null as amount, 1.0 as mass, date '2025-02-03' as paid_date",
    )
    .await;
    let snapshot = table.snapshot().await.unwrap();
    insta::assert_snapshot!(query(&snapshot, "select * from t order by n").await, @r"
    +---+------+------+--------+--------+------------+
    | n | note | year | amount | mass   | paid_date  |
    +---+------+------+--------+--------+------------+
    | 1 |      | 2025 | 2.50   | 1.0000 |            |
    | 2 | new  | 2025 |        | 1.0000 | 2025-02-03 |
    +---+------+------+--------+--------+------------+
    ");
    assert_eq!(
        number(&snapshot, "select n from t where note = 'new'").await,
        2
    );
    assert_eq!(
        number(&snapshot, "select n from t where note is null").await,
        1
    );
    // Rows changed nowhere, so nothing built from the table is built again.
    assert!(table.changed_partitions(1, 2).await.unwrap().is_empty());
    // The version before is still read as it was.
    let before = table.snapshot_at(1).await.unwrap();
    assert_eq!(before.schema().fields().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_may_be_said_of_each_row_and_of_plain_numbers() {
    let before = [
        "n integer key",
        "kind text",
        "price decimal(18,2) unit=yuan",
        "score decimal(18,2)",
        "mass decimal(18,2) unit=t",
    ];
    let after = [
        "n integer key",
        "kind text",
        "price decimal(18,2) unit=yuan/{kind}",
        "score decimal(18,2) unit=1",
        "mass decimal(18,2) unit=t",
    ];
    let lake = Lake::new(&[contract("mart.price", &before)]).await;
    let table = lake.warehouse.table(&id("mart.price")).await.unwrap();
    let row = "select 1 as n, 'kWh' as kind, 0.80 as price, 5.0 as score, 1.0 as mass";
    append(&table, row).await;
    let warehouse = lake.reopened(&[contract("mart.price", &after)]).await;
    assert!(warehouse.table(&id("mart.price")).await.is_ok());
    // Tonnes are no kilograms, by row or not.
    let wrong = after.map(|column| column.replace("unit=t", "unit=kg/{kind}"));
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    let warehouse = lake.reopened(&[contract("mart.price", &wrong)]).await;
    assert!(warehouse.table(&id("mart.price")).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_a_table_that_fits_changes_nothing() {
    let lake = Lake::new(&[contract("mart.cost", BEFORE)]).await;
    for _ in 0..3 {
        let table = lake.warehouse.table(&id("mart.cost")).await.unwrap();
        assert_eq!(table.snapshot().await.unwrap().version(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stored_rows_cannot_bear_is_refused_all_at_once() {
    let lake = Lake::new(&[contract("mart.cost", BEFORE)]).await;
    let table = lake.warehouse.table(&id("mart.cost")).await.unwrap();
    append(
        &table,
        "select 1 as n, 2025 as year, 2.50 as amount, 1.0 as mass",
    )
    .await;
    let after = contract(
        "mart.cost",
        &[
            "n integer key partition",
            "year text key",
            "amount decimal(18,4) required unit=yuan",
            "owner text required",
        ],
    );
    let error = lake
        .reopened(&[after])
        .await
        .table(&id("mart.cost"))
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_unit_is_another_column() {
    let lake = Lake::new(&[contract("mart.cost", BEFORE)]).await;
    let table = lake.warehouse.table(&id("mart.cost")).await.unwrap();
    append(
        &table,
        "select 1 as n, 2025 as year, 2.50 as amount, 1.0 as mass",
    )
    .await;
    let columns: Vec<String> = BEFORE
        .iter()
        .map(|column| column.replace("unit=t", "unit=kg"))
        .collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let warehouse = lake.reopened(&[contract("mart.cost", &columns)]).await;
    let error = warehouse.table(&id("mart.cost")).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_row_columns_may_change_freely() {
    let lake = Lake::new(&[contract("mart.cost", BEFORE)]).await;
    lake.warehouse.table(&id("mart.cost")).await.unwrap();
    let after = contract(
        "mart.cost",
        &[
            "n text key",
            "year integer key partition",
            "owner text required",
        ],
    );
    let table = lake
        .reopened(&[after])
        .await
        .table(&id("mart.cost"))
        .await
        .unwrap();
    append(&table, "select 'a' as n, 2025 as year, 'x' as owner").await;
    assert_eq!(table.snapshot().await.unwrap().num_rows(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_made_before_the_columns_changed_conflicts() {
    let lake = Lake::new(&[contract("mart.cost", BEFORE)]).await;
    let table = lake.warehouse.table(&id("mart.cost")).await.unwrap();
    let on = table.snapshot().await.unwrap();
    let written = write(
        &table,
        "select 1 as n, 2025 as year, 2.50 as amount, 1.0 as mass",
    )
    .await
    .unwrap();
    let mut columns = BEFORE.to_vec();
    columns.push("note text");
    lake.reopened(&[contract("mart.cost", &columns)])
        .await
        .table(&id("mart.cost"))
        .await
        .unwrap();
    let change = Change {
        add: written,
        is_blind: true,
        ..Change::default()
    };
    match table.commit(&on, change).await {
        Err(WarehouseError::Conflict { cause, .. }) => assert_eq!(cause, ConflictCause::Columns),
        other => panic!("expected a conflict, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_open_a_new_table_at_once_make_one() {
    let lake = Lake::new(&[contract("mart.cost", BEFORE)]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let warehouse = lake.warehouse.clone();
        tasks.spawn(async move { warehouse.table(&id("mart.cost")).await.map(|_| ()) });
    }
    for result in tasks.join_all().await {
        result.unwrap();
    }
    let table = lake.warehouse.table(&id("mart.cost")).await.unwrap();
    assert_eq!(table.snapshot().await.unwrap().version(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_a_contract_is_told_with_the_nearest_name() {
    let lake = Lake::new(&[contract("mart.cost", BEFORE)]).await;
    let error = lake.warehouse.table(&id("mart.costs")).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
    assert!(
        lake.warehouse
            .existing_table(&id("mart.cost"))
            .await
            .unwrap()
            .is_none()
    );
}
