//! Only what has changed is asked for, and nothing is lost for it.

use std::sync::Arc;
use std::sync::Mutex;

use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::server::{Got, Server, config, json, now, pull};

const SINCE: &str = "since: { parameter: changed_since, field: changed_at, overlap: 1 h }";

/// A service with one page of the rows given.
async fn service(rows: &Arc<Mutex<Vec<Value>>>) -> Server {
    let rows = Arc::clone(rows);
    Server::start(move |_| json(json!({ "rows": rows.lock().expect("a lock").clone() }))).await
}

fn rows(moments: &[&str]) -> Arc<Mutex<Vec<Value>>> {
    let rows = moments.iter().map(|moment| json!({ "changed_at": moment }));
    Arc::new(Mutex::new(rows.collect()))
}

fn newest(got: &Got) -> String {
    let mark = got.last_mark().expect("a mark");
    mark.as_json()["newest"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn the_next_pull_begins_an_overlap_before_the_newest_change() {
    let rows = rows(&["2026-01-05T09:00:00+08:00", "2026-01-05T02:30:00Z"]);
    let server = service(&rows).await;
    let config = config(&server.address, SINCE);
    let first = pull(&config, None).await;
    assert_eq!(newest(&first), "2026-01-05T02:30:00Z");
    let second = pull(&config, first.last_mark()).await;
    assert_eq!(
        server.asked_for("changed_since"),
        ["", "2026-01-05T01:30:00Z"]
    );
    // Nothing new: the cursor is the one of before, so that nothing has to be committed.
    assert_eq!(second.last_mark(), first.last_mark());
}

#[tokio::test]
async fn a_change_in_the_future_does_not_hide_those_before_it() {
    let tomorrow = (now() + chrono::TimeDelta::days(1)).to_rfc3339();
    let rows = rows(&["2026-01-05T02:30:00Z", &tomorrow]);
    let server = service(&rows).await;
    let got = pull(&config(&server.address, SINCE), None).await;
    let kept = chrono::DateTime::parse_from_rfc3339(&newest(&got)).expect("a moment");
    assert!(kept <= now(), "{kept}");
}

#[tokio::test]
async fn a_clock_that_goes_back_has_everything_read_again() {
    // Put back by one and a half hours after the first answer.
    let server = Server::start(|asked| {
        let date = match asked.before {
            0 => "Mon, 05 Jan 2026 03:00:00 GMT",
            _ => "Mon, 05 Jan 2026 01:30:00 GMT",
        };
        let body = json!({ "rows": [{ "changed_at": "2026-01-05T02:30:00Z" }] });
        ([("date", date)], body.to_string()).into_response()
    })
    .await;
    let config = config(&server.address, SINCE);
    let first = pull(&config, None).await;
    let got = pull(&config, first.last_mark()).await;
    assert_eq!(
        got.notes,
        [
            "the service's clock went back by 5400 s, more than the overlap of 1 h: everything is read again"
        ]
    );
    assert_eq!(
        server.asked_for("changed_since"),
        ["", "2026-01-05T01:30:00Z", ""]
    );
    assert_eq!(got.pages.len(), 1);
}

#[tokio::test]
async fn a_job_that_reads_differently_reads_everything() {
    let rows = rows(&["2026-01-05T02:30:00Z"]);
    let server = service(&rows).await;
    let first = pull(&config(&server.address, SINCE), None).await;
    let other = config(&server.address, &format!("query: {{ org: 1 }}\n{SINCE}"));
    let got = pull(&other, first.last_mark()).await;
    assert_eq!(
        got.notes,
        ["the job reads differently than at its last pull: everything is read again"]
    );
    assert_eq!(server.asked_for("changed_since"), ["", ""]);
}

#[tokio::test]
async fn everything_is_read_again_after_a_time() {
    let rows = rows(&["2026-01-05T02:30:00Z"]);
    let server = service(&rows).await;
    let often = "since: { parameter: changed_since, field: changed_at, full_every: 0 s, from: \"2020-01-01T00:00:00Z\" }";
    let config = config(&server.address, often);
    let first = pull(&config, None).await;
    pull(&config, first.last_mark()).await;
    assert_eq!(
        server.asked_for("changed_since"),
        ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]
    );
}

#[tokio::test]
async fn a_field_that_holds_no_moment_is_told() {
    let rows = Arc::new(Mutex::new(vec![
        json!({ "changed_at": null }),
        json!({ "changed_at": "gestern" }),
    ]));
    let server = service(&rows).await;
    let got = pull(&config(&server.address, SINCE), None).await;
    insta::assert_snapshot!(got.told(&server.address), @r#"
    row 2 of `HOST/rows` has no moment in `changed_at`: it is "gestern"
    check `field` and `form` of `since`; as they stand it would be `2026-11-24T08:30:00Z` | user, again: Never
    "#);
}
