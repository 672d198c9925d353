//! A run killed at each of its steps and run again comes to what a run without a kill comes to.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use warehouse::progress::Progress;

use super::harness::{House, ledger, use_job};

/// Dies when a step begins.
struct DiesAt(&'static str);

impl Progress for DiesAt {
    fn step(&self, name: &str) {
        if name == self.0 {
            std::panic::resume_unwind(Box::new("killed"));
        }
    }

    fn advance(&self, _: u64, _: u64) {}

    fn done(&self) {}
}

const BEFORE: &str = "organization_id,month,electricity_kwh\na,2026-01,1\nb,2026-01,2\n";
const AFTER: &str = "organization_id,month,electricity_kwh\na,2026-01,5\nb,2026-01,2\nc,2026-01,3\nd,2026-01,x\ne,2026-01,1\ne,2026-01,2\n";

async fn state(house: &House) -> String {
    let table = house
        .query("select * from energy.use order by organization_id")
        .await;
    let waiting = "select table_name, object, sheet, \"row\", rule, column_name, job, file_name, raw_value, message, status, row_json from ops.quarantine order by \"row\"";
    format!("{table}\n{}", house.query(waiting).await)
}

/// The house after `AFTER` was loaded by a run that died at `step` and one that did not.
async fn killed_at(step: &'static str) -> House {
    let house = House::new().await;
    let job = house.job(&use_job("upsert", ""));
    house.write("use.csv", BEFORE);
    house.run(&job).await;
    house.write("use.csv", AFTER);
    let killed = AssertUnwindSafe(house.run_with(&job, &DiesAt(step)))
        .catch_unwind()
        .await;
    assert!(killed.is_err(), "nothing begins `{step}`");
    house.run(&job).await;
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_repeated_comes_to_the_same_table_and_quarantine() {
    let untroubled = killed_at_no_step().await;
    let expected = state(&untroubled).await;
    insta::assert_snapshot!(expected, @r#"
        +-----------------+---------+-----------------+-----------+--------+------------------+--------+------+
        | organization_id | month   | electricity_kwh | cost_yuan | source | _object          | _sheet | _row |
        +-----------------+---------+-----------------+-----------+--------+------------------+--------+------+
        | a               | 2026-01 | 5.0000          |           |        | e59c3be5efac8b02 |        | 2    |
        | b               | 2026-01 | 2.0000          |           |        | 51ddc49b64530809 |        | 3    |
        | c               | 2026-01 | 3.0000          |           |        | e59c3be5efac8b02 |        | 4    |
        +-----------------+---------+-----------------+-----------+--------+------------------+--------+------+
        +------------+------------------+-------+-----+--------------+------------------------+-------------+--------------+------------+--------------------------------------------------------------------------------------------+--------+-----------------------------------------------------------------+
        | table_name | object           | sheet | row | rule         | column_name            | job         | file_name    | raw_value  | message                                                                                    | status | row_json                                                        |
        +------------+------------------+-------+-----+--------------+------------------------+-------------+--------------+------------+--------------------------------------------------------------------------------------------+--------+-----------------------------------------------------------------+
        | energy.use | e59c3be5efac8b02 |       | 5   | not_a_number | electricity_kwh        | energy.test | data/use.csv | x          | `electricity_kwh`: `x` is not a number                                                     | open   | {"organization_id":"d","month":"2026-01","electricity_kwh":"x"} |
        | energy.use | e59c3be5efac8b02 |       | 6   | key_conflict | organization_id, month | energy.test | data/use.csv | e, 2026-01 | row 7 has the same key and other values: `electricity_kwh` is 1.0000 here and 2.0000 there | open   | {"organization_id":"e","month":"2026-01","electricity_kwh":"1"} |
        | energy.use | e59c3be5efac8b02 |       | 7   | key_conflict | organization_id, month | energy.test | data/use.csv | e, 2026-01 | row 6 has the same key and other values: `electricity_kwh` is 2.0000 here and 1.0000 there | open   | {"organization_id":"e","month":"2026-01","electricity_kwh":"2"} |
        +------------+------------------+-------+-----+--------------+------------------------+-------------+--------------+------------+--------------------------------------------------------------------------------------------+--------+-----------------------------------------------------------------+
        "#);
    for step in ["land", "read", "merge", "quarantine", "commit", "record"] {
        let house = killed_at(step).await;
        assert_eq!(state(&house).await, expected, "killed at `{step}`");
    }
}

async fn killed_at_no_step() -> House {
    let house = House::new().await;
    let job = house.job(&use_job("upsert", ""));
    house.write("use.csv", BEFORE);
    house.run(&job).await;
    house.write("use.csv", AFTER);
    let report = house.run(&job).await;
    assert_eq!(
        ledger(&report),
        "decoded 6 left out 0 read 6 = inserted 1 + updated 1 + unchanged 1 + duplicate 0 + quarantined 3; deleted 0"
    );
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_before_its_record_is_recorded_by_the_next_one() {
    let house = killed_at("record").await;
    insta::assert_snapshot!(house.query("select status, inserted, updated, unchanged, quarantined, version, message from ops.run order by run_id").await, @r"
        +--------+----------+---------+-----------+-------------+---------+-----------------+
        | status | inserted | updated | unchanged | quarantined | version | message         |
        +--------+----------+---------+-----------+-------------+---------+-----------------+
        | ok     | 2        | 0       | 0         | 0           | 1       |                 |
        | ok     | 1        | 1       | 1         | 3           | 2       |                 |
        | ok     | 0        | 0       | 3         | 3           |         | nothing changed |
        +--------+----------+---------+-----------+-------------+---------+-----------------+
        ");
}
