//! How the lake stands, what of refused rows a reader sees, and who may start runs.

use std::sync::{Arc, Mutex};

use axum::Router;
use contracts::TableId;
use serde_json::{Value, json};

use super::lake::{House, RUNS, declared, options, post};
use crate::{NotBegun, Operate, Service};

/// Two rows meant for a table of which everybody may see everything, one for a table with rooms, and one
/// that was replayed.
const REFUSED: &str = r#"
{"table_name":"reference.region","object":"0123456789abcdef","sheet":"","row":3,"rule":"required","column_name":"name_zh","job":"reference.region","run_id":"1","file_name":"region.csv","raw_value":"","message":"`name_zh` is empty","first_seen_at":"2026-03-01T01:00:00Z","status":"open","row_json":"{\"name_zh\":\"\"}"}
{"table_name":"reference.region","object":"0123456789abcdef","sheet":"","row":9,"rule":"required","column_name":"name_zh","job":"reference.region","run_id":"1","file_name":"region.csv","raw_value":"","message":"`name_zh` is empty","first_seen_at":"2026-03-02T01:00:00Z","status":"open","row_json":"{\"name_zh\":\"\"}"}
{"table_name":"mart.office_room_standard","object":"fedcba9876543210","sheet":"一","row":4,"rule":"range","column_name":"area_m2","job":"office.room","run_id":"2","file_name":"room.xlsx","raw_value":"-7","message":"-7 is below 0","first_seen_at":"2026-03-03T01:00:00Z","status":"open","row_json":"{\"room\":\"secret\"}"}
{"table_name":"reference.region","object":"0123456789abcdef","sheet":"","row":2,"rule":"one_of","column_name":"level","job":"reference.region","run_id":"1","file_name":"region.csv","raw_value":"x","message":"x","first_seen_at":"2026-02-01T01:00:00Z","status":"replayed","row_json":"{}"}
"#;

async fn house() -> House {
    let house = House::published().await;
    house.load("ops.run", RUNS).await;
    house.load("ops.quarantine", REFUSED).await;
    house
}

/// The rows of an answer as objects.
fn rows(answer: &Value) -> Vec<Value> {
    let names: Vec<&str> = answer["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|column| column["name"].as_str().expect("a name"))
        .collect();
    let rows = answer["rows"].as_array().expect("rows").iter();
    rows.map(|row| {
        let cells = row.as_array().expect("cells").iter().cloned();
        names
            .iter()
            .map(|name| (*name).to_owned())
            .zip(cells)
            .collect::<serde_json::Map<_, _>>()
            .into()
    })
    .collect()
}

#[tokio::test]
async fn the_status_tells_jobs_and_what_waits_and_is_not_kept() {
    let answer = house().await.get("/api/v1/operations/status").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let status = answer.json();
    assert_eq!(status["may_operate"], false);
    assert_eq!(status["publication"]["number"], 1);
    let jobs = status["jobs"].as_array().expect("jobs");
    let jobs: Vec<_> = jobs
        .iter()
        .map(|job| (&job["job"], &job["failures"]))
        .collect();
    assert_eq!(
        jobs,
        [
            (&json!("cost.vouchers"), &json!(1)),
            (&json!("energy.monthly_forms"), &json!(0))
        ]
    );
    let tables = status["tables"].as_array().expect("tables").iter();
    let region = tables
        .clone()
        .find(|table| table["table"] == "reference.region");
    let region = region.expect("the register");
    assert_eq!(
        (&region["rows"], &region["quarantine"][0]["rows"]),
        (&json!(4), &json!(2))
    );
    // What failed and why is the operator's.
    assert!(!answer.text().contains("a.csv"), "{}", answer.text());
}

#[tokio::test]
async fn refused_rows_are_shown_with_tables_of_which_all_may_be_seen() {
    let house = house().await;
    let answer = house.get("/api/v1/operations/quarantine").await;
    assert!(!answer.header("etag").is_empty());
    let found = rows(&answer.json());
    let places: Vec<_> = found
        .iter()
        .map(|row| (&row["file_name"], &row["row"]))
        .collect();
    assert_eq!(
        places,
        [
            (&json!("room.xlsx"), &json!(4)),
            (&json!("region.csv"), &json!(9)),
            (&json!("region.csv"), &json!(3)),
        ]
    );
    // Rooms are sensitive: the place is told, what stands there is not.
    for column in ["raw_value", "message", "row_json"] {
        assert_eq!(found[0][column], Value::Null, "{column}");
        assert_ne!(found[1][column], Value::Null, "{column}");
    }
    assert!(!answer.text().contains("secret"));

    let csv = house
        .get_with(
            "/api/v1/operations/quarantine?rule=range",
            &[("accept", "text/csv")],
        )
        .await;
    assert!(
        csv.text().contains("room.xlsx") && !csv.text().contains("-7"),
        "{}",
        csv.text()
    );
    let replayed = house
        .get("/api/v1/operations/quarantine?status=replayed")
        .await;
    assert_eq!(replayed.json()["total_rows"], 1);
    let wrong = house
        .get("/api/v1/operations/quarantine?status=closed")
        .await;
    assert_eq!(wrong.status, 400);
    assert!(
        wrong.text().contains("open, replayed, all"),
        "{}",
        wrong.text()
    );
}

#[tokio::test]
async fn who_owes_forms_is_counted_in_the_newest_publication() {
    let house = House::empty().await;
    let forms = r#"
{"organization_id":"ORG-A","month":"2025-12","region_code":"420802","year":2025,"expected":true,"reported":false,"is_missing":true,"is_late":false,"due_date":"2026-01-15"}
{"organization_id":"ORG-B","month":"2025-12","region_code":"420804","year":2025,"expected":true,"reported":true,"is_missing":false,"is_late":false,"due_date":"2026-01-15","reported_date":"2026-01-10"}
"#;
    house.load("mart.reporting_month", forms).await;
    house.publish("2026-01-20T00:00:00Z").await;
    let answer = house.get("/api/v1/operations/lateness?months=1").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let late = answer.json();
    // The service's clock stands at 20 January 2026: five days after the forms were due.
    assert_eq!(late["organizations"][0]["organization_id"], "ORG-A");
    assert_eq!(late["organizations"][0]["owed"][0]["days_overdue"], 5);
    assert_eq!(
        (&late["months"][0]["owed"], &late["publication"]["number"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        house
            .get("/api/v1/operations/lateness?months=0")
            .await
            .status,
        400
    );
    assert_eq!(
        House::empty()
            .await
            .get("/api/v1/operations/lateness")
            .await
            .status,
        503
    );
}

/// Notes what it is asked for.
#[derive(Default)]
struct Noting(Mutex<Vec<String>>);

impl Operate for Noting {
    fn run_job(&self, job: &str) -> Result<String, NotBegun> {
        match job {
            "reference.region" => {
                self.0.lock().expect("no panic").push(format!("run {job}"));
                Ok("RUN-1".to_owned())
            }
            "energy.busy" => Err(NotBegun::Running {
                job: job.to_owned(),
                run_id: "RUN-0".to_owned(),
            }),
            _ => Err(NotBegun::UnknownJob {
                job: job.to_owned(),
                known: vec!["reference.region".to_owned()],
            }),
        }
    }

    fn replay(&self, job: &str, table: &TableId, rule: Option<&str>) -> Result<String, NotBegun> {
        let asked = format!("replay {job} {table} {}", rule.unwrap_or("all"));
        self.0.lock().expect("no panic").push(asked);
        Ok("RUN-2".to_owned())
    }
}

const RUN: &str = "/api/v1/operations/runs";
const REPLAY: &str = "/api/v1/operations/replays";
const REGION: &str = r#"{"job":"reference.region"}"#;
const OWN: [(&str, &str); 3] = [
    ("x-jieyue-operate", "1"),
    ("host", "127.0.0.1:8420"),
    ("origin", "http://127.0.0.1:8420"),
];

fn operated(house: &House) -> (Router, Arc<Noting>) {
    let (_, boards) = declared();
    let noting = Arc::new(Noting::default());
    let service = Service::new(house.warehouse.clone(), &house.project, boards, options());
    let service = service.expect("a service").with_operations(noting.clone());
    (service.router(), noting)
}

#[tokio::test]
async fn a_run_begins_for_the_services_own_pages() {
    let house = house().await;
    let (router, noting) = operated(&house);
    let begun = post(&router, RUN, &OWN, REGION).await;
    assert_eq!(
        (begun.status.as_u16(), begun.header("cache-control")),
        (202, "no-store")
    );
    assert_eq!(begun.text(), r#"{"run_id":"RUN-1"}"#);
    let rule = r#"{"job":"reference.region","table":"reference.region","rule":"required"}"#;
    assert_eq!(
        post(&router, REPLAY, &OWN, rule).await.text(),
        r#"{"run_id":"RUN-2"}"#
    );
    // A tool on the machine sends no origin.
    assert_eq!(post(&router, RUN, &OWN[..2], REGION).await.status, 202);
    assert_eq!(
        *noting.0.lock().expect("no panic"),
        [
            "run reference.region",
            "replay reference.region reference.region required",
            "run reference.region"
        ]
    );
}

#[tokio::test]
async fn nobody_else_starts_a_run() {
    let house = house().await;
    let (router, noting) = operated(&house);
    let [custom, host, _] = OWN;
    let refused = [
        vec![host],
        vec![custom],
        vec![custom, ("host", "jieyue.example")],
        // A name that somebody bound to this machine.
        vec![custom, ("host", "127.0.0.1.evil.example:8420")],
        vec![custom, host, ("origin", "http://evil.example")],
        vec![custom, host, ("origin", "http://127.0.0.1:9999")],
        vec![custom, host, ("origin", "null")],
    ];
    for headers in refused {
        let answer = post(&router, RUN, &headers, REGION).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(
            answer.text().contains("\"code\":\"forbidden\""),
            "{}",
            answer.text()
        );
    }
    // Not even a service whose own pages ask, when it was not started for operators.
    let answer = post(&house.router, RUN, &OWN, REGION).await;
    assert_eq!(answer.status, 403);
    assert!(
        answer.text().contains("jieyue serve --operate"),
        "{}",
        answer.text()
    );
    assert!(noting.0.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn what_cannot_begin_is_told() {
    let house = house().await;
    let (router, noting) = operated(&house);
    let code = async |address, body: &str| {
        let answer = post(&router, address, &OWN, body).await;
        let problem: Value = serde_json::from_slice(&answer.body).expect("a problem");
        (
            answer.status.as_u16(),
            problem["code"].as_str().expect("a code").to_owned(),
        )
    };
    assert_eq!(
        code(RUN, r#"{"job":"reference.regoin"}"#).await,
        (404, "unknown_job".into())
    );
    assert_eq!(
        code(RUN, r#"{"job":"energy.busy"}"#).await,
        (409, "running".into())
    );
    assert_eq!(
        code(RUN, r#"{"jobb":"reference.region"}"#).await,
        (400, "bad_parameter".into())
    );
    assert_eq!(code(RUN, "").await, (400, "bad_parameter".into()));
    let nothing = r#"{"job":"reference.region","table":"reference.region","rule":"one_of"}"#;
    assert_eq!(code(REPLAY, nothing).await, (404, "nothing_waits".into()));
    assert!(noting.0.lock().expect("no panic").is_empty());
}
