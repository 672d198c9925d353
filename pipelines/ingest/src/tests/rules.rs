//! Rows that break rules, and what is said of them.

use super::harness::{House, USE, ledger, refusals, use_job};

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
    insta::assert_snapshot!(refusals(&report), @r#"
        cost_needs_use × 1: data/use.csv row 6 column `` raw None: 有费用须有用量
        not_a_month × 1: data/use.csv row 3 column `month` raw Some("2026-13"): `month`: `2026-13` is not a month; `electricity_kwh`: `abc` is not a number; `source`: `guess` is none of `meter`, `bill`
        range × 1: data/use.csv row 5 column `electricity_kwh` raw Some("-5"): `electricity_kwh`: -5.0000 is not at least 0
        required × 1: data/use.csv row 4 column `organization_id` raw None: `organization_id`: missing, but required
        too_large × 1: data/use.csv row 7 column `electricity_kwh` raw Some("1e15"): `electricity_kwh`: `1e15` is too large for the column's type, decimal(18,4)
        "#);
    assert_eq!(report.rounded.get("electricity_kwh"), Some(&1));
    // 3.00 yuan for 1.0001 kWh is more than two yuan each: loaded, and counted.
    assert_eq!(report.warnings.get("price_in_band"), Some(&1));
    insta::assert_snapshot!(house.query("select \"row\", rule, column_name, raw_value, status, row_json from ops.quarantine order by \"row\"").await, @r#"
        +-----+----------------+-----------------+-----------+--------+-----------------------------------------------------------------------------------------------------+
        | row | rule           | column_name     | raw_value | status | row_json                                                                                            |
        +-----+----------------+-----------------+-----------+--------+-----------------------------------------------------------------------------------------------------+
        | 3   | not_a_month    | month           | 2026-13   | open   | {"organization_id":"b","month":"2026-13","electricity_kwh":"abc","cost_yuan":"60","source":"guess"} |
        | 4   | required       | organization_id |           | open   | {"organization_id":null,"month":"2026-01","electricity_kwh":"1","cost_yuan":null,"source":null}     |
        | 5   | range          | electricity_kwh | -5        | open   | {"organization_id":"c","month":"2026-01","electricity_kwh":"-5","cost_yuan":null,"source":null}     |
        | 6   | cost_needs_use |                 |           | open   | {"organization_id":"d","month":"2026-01","electricity_kwh":null,"cost_yuan":"60","source":"bill"}   |
        | 7   | too_large      | electricity_kwh | 1e15      | open   | {"organization_id":"e","month":"2026-01","electricity_kwh":"1e15","cost_yuan":null,"source":null}   |
        +-----+----------------+-----------------+-----------+--------+-----------------------------------------------------------------------------------------------------+
        "#);
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
    insta::assert_snapshot!(house.query("select organization_id, month, electricity_kwh, cost_yuan from energy.use order by 1").await, @r"
        +-----------------+---------+-----------------+-----------+
        | organization_id | month   | electricity_kwh | cost_yuan |
        +-----------------+---------+-----------------+-----------+
        | 乙              | 2026-01 |                 |           |
        | 甲              | 2026-01 | 12345000.0000   | 125000.00 |
        +-----------------+---------+-----------------+-----------+
        ");
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
    insta::assert_snapshot!(refusals(&report), @r#"
        not_a_number × 20000: data/use.csv row 2 column `electricity_kwh` raw Some("x0"): `electricity_kwh`: `x0` is not a number
        not_a_number × 20000: data/use.csv row 3 column `electricity_kwh` raw Some("x1"): `electricity_kwh`: `x1` is not a number
        not_a_number × 20000: data/use.csv row 4 column `electricity_kwh` raw Some("x2"): `electricity_kwh`: `x2` is not a number
        "#);
    insta::assert_snapshot!(house.query("select count(*) as n, count(distinct row_json) as rows, min(\"row\") as first, max(\"row\") as last from ops.quarantine").await, @r"
        +-------+-------+-------+-------+
        | n     | rows  | first | last  |
        +-------+-------+-------+-------+
        | 20000 | 20000 | 2     | 20001 |
        +-------+-------+-------+-------+
        ");
    // Again: the same rows, not more of them.
    house.run(&house.job(&use_job("upsert", ""))).await;
    insta::assert_snapshot!(house.query("select count(*) as n, count(distinct run_id) as runs from ops.quarantine").await, @r"
        +-------+------+
        | n     | runs |
        +-------+------+
        | 20000 | 1    |
        +-------+------+
        ");
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

#[tokio::test]
async fn persons_are_pseudonyms_in_the_table_and_withheld_in_quarantine() {
    let driver = USE.replace("name: source", "name: driver").replace(
        "        quality: [{ type: library, metric: invalidValues, mustBe: 0, arguments: { validValues: [meter, bill] } }]\n        customProperties: [",
        "        customProperties: [{ property: pseudonym, value: true }, ",
    );
    let house = House::with(&[("energy/use.yaml", &driver)]).await;
    house.write(
        "use.csv",
        "org,month,kwh,driver\na,2026-01,1,张三\nb,2026-01,2, 张三\nc,2026-01,x,李四\n",
    );
    let select = "select: select org as organization_id, month, kwh as electricity_kwh, driver as driver from decoded\n";
    let job = house.job(&use_job("upsert", select));
    house.run(&job).await;
    insta::assert_snapshot!(house.query("select organization_id, driver from energy.use order by 1").await, @r"
        +-----------------+----------------------------------+
        | organization_id | driver                           |
        +-----------------+----------------------------------+
        | a               | d2ea3100a19204183e58da1c5f56d658 |
        | b               | d2ea3100a19204183e58da1c5f56d658 |
        +-----------------+----------------------------------+
        ");
    insta::assert_snapshot!(house.query("select row_json, message from ops.quarantine").await, @r#"
        +-------------------------------------------------------------+----------------------------------------+
        | row_json                                                    | message                                |
        +-------------------------------------------------------------+----------------------------------------+
        | {"org":"c","month":"2026-01","kwh":"x","driver":"withheld"} | `electricity_kwh`: `x` is not a number |
        +-------------------------------------------------------------+----------------------------------------+
        "#);
    let options = crate::RunOptions {
        pseudonym_key: None,
        ..house.options()
    };
    let error = crate::run(
        &house.warehouse,
        &job,
        options,
        &warehouse::progress::Silent,
    )
    .await
    .expect_err("an error");
    insta::assert_snapshot!(error, @"the column `driver` of `energy.use` holds pseudonyms, and there is no key to make them with");
}
