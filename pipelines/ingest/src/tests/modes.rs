//! What each mode does to a table.

use super::harness::{House, ledger, refusals, use_job};

const JANUARY: &str = "organization_id,month,electricity_kwh,cost_yuan,source
a,2026-01,100,60.00,meter
b,2026-01,200,120.00,bill
";

#[tokio::test]
async fn loading_the_same_file_twice_changes_nothing_and_says_so() {
    let house = House::new().await;
    let job = house.job(&use_job("upsert", ""));
    house.write("use.csv", JANUARY);
    let first = house.run(&job).await;
    assert_eq!(
        ledger(&first),
        "decoded 2 left out 0 read 2 = inserted 2 + updated 0 + unchanged 0 + duplicate 0 + quarantined 0; deleted 0"
    );
    assert!(first.changed && first.version.is_some() && first.files[0].is_new);
    let second = house.run(&job).await;
    assert_eq!(
        ledger(&second),
        "decoded 2 left out 0 read 2 = inserted 0 + updated 0 + unchanged 2 + duplicate 0 + quarantined 0; deleted 0"
    );
    assert!(!second.changed && second.version.is_none() && !second.files[0].is_new);
    assert_eq!(second.message.as_deref(), Some("nothing changed"));
    insta::assert_snapshot!(house.query("select organization_id, month, electricity_kwh, cost_yuan, source, _sheet, _row from energy.use order by 1, 2").await, @r"
        +-----------------+---------+-----------------+-----------+--------+--------+------+
        | organization_id | month   | electricity_kwh | cost_yuan | source | _sheet | _row |
        +-----------------+---------+-----------------+-----------+--------+--------+------+
        | a               | 2026-01 | 100.0000        | 60.00     | meter  |        | 2    |
        | b               | 2026-01 | 200.0000        | 120.00    | bill   |        | 3    |
        +-----------------+---------+-----------------+-----------+--------+--------+------+
        ");
    insta::assert_snapshot!(house.query("select job, table_name, status, read_rows, inserted, unchanged, version, message from ops.run order by run_id").await, @r"
        +-------------+------------+--------+-----------+----------+-----------+---------+-----------------+
        | job         | table_name | status | read_rows | inserted | unchanged | version | message         |
        +-------------+------------+--------+-----------+----------+-----------+---------+-----------------+
        | energy.test | energy.use | ok     | 2         | 2        | 0         | 1       |                 |
        | energy.test | energy.use | ok     | 2         | 0        | 2         |         | nothing changed |
        +-------------+------------+--------+-----------+----------+-----------+---------+-----------------+
        ");
}

#[tokio::test]
async fn upsert_adds_new_keys_and_replaces_known_ones() {
    let house = House::new().await;
    let job = house.job(&use_job("upsert", ""));
    house.write("use.csv", JANUARY);
    house.run(&job).await;
    house.write("use.csv", "organization_id,month,electricity_kwh,cost_yuan,source\na,2026-01,100,60.00,meter\nb,2026-01,250,120.00,bill\nc,2026-01,5,,\n");
    let report = house.run(&job).await;
    assert_eq!(
        ledger(&report),
        "decoded 3 left out 0 read 3 = inserted 1 + updated 1 + unchanged 1 + duplicate 0 + quarantined 0; deleted 0"
    );
    insta::assert_snapshot!(house.query("select organization_id, electricity_kwh, cost_yuan, _row from energy.use order by 1, 2").await, @r"
        +-----------------+-----------------+-----------+------+
        | organization_id | electricity_kwh | cost_yuan | _row |
        +-----------------+-----------------+-----------+------+
        | a               | 100.0000        | 60.00     | 2    |
        | b               | 250.0000        | 120.00    | 3    |
        | c               | 5.0000          |           | 4    |
        +-----------------+-----------------+-----------+------+
        ");
}

#[tokio::test]
async fn append_refuses_to_change_what_the_table_says() {
    let house = House::new().await;
    let job = house.job(&use_job("append", ""));
    house.write("1.csv", JANUARY);
    house.run(&job).await;
    house.write("2.csv", "organization_id,month,electricity_kwh,cost_yuan,source\nb,2026-01,250,120.00,bill\nc,2026-01,5,,\n");
    house.write(
        "3.csv",
        "organization_id,month,electricity_kwh,cost_yuan,source\nc,2026-01,6,,\nc,2026-02,7,,\n",
    );
    let report = house.run(&job).await;
    assert_eq!(
        ledger(&report),
        "decoded 6 left out 0 read 6 = inserted 2 + updated 0 + unchanged 2 + duplicate 0 + quarantined 2; deleted 0"
    );
    insta::assert_snapshot!(refusals(&report), @r#"
        append_conflict × 2: data/2.csv row 2 column `organization_id, month` raw Some("b, 2026-01"): the table has the same key with other values: `electricity_kwh` is 250.0000 here and 200.0000 in the table
        append_conflict × 2: data/3.csv row 2 column `organization_id, month` raw Some("c, 2026-01"): `data/2.csv`, row 3 has the same key and other values: `electricity_kwh` is 6.0000 here and 5.0000 there
        "#);
    insta::assert_snapshot!(house.query("select organization_id, month, electricity_kwh from energy.use order by 1, 2").await, @r"
        +-----------------+---------+-----------------+
        | organization_id | month   | electricity_kwh |
        +-----------------+---------+-----------------+
        | a               | 2026-01 | 100.0000        |
        | b               | 2026-01 | 200.0000        |
        | c               | 2026-01 | 5.0000          |
        | c               | 2026-02 | 7.0000          |
        +-----------------+---------+-----------------+
        ");
}

#[tokio::test]
async fn snapshot_removes_what_is_not_offered_but_not_what_was_refused() {
    let house = House::new().await;
    let job = house.job(&use_job("snapshot", ""));
    house.write("use.csv", format!("{JANUARY}c,2026-01,3,,\n"));
    house.run(&job).await;
    // `a` is gone from the source; the row of `b` cannot be read, which does not mean that it is gone.
    house.write("use.csv", "organization_id,month,electricity_kwh,cost_yuan,source\nb,2026-01,-1,120.00,bill\nc,2026-01,4,,\n");
    let report = house.run(&job).await;
    assert_eq!(
        ledger(&report),
        "decoded 2 left out 0 read 2 = inserted 0 + updated 1 + unchanged 0 + duplicate 0 + quarantined 1; deleted 1"
    );
    insta::assert_snapshot!(house.query("select organization_id, electricity_kwh from energy.use order by 1, 2").await, @r"
        +-----------------+-----------------+
        | organization_id | electricity_kwh |
        +-----------------+-----------------+
        | b               | 200.0000        |
        | c               | 4.0000          |
        +-----------------+-----------------+
        ");
}

#[tokio::test]
async fn snapshot_without_a_valid_row_is_refused_and_removes_nothing() {
    let house = House::new().await;
    let job = house.job(&use_job("snapshot", ""));
    house.write("use.csv", JANUARY);
    house.run(&job).await;
    house.write(
        "use.csv",
        "organization_id,month,electricity_kwh,cost_yuan,source\n",
    );
    let error = house.try_run(&job).await.expect_err("a refused run");
    insta::assert_snapshot!(error, @"job `energy.test` offers no valid row, and mode `snapshot` would remove all 2 rows of `energy.use`");
    insta::assert_snapshot!(house.query("select count(*) as rows from energy.use").await, @r"
        +------+
        | rows |
        +------+
        | 2    |
        +------+
        ");
    insta::assert_snapshot!(house.query("select status, message from ops.run order by run_id desc limit 1").await, @r"
        +--------+----------------------------------------------------------------------------------------------------+
        | status | message                                                                                            |
        +--------+----------------------------------------------------------------------------------------------------+
        | failed | job `energy.test` offers no valid row, and mode `snapshot` would remove all 2 rows of `energy.use` |
        +--------+----------------------------------------------------------------------------------------------------+
        ");
}

#[tokio::test]
async fn replace_period_removes_within_the_periods_offered_only() {
    let house = House::new().await;
    let job = house.job(&use_job("replace_period", "period: month\n"));
    house.write(
        "use.csv",
        format!("{JANUARY}a,2026-02,7,,\nb,2026-02,8,,\n"),
    );
    house.run(&job).await;
    house.write(
        "use.csv",
        "organization_id,month,electricity_kwh,cost_yuan,source\na,2026-02,7,,\n",
    );
    let report = house.run(&job).await;
    assert_eq!(
        ledger(&report),
        "decoded 1 left out 0 read 1 = inserted 0 + updated 0 + unchanged 1 + duplicate 0 + quarantined 0; deleted 1"
    );
    insta::assert_snapshot!(house.query("select organization_id, month from energy.use order by 1, 2").await, @r"
        +-----------------+---------+
        | organization_id | month   |
        +-----------------+---------+
        | a               | 2026-01 |
        | a               | 2026-02 |
        | b               | 2026-01 |
        +-----------------+---------+
        ");
}

#[tokio::test]
async fn rows_of_one_key_in_one_load_are_one_row_or_none() {
    let house = House::new().await;
    let header = "organization_id,month,electricity_kwh,cost_yuan,source\n";
    // `a` twice the same; `b` in contradiction with itself; `c` again in a later file.
    house.write(
        "1.csv",
        format!(
            "{header}a,2026-01,1,,\na,2026-01,1,,\nb,2026-01,2,,\nb,2026-01,3,,\nc,2026-01,4,,\n"
        ),
    );
    house.write("2.csv", format!("{header}c,2026-01,5,,\n"));
    let report = house.run(&house.job(&use_job("upsert", ""))).await;
    assert_eq!(
        ledger(&report),
        "decoded 6 left out 0 read 6 = inserted 2 + updated 0 + unchanged 0 + duplicate 2 + quarantined 2; deleted 0"
    );
    insta::assert_snapshot!(refusals(&report), @r#"
        key_conflict × 2: data/1.csv row 4 column `organization_id, month` raw Some("b, 2026-01"): row 5 has the same key and other values: `electricity_kwh` is 2.0000 here and 3.0000 there
        key_conflict × 2: data/1.csv row 5 column `organization_id, month` raw Some("b, 2026-01"): row 4 has the same key and other values: `electricity_kwh` is 3.0000 here and 2.0000 there
        "#);
    insta::assert_snapshot!(house.query("select organization_id, electricity_kwh from energy.use order by 1, 2").await, @r"
        +-----------------+-----------------+
        | organization_id | electricity_kwh |
        +-----------------+-----------------+
        | a               | 1.0000          |
        | c               | 5.0000          |
        +-----------------+-----------------+
        ");

    let last = house.job(&use_job("upsert", "on_conflict: last\n"));
    let report = house.run(&last).await;
    assert_eq!(
        ledger(&report),
        "decoded 6 left out 0 read 6 = inserted 1 + updated 0 + unchanged 2 + duplicate 3 + quarantined 0; deleted 0"
    );
}

#[tokio::test]
async fn partitions_are_written_anew_only_where_rows_change() {
    let house = House::new().await;
    let job = house.job(
        "job: energy.readings\ntable: energy.reading\nsource: { files: \"data/*.csv\" }\nmode: upsert\n\
         select: select meter as meter_id, time as read_at, value as quantity from decoded\n",
    );
    house.write(
        "1.csv",
        "meter,time,value\nm1,2026-01-31 23:00,1\nm1,2026-02-01 00:00,2\nm1,2026-03-01 00:00,3\n",
    );
    let first = house.run(&job).await;
    assert_eq!(first.ledger.inserted, 3);
    let files = |house: &House| {
        let warehouse = house.warehouse.clone();
        async move {
            let id = "energy.reading".parse().expect("a table");
            let table = warehouse
                .existing_table(&id)
                .await
                .expect("a lake")
                .expect("a table");
            let snapshot = table.snapshot().await.expect("a state");
            snapshot
                .files()
                .iter()
                .map(|file| file.path().to_owned())
                .collect::<Vec<_>>()
        }
    };
    let before = files(&house).await;
    assert_eq!(before.len(), 3);
    // February changes, March gains, January is offered as it is.
    house.write("1.csv", "meter,time,value\nm1,2026-01-31 23:00,1\nm1,2026-02-01 00:00,5\nm1,2026-03-01 00:00,3\nm2,2026-03-01 00:00,4\n");
    let second = house.run(&job).await;
    assert_eq!(
        (
            second.ledger.inserted,
            second.ledger.updated,
            second.ledger.unchanged
        ),
        (1, 1, 2)
    );
    let after = files(&house).await;
    let of_month = |files: &[String], month: &str| {
        files
            .iter()
            .filter(|path| path.contains(month))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(of_month(&before, "2026-01"), of_month(&after, "2026-01"));
    assert_ne!(of_month(&before, "2026-02"), of_month(&after, "2026-02"));
    assert_eq!(of_month(&after, "2026-03").len(), 2);
    assert!(of_month(&after, "2026-03").contains(&of_month(&before, "2026-03")[0]));
    insta::assert_snapshot!(house.query("select meter_id, read_at, month, quantity from energy.reading order by 1, 2").await, @r"
        +----------+----------------------+---------+----------+
        | meter_id | read_at              | month   | quantity |
        +----------+----------------------+---------+----------+
        | m1       | 2026-01-31T15:00:00Z | 2026-01 | 1.0000   |
        | m1       | 2026-01-31T16:00:00Z | 2026-02 | 5.0000   |
        | m1       | 2026-02-28T16:00:00Z | 2026-03 | 3.0000   |
        | m2       | 2026-02-28T16:00:00Z | 2026-03 | 4.0000   |
        +----------+----------------------+---------+----------+
        ");
}

const VEHICLE_COST: &str = include_str!("../../../../schemas/contracts/vehicle/cost.yaml");

/// The table was partitioned by the year of a date outside its key: the row of C1 stood in both years,
/// 3 rows and 207.00 in all, under a ledger that balanced.
#[tokio::test]
async fn a_date_corrected_across_new_year_leaves_one_row() {
    let house = House::with(&[("vehicle/cost.yaml", VEHICLE_COST)]).await;
    let job = house.job(
        "job: vehicle.cost\ntable: vehicle.cost\nsource: { files: \"data/cost.csv\" }\nmode: upsert\nselect: |\n  select cost_id, vehicle_id, cost_class, cost_date, amount_yuan from decoded\n",
    );
    let header = "cost_id,vehicle_id,cost_class,cost_date,amount_yuan";
    house.write(
        "cost.csv",
        format!("{header}\nC1,V1,toll,2023-12-31,100.00\nC2,V1,toll,2023-12-30,7.00\n"),
    );
    house.run(&job).await;
    house.write(
        "cost.csv",
        format!("{header}\nC1,V1,toll,2024-01-01,100.00\nC2,V1,toll,2023-12-29,7.00\n"),
    );
    let report = house.run(&job).await;
    assert_eq!(
        ledger(&report),
        "decoded 2 left out 0 read 2 = inserted 0 + updated 2 + unchanged 0 + duplicate 0 + quarantined 0; deleted 0"
    );
    insta::assert_snapshot!(house.query("select cost_id, cost_date, year from vehicle.cost order by cost_id").await, @r"
    +---------+------------+------+
    | cost_id | cost_date  | year |
    +---------+------------+------+
    | C1      | 2024-01-01 | 2024 |
    | C2      | 2023-12-29 | 2023 |
    +---------+------------+------+
    ");
    insta::assert_snapshot!(house.query("select sum(amount_yuan) as total from vehicle.cost").await, @r"
    +--------+
    | total  |
    +--------+
    | 107.00 |
    +--------+
    ");
}
