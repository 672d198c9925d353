//! Files of other shapes: wide ones, several sheets, archives.

use super::harness::{House, ledger, refusals, use_job};

#[tokio::test]
async fn a_wide_file_becomes_a_row_for_each_month() {
    let house = House::new().await;
    house.write(
        "use.csv",
        "org,2026-01,2026-02,2026-03\na,1,2,\nb,4,x,6\nc,y,z,9\n",
    );
    let job = house.job(&use_job(
        "upsert",
        r#"unpivot: { columns: ["20??-??"], name: month, value: kwh }
select: select org as organization_id, month, kwh as electricity_kwh from decoded where kwh is not null
"#,
    ));
    let report = house.run(&job).await;
    // Nine cells, one of them empty and left out by the select; three hold no number.
    assert_eq!(
        ledger(&report),
        "decoded 3 left out 0 read 8 = inserted 5 + updated 0 + unchanged 0 + duplicate 0 + quarantined 3; deleted 0"
    );
    insta::assert_snapshot!(refusals(&report), @r#"
        not_a_number × 3: data/use.csv row 3 column `electricity_kwh[2026-02]` raw Some("x"): `electricity_kwh`: `x` is not a number
        not_a_number × 3: data/use.csv row 4 column `electricity_kwh[2026-01]` raw Some("y"): `electricity_kwh`: `y` is not a number
        not_a_number × 3: data/use.csv row 4 column `electricity_kwh[2026-02]` raw Some("z"): `electricity_kwh`: `z` is not a number
        "#);
    insta::assert_snapshot!(house.query("select organization_id, month, electricity_kwh, _row from energy.use order by 1, 2").await, @r"
        +-----------------+---------+-----------------+------+
        | organization_id | month   | electricity_kwh | _row |
        +-----------------+---------+-----------------+------+
        | a               | 2026-01 | 1.0000          | 2    |
        | a               | 2026-02 | 2.0000          | 2    |
        | b               | 2026-01 | 4.0000          | 3    |
        | b               | 2026-03 | 6.0000          | 3    |
        | c               | 2026-03 | 9.0000          | 4    |
        +-----------------+---------+-----------------+------+
        ");
    insta::assert_snapshot!(house.query("select \"row\", column_name, raw_value, row_json from ops.quarantine order by 1, 2").await, @r#"
        +-----+--------------------------+-----------+-------------------------------------------------------+
        | row | column_name              | raw_value | row_json                                              |
        +-----+--------------------------+-----------+-------------------------------------------------------+
        | 3   | electricity_kwh[2026-02] | x         | {"org":"b","2026-01":"4","2026-02":"x","2026-03":"6"} |
        | 4   | electricity_kwh[2026-01] | y         | {"org":"c","2026-01":"y","2026-02":"z","2026-03":"9"} |
        | 4   | electricity_kwh[2026-02] | z         | {"org":"c","2026-01":"y","2026-02":"z","2026-03":"9"} |
        +-----+--------------------------+-----------+-------------------------------------------------------+
        "#);
}

#[tokio::test]
async fn several_rows_of_one_row_that_break_one_rule_are_told_apart() {
    let house = House::new().await;
    house.write("use.csv", "org,a,b\no,x,x\n");
    let job = house.job(&use_job(
        "upsert",
        "select: |\n  select org as organization_id, '2026-01' as month, a as electricity_kwh from decoded\n  \
         union all select org as organization_id, '2026-02' as month, b as electricity_kwh from decoded\n",
    ));
    let report = house.run(&job).await;
    assert_eq!(report.ledger.quarantined, 2);
    insta::assert_snapshot!(house.query("select \"row\", column_name from ops.quarantine order by 2").await, @r"
        +-----+-------------------+
        | row | column_name       |
        +-----+-------------------+
        | 2   | electricity_kwh   |
        | 2   | electricity_kwh#2 |
        +-----+-------------------+
        ");
}

#[tokio::test]
async fn an_archive_is_read_where_it_is_and_lands_expanded() {
    use std::io::Write;
    let house = House::new().await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"organization_id,month,electricity_kwh\na,2026-01,1\n")
        .expect("bytes");
    house.write("use.csv.gz", gzip.finish().expect("bytes"));
    let job = house.job(&use_job("upsert", "").replace("data/*.csv", "data/*.gz"));
    let report = house.run(&job).await;
    assert_eq!(report.ledger.inserted, 1);
    assert_eq!(report.files[0].bytes, 50);
}

#[tokio::test]
async fn json_rows_are_placed_by_element() {
    let house = House::new().await;
    house.write("use.json", r#"{"data": [{"organization_id": "a", "month": "2026-01", "electricity_kwh": 1.25}, {"organization_id": "b", "month": "x"}]}"#);
    let job = house.job(
        &use_job("upsert", "format: { kind: json, path: data }\n")
            .replace("data/*.csv", "data/*.json"),
    );
    let report = house.run(&job).await;
    assert_eq!(report.ledger.inserted, 1, "{:?}", report.files);
    insta::assert_snapshot!(house.query("select organization_id, electricity_kwh, _row from energy.use order by 1, 2").await, @r"
        +-----------------+-----------------+------+
        | organization_id | electricity_kwh | _row |
        +-----------------+-----------------+------+
        | a               | 1.2500          | 1    |
        +-----------------+-----------------+------+
        ");
    insta::assert_snapshot!(house.query("select \"row\", column_name, row_json from ops.quarantine").await, @r#"
        +-----+-------------+------------------------------------------------------------+
        | row | column_name | row_json                                                   |
        +-----+-------------+------------------------------------------------------------+
        | 2   | month       | {"organization_id":"b","month":"x","electricity_kwh":null} |
        +-----+-------------+------------------------------------------------------------+
        "#);
}

#[tokio::test]
async fn a_select_may_read_the_file_more_than_once() {
    let house = House::new().await;
    house.write(
        "use.csv",
        "org,kind,value\na,kwh,5\na,yuan,3\nb,kwh,7\nb,yuan,4\nc,kwh,1\n",
    );
    let job = house.job(&use_job(
        "upsert",
        "select: |\n  select used.org as organization_id, '2026-01' as month, used.value as electricity_kwh, paid.value as cost_yuan\n  \
         from decoded as used left join decoded as paid on paid.org = used.org and paid.kind = 'yuan'\n  where used.kind = 'kwh'\n",
    ));
    let report = house.run(&job).await;
    assert_eq!(
        ledger(&report),
        "decoded 5 left out 2 read 3 = inserted 3 + updated 0 + unchanged 0 + duplicate 0 + quarantined 0; deleted 0"
    );
    insta::assert_snapshot!(house.query("select organization_id, electricity_kwh, cost_yuan, _row from energy.use order by 1").await, @r"
        +-----------------+-----------------+-----------+------+
        | organization_id | electricity_kwh | cost_yuan | _row |
        +-----------------+-----------------+-----------+------+
        | a               | 5.0000          | 3.00      | 2    |
        | b               | 7.0000          | 4.00      | 4    |
        | c               | 1.0000          |           | 6    |
        +-----------------+-----------------+-----------+------+
        ");
}

#[tokio::test]
async fn an_empty_list_is_a_file_without_rows_and_not_one_without_columns() {
    let house = House::new().await;
    let job = house.job(
        "job: energy.test\ntable: energy.use\nsource: { files: \"data/*.json\" }\nmode: upsert\nselect: |\n  select organization_id, month, electricity_kwh, cost_yuan, source from decoded\n",
    );
    house.write("use.json", "[]");
    let report = house.run(&job).await;
    assert_eq!(report.status.as_str(), "ok", "{:?}", report.message);
    assert_eq!(
        ledger(&report),
        "decoded 0 left out 0 read 0 = inserted 0 + updated 0 + unchanged 0 + duplicate 0 + quarantined 0; deleted 0"
    );
}
