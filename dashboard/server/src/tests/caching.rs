//! An answer is sent again only when it is another; a cited one stays what it was.

use serde_json::json;

use super::lake::{CORRECTED, House, RUNS, ask, declared, files, restarted};
use axum::http::Method;

const CARRIERS: &str = "/api/v1/boards/energy/panels/carriers";

async fn kgce(house: &House, address: &str) -> serde_json::Value {
    house.get(address).await.json()["rows"][0][1].clone()
}

#[tokio::test]
async fn what_the_reader_has_is_not_sent_again() {
    let house = House::published().await;
    for address in [
        CARRIERS,
        "/api/v1/boards/energy",
        "/api/v1/tables",
        "/api/v1/regions",
    ] {
        let first = house.get(address).await;
        let tag = first.header("etag").to_owned();
        for known in [
            tag.clone(),
            format!("\"other\", {tag}"),
            tag.trim_start_matches("W/").to_owned(),
        ] {
            let again = house.get_with(address, &[("if-none-match", &known)]).await;
            assert_eq!(again.status, 304, "{address} {known}");
            assert!(again.body.is_empty());
            for name in ["etag", "cache-control", "vary"] {
                assert_eq!(again.header(name), first.header(name), "{address} {name}");
            }
        }
        let other = house
            .get_with(address, &[("if-none-match", "W/\"other\"")])
            .await;
        assert_eq!(other.body, first.body, "{address}");
    }
}

#[tokio::test]
async fn a_reader_with_the_answer_is_told_so_before_it_is_computed() {
    let house = House::published().await;
    let tag = house.get(CARRIERS).await.header("etag").to_owned();
    // As after a start: nothing is written yet, and the tag is the same.
    let router = restarted(&house, declared().1);
    let again = ask(&router, Method::GET, CARRIERS, &[("if-none-match", &tag)]).await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn each_question_and_each_format_has_a_tag_of_its_own() {
    let house = House::published().await;
    let mut tags = std::collections::BTreeSet::new();
    let asked = [
        (CARRIERS.to_owned(), "application/json"),
        (CARRIERS.to_owned(), "text/csv"),
        (format!("{CARRIERS}?region_code=420802"), "application/json"),
        (format!("{CARRIERS}?year=2025"), "application/json"),
        (
            "/api/v1/boards/energy/panels/rows".to_owned(),
            "application/json",
        ),
    ];
    for (address, accept) in &asked {
        let answer = house.get_with(address, &[("accept", accept)]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        tags.insert(answer.header("etag").to_owned());
    }
    assert_eq!(tags.len(), asked.len(), "{tags:?}");
}

#[tokio::test]
async fn a_new_publication_changes_answer_and_tag() {
    let house = House::published().await;
    let before = house.get(CARRIERS).await;
    house.load("mart.energy_month", CORRECTED).await;
    // Loaded is not published: readers see what they saw.
    assert_eq!(house.get(CARRIERS).await.body, before.body);
    house.publish("2026-03-02T00:00:00Z").await;
    let known = [("if-none-match", before.header("etag"))];
    let after = house.get_with(CARRIERS, &known).await;
    assert_ne!(after.header("etag"), before.header("etag"));
    // 184.35 + 245.8615
    assert_eq!(after.json()["rows"][0][1], "430.2115");
    assert_eq!(after.json()["publication"]["number"], 2);
}

#[tokio::test]
async fn an_earlier_publication_answers_as_it_did() {
    let house = House::published().await;
    house.load("mart.energy_month", CORRECTED).await;
    // The afternoon of 2 March in the city.
    house.publish("2026-03-02T06:00:00Z").await;
    assert_eq!(kgce(&house, CARRIERS).await, "430.2115");
    for (as_of, expected) in [
        ("1", "368.7615"),
        ("2", "430.2115"),
        ("2026-03-01", "368.7615"),
        ("2026-03-02", "430.2115"),
        ("2027-01-01", "430.2115"),
    ] {
        let address = format!("{CARRIERS}?as_of={as_of}");
        assert_eq!(kgce(&house, &address).await, expected, "{as_of}");
    }
    for address in [
        "/api/v1/boards/energy?as_of=1",
        "/api/v1/metrics/energy?as_of=1",
        "/api/v1/organizations?as_of=1",
        "/api/v1/regions?as_of=1",
        "/api/v1/tables?as_of=1",
        "/api/v1/tables/mart.energy_month?as_of=1",
    ] {
        let answer = house.get(address).await.json();
        assert_eq!(answer["publication"]["number"], 1, "{address}");
    }
}

#[tokio::test]
async fn only_an_answer_that_cannot_change_is_kept_without_asking() {
    let house = House::published().await;
    let control = async |query: &str| {
        let answer = house.get(&format!("{CARRIERS}{query}")).await;
        answer.header("cache-control").to_owned()
    };
    assert_eq!(control("").await, "private, no-cache");
    assert_eq!(control("?as_of=1").await, "private, max-age=86400");
    // There may be another publication before the day is over.
    assert_eq!(control("?as_of=2026-03-01").await, "private, no-cache");
}

#[tokio::test]
async fn a_board_declared_otherwise_has_other_tags() {
    let house = House::published().await;
    let before = house.get(CARRIERS).await;
    let mut files = files().boards;
    let (_, text) = files.last_mut().expect("our board");
    *text = text.replace("sum: cost_yuan", "max: cost_yuan");
    let project = &house.project;
    let boards = crate::board::parse(files, &project.contracts, &project.metrics);
    let router = restarted(&house, boards.unwrap_or_else(|faults| panic!("{faults:?}")));
    let known = [("if-none-match", before.header("etag"))];
    let after = ask(&router, Method::GET, CARRIERS, &known).await;
    assert_eq!(after.json()["rows"][0][2], "1200.30");
}

#[tokio::test]
async fn runs_change_their_tag_with_every_run() {
    let house = House::empty().await;
    let none = house.get("/api/v1/runs").await;
    house.load("ops.run", RUNS).await;
    let known = [("if-none-match", none.header("etag"))];
    let some = house.get_with("/api/v1/runs", &known).await;
    assert_eq!(some.json()["total_rows"], json!(2));
}

#[tokio::test]
async fn a_retired_publication_is_gone() {
    let house = House::published().await;
    house.publish("2026-03-02T00:00:00Z").await;
    let publications = house.warehouse.publications();
    publications.retire(1).await.expect("it is not pinned");
    let gone = house.get(&format!("{CARRIERS}?as_of=1")).await;
    assert_eq!(gone.status, 410, "{}", gone.text());
}
