//! Each command once over a small lake: how it ends, and the main line of what it prints.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::house::{House, Told, steady};

fn published() -> House {
    let house = House::loaded();
    house.jieyue(&["build", "--publish"]).succeeds();
    house
}

#[test]
fn check_counts_what_is_right() {
    let told = House::new().jieyue(&["check"]).succeeds();
    insta::assert_snapshot!(told.out, @"5 contracts, 2 models, 0 metrics, 2 jobs and 0 boards are right; 1 cases passed, 0 failed");
    let told = House::new()
        .jieyue(&["check", "--format", "json"])
        .succeeds();
    let found: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(found["cases_passed"], 1);
}

/// The columns of a ledger that do not differ from run to run.
fn counts(told: &Told) -> Vec<String> {
    let seconds = 11;
    told.out
        .lines()
        .map(|line| {
            line.split_whitespace()
                .take(seconds)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[test]
fn run_prints_a_ledger_a_job_and_running_again_changes_nothing() {
    let house = House::new();
    let told = house.jieyue(&["run"]).succeeds();
    insta::assert_snapshot!(counts(&told).join("\n"), @r"
    job status decoded left out read inserted updated unchanged duplicate quarantined
    energy.use ok 3 0 3 3 0 0 0 0 0
    office.site ok 2 0 2 2 0 0 0 0 0
    ");
    let told = house.jieyue(&["run", "energy.*"]).succeeds();
    assert!(told.out.contains("nothing changed"), "{}", told.out);
    insta::assert_snapshot!(counts(&told).join("\n"), @r"
    job status decoded left out read inserted updated unchanged duplicate quarantined
    energy.use ok 3 0 3 0 0 3 0 0 0
    ");
    let told = house.jieyue(&["run", "--format", "json"]).succeeds();
    let reports: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(reports[0]["ledger"]["unchanged"], 3);
}

#[test]
fn build_tells_each_mart_and_why() {
    let house = House::loaded();
    let mart = |told: Told| {
        let line = told.out.lines().nth(1).expect("a mart").to_owned();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let first = mart(house.jieyue(&["build"]).succeeds());
    assert!(first.starts_with("use_year built 2 1 "), "{first}");
    let second = mart(house.jieyue(&["build"]).succeeds());
    assert!(second.starts_with("use_year unchanged 2 1 "), "{second}");
}

#[test]
fn publish_names_the_publication_and_says_when_there_is_nothing_new() {
    let house = House::loaded();
    house.jieyue(&["build"]).succeeds();
    let first = house.jieyue(&["publish", "--note", "spring"]).succeeds();
    insta::assert_snapshot!(steady(&first.out), @"published publication 1 of [time] with 3 tables, 1 audits");
    let second = house.jieyue(&["publish"]).succeeds();
    insta::assert_snapshot!(steady(&second.out), @"nothing new; readers keep publication 1 of [time] with 3 tables, 1 audits");
}

const USE: &str =
    "select organization_id, month, electricity_kwh, read_date from energy.use order by 1, 2";

#[test]
fn query_prints_a_table_csv_or_json() {
    let house = published();
    insta::assert_snapshot!(house.jieyue(&["query", USE]).succeeds().out, @r"
    +-----------------+---------+-----------------+------------+
    | organization_id | month   | electricity_kwh | read_date  |
    +-----------------+---------+-----------------+------------+
    | a               | 2026-01 | 100.5000        | 2026-02-01 |
    | a               | 2026-02 | 200.0000        | 2026-03-01 |
    | b               | 2026-01 | 300.2500        | 2026-02-01 |
    +-----------------+---------+-----------------+------------+
    ");
    insta::assert_snapshot!(house.jieyue(&["query", USE, "--format", "csv"]).succeeds().out, @r"
    organization_id,month,electricity_kwh,read_date
    a,2026-01,100.5000,2026-02-01
    a,2026-02,200.0000,2026-03-01
    b,2026-01,300.2500,2026-02-01
    ");
    insta::assert_snapshot!(house.jieyue(&["query", USE, "--format", "json"]).succeeds().out, @r#"[{"organization_id":"a","month":"2026-01","electricity_kwh":100.5000,"read_date":"2026-02-01"},{"organization_id":"a","month":"2026-02","electricity_kwh":200.0000,"read_date":"2026-03-01"},{"organization_id":"b","month":"2026-01","electricity_kwh":300.2500,"read_date":"2026-02-01"}]"#);
    let few = house
        .jieyue(&["query", USE, "--format", "csv", "--limit", "1"])
        .succeeds();
    assert_eq!(
        (few.out.lines().count(), few.err.as_str()),
        (2, "only the first 1 rows; raise --limit for more\n")
    );
    let none = house.jieyue(&[
        "query",
        "select month from energy.use where false",
        "--format",
        "csv",
    ]);
    assert_eq!(none.succeeds().out, "month\n");
}

#[test]
fn query_writes_parquet_that_others_read() {
    let house = published();
    let words = [
        "query",
        USE,
        "--format",
        "parquet",
        "--output",
        "use.parquet",
        "--limit",
        "1",
    ];
    insta::assert_snapshot!(house.jieyue(&words).succeeds().err, @"3 rows written to use.parquet");
    let file = File::open(house.path("use.parquet")).expect("the file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .expect("Parquet")
        .build();
    let batches: Vec<RecordBatch> = reader
        .expect("a reader")
        .map(|batch| batch.expect("rows"))
        .collect();
    let text = arrow::util::pretty::pretty_format_batches(&batches).expect("a table");
    insta::assert_snapshot!(text, @r"
    +-----------------+---------+-----------------+------------+
    | organization_id | month   | electricity_kwh | read_date  |
    +-----------------+---------+-----------------+------------+
    | a               | 2026-01 | 100.5000        | 2026-02-01 |
    | a               | 2026-02 | 200.0000        | 2026-03-01 |
    | b               | 2026-01 | 300.2500        | 2026-02-01 |
    +-----------------+---------+-----------------+------------+
    ");
    // The types are those of the contract, not text.
    let schema = batches[0].schema();
    let types: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| field.data_type().to_string())
        .collect();
    assert_eq!(types, ["Utf8", "Utf8", "Decimal128(18, 4)", "Date32"]);
}

#[test]
fn query_reads_its_words_from_standard_input_and_old_publications() {
    let house = published();
    let mut command = house.command(&["-q", "query", "-", "--format", "csv"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary");
    let mut input = child.stdin.take().expect("its input");
    input
        .write_all(b"select count(*) as n from energy.use")
        .expect("a pipe");
    drop(input);
    let told = Told::of(child.wait_with_output().expect("its end")).succeeds();
    assert_eq!(told.out, "n\n3\n");

    house.write("data/use_2.csv", "organization_id,month,electricity_kwh,cost_yuan,read_date\nc,2026-03,400,240.00,2026-04-01\n");
    house.jieyue(&["run"]).succeeds();
    house.jieyue(&["build", "--publish"]).succeeds();
    let count = |more: &[&str]| {
        let words = [
            &[
                "query",
                "select count(*) as n from energy.use",
                "--format",
                "csv",
            ],
            more,
        ]
        .concat();
        house.jieyue(&words).succeeds().out
    };
    assert_eq!(count(&[]), "n\n4\n");
    assert_eq!(count(&["--as-of", "1"]), "n\n3\n");
    assert_eq!(count(&["--unpublished"]), "n\n4\n");
}

#[test]
fn status_tells_each_table_and_the_settings_in_force() {
    let house = published();
    let told = house.jieyue(&["status"]).succeeds();
    insta::assert_snapshot!(told.shown(), @r"
    exit 0
    --- out
     table           title     rows  age  promised  state  last run              outcome  waiting  version  published 
     energy.use      月度用能  3     —    —         —      [time]  ok       —        1        1         
     mart.use_year   年度用能  2     —    —         —      —                     —        —        1        1         
     office.site     场所      2     —    —         —      [time]  ok       —        1        1         
     ops.quarantine  隔离区    —     —    —         —      —                     —        —        —        —         
     ops.run         运行记录  2     —    —         —      —                     —        —        2        —         
    --- err
    readers see publication 1 of [time]
    ");
    let told = house
        .jieyue(&["status", "--settings", "--memory", "64 MiB"])
        .succeeds();
    insta::assert_snapshot!(told.out, @r"
    setting             value           from                
    lake                lake            default             
    data                .               default             
    memory              64 MiB          flag or environment 
    listen              127.0.0.1:8420  default             
    pseudonym_key_file  none            default             
    region              420800          default
    ");
}

#[test]
fn runs_lists_ledgers_and_shows_one() {
    let house = House::loaded();
    let told = house
        .jieyue(&["runs", "--format", "json", "--job", "energy.use"])
        .succeeds();
    let runs: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    let run = &runs[0];
    assert_eq!(
        (run["job"].as_str(), run["inserted"].as_i64()),
        (Some("energy.use"), Some(3))
    );
    let id = run["run_id"].as_str().expect("an id");
    let told = house.jieyue(&["runs", id]).succeeds();
    let report: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(report["files"][0]["name"], "data/use.csv");
    assert!(house.jieyue(&["runs"]).succeeds().out.contains(id));
}

#[test]
fn quarantine_lists_refused_rows_and_replay_takes_out_what_has_become_valid() {
    let house = House::loaded();
    let header = "organization_id,month,electricity_kwh,cost_yuan,read_date\n";
    house.write(
        "data/use_2.csv",
        format!("{header}c,2026-03,400,240.00,2026-04-01\nd,2026-03,-5,1,2026-04-01\n"),
    );
    house.jieyue(&["run"]).succeeds();
    let told = house.jieyue(&["quarantine"]).succeeds();
    insta::assert_snapshot!(told.out, @r"
    +------------+----------------+-------+-----+-------+-----------------+-----------+----------------------------------------------+
    | table_name | file_name      | sheet | row | rule  | column_name     | raw_value | message                                      |
    +------------+----------------+-------+-----+-------+-----------------+-----------+----------------------------------------------+
    | energy.use | data/use_2.csv |       | 3   | range | electricity_kwh | -5        | `electricity_kwh`: -5.0000 is not at least 0 |
    +------------+----------------+-------+-----+-------+-----------------+-----------+----------------------------------------------+
    ");
    let told = house.jieyue(&["replay"]).succeeds();
    insta::assert_snapshot!(counts(&told).join("\n"), @r"
    job status decoded left out read inserted updated unchanged duplicate quarantined
    energy.use ok 1 0 1 0 0 0 0 1 0
    ");
    // Feeding back into the grid is a use below zero: the rule was wrong.
    house.edit(
        "schemas/contracts/energy/use.yaml",
        "logicalTypeOptions: { minimum: 0 }",
        "logicalTypeOptions: { minimum: -10 }",
    );
    let told = house
        .jieyue(&["replay", "--table", "energy.use"])
        .succeeds();
    insta::assert_snapshot!(counts(&told).join("\n"), @r"
    job status decoded left out read inserted updated unchanged duplicate quarantined
    energy.use ok 1 0 1 1 0 0 0 0 0
    ");
    assert!(house.use_table().1.contains("\nd,2026-03,-5.0000"));
    assert_eq!(
        house.jieyue(&["quarantine"]).succeeds().err,
        "nothing is in quarantine\n"
    );
    house.ledgers_balance();
}

#[test]
fn maintain_tells_what_it_would_do_and_breaks_no_publication() {
    let house = published();
    let told = house.jieyue(&["maintain", "--dry-run"]).succeeds();
    assert!(
        told.err.contains("nothing was changed (--dry-run)"),
        "{}",
        told.shown()
    );
    let told = house.jieyue(&["maintain"]).succeeds();
    assert!(told.out.contains("energy.use"), "{}", told.shown());
    let told = house
        .jieyue(&["query", USE, "--as-of", "1", "--format", "csv"])
        .succeeds();
    assert_eq!(told.out.lines().count(), 4);
}

#[test]
fn serve_answers_until_it_is_asked_to_stop() {
    let house = published();
    let mut command = house.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary");
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("its output"));
    out.read_line(&mut line).expect("a line");
    let address = line
        .strip_prefix("serving http://")
        .and_then(|rest| rest.split_once('/'))
        .expect("an address")
        .0;
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .write_all(
            format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
                .as_bytes(),
        )
        .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let stopped = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(stopped.expect("kill").success());
    let told = Told::of(child.wait_with_output().expect("its end")).succeeds();
    assert!(told.err.ends_with("stopped\n"), "{}", told.err);
}
