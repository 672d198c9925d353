//! Tables, jobs and what waits.

use std::collections::BTreeMap;

use crate::{FreshnessState, Status, TableStatus};

use super::lake::{Lake, at};

/// Headcount went well twice; the register of organisations went well once and failed twice since.
const RUNS: &str = r#"
{"run_id":"1","job":"reference.headcount","table_name":"reference.headcount","started_at":"2026-11-01T01:00:00Z","finished_at":"2026-11-01T01:00:02Z","status":"ok","decoded":6,"left_out":1,"read_rows":5,"inserted":3,"updated":1,"unchanged":0,"duplicate":0,"quarantined":1,"deleted":0}
{"run_id":"2","job":"reference.organization","table_name":"reference.organization","started_at":"2026-11-01T02:00:00Z","status":"ok","decoded":2,"left_out":0,"read_rows":2,"inserted":2,"updated":0,"unchanged":0,"duplicate":0,"quarantined":0,"deleted":0}
{"run_id":"3","job":"reference.organization","table_name":"reference.organization","started_at":"2026-11-02T02:00:00Z","status":"failed","message":"cannot read `a.csv`"}
{"run_id":"4","job":"reference.headcount","table_name":"reference.headcount","started_at":"2026-11-02T01:00:00Z","status":"ok","decoded":5,"left_out":0,"read_rows":5,"inserted":0,"updated":0,"unchanged":4,"duplicate":1,"quarantined":0,"deleted":0}
{"run_id":"5","job":"reference.organization","table_name":"reference.organization","started_at":"2026-11-03T02:00:00Z","status":"failed","message":"cannot read `a.csv`"}
"#;

const REFUSED: &str = r#"
{"table_name":"reference.headcount","object":"0123456789abcdef","sheet":"","row":3,"rule":"required","column_name":"headcount","job":"reference.headcount","run_id":"1","file_name":"a.csv","message":"empty","first_seen_at":"2026-11-01T01:00:00Z","status":"open"}
{"table_name":"reference.headcount","object":"0123456789abcdef","sheet":"","row":4,"rule":"required","column_name":"headcount","job":"reference.headcount","run_id":"1","file_name":"a.csv","message":"empty","first_seen_at":"2026-11-02T01:00:00Z","status":"open"}
{"table_name":"reference.headcount","object":"0123456789abcdef","sheet":"","row":5,"rule":"range","column_name":"headcount","job":"reference.headcount","run_id":"1","file_name":"a.csv","raw_value":"-1","message":"below 0","first_seen_at":"2026-11-01T01:00:00Z","status":"open"}
{"table_name":"reference.headcount","object":"0123456789abcdef","sheet":"","row":6,"rule":"range","column_name":"headcount","job":"reference.headcount","run_id":"1","file_name":"a.csv","raw_value":"-2","message":"below 0","first_seen_at":"2026-11-01T01:00:00Z","status":"replayed"}
"#;

const ORGANIZATIONS: &str = r#"
{"organization_id":"ORG-A","from_date":"2026-09-01","name":"甲局","region_code":"420802","class_code":"A1","status":"active","in_energy_survey":true,"in_cost_survey":false}
{"organization_id":"ORG-B","from_date":"2026-10-20","name":"乙局","region_code":"420804","class_code":"A1","status":"active","in_energy_survey":true,"in_cost_survey":false}
"#;

fn of<'a>(status: &'a Status, table: &str) -> &'a TableStatus {
    let found = status
        .tables
        .iter()
        .find(|one| one.table.to_string() == table);
    found.expect("a table with a contract")
}

#[tokio::test]
async fn a_lake_of_which_nothing_was_loaded_is_told_as_that() {
    let lake = Lake::empty().await;
    let now = at("2026-11-24T02:00:00Z");
    let status = Status::read(&lake.warehouse, now).await.expect("a status");
    assert_eq!((status.jobs.len(), status.tables.len()), (0, 5));
    assert!(status.publication.is_none());
    let organizations = of(&status, "reference.organization");
    assert_eq!((organizations.version, organizations.rows), (None, None));
    let promise = organizations
        .freshness
        .as_ref()
        .expect("the contract promises 400 days");
    assert_eq!(promise.state, FreshnessState::Empty);
    assert!(of(&status, "ops.run").freshness.is_none());
}

#[tokio::test]
async fn tables_jobs_and_quarantine_are_told_in_one_look() {
    let lake = Lake::empty().await;
    lake.add("ops.run", RUNS).await;
    lake.add("ops.quarantine", REFUSED).await;
    lake.add("reference.organization", ORGANIZATIONS).await;
    let now = at("2026-11-24T02:00:00Z");
    let status = Status::read(&lake.warehouse, now).await.expect("a status");

    let organizations = of(&status, "reference.organization");
    assert_eq!(organizations.rows, Some(2));
    // 20 October ends in the city on the 20th at 16:00 UTC: 34 days and 10 hours ago, 400 are promised.
    let promise = organizations.freshness.as_ref().expect("a promise");
    assert_eq!(promise.newest.as_deref(), Some("2026-10-20"));
    assert_eq!(promise.age_seconds, Some(34 * 86_400 + 10 * 3_600));
    assert_eq!(promise.state, FreshnessState::Fresh);
    let last = organizations.last_run.as_ref().expect("a run");
    assert_eq!(
        (last.run_id.as_str(), last.status.as_str()),
        ("5", "failed")
    );

    let [headcount, organization] = status.jobs.as_slice() else {
        panic!("two jobs ran: {:?}", status.jobs);
    };
    assert_eq!(
        (headcount.failures, headcount.last_run.run_id.as_str()),
        (0, "4")
    );
    assert_eq!(headcount.failing_since, None);
    // 0 + 0 + 4 + 1 + 0 = 5.
    assert!(headcount.last_run.balances);
    assert_eq!(organization.failures, 2);
    assert_eq!(organization.failing_since, Some(at("2026-11-02T02:00:00Z")));
    assert_eq!(organization.last_ok_at, Some(at("2026-11-01T02:00:00Z")));

    // Two of `required` and one of `range` wait; one of `range` was replayed.
    let waiting = &of(&status, "reference.headcount").quarantine;
    let counts: Vec<_> = waiting
        .iter()
        .map(|one| (one.rule.as_str(), one.rows, one.since))
        .collect();
    let first = Some(at("2026-11-01T01:00:00Z"));
    assert_eq!(counts, [("required", 2, first), ("range", 1, first)]);
    assert_eq!(of(&status, "reference.headcount").waiting(), 3);
}

#[tokio::test]
async fn a_ledger_whose_sides_differ_is_told() {
    let lake = Lake::empty().await;
    let runs = RUNS.replace(r#""duplicate":1"#, r#""duplicate":0"#);
    let status = Status::of(
        &lake.warehouse,
        Some(lake.frame("ops.run", &runs)),
        None,
        at("2026-11-24T02:00:00Z"),
    );
    let status = status.await.expect("a status");
    let last = &status.jobs[0].last_run;
    assert_eq!((last.read, last.balances), (5, false));
}

#[tokio::test]
async fn the_next_run_of_a_table_is_that_of_its_next_job() {
    let lake = Lake::empty().await;
    let runs = Some(lake.frame("ops.run", RUNS));
    let now = at("2026-11-24T02:00:00Z");
    let status = Status::of(&lake.warehouse, runs, None, now)
        .await
        .expect("a status");
    assert_eq!(of(&status, "reference.headcount").next_due, None);
    let due = BTreeMap::from([("reference.headcount".to_owned(), at("2026-11-25T02:00:00Z"))]);
    let status = status.with_next_due(&due);
    assert_eq!(
        of(&status, "reference.headcount").next_due,
        Some(at("2026-11-25T02:00:00Z"))
    );
    assert_eq!(of(&status, "reference.organization").next_due, None);
}
