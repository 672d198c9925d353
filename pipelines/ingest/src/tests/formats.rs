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
    insta::assert_snapshot!(refusals(&report), @"");
    insta::assert_snapshot!(house.query("select organization_id, month, electricity_kwh, _row from energy.use order by 1, 2").await, @"");
    insta::assert_snapshot!(house.query("select \"row\", column_name, raw_value, row_json from ops.quarantine order by 1, 2").await, @"");
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
    insta::assert_snapshot!(house.query("select \"row\", column_name from ops.quarantine order by 2").await, @"");
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
    assert_eq!(report.files[0].bytes, 49);
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
    insta::assert_snapshot!(house.query("select organization_id, electricity_kwh, _row from energy.use").await, @"");
    insta::assert_snapshot!(house.query("select \"row\", column_name, row_json from ops.quarantine").await, @"");
}
