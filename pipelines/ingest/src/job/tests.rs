use contracts::Contracts;

use super::*;

const USE: &str = include_str!("../tests/contracts/use.yaml");

fn contracts() -> Contracts {
    Contracts::parse([("energy/use.yaml".to_owned(), USE.to_owned())]).expect("a contract")
}

/// Faults with their hints, one a line.
fn faults(yaml: &str) -> String {
    let faults = parse(
        [("jobs/energy/a.yaml".to_owned(), yaml.to_owned())],
        &contracts(),
    )
    .expect_err("faults");
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("{fault} | {}", fault.hint().unwrap_or_default()))
        .collect();
    lines.join("\n")
}

#[test]
fn a_job_says_where_from_what_to_and_how() {
    let yaml = r#"job: energy.use_forms
table: energy.use
source: { files: ["data/*.csv", "data/*.xlsx"] }
format: { kind: csv, encoding: gb18030, header: { row: 3 } }
unpivot: { columns: ["*月"], name: month, value: kwh }
select: |
  select "单位" as organization_id, month, kwh as electricity_kwh
  from decoded
parse: { dates: ["D/M/Y", "%Y%m%d"], numbers: { missing: ["-"] }, units: { electricity_kwh: 万kWh }, time_zone: Europe/London }
mode: replace_period
period: month
on_conflict: last
"#;
    let jobs = parse(
        [("jobs/energy/use_forms.yaml".to_owned(), yaml.to_owned())],
        &contracts(),
    )
    .expect("a job");
    let job = jobs.require("energy.use_forms").expect("a job");
    assert_eq!(job.table.to_string(), "energy.use");
    assert_eq!(job.mode.as_str(), "replace_period");
    assert_eq!(job.on_conflict, OnConflict::Last);
    let error = jobs.require("energy.use_form").expect_err("no job");
    assert_eq!(error.hint().as_deref(), Some("write `energy.use_forms`"));
}

#[test]
fn every_fault_is_found_with_its_line_and_the_nearest_right_word() {
    insta::assert_snapshot!(faults(r#"job: Energy
table: energy.uses
sauce: { files: "data/*.csv" }
mode: upserted
"#), @r"
        key `source` is missing at jobs/energy/a.yaml:1 | add `source:`
        unknown key `sauce` at jobs/energy/a.yaml:3 | write one of `description`, `format`, `job`, `mode`, `on_conflict`, `parse`, `period`, `schedule`, `select`, `source`, `table`, `unpivot`
        `mode` at jobs/energy/a.yaml:4 cannot be `upserted` | write `upsert`
        ");
    insta::assert_snapshot!(faults(r#"job: energy.use_forms
table: energy.use
source: { files: "data/*.csv", project_files: "x/*.csv" }
format: { kind: csv, sheet: 1 }
unpivot: { columns: ["[a"], name: month, value: kwh }
select: |
  select a as organisation_id,
    b as month,
    c as electricity_kwh, c
  from decoded
parse:
  dates: ["D/M/Y", "Y-D"]
  units: { electricity_kwh: kwhh, cost_yuan: m3, source: kg, sourc: kg }
  time_zone: Asia/Shanghia
  two_digit_years_until: 15
mode: upsert
period: month
"#), @r"
        the source at jobs/energy/a.yaml:3 says both `files` and `project_files` | keep one of them; a job has one source
        the format at jobs/energy/a.yaml:4: `sheet` means nothing for `kind: csv` | remove `sheet`, or set `kind` to `xlsx` or `xls`
        `[a` at jobs/energy/a.yaml:5 is not a pattern of column names: unclosed character class; missing ']' | write a pattern such as `month_*`
        the select at jobs/energy/a.yaml:7 gives `organisation_id`, which `energy.use` does not have | write `organization_id`
        the select at jobs/energy/a.yaml:7 gives no `organization_id`, which `energy.use` requires | add `… as organization_id` to the select
        the select at jobs/energy/a.yaml:9 gives `c`, which `energy.use` does not have | take it out of the select, or add it to the contract
        `Y-D` at jobs/energy/a.yaml:12 is not a way dates are written: unknown date format `Y-D` | write one of `ISO`, `Y/M/D`, `D/M/Y`, `M/D/Y`, `excel`, `excel1904`, or a strftime pattern as `%d.%m.%Y`
        `m3` at jobs/energy/a.yaml:13 cannot be converted to `yuan`, the unit of `cost_yuan` | name the unit the file has, which must measure the same as `yuan`
        `kwhh` at jobs/energy/a.yaml:13 is not a unit | write `kWh`
        `units` at jobs/energy/a.yaml:13 names `sourc`, which `energy.use` does not have | write `source`
        `source` of `energy.use`, named at jobs/energy/a.yaml:13, has no unit to convert to | remove it, or give the column a unit in its contract
        `Asia/Shanghia` at jobs/energy/a.yaml:14 is not a time zone | write `Asia/Shanghai`
        `two_digit_years_until` at jobs/energy/a.yaml:15 is 15, no year of four digits | write the last year a date of these files can have, such as `2015`
        `period` at jobs/energy/a.yaml:17 means nothing with mode `upsert` | remove it, or write `mode: replace_period`
        ");
}

#[test]
fn a_select_that_loses_places_is_refused_at_its_line() {
    insta::assert_snapshot!(faults(r#"job: energy.use_forms
table: energy.use
source: { files: "data/*.csv" }
mode: upsert
select: |
  select org as organization_id,
    month
  frm decoded
"#), @"the select is not SQL: Expected: end of statement, found: decoded (at jobs/energy/a.yaml:8) | mend the SQL; column names that are not plain lower-case words stand in double quotes");
    insta::assert_snapshot!(faults(r#"job: energy.use_forms
table: energy.use
source: { project_files: "data/*.csv" }
mode: replace_period
select: select org as organization_id, month, sum(kwh) as electricity_kwh from decoded group by 1, 2
"#), @r"
        mode `replace_period` at jobs/energy/a.yaml:4 needs a `period` | add `period: month`, or the column that names the period
        the select loses the place of its rows by `group by` (at jobs/energy/a.yaml:5) | keep one row for each row of the file here, and group, deduplicate or rank in a model; a grouped step may be joined to `decoded`
        ");
}

/// Every text stands among the faults of the job, and no secret does.
fn check_told(yaml: &str, expected: &[&str]) {
    let told = faults(yaml);
    for text in expected {
        assert!(told.contains(text), "`{text}` is not told:\n{told}");
    }
    assert!(!told.contains("hunter2"), "a secret is told:\n{told}");
}

#[test]
fn a_service_is_declared_with_every_fault_at_its_line() {
    let service = r#"job: energy.use_service
table: energy.use
source:
  http:
    url: https://reader:hunter2@energy.example/api?api_key=hunter2
    headers:
      Authorization: Bearer hunter2
    auth: { bearer: hunter2, basic: { user: reader, password: "env:P" } }
    pages: { number: page, cursor: next }
    since: { parameter: since, field: changed_at, from: 1 Jan 2026 }
format: { kind: csv }
mode: upsert
"#;
    let expected = [
        "`url` holds a name or a password (source at jobs/energy/a.yaml:5) | take it out and write `auth: { basic: { user: …, password: \"env:NAME\" } }`",
        "the parameter `api_key` would hold a secret (source at jobs/energy/a.yaml:5) | put it under `auth`: a job names where a secret lies, never what it is: `env:NAME` or `file:path`",
        "the header `Authorization` would hold a secret (source at jobs/energy/a.yaml:7)",
        "`auth` must name one way (source at jobs/energy/a.yaml:8) | write one of `bearer`, `basic`, `api_key`, `oauth`",
        "`bearer` names no secret (source at jobs/energy/a.yaml:8)",
        "`pages` must name one way (source at jobs/energy/a.yaml:9)",
        "`cursor` and `parameter` of `pages` belong together (source at jobs/energy/a.yaml:9)",
        "`from: 1 Jan 2026` is not written as `form` says (source at jobs/energy/a.yaml:10) | write `2026-11-24T08:30:00Z`",
        "does not fit a source that gives JSON documents, page by page | remove `kind`",
    ];
    check_told(service, &expected);
    let misspelt = "job: energy.a\ntable: energy.use\nsource:\n  http:\n    url: https://energy.example/api\n    auth: { baerer: \"env:T\" }\n    limits: { retrys: 3 }\nmode: upsert\n";
    let expected = [
        "unknown key `baerer` in `source.http.auth` at jobs/energy/a.yaml:6 | write `bearer`",
        "unknown key `retrys` in `source.http.limits` at jobs/energy/a.yaml:7 | write `retries`",
    ];
    check_told(misspelt, &expected);
    let removing = "job: energy.a\ntable: energy.use\nsource: { http: { url: \"https://energy.example/api\", since: { parameter: since, field: changed_at } }, entry: \"*.csv\" }\nmode: snapshot\n";
    let expected = [
        "the source at jobs/energy/a.yaml:3 gives only what has changed, and mode `snapshot` removes what is not given | write `mode: upsert` (or `append`), or let the source give everything",
        "`entry` at jobs/energy/a.yaml:3 means nothing for a source of `http` | remove it",
    ];
    check_told(removing, &expected);
    let none = "job: energy.a\ntable: energy.use\nsource: {}\nmode: upsert\n";
    check_told(
        none,
        &["the source at jobs/energy/a.yaml:3 does not say where rows come from"],
    );
}

#[test]
fn a_database_is_declared_with_every_fault_at_its_line() {
    let table = r#"job: energy.use_table
table: energy.use
source:
  postgres:
    host: reader@db.example
    database: city
    user: reader
    password: hunter2
    table: public.use
    query: select 1
    since: { overlap: 1 h, overlap_ids: 5 }
    page_rows: 0
format: { kind: csv }
mode: upsert
"#;
    let expected = [
        "`host` is no name of a machine (source at jobs/energy/a.yaml:5)",
        "`password` names no secret (source at jobs/energy/a.yaml:5)",
        "both `table` and `query` are given (source at jobs/energy/a.yaml:10) | keep one of the two",
        "`since` names no column (source at jobs/energy/a.yaml:11)",
        "`overlap` of `since` means nothing without `time` (source at jobs/energy/a.yaml:11)",
        "`page_rows` is 0 (source at jobs/energy/a.yaml:5)",
        "is a database, which has its own | remove `format`",
    ];
    check_told(table, &expected);
    let misspelt = "job: energy.a\ntable: energy.use\nsource:\n  postgres: { hots: db.example, database: city, user: reader, tabel: use }\nmode: snapshot\n";
    let expected = [
        "unknown key `hots` in `source.postgres` at jobs/energy/a.yaml:4 | write `host`",
        "unknown key `tabel` in `source.postgres` at jobs/energy/a.yaml:4 | write `table`",
    ];
    check_told(misspelt, &expected);
    let two = "job: energy.a\ntable: energy.use\nsource:\n  postgres: { host: a, database: city, user: reader, table: use }\n  mysql: { host: a, database: city, user: reader }\nmode: snapshot\n";
    check_told(
        two,
        &["the source at jobs/energy/a.yaml:4 says both `postgres` and `mysql` | keep one of them"],
    );
    let neither = "job: energy.a\ntable: energy.use\nsource:\n  mysql: { host: a, database: city, user: reader }\nmode: snapshot\n";
    check_told(
        neither,
        &[
            "neither `table` nor `query` is given (source at jobs/energy/a.yaml:4) | write `table: schema.name`",
        ],
    );
}

#[test]
fn what_a_source_remembers_depends_on_what_its_rows_come_to_and_not_on_comments() {
    let fingerprint = |yaml: &str| {
        let files = [("a.yaml".to_owned(), yaml.to_owned())];
        let jobs = parse(files, &contracts()).expect("a job");
        jobs.iter().next().expect("a job").fingerprint.clone()
    };
    let job = "job: energy.a\ntable: energy.use\nsource: { files: \"*.csv\" }\nmode: upsert\n";
    let same = format!("# why\n\n{job}description: for a test\n");
    assert_eq!(fingerprint(job), fingerprint(&same));
    let other = format!("{job}parse: {{ units: {{ electricity_kwh: 万kWh }} }}\n");
    assert_ne!(fingerprint(job), fingerprint(&other));
}

#[test]
fn two_jobs_cannot_have_one_name() {
    let yaml = "job: energy.a\ntable: energy.use\nsource: { files: \"*.csv\" }\nmode: upsert\n";
    let files = ["1.yaml", "2.yaml"].map(|path| (path.to_owned(), yaml.to_owned()));
    let faults = parse(files, &contracts()).expect_err("a fault");
    assert_eq!(
        faults[0].to_string(),
        "job `energy.a` at 2.yaml:1 has the name of the one at 1.yaml:1"
    );
}

#[test]
fn the_json_schema_checked_in_is_the_one_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../json/job.schema.json");
    let current = serde_json::to_string_pretty(&json_schema()).expect("json") + "\n";
    if std::env::var_os("JIEYUE_UPDATE").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/../json")).expect("a folder");
        std::fs::write(path, &current).expect("a file");
    }
    let written =
        std::fs::read_to_string(path).expect("pipelines/json/job.schema.json is checked in");
    assert!(
        written == current,
        "pipelines/json/job.schema.json is stale: run this test with JIEYUE_UPDATE=1"
    );
}

#[test]
fn a_wrong_file_leaves_the_other_jobs_sound() {
    let job = |name: &str, mode: &str| {
        format!(
            "job: {name}\ntable: energy.use\nsource: {{ files: \"data/*.csv\" }}\nmode: {mode}\n"
        )
    };
    let files = [
        ("jobs/energy/a.yaml", job("energy.a", "upsert")),
        ("jobs/energy/b.yaml", job("energy.b", "upsrt")),
        ("jobs/energy/c.yaml", job("energy.twice", "upsert")),
        ("jobs/energy/d.yaml", job("energy.twice", "append")),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text));
    let (jobs, faults) = parse_sound(files, &contracts());
    let names: Vec<String> = jobs.iter().map(|job| job.name.to_string()).collect();
    assert_eq!(names, ["energy.a"]);
    let places: Vec<String> = faults
        .iter()
        .map(|fault| fault.place().to_string())
        .collect();
    assert_eq!(places, ["jobs/energy/b.yaml:4", "jobs/energy/d.yaml:1"]);
}
