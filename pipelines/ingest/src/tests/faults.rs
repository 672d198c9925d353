//! Files that cannot be read, and what is said of them.

use super::harness::{House, file_name, ledger, use_job};
use crate::RunReport;

const GOOD: &str = "organization_id,month,electricity_kwh\na,2026-01,1\n";

fn faults(report: &RunReport) -> String {
    let lines: Vec<String> = report
        .files
        .iter()
        .filter_map(|file| {
            let fault = file.fault.as_ref()?;
            let hint = fault.hint.as_deref().unwrap_or("-");
            Some(format!(
                "{}: {} | {hint} | {}",
                file_name(&file.name),
                fault.message,
                fault.fault
            ))
        })
        .collect();
    lines.join("\n")
}

#[tokio::test]
async fn the_rows_of_the_other_files_are_loaded() {
    let house = House::new().await;
    house.write("1.csv", GOOD);
    house.write("2.csv", "");
    house.write("3.csv", "organization,month,electricity_kwh\nb,2026-01,1\n");
    house.write(
        "4.csv.csv",
        "organization_id,month,electricity_kwh\nc,2026-01,1\n",
    );
    house.write(
        "5.csv",
        b"organization_id,month,electricity_kwh\n\xb5\xa5,2026-01,1\n\xff\xff,2026-01,1\n",
    );
    let select = "select: select organization_id, month, electricity_kwh from decoded\nformat: { encoding: utf-8 }\n";
    let report = house.run(&house.job(&use_job("upsert", select))).await;
    insta::assert_snapshot!(faults(&report), @"");
    assert_eq!(report.status, crate::RunStatus::Failed);
    insta::assert_snapshot!(report.message.clone().unwrap_or_default(), @"");
    insta::assert_snapshot!(house.query("select organization_id from energy.use").await, @"");
    insta::assert_snapshot!(house.query("select status, read_rows, inserted, message from ops.run").await, @"");
}

#[tokio::test]
async fn modes_that_remove_rows_commit_nothing_when_a_file_is_missing() {
    let house = House::new().await;
    let job = house.job(&use_job("snapshot", ""));
    house.write("1.csv", GOOD);
    house.run(&job).await;
    house.write(
        "1.csv",
        "organization_id,month,electricity_kwh\nb,2026-01,1\n",
    );
    house.write("2.csv", "");
    let report = house.run(&job).await;
    assert_eq!(
        (report.status, report.version),
        (crate::RunStatus::Failed, None)
    );
    insta::assert_snapshot!(report.message.unwrap_or_default(), @"");
    insta::assert_snapshot!(house.query("select organization_id from energy.use").await, @"");
}

#[tokio::test]
async fn nothing_of_a_file_that_ends_badly_is_loaded() {
    use std::io::Write;
    let house = House::new().await;
    let mut text = "organization_id,month,electricity_kwh\n".to_owned();
    for row in 0..50_000 {
        text.push_str(&format!("o{row},2026-01,{row}\n"));
    }
    text.push_str("z,2026-01,\"1\n");
    house.write("1.csv", GOOD);
    house.write("2.csv", &text);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).expect("bytes");
    let whole = gzip.finish().expect("bytes");
    house.write("3.csv", &whole[..whole.len() / 2]);
    let report = house.run(&house.job(&use_job("upsert", ""))).await;
    insta::assert_snapshot!(faults(&report), @"");
    assert_eq!(
        ledger(&report),
        "decoded 1 left out 0 read 1 = inserted 1 + updated 0 + unchanged 0 + duplicate 0 + quarantined 0; deleted 0"
    );
    insta::assert_snapshot!(house.query("select organization_id from energy.use").await, @"");
}

#[tokio::test]
async fn a_select_that_fails_on_a_row_names_the_mend() {
    let house = House::new().await;
    house.write(
        "1.csv",
        "organization_id,month,electricity_kwh\na,2026-01,x\n",
    );
    let select = "select: select organization_id, month, cast(electricity_kwh as decimal(18,4)) as electricity_kwh from decoded\n";
    let report = house.run(&house.job(&use_job("upsert", select))).await;
    insta::assert_snapshot!(faults(&report), @"");
}

#[tokio::test]
async fn no_file_at_all_is_an_error() {
    let house = House::new().await;
    let error = house
        .try_run(&house.job(&use_job("upsert", "")))
        .await
        .expect_err("an error");
    insta::assert_snapshot!(error, @"");
}
