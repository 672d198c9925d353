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
    insta::assert_snapshot!(faults(&report), @r#"
        2.csv: cannot read `data/2.csv`: `data/2.csv` is empty | check that the export has finished; when there is nothing to report, a file with the header alone is fine | external
        3.csv: `data/3.csv` has no column `organization_id`, which the select of job `energy.test` reads | write "organization" in the select, or have the export name the column as before | user
        5.csv: cannot read `data/5.csv`: `data/5.csv` is not utf-8: line 2, byte 38: found 0xB5 | it looks like windows-1252; write `encoding: windows-1252` in the job's `format`, or leave `encoding` out | user
        "#);
    assert_eq!(report.status, crate::RunStatus::Failed);
    insta::assert_snapshot!(report.message.clone().unwrap_or_default(), @"3 files could not be read");
    insta::assert_snapshot!(house.query("select organization_id from energy.use order by 1").await, @r"
        +-----------------+
        | organization_id |
        +-----------------+
        | a               |
        | c               |
        +-----------------+
        ");
    insta::assert_snapshot!(house.query("select status, read_rows, inserted, message from ops.run").await, @r"
        +--------+-----------+----------+---------------------------+
        | status | read_rows | inserted | message                   |
        +--------+-----------+----------+---------------------------+
        | failed | 2         | 2        | 3 files could not be read |
        +--------+-----------+----------+---------------------------+
        ");
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
    insta::assert_snapshot!(report.message.unwrap_or_default(), @"1 of 2 files of job `energy.test` could not be read, and mode `snapshot` removes what is not offered");
    insta::assert_snapshot!(house.query("select organization_id from energy.use order by 1").await, @r"
        +-----------------+
        | organization_id |
        +-----------------+
        | a               |
        +-----------------+
        ");
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
    insta::assert_snapshot!(faults(&report), @r"
        2.csv: cannot read `data/2.csv`: `data/2.csv`: the quote opened on line 50002 in field 3 is never closed | mend that line (a quote inside a quoted field is written twice), or write `quote: none` in the job's `format` when fields are never quoted | external
        3.csv: cannot read `data/3.csv`: `data/3.csv` is cut short: its gzip data end at byte 95664, after 497487 bytes of content | the transfer or the export stopped half-way; fetch the file again | external
        ");
    assert_eq!(
        ledger(&report),
        "decoded 1 left out 0 read 1 = inserted 1 + updated 0 + unchanged 0 + duplicate 0 + quarantined 0; deleted 0"
    );
    insta::assert_snapshot!(house.query("select organization_id from energy.use order by 1").await, @r"
        +-----------------+
        | organization_id |
        +-----------------+
        | a               |
        +-----------------+
        ");
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
    insta::assert_snapshot!(faults(&report), @r"
        1.csv: the select of job `energy.test` fails on a row of `data/1.csv`: Arrow error: Cast error: Cannot cast string 'x' to value of Decimal128(38, 10) type | use `try_cast` instead of `cast`, or leave the value as text: `parse:` reads numbers and dates and sets aside the rows where it cannot | user
        ");
}

#[tokio::test]
async fn no_file_at_all_is_an_error() {
    let house = House::new().await;
    let error = house
        .try_run(&house.job(&use_job("upsert", "")))
        .await
        .expect_err("an error");
    insta::assert_snapshot!(error, @"cannot read the source of job `energy.test`");
}
