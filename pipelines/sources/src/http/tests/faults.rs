//! Everything a service can do wrong, with what is told of it.

use std::time::Instant;

use axum::response::IntoResponse;
use serde_json::json;

use super::server::{Server, config, endless, json, pull, raw, status};

#[tokio::test]
async fn a_storm_of_refusals_passes() {
    let server = Server::start(|asked| match asked.before {
        0 => status(502, "bad gateway"),
        1 => (
            axum::http::StatusCode::TOO_MANY_REQUESTS,
            [("retry-after", "1")],
            "slow down",
        )
            .into_response(),
        2 => status(
            503,
            "<html><head><title>Service Unavailable</title></head></html>",
        ),
        _ => json(json!({ "rows": [{ "id": 1 }] })),
    })
    .await;
    let begun = Instant::now();
    let got = pull(
        &config(
            &server.address,
            "limits: { max_wait: 1100 ms }\npages: { link: true }",
        ),
        None,
    )
    .await;
    assert_eq!(got.pages.len(), 1, "{:?}", got.error);
    assert!(
        begun.elapsed().as_millis() >= 1_000,
        "the wait asked for was kept"
    );
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn a_storm_that_does_not_pass_is_told() {
    let server = Server::start(|_| {
        status(
            503,
            "<!DOCTYPE html><html><head><title>Down for\n maintenance</title></head></html>",
        )
    })
    .await;
    let got = pull(
        &config(
            &server.address,
            "limits: { retries: 2 }\npages: { link: true }",
        ),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    `HOST/rows` answers 503 Service Unavailable: Down for maintenance (3 attempts)
    the service is overloaded or being restarted; run the job again later, or ask less often: `limits: { requests_per_minute: … }` | external, again: Later
    ");
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_not_waited_for() {
    let server = Server::start(|_| {
        (
            axum::http::StatusCode::TOO_MANY_REQUESTS,
            [("retry-after", "3600")],
            "quota",
        )
            .into_response()
    })
    .await;
    let got = pull(
        &config(
            &server.address,
            "limits: { max_wait: 2 min }\npages: { link: true }",
        ),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    `HOST/rows` answers 429 Too Many Requests, and asks for a wait of 1 h, where 2 min is the longest allowed
    run the job again after that time, or raise `limits: { max_wait: … }` | external, again: Later
    ");
}

/// One request to a server that always answers the same, told.
async fn told(answer: fn() -> axum::response::Response, rest: &str) -> String {
    let server = Server::start(move |_| answer()).await;
    let got = pull(&config(&server.address, rest), None).await;
    assert_eq!(got.pages, [], "nothing of it is kept");
    got.told(&server.address)
}

#[tokio::test]
async fn what_is_no_data_is_told() {
    let page = || {
        (
            [("content-type", "text/html")],
            "\n<html><title>统一身份认证</title><form>",
        )
            .into_response()
    };
    insta::assert_snapshot!(told(page, "pages: { link: true }").await, @r"
    `HOST/rows` answers with a web page: 统一身份认证
    data are expected; this is more likely a sign-in, an error page or a notice: open the address in a browser, and check `url` and `auth` | external, again: Later
    ");
    insta::assert_snapshot!(told(page, "").await, @r"
    `HOST/rows` answers with a web page: 统一身份认证
    data are expected; this is more likely a sign-in, an error page or a notice: open the address in a browser, and check `url` and `auth` | external, again: Later
    ");
    insta::assert_snapshot!(told(|| "id,kwh\n1,2\n".into_response(), "pages: { link: true }").await, @r"
    the answer of `HOST/rows` is no JSON document: expected value at line 1 column 1
    check `url`; a service is read as JSON, a file in another form is downloaded by a source without `pages` and `since` | external, again: Never
    ");
    insta::assert_snapshot!(told(|| json(json!({ "error": "no such org", "data": [] })), "pages: { link: true }").await, @r"
    the answer of `HOST/rows` has no list of records at `rows`; it has a list `data`, `error`
    say where the records are: `format: { path: data.items }` | user, again: Never
    ");
    insta::assert_snapshot!(told(|| "{\"rows\": [{\"id\": 1}, {\"id".into_response(), "limits: { retries: 1 }\npages: { link: true }").await, @r"
    the answer of `HOST/rows` is cut short: its JSON ends after 25 bytes (2 attempts)
    the service or the network stopped half-way; run the job again | external, again: Later
    ");
}

#[tokio::test]
async fn pages_that_are_wrong_are_told() {
    let server = Server::start(|_| json(json!({ "rows": [{ "id": 1 }] }))).await;
    let got = pull(&config(&server.address, "pages: { number: page }"), None).await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    page 2 of `HOST/rows?page=2` is the same as the page before
    the service seems to take no notice of `page`; check its name | user, again: Never
    ");

    let server =
        Server::start(|asked| json(json!({ "rows": [{ "id": asked.before }], "next": "x" }))).await;
    let got = pull(
        &config(&server.address, "pages: { cursor: next, parameter: after }"),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    page 2 of `HOST/rows?after=x` names itself as the next one
    tell whoever runs the service; it would never end | external, again: Never
    ");

    let server = Server::start(|asked| {
        json(json!({ "rows": [{ "id": asked.before }], "meta": { "next": asked.before } }))
    })
    .await;
    let got = pull(
        &config(
            &server.address,
            "limits: { max_pages: 3 }\npages: { cursor: meta.next, parameter: after }",
        ),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    `HOST/rows?after=2` has more than 3 pages
    if it is meant to be that long, raise `limits: { max_pages: … }` | user, again: Never
    ");

    let got = pull(
        &config(
            &server.address,
            "pages: { cursor: paging.next, parameter: after }",
        ),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    the answer of `HOST/rows` has no mark of the next page at `paging.next`
    mend the path in the job's `pages` | user, again: Never
    ");

    let server = Server::start(|asked| {
        let rows = if asked.number("page") == 1 {
            json!([{ "id": 1 }])
        } else {
            json!([])
        };
        json(json!({ "rows": rows, "count": 3 }))
    })
    .await;
    let got = pull(
        &config(&server.address, "pages: { number: page, total: count }"),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    `HOST/rows` says it has 3 rows, and gave 1
    rows came or went while the pages were read, or the service left some out; run the job again | external, again: Later
    ");
}

#[tokio::test]
async fn a_response_that_never_ends_is_ended() {
    let server = Server::start(|_| endless()).await;
    let got = pull(
        &config(
            &server.address,
            "limits: { max_page: 1 MiB }\npages: { link: true }",
        ),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    the answer of `HOST/rows` is larger than 1 MiB
    ask for smaller pages, or raise `limits: { max_page: … }` | user, again: Never
    ");
    let got = pull(
        &config(&server.address, "limits: { max_expanded: 1 MiB }"),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    the answer of `HOST/rows` is larger than 1 MiB
    if it is meant to be that large, raise `limits: { max_expanded: … }` | user, again: Never
    ");
    // One that trickles, or says nothing.
    let address = raw(
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"rows\":",
        false,
    )
    .await;
    let got = pull(
        &config(
            &address,
            "limits: { timeout: 100 ms, retries: 1 }\npages: { link: true }",
        ),
        None,
    )
    .await;
    insta::assert_snapshot!(got.told(&address), @r"
    `HOST/rows` did not answer within 100 ms (2 attempts)
    run the job again when the service is quicker, or raise `limits: { timeout: … }`, or ask for smaller pages | external, again: Later
    ");
}

#[tokio::test]
async fn a_connection_that_breaks_is_told() {
    let address = raw(
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"rows\":",
        true,
    )
    .await;
    for rest in [
        "pages: { link: true }\nlimits: { retries: 0 }",
        "limits: { retries: 0 }",
    ] {
        let got = pull(&config(&address, rest), None).await;
        let told = got.told(&address);
        assert!(
            told.starts_with("the answer of `HOST/rows` broke off after 8 bytes: "),
            "{told}"
        );
        assert!(told.ends_with("external, again: Later"), "{told}");
    }
    // Nobody listens on a port that was just given back.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let got = pull(&config(&address, "limits: { retries: 0 }"), None).await;
    let told = got.told(&address);
    assert!(
        told.starts_with("cannot reach `HOST/rows`: Connection refused"),
        "{told}"
    );
    assert!(told.ends_with("external, again: Later"), "{told}");
    // What answers there speaks no TLS.
    let address = raw(
        b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
        true,
    )
    .await;
    let secure = address.replace("http://", "https://");
    let got = pull(&config(&secure, "limits: { retries: 0 }"), None).await;
    let told = got.told(&secure);
    assert!(
        told.starts_with("`HOST/rows` cannot be trusted: received corrupt message"),
        "{told}"
    );
}

#[tokio::test]
async fn requests_keep_their_distance() {
    let server = Server::start(|asked| {
        let rows = if asked.number("page") < 4 {
            json!([{ "id": asked.before }])
        } else {
            json!([])
        };
        json(json!({ "rows": rows }))
    })
    .await;
    let begun = Instant::now();
    let got = pull(
        &config(
            &server.address,
            "limits: { requests_per_minute: 600 }\npages: { number: page }",
        ),
        None,
    )
    .await;
    assert_eq!(got.pages.len(), 3);
    // Four requests, a tenth of a second apart.
    assert!(begun.elapsed().as_millis() >= 300);
}
