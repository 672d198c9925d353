//! Quarantined rows that have become valid.

use chrono::TimeDelta;

use super::harness::{House, USE, ledger, use_job};

/// The contract with negative amounts admitted, as for corrections.
fn mended() -> String {
    USE.replace("minimum: 0", "minimum: -100")
}

async fn with_mended_contract(house: House) -> House {
    let later = house.now + TimeDelta::days(1);
    let mut house = House::at(house.dir, &[("energy/use.yaml", &mended())]).await;
    house.now = later;
    house
}

#[tokio::test]
async fn rows_that_have_become_valid_are_loaded_and_closed() {
    let house = House::new().await;
    house.write("use.csv", "organization_id,month,electricity_kwh\na,2026-01,1\nb,2026-01,-5\nc,2026-01,x\nd,2026-01,-7\n");
    let yaml = use_job("upsert", "");
    house.run(&house.job(&yaml)).await;
    let house = with_mended_contract(house).await;
    let reports = house.replay(&house.jobs(&yaml)).await;
    let lines: Vec<String> = reports.iter().map(ledger).collect();
    assert_eq!(
        lines,
        [
            "decoded 3 left out 0 read 3 = inserted 2 + updated 0 + unchanged 0 + duplicate 0 + quarantined 1; deleted 0"
        ]
    );
    insta::assert_snapshot!(house.query("select organization_id, electricity_kwh, _row from energy.use order by 1").await, @r"
        +-----------------+-----------------+------+
        | organization_id | electricity_kwh | _row |
        +-----------------+-----------------+------+
        | a               | 1.0000          | 2    |
        | b               | -5.0000         | 3    |
        | d               | -7.0000         | 5    |
        +-----------------+-----------------+------+
        ");
    insta::assert_snapshot!(house.query("select \"row\", rule, status from ops.quarantine order by 1").await, @r"
        +-----+--------------+----------+
        | row | rule         | status   |
        +-----+--------------+----------+
        | 3   | range        | replayed |
        | 4   | not_a_number | open     |
        | 5   | range        | replayed |
        +-----+--------------+----------+
        ");
    // Again: one row still waits, and still cannot be loaded.
    let reports = house.replay(&house.jobs(&yaml)).await;
    assert_eq!(
        (
            reports[0].ledger.read,
            reports[0].ledger.quarantined,
            reports[0].changed
        ),
        (1, 1, false)
    );
}

#[tokio::test]
async fn a_replay_puts_no_old_value_over_a_newer_one() {
    let mut house = House::new().await;
    let yaml = use_job("upsert", "");
    house.write(
        "1.csv",
        "organization_id,month,electricity_kwh\na,2026-01,1\nb,2026-01,1\n",
    );
    house.run(&house.job(&yaml)).await;
    house.now += TimeDelta::days(1);
    house.write(
        "2.csv",
        "organization_id,month,electricity_kwh\na,2026-01,-5\nb,2026-01,-5\n",
    );
    house.run(&house.job(&yaml)).await;
    house.now += TimeDelta::days(1);
    // `a` comes again, later and valid; `b` still has what it had before the refused row.
    house.write(
        "3.csv",
        "organization_id,month,electricity_kwh\na,2026-01,9\n",
    );
    house.run(&house.job(&yaml)).await;
    let house = with_mended_contract(house).await;
    let reports = house.replay(&house.jobs(&yaml)).await;
    assert_eq!(
        ledger(&reports[0]),
        "decoded 2 left out 0 read 2 = inserted 0 + updated 1 + unchanged 0 + duplicate 1 + quarantined 0; deleted 0"
    );
    insta::assert_snapshot!(house.query("select organization_id, electricity_kwh from energy.use order by 1").await, @r"
        +-----------------+-----------------+
        | organization_id | electricity_kwh |
        +-----------------+-----------------+
        | a               | 9.0000          |
        | b               | -5.0000         |
        +-----------------+-----------------+
        ");
    insta::assert_snapshot!(house.query("select status, count(*) as rows from ops.quarantine group by status").await, @r"
        +----------+------+
        | status   | rows |
        +----------+------+
        | replayed | 2    |
        +----------+------+
        ");
    assert!(house.replay(&house.jobs(&yaml)).await.is_empty());
}
