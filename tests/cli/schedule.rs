//! `jieyue schedule` and runs for an interval: what is due, who runs it, and that nothing runs twice.

mod process;
mod takeover;

use crate::house::{House, Told, steady};
use process::Process;

const USE_JOB: &str = "pipelines/jobs/energy/use.yaml";
const SITE_JOB: &str = "pipelines/jobs/office/site.yaml";

/// The small project with a schedule for both of its jobs.
pub fn scheduled() -> House {
    let house = House::new();
    add(&house, USE_JOB, "{ cron: \"30 6 * * *\" }");
    add(&house, SITE_JOB, "{ after: [energy.use] }");
    house
}

fn add(house: &House, job: &str, schedule: &str) {
    house.edit(job, "mode: ", &format!("schedule: {schedule}\nmode: "));
}

#[test]
fn a_run_for_an_interval_runs_once() {
    let house = House::new();
    let words = [
        "run",
        "--job",
        "energy.use",
        "--interval",
        "2024-01-01/2024-02-01",
    ];
    house.jieyue(&words).succeeds();
    // The file has changed since; the interval is loaded all the same.
    house.edit("data/use.csv", "300.25", "400.25");
    let again = house.jieyue(&words).succeeds();
    let told = steady(&again.err);
    assert!(
        told.contains("2024-01-01/2024-02-01 was loaded by run [run]"),
        "{told}"
    );
    let runs =
        "select interval_from, interval_to, status, inserted, updated from ops.run order by run_id";
    insta::assert_snapshot!(house.rows(runs), @r"
    interval_from,interval_to,status,inserted,updated
    2023-12-31T16:00:00Z,2024-01-31T16:00:00Z,ok,3,0
    ");
    // Another interval is another run; and whoever insists runs again.
    house
        .jieyue(&["run", "energy.use", "--interval", "2024-02-01/2024-03-01"])
        .succeeds();
    let again: Vec<&str> = words.iter().copied().chain(["--again"]).collect();
    house.jieyue(&again).succeeds();
    insta::assert_snapshot!(house.rows(runs), @r"
    interval_from,interval_to,status,inserted,updated
    2023-12-31T16:00:00Z,2024-01-31T16:00:00Z,ok,3,0
    2024-01-31T16:00:00Z,2024-02-29T16:00:00Z,ok,0,1
    2023-12-31T16:00:00Z,2024-01-31T16:00:00Z,ok,0,0
    ");
}

#[test]
fn a_run_for_an_interval_that_failed_is_run_again_and_its_code_tells_whose_fault() {
    let house = House::new();
    let file = std::fs::read(house.path("data/use.csv")).expect("a file");
    house.remove("data/use.csv");
    let words = ["run", "energy.use", "--interval", "2024-01-01/2024-02-01"];
    let failed = house.jieyue(&words);
    assert_eq!(failed.code, 1, "{}", failed.shown());
    house.write("data/use.csv", file);
    house.jieyue(&words).succeeds();
    assert_eq!(
        house.rows("select status from ops.run order by run_id"),
        "status\nfailed\nok\n"
    );
    let wrong = house.jieyue(&["run", "energy.use", "--interval", "2024-02-01/2024-01-01"]);
    assert_eq!(wrong.code, 2, "{}", wrong.shown());
}

#[test]
fn a_dry_run_prints_what_would_run() {
    let house = scheduled();
    let stretch = ["--from", "2024-01-01", "--to", "2024-01-03"];
    let words: Vec<&str> = ["schedule", "--dry-run"]
        .into_iter()
        .chain(stretch)
        .collect();
    let told = house.jieyue(&words).succeeds();
    insta::assert_snapshot!(trimmed(&told.out), @r"
    due job interval why
    2024-01-01 06:30:00+08:00 energy.use 2023-12-31T06:30:00+08:00/2024-01-01T06:30:00+08:00 due
    2024-01-01 06:30:00+08:00 office.site after others
    2024-01-02 06:30:00+08:00 energy.use 2024-01-01T06:30:00+08:00/2024-01-02T06:30:00+08:00 due
    2024-01-02 06:30:00+08:00 office.site 2024-01-01T06:30:00+08:00/2024-01-02T06:30:00+08:00 after others
    ");
    assert!(!house.path("lake").exists(), "nothing is written");
    let json: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let told = house.jieyue(&json).succeeds();
    let runs: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(runs.as_array().map(Vec::len), Some(4));
    assert_eq!(runs[0]["due"], "2023-12-31T22:30:00Z");
}

/// Lines without what pads them.
fn trimmed(text: &str) -> String {
    let line = |line: &str| {
        let cells = line
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        cells.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_cannot_work_is_refused() {
    let house = scheduled();
    house.edit(
        USE_JOB,
        "30 6 * * *\" }",
        "30 6 30 2 *\", after: [office.sites] }",
    );
    insta::assert_snapshot!(house.jieyue(&["check"]).fault(), @r"
    exit 1
    error: `30 6 30 2 *` at pipelines/jobs/energy/use.yaml:5 is not a schedule of cron: no moment ever fits it
      hint: name a day that some year has
    error: there is no job `office.sites`, which `after` at pipelines/jobs/energy/use.yaml:5 names
      hint: write `office.site`
    2 faults
    ");
    let house = House::new();
    insta::assert_snapshot!(house.jieyue(&["schedule", "--dry-run"]).fault(), @r#"
    exit 1
    error: no job has a schedule
      hint: add `schedule: { cron: "30 6 * * *" }` to the file of a job in pipelines/jobs
    "#);
    // A year that the calendar does not have is told. The third workday after November may be in
    // January as far as an empty calendar knows, so December is asked for first.
    add(&house, USE_JOB, "{ on: 3rd workday after month end }");
    let words = [
        "schedule",
        "--dry-run",
        "--from",
        "2024-01-01",
        "--to",
        "2024-02-01",
    ];
    insta::assert_snapshot!(house.jieyue(&words).fault(), @r"
    exit 1
    error: cannot tell when job `energy.use` is due
      because: the calendar of working days has no 2023-12-01
      hint: add the days of 2023 to schemas/reference/calendar.csv (the State Council publishes its holidays by the end of the year before) and run the job `reference.calendar`
    ");
}

#[test]
fn a_scheduler_runs_what_is_asked_for_builds_publishes_and_ends_when_told() {
    let house = scheduled();
    house.jieyue(&["run", "office.site"]).succeeds();
    let asked = house.jieyue(&["schedule", "run", "energy.use"]).succeeds();
    assert_eq!(asked.out, "asked: run energy.use\n");
    let scheduler = Process::start(&mut house.command(&["schedule"]));
    scheduler.says("energy.use is done");
    // The job after it follows by itself, and one build does for both.
    scheduler.says("office.site is done");
    scheduler.says("built 1 marts, published 1");
    let list = house
        .jieyue(&["schedule", "list", "--format", "json"])
        .succeeds();
    let list: serde_json::Value = serde_json::from_str(&list.out).expect("JSON");
    assert_eq!(list[0]["job"], "energy.use");
    assert_eq!(list[0]["last"]["is_ok"], true);
    assert!(list[0]["next_due"].is_string(), "{list}");
    house.jieyue(&["schedule", "pause", "energy.*"]).succeeds();
    let list = house.jieyue(&["schedule", "list"]).succeeds();
    assert!(list.out.contains("paused"), "{}", list.shown());
    assert!(list.err.contains("lease 1 is held by"), "{}", list.shown());
    let told: Told = scheduler.ends("TERM");
    assert!(told.succeeds().err.ends_with("stopped\n"));
    let list = house.jieyue(&["schedule", "list"]).succeeds();
    assert!(list.err.contains("no scheduler works"), "{}", list.shown());
    house.ledgers_balance();
}

#[test]
fn a_backfill_runs_intervals_that_are_missing_and_not_those_that_are_loaded() {
    let house = scheduled();
    let loaded = "2024-01-02T06:30:00+08:00/2024-01-03T06:30:00+08:00";
    house
        .jieyue(&["run", "energy.use", "--interval", loaded])
        .succeeds();
    let words = [
        "schedule",
        "backfill",
        "energy.use",
        "--from",
        "2024-01-01",
        "--to",
        "2024-01-05",
    ];
    let asked = house.jieyue(&words).succeeds();
    insta::assert_snapshot!(asked.out, @"asked: run energy.use for 2024-01-01T06:30:00+08:00/2024-01-02T06:30:00+08:00, 2024-01-03T06:30:00+08:00/2024-01-04T06:30:00+08:00");
    let scheduler = Process::start(&mut house.command(&["schedule"]));
    scheduler.says("energy.use is done");
    scheduler.says("energy.use is done");
    scheduler.ends("TERM").succeeds();
    let runs = house.rows("select interval_from from ops.run where job = 'energy.use' order by 1");
    insta::assert_snapshot!(runs, @r"
    interval_from
    2023-12-31T22:30:00Z
    2024-01-01T22:30:00Z
    2024-01-02T22:30:00Z
    ");
    let asked = house.jieyue(&words).succeeds();
    assert_eq!(asked.err, "no interval fits: nothing to do\n");
}
