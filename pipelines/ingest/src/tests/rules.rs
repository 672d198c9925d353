//! Rows that break rules, and what is said of them.

use super::harness::{House, ledger, refusals, use_job};

#[tokio::test]
async fn every_broken_rule_is_named_and_a_row_is_refused_once() {
    let house = House::new().await;
    house.write(
        "use.csv",
        "organization_id,month,electricity_kwh,cost_yuan,source
a,2026-01,100,60,meter
b,2026-13,abc,60,guess
,2026-01,1,,
c,2026-01,-5,,
d,2026-01,,60,bill
e,2026-01,1e15,,
f,2026-01,1.00005,3.00,meter
",
    );
    let report = house.run(&house.job(&use_job("upsert", ""))).await;
    assert_eq!(
        ledger(&report),
        "decoded 7 left out 0 read 7 = inserted 2 + updated 0 + unchanged 0 + duplicate 0 + quarantined 5; deleted 0"
    );
    insta::assert_snapshot!(refusals(&report), @"");
    assert_eq!(report.rounded.get("electricity_kwh"), Some(&1));
    // 3.00 yuan for 1.0001 kWh is more than two yuan each: loaded, and counted.
    assert_eq!(report.warnings.get("price_in_band"), Some(&1));
    insta::assert_snapshot!(house.query("select \"row\", rule, column_name, raw_value, status, row_json from ops.quarantine order by \"row\"").await, @"");
}

#[tokio::test]
async fn units_numbers_and_missing_marks_are_read_as_declared() {
    let house = House::new().await;
    house.write("use.csv", "单位,年月,电量(万千瓦时),电费(万元)\n甲,2026年1月,\"1,234.5\",１２．５\n乙,2026-01,—,N/A\n");
    let job = house.job(&use_job(
        "upsert",
        r#"select: |
  select "单位" as organization_id, "年月" as month, "电量(万千瓦时)" as electricity_kwh, "电费(万元)" as cost_yuan
  from decoded
parse: { numbers: { missing: ["—", "N/A"] }, units: { electricity_kwh: 万kWh, cost_yuan: 万元 } }
"#,
    ));
    let report = house.run(&job).await;
    assert_eq!(report.ledger.inserted, 2, "{}", refusals(&report));
    // 1234.5 万kWh = 12,345,000 kWh; 12.5 万元 = 125,000 yuan.
    insta::assert_snapshot!(house.query("select organization_id, month, electricity_kwh, cost_yuan from energy.use order by 1").await, @"");
}

#[tokio::test]
async fn a_file_of_invalid_rows_only_is_accounted_for() {
    let house = House::new().await;
    let mut text = "organization_id,month,electricity_kwh,cost_yuan,source\n".to_owned();
    for row in 0..20_000 {
        text.push_str(&format!("o{row},2026-01,x{row},,\n"));
    }
    house.write("use.csv", text);
    let report = house.run(&house.job(&use_job("upsert", ""))).await;
    assert_eq!(
        ledger(&report),
        "decoded 20000 left out 0 read 20000 = inserted 0 + updated 0 + unchanged 0 + duplicate 0 + quarantined 20000; deleted 0"
    );
    assert!(!report.changed);
    insta::assert_snapshot!(refusals(&report), @"");
    insta::assert_snapshot!(house.query("select count(*) as n, count(distinct row_json) as rows, min(\"row\") as first, max(\"row\") as last from ops.quarantine").await, @"");
    // Again: the same rows, not more of them.
    house.run(&house.job(&use_job("upsert", ""))).await;
    insta::assert_snapshot!(house.query("select count(*) as n, count(distinct run_id) as runs from ops.quarantine").await, @"");
}

#[tokio::test]
async fn what_the_where_leaves_out_is_counted_apart() {
    let house = House::new().await;
    house.write(
        "use.csv",
        "organization_id,month,kwh\na,2026-01,1\nTotal,,1\n",
    );
    let job = house.job(&use_job(
        "upsert",
        "select: select organization_id, month, kwh as electricity_kwh from decoded where organization_id <> 'Total'\n",
    ));
    assert_eq!(
        ledger(&house.run(&job).await),
        "decoded 2 left out 1 read 1 = inserted 1 + updated 0 + unchanged 0 + duplicate 0 + quarantined 0; deleted 0"
    );
}
