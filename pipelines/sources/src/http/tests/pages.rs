//! Pages follow each other in each of the ways, and a pull goes on where it broke off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::server::{Asked, Server, config, json, pull, status};

/// Rows `from..to` of seven.
fn rows(from: usize, to: usize) -> Vec<Value> {
    (from..to.min(7)).map(|id| json!({ "id": id })).collect()
}

/// The ids of all rows of the pages.
fn ids(pages: &[&str]) -> Vec<u64> {
    let mut ids = Vec::new();
    for page in pages {
        let page: Value = serde_json::from_str(page).expect("JSON");
        for row in page["rows"].as_array().into_iter().flatten() {
            ids.push(row["id"].as_u64().expect("a number"));
        }
    }
    ids
}

const ALL: [u64; 7] = [0, 1, 2, 3, 4, 5, 6];

#[tokio::test]
async fn pages_by_number_end_with_the_first_empty_one() {
    // The service gives two rows a page, whatever is asked for.
    let server = Server::start(|asked| {
        let page = asked.number("page");
        json(json!({ "rows": rows(page * 2 - 2, page * 2) }))
    })
    .await;
    let config = config(
        &server.address,
        "query: { org: 420800 }\npages: { number: page, size_parameter: size, size: 500 }",
    );
    let got = pull(&config, None).await;
    assert_eq!(got.error.map(|error| error.to_string()), None);
    assert_eq!(
        ids(&got
            .pages
            .iter()
            .map(|(_, page)| page.as_str())
            .collect::<Vec<_>>()),
        ALL
    );
    assert_eq!(server.asked_for("page"), ["1", "2", "3", "4", "5"]);
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.get("size") == "500" && asked.get("org") == "420800")
    );
    assert!(
        got.pages[0].0.ends_with("/rows?org=420800&size=500&page=1"),
        "{}",
        got.pages[0].0
    );
}

#[tokio::test]
async fn offsets_go_by_the_rows_that_came_and_the_total_ends_them() {
    let server = Server::start(|asked| {
        let from = asked.number("offset");
        json(json!({ "rows": rows(from, from + 3), "total": 7 }))
    })
    .await;
    let config = config(
        &server.address,
        "pages: { offset: offset, total: total, size_parameter: limit, size: 100 }",
    );
    let got = pull(&config, None).await;
    assert_eq!(ids(&got.contents()), ALL);
    assert_eq!(server.asked_for("offset"), ["0", "3", "6"]);
}

#[tokio::test]
async fn marks_are_sent_back_in_the_address_or_in_what_is_posted() {
    let answer = |mark: &str| match mark {
        "" => json(json!({ "rows": rows(0, 4), "meta": { "next": "b&c" } })),
        "b&c" => json(json!({ "rows": rows(4, 7), "meta": { "next": null } })),
        other => panic!("mark {other}"),
    };
    let server = Server::start(move |asked: &Asked| {
        if asked.method == "GET" {
            return answer(asked.get("after"));
        }
        let body: Value = serde_json::from_str(&asked.body).expect("JSON");
        assert_eq!(body["filter"]["kind"], "water");
        answer(body["paging"]["after"].as_str().unwrap_or_default())
    })
    .await;
    let by_get = config(
        &server.address,
        "pages: { cursor: meta.next, parameter: after }",
    );
    assert_eq!(ids(&pull(&by_get, None).await.contents()), ALL);
    let by_post = config(
        &server.address,
        "json: { filter: { kind: water } }\npages: { cursor: meta.next, parameter: paging.after }",
    );
    let got = pull(&by_post, None).await;
    assert_eq!(ids(&got.contents()), ALL);
    assert!(
        got.pages[1].0.ends_with("/rows#mark=b&c"),
        "{}",
        got.pages[1].0
    );
}

#[tokio::test]
async fn a_form_is_posted() {
    let server = Server::start(|asked| {
        assert_eq!(
            asked.header("content-type"),
            "application/x-www-form-urlencoded"
        );
        match asked.body.as_str() {
            "kind=%E7%94%B5&page=1" => json(json!({ "rows": rows(0, 7) })),
            "kind=%E7%94%B5&page=2" => json(json!({ "rows": [] })),
            other => panic!("{other}"),
        }
    })
    .await;
    let config = config(
        &server.address,
        "form: { kind: 电 }\npages: { number: page }",
    );
    assert_eq!(ids(&pull(&config, None).await.contents()), ALL);
}

#[tokio::test]
async fn the_service_names_the_next_page() {
    let server = Server::start(|asked| match (asked.path.as_str(), asked.get("p")) {
        ("/rows", "") => (
            [(
                "link",
                "</rows?p=2>; rel=\"next\", </rows?p=9>; rel=\"last\"",
            )],
            json!({ "rows": rows(0, 3), "links": { "next": "?p=2" } }).to_string(),
        )
            .into_response(),
        ("/rows", "2") => json(json!({ "rows": rows(3, 7), "links": {} })),
        other => panic!("{other:?}"),
    })
    .await;
    for pages in ["pages: { link: true }", "pages: { next: links.next }"] {
        let got = pull(&config(&server.address, pages), None).await;
        assert_eq!(ids(&got.contents()), ALL, "{pages}");
    }
}

#[tokio::test]
async fn a_service_that_answers_404_behind_the_last_page_ends_only_when_the_job_says_so() {
    let server = Server::start(|asked| match asked.number("page") {
        1 => json(json!({ "rows": rows(0, 7) })),
        _ => status(404, "no such page"),
    })
    .await;
    let says = config(
        &server.address,
        "pages: { number: page, ends_with_404: true }",
    );
    assert_eq!(ids(&pull(&says, None).await.contents()), ALL);
    let got = pull(&config(&server.address, "pages: { number: page }"), None).await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    `HOST/rows?page=2` answers 404 Not Found: no such page
    check the path in `url` | user, again: Never
    ");
}

/// A service of seven rows, two a page, that fails at page 3 while `is_broken`.
fn breaking(
    is_broken: &Arc<AtomicBool>,
    first: &'static str,
) -> impl Fn(&Asked) -> Response + use<> {
    let is_broken = Arc::clone(is_broken);
    let was_broken = AtomicBool::new(false);
    move |asked| {
        let page = asked.number("page");
        let fails = is_broken.load(Ordering::Relaxed);
        was_broken.fetch_or(fails && page == 3, Ordering::Relaxed);
        if fails && page == 3 {
            return status(500, "out of memory");
        }
        let mut answer = json!({ "rows": rows(page * 2 - 2, page * 2) });
        if page == 2 && was_broken.load(Ordering::Relaxed) && !fails {
            answer["note"] = json!(first);
        }
        json(answer)
    }
}

#[tokio::test]
async fn a_pull_goes_on_at_the_page_where_it_broke_off() {
    let is_broken = Arc::new(AtomicBool::new(true));
    let answer = breaking(&is_broken, "");
    // The answer of page 2 is the same as before.
    let server = Server::start(move |asked| match asked.number("page") {
        2 => json(json!({ "rows": rows(2, 4) })),
        _ => answer(asked),
    })
    .await;
    let config = config(
        &server.address,
        "limits: { retries: 1 }\npages: { number: page }",
    );
    let first = pull(&config, None).await;
    assert_eq!(ids(&first.contents()), [0, 1, 2, 3]);
    insta::assert_snapshot!(first.told(&server.address), @r"
    `HOST/rows?page=3` answers 500 Internal Server Error: out of memory (2 attempts)
    the service is overloaded or being restarted; run the job again later, or ask less often: `limits: { requests_per_minute: … }` | external, again: Later
    ");
    is_broken.store(false, Ordering::Relaxed);
    let second = pull(&config, first.last_mark()).await;
    assert_eq!(ids(&second.contents()), [4, 5, 6]);
    assert_eq!(
        second.notes,
        ["goes on with page 3, where the last pull broke off"]
    );
    assert_eq!(
        server.asked_for("page"),
        ["1", "2", "3", "3", "2", "3", "4", "5"]
    );
}

#[tokio::test]
async fn a_pull_begins_anew_when_the_page_it_had_come_to_has_changed() {
    let is_broken = Arc::new(AtomicBool::new(true));
    let server = Server::start(breaking(&is_broken, "a row came in between")).await;
    let config = config(
        &server.address,
        "limits: { retries: 0 }\npages: { number: page }",
    );
    let first = pull(&config, None).await;
    is_broken.store(false, Ordering::Relaxed);
    let second = pull(&config, first.last_mark()).await;
    assert_eq!(ids(&second.contents()), ALL);
    assert!(
        second.notes[0].contains("that page has changed: it begins anew"),
        "{:?}",
        second.notes
    );
}

#[tokio::test]
async fn a_download_comes_once_as_long_as_it_does_not_change() {
    let server = Server::start(|asked| {
        let etag = if asked.before < 2 { "\"1\"" } else { "\"2\"" };
        if asked.header("if-none-match") == etag {
            return status(304, "");
        }
        (
            [
                ("etag", etag),
                (
                    "content-disposition",
                    "attachment; filename=\"readings.CSV\"",
                ),
            ],
            "id\n1\n",
        )
            .into_response()
    })
    .await;
    let config = config(&server.address, "");
    let first = pull(&config, None).await;
    assert_eq!(first.contents(), ["id\n1\n"]);
    assert!(
        first.pages[0].0.ends_with("/rows.csv"),
        "{}",
        first.pages[0].0
    );
    let second = pull(&config, first.last_mark()).await;
    assert!(second.is_unchanged && second.pages.is_empty() && second.marks.is_empty());
    let third = pull(&config, first.last_mark()).await;
    assert_eq!(third.contents(), ["id\n1\n"]);
    assert_ne!(third.last_mark(), first.last_mark());
}
