//! Every fault says what is wrong and how to mend it (RFC 9457), and nothing of what is inside.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::routing::get;
use serde_json::Value;

use super::lake::{House, Reply, ask, options, reply};
use crate::ServiceOptions;

/// What was asked, the status, and the problem, a line each.
fn told(asked: &str, reply: &Reply) -> String {
    assert_eq!(
        reply.header("content-type"),
        "application/problem+json",
        "{asked}: {}",
        reply.text()
    );
    assert_eq!(reply.header("cache-control"), "no-store", "{asked}");
    let problem: Value = serde_json::from_slice(&reply.body).expect("JSON");
    assert_eq!(problem["status"], reply.status.as_u16(), "{asked}");
    assert_eq!(problem["request_id"], "under-test", "{asked}");
    assert!(
        problem["hint"].is_string(),
        "{asked} has no hint: {problem}"
    );
    format!(
        "{asked}\n{}\n",
        serde_json::to_string_pretty(&problem).expect("JSON")
    )
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_with_its_mend() {
    let house = House::published().await;
    let mut told_all = String::new();
    for address in [
        // Things that do not exist.
        "/api/v1/boards/energi",
        "/api/v1/boards/energy/panels/carrier",
        "/api/v1/boards/overview/panels/nothing_like_it",
        "/api/v1/boards/energy/panels/carriers?region_code=420820",
        "/api/v1/boards/energy/panels/carriers?regon_code=420802",
        "/api/v1/metrics/energi_cost",
        "/api/v1/metrics/energy?dimensions=carier",
        "/api/v1/metrics/energy?filter.carier=electricity",
        "/api/v1/metrics/energy?filter.region_code=42080",
        "/api/v1/metrics/energy?lmit=3",
        "/api/v1/organizations?region_code=nowhere",
        "/api/v1/organizations?name=x",
        "/api/v1/regions?within=nowhere",
        "/api/v1/runs/20260301-1",
        "/api/v1/tables/mart.energy_mnth",
        "/api/v1/nonsense",
        "/api",
        "/no-such-file.js",
        // Values that are none.
        "/api/v1/boards/energy?year=twenty",
        "/api/v1/boards/energy?month=2025-1",
        "/api/v1/boards/energy?month=2025-13",
        "/api/v1/boards/energy/panels/carriers?region_code=420802&region_code=420804",
        "/api/v1/boards/%FF",
        "/api/v1/metrics/energy?grain=week",
        "/api/v1/metrics/energy?compare=mom",
        "/api/v1/metrics/energy?from=yesterday",
        "/api/v1/metrics/energy?compare=yoy",
        "/api/v1/metrics/energy_per_capita?grain=month",
        "/api/v1/organizations?limit=0",
        "/api/v1/organizations?limit=many",
        "/api/v1/regions?offset=-1",
        "/api/v1/tables/energy_month",
        // Addresses that take nothing, or nothing of the kind.
        "/api/v1/boards?region_code=420802",
        "/api/v1/runs?as_of=1",
        // Publications.
        "/api/v1/boards/energy/panels/carriers?as_of=9",
        "/api/v1/boards/energy/panels/carriers?as_of=2020-01-01",
        "/api/v1/boards/energy/panels/carriers?as_of=yesterday",
        "/api/v1/boards/energy/panels/carriers?as_of=1&as_of=2",
        "/api/v1/publications/9",
    ] {
        told_all.push_str(&told(&format!("GET {address}"), &house.get(address).await));
    }
    insta::assert_snapshot!(told_all);
}

#[tokio::test]
async fn how_it_is_asked_wrongly_is_told_with_its_mend() {
    let house = House::published().await;
    let mut told_all = String::new();
    let panel = "/api/v1/boards/energy/panels/carriers";
    let png = house.get_with(panel, &[("accept", "image/png")]).await;
    told_all.push_str(&told(&format!("GET {panel}, accept image/png"), &png));
    let csv = house
        .get_with("/api/v1/tables", &[("accept", "text/csv")])
        .await;
    told_all.push_str(&told("GET /api/v1/tables, accept text/csv", &csv));
    for (method, address) in [
        (Method::POST, panel),
        (Method::DELETE, "/api/v1/publications/1"),
        (Method::POST, "/api/v1/openapi.json"),
        (Method::PUT, "/overview"),
    ] {
        let refused = ask(&house.router, method.clone(), address, &[]).await;
        assert_eq!(
            refused.header("allow").replace(' ', ""),
            "GET,HEAD",
            "{method} {address}"
        );
        told_all.push_str(&told(&format!("{method} {address}"), &refused));
    }
    let large = Request::post("/api/v1/boards")
        .header("x-request-id", "under-test")
        .header("content-length", 1 << 20)
        .body(Body::from(vec![b'x'; 1 << 20]))
        .expect("a request");
    let large = reply(&house.router, large).await;
    told_all.push_str(&told("POST /api/v1/boards with 1 MiB", &large));
    insta::assert_snapshot!(told_all);
}

#[tokio::test]
async fn nothing_published_yet_is_told_with_its_mend() {
    let house = House::empty().await;
    let mut told_all = String::new();
    for address in [
        "/ready",
        "/api/v1/boards/energy",
        "/api/v1/boards/energy/panels/carriers",
        "/api/v1/boards/energy/panels/carriers?as_of=1",
        "/api/v1/metrics/energy",
        "/api/v1/organizations",
        "/api/v1/tables",
        "/api/v1/publications/latest",
    ] {
        let reply = house.get(address).await;
        assert_eq!(reply.status, 503, "{address}");
        told_all = told("GET", &reply);
    }
    insta::assert_snapshot!(told_all);
    // What is declared, not published, is told all the same.
    for address in ["/api/v1/boards", "/api/v1/metrics", "/api/v1/publications"] {
        assert_eq!(house.get(address).await.status, 200, "{address}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let house = House::with(ServiceOptions {
        query_deadline: Duration::ZERO,
        ..options()
    })
    .await;
    house.publish("2026-03-01T00:00:00Z").await;
    let late = house.get("/api/v1/boards/energy/panels/carriers").await;
    insta::assert_snapshot!(told("GET", &late));
}

#[tokio::test]
async fn a_lake_that_cannot_be_read_is_told_without_its_inside() {
    let house = House::published().await;
    let log = "tables/mart/energy_month/_delta_log/00000000000000000001.json";
    let store = house.warehouse.store();
    let path = log.into();
    object_store::ObjectStoreExt::put(&store, &path, "no log".into())
        .await
        .expect("an overwritten log");
    let broken = house.get("/api/v1/boards/energy/panels/carriers").await;
    assert_eq!(broken.status, 500);
    assert!(!broken.text().contains("energy_month"), "{}", broken.text());
    insta::assert_snapshot!(told("GET", &broken));
}

#[tokio::test]
async fn a_panic_is_caught_and_told_without_its_words() {
    let panics = get(async || -> &'static str { panic!("secret") });
    let router = crate::router::around(Router::new().route("/panics", panics));
    let caught = ask(&router, Method::GET, "/panics", &[]).await;
    assert!(!caught.text().contains("secret"));
    insta::assert_snapshot!(told("GET", &caught));
}

#[tokio::test]
async fn every_answer_says_how_it_may_be_used() {
    let house = House::published().await;
    for address in ["/health", "/api/v1/boards", "/api/v1/nonsense", "/"] {
        let answer = house.get(address).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-request-id", "under-test"),
        ] {
            assert_eq!(answer.header(name), value, "{address}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self'"), "{address}");
    }
}
