//! Each resource says what it is asked for.

use serde_json::json;

use super::lake::{House, RUNS};

#[tokio::test]
async fn the_service_says_that_it_lives_before_anything_is_published() {
    let house = House::empty().await;
    let health = house.get("/health").await.json();
    assert_eq!(
        health,
        json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })
    );
    assert_eq!(house.get("/ready").await.status, 503);
}

#[tokio::test]
async fn the_service_is_ready_when_a_publication_can_be_opened() {
    let house = House::published().await;
    let publication = json!({ "number": 1, "created_at": "2026-03-01T00:00:00Z" });
    assert_eq!(
        house.get("/ready").await.json(),
        json!({ "status": "ready", "publication": publication })
    );
}

#[tokio::test]
async fn boards_are_listed_with_what_they_are_for() {
    let house = House::published().await;
    let boards = house.get("/api/v1/boards").await.json();
    let names: Vec<_> = boards.as_array().expect("a list").iter().collect();
    assert_eq!(names.len(), 2, "{boards}");
    assert_eq!(
        boards[0],
        json!({ "board": "energy", "title": { "zh": "能源", "en": "Energy" }, "purpose": "测试用看板" })
    );
}

#[tokio::test]
async fn a_board_says_what_may_be_chosen_and_what_was() {
    let house = House::published().await;
    let board = house
        .get("/api/v1/boards/energy?region_code=420802")
        .await
        .json();
    insta::assert_json_snapshot!(board);
}

#[tokio::test]
async fn a_panel_sums_over_the_region_and_all_below_it() {
    let house = House::published().await;
    let panel = house.get("/api/v1/boards/energy/panels/carriers").await;
    // Electricity 122.9 + 245.8615 kgce for 600.00 + 1200.30 yuan; gas is ORG-A's alone.
    assert_eq!(
        panel.json()["rows"],
        json!([
            ["electricity", "368.7615", "1800.30", 2],
            ["natural_gas", "13.3000", "35.00", 1]
        ])
    );
    insta::assert_json_snapshot!(panel.json());

    let district = house
        .get("/api/v1/boards/energy/panels/carriers?region_code=420804")
        .await;
    assert_eq!(
        district.json()["rows"],
        json!([["electricity", "245.8615", "1200.30", 1]])
    );
}

#[tokio::test]
async fn a_panel_of_rows_names_codes_and_says_how_many_there_are() {
    let house = House::published().await;
    let panel = house
        .get("/api/v1/boards/energy/panels/rows?region_code=420800")
        .await
        .json();
    assert_eq!(panel["total_rows"], 3);
    assert_eq!(panel["limit"], 2);
    let organization = "甲局, \"东宝\"";
    let row = |month, carrier, quantity, unit, kgce| {
        json!([
            "ORG-A",
            organization,
            organization,
            "420802",
            "东宝区",
            "Dongbao",
            month,
            carrier,
            quantity,
            unit,
            kgce
        ])
    };
    assert_eq!(
        panel["rows"],
        json!([
            row("2025-01", "electricity", "1000.0000", "kWh", "122.9000"),
            row("2025-02", "natural_gas", "10.0000", "m3", "13.3000"),
        ])
    );
}

#[tokio::test]
async fn every_panel_of_every_board_answers_over_empty_marts() {
    let house = House::published().await;
    let boards = house.get("/api/v1/boards").await.json();
    let mut panels = 0;
    for board in boards.as_array().expect("boards") {
        let board = board["board"].as_str().expect("a name").to_owned();
        let shown = house.get(&format!("/api/v1/boards/{board}")).await.json();
        for panel in shown["panels"].as_array().expect("panels") {
            let panel = panel["panel"].as_str().expect("a name");
            let answer = house
                .get(&format!("/api/v1/boards/{board}/panels/{panel}"))
                .await;
            assert!(answer.json()["columns"].as_array().is_some(), "{panel}");
            panels += 1;
        }
    }
    assert!(panels > 10, "only {panels} panels were asked for");
}

#[tokio::test]
async fn metrics_are_listed_with_unit_and_formula() {
    let house = House::published().await;
    let metrics = house.get("/api/v1/metrics").await.json();
    let metrics = metrics.as_array().expect("a list");
    assert_eq!(metrics.len(), house.project.metrics.iter().count());
    let cost = metrics
        .iter()
        .find(|metric| metric["metric"] == "energy_cost");
    insta::assert_json_snapshot!(cost);
}

#[tokio::test]
async fn a_metric_is_broken_down_filtered_and_ranged() {
    let house = House::published().await;
    let asked = "/api/v1/metrics/energy_cost?dimensions=carrier,region_code&filter.region_code=420800&from=2025-01&to=2025-01";
    let answer = house.get(asked).await.json();
    // The last column says why there is no value, where there is none.
    assert_eq!(
        answer["rows"],
        json!([
            ["electricity", "420802", "600.00", null],
            ["electricity", "420804", "1200.30", null]
        ])
    );
    // 122.9 + 13.3 kgce of district 420802, in tce.
    let energy = house
        .get("/api/v1/metrics/energy?filter.region_code=420802")
        .await
        .json();
    assert_eq!(energy["columns"][0]["unit"], "tce");
    assert_eq!(energy["rows"], json!([["0.13620000", null]]));
    let by_month = house
        .get("/api/v1/metrics/energy_cost?grain=month&limit=1")
        .await
        .json();
    assert_eq!(by_month["rows"], json!([["2025-01", "1800.30", null]]));
    assert_eq!(by_month["total_rows"], 2);
}

#[tokio::test]
async fn organizations_are_found_by_name_id_and_region() {
    let house = House::published().await;
    let names = async |query: &str| {
        let answer = house.get(&format!("/api/v1/organizations{query}")).await;
        let answer = answer.json();
        let columns = answer["columns"].as_array().expect("columns").clone();
        let at = columns
            .iter()
            .position(|column| column["name"] == "name")
            .expect("a column of names");
        let rows = answer["rows"].as_array().expect("rows").clone();
        let names: Vec<_> = rows.iter().map(|row| row[at].clone()).collect();
        json!([names, answer["total_rows"]])
    };
    // Of one office the newest name comes first.
    let all = json!([["甲局, \"东宝\"", "乙中心", "乙局"], 3]);
    assert_eq!(names("").await, all);
    assert_eq!(names("?region_code=420800").await, all);
    assert_eq!(
        names("?region_code=420804&limit=1").await,
        json!([["乙中心"], 2])
    );
    assert_eq!(names("?limit=1&offset=2").await, json!([["乙局"], 3]));
    assert_eq!(names("?q=%E7%94%B2").await, json!([["甲局, \"东宝\""], 1]));
    assert_eq!(names("?q=ORG-B").await, json!([["乙中心", "乙局"], 2]));
    assert_eq!(names("?q=%27%20or%20true").await, json!([[], 0]));
}

#[tokio::test]
async fn regions_are_those_within_a_region() {
    let house = House::published().await;
    let within = house.get("/api/v1/regions?within=420800").await.json();
    let codes: Vec<_> = within["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(json!(codes), json!(["420800", "420802", "420804"]));
    let all = house.get("/api/v1/regions").await.json();
    assert_eq!(all["total_rows"], 4);
}

#[tokio::test]
async fn runs_are_told_as_they_are_without_a_publication() {
    let house = House::empty().await;
    let none = house.get("/api/v1/runs").await.json();
    assert_eq!(none["total_rows"], 0);

    house.load("ops.run", RUNS).await;
    let runs = house.get("/api/v1/runs").await.json();
    assert_eq!(runs["rows"][0][0], "20260302-1");
    assert_eq!(runs["rows"][1][0], "20260301-1");
    assert!(runs.get("publication").is_none(), "{runs}");
    let names: Vec<_> = runs["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|column| column["name"].as_str().expect("a name"))
        .collect();
    assert!(
        !names.contains(&"report_json") && !names.contains(&"message"),
        "what may quote refused rows is not told: {names:?}"
    );

    let loads = house.get("/api/v1/runs?job=cost.vouchers").await.json();
    assert_eq!(loads["total_rows"], 1);
    let run = house.get("/api/v1/runs/20260301-1").await.json();
    assert_eq!(run["rows"][0], runs["rows"][1]);
    assert_eq!(run["rows"][0][3], "2026-03-01T01:02:03.456789Z");
}

#[tokio::test]
async fn tables_are_told_with_versions_keys_units_and_sharing() {
    let house = House::published().await;
    let tables = house.get("/api/v1/tables").await.json();
    let found = tables["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .find(|table| table["table"] == "mart.energy_month")
        .expect("the table");
    assert_eq!(found["version"], 1);
    let table = house.get("/api/v1/tables/mart.energy_month").await.json();
    assert_eq!(table["key"], json!(["organization_id", "month", "carrier"]));
    let cost = table["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .find(|column| column["name"] == "cost_yuan");
    insta::assert_json_snapshot!(cost);
}

#[tokio::test]
async fn publications_are_listed_newest_first_and_told_by_number() {
    let house = House::published().await;
    house.publish("2026-03-02T00:00:00Z").await;
    let list = house.get("/api/v1/publications").await.json();
    let numbers: Vec<_> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|publication| publication["number"].clone())
        .collect();
    assert_eq!(json!(numbers), json!([2, 1]));
    let one = house.get("/api/v1/publications?limit=1").await.json();
    assert_eq!(one.as_array().map(Vec::len), Some(1));
    let first = house.get("/api/v1/publications/1").await.json();
    assert_eq!(first["created_at"], "2026-03-01T00:00:00Z");
    let latest = house.get("/api/v1/publications/latest").await.json();
    assert_eq!(latest["number"], 2);
}
