//! What `/metrics` says, read as Prometheus reads it.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;

use super::lake::{House, RUNS, ask};

/// A line of the text format: a name, its labels, a value.
#[derive(Debug, Clone, PartialEq)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

/// Metrics by name: kind and help.
type Declared = BTreeMap<String, (String, String)>;

/// Reads the text format (version 0.0.4), of which nothing may be left over.
fn parse(text: &str) -> (Declared, Vec<Sample>) {
    let mut declared = Declared::new();
    let mut samples = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').expect("a name and its help");
            declared.entry(name.to_owned()).or_default().1 = help.to_owned();
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a name and its kind");
            let before = declared.entry(name.to_owned()).or_default();
            assert!(before.0.is_empty(), "{name} is declared twice");
            before.0 = kind.to_owned();
        } else {
            samples.push(sample(line));
        }
    }
    (declared, samples)
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').expect("a value");
    let (name, labels) = match series.split_once('{') {
        None => (series, ""),
        Some((name, labels)) => (name, labels.strip_suffix('}').expect("labels end")),
    };
    let labels = labels.split("\",").filter(|label| !label.is_empty());
    let labels = labels.map(|label| {
        let (name, value) = label.split_once("=\"").expect("a label");
        (name.to_owned(), value.trim_end_matches('"').to_owned())
    });
    Sample {
        name: name.to_owned(),
        labels: labels.collect(),
        value: value.parse().expect("a number"),
    }
}

async fn house() -> House {
    let house = House::published().await;
    house.load("ops.run", RUNS).await;
    house
}

fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let wanted = |sample: &&Sample| {
        let mut labels = labels.iter();
        sample.name == name
            && labels
                .all(|(name, value)| sample.labels.get(*name).map(String::as_str) == Some(value))
    };
    samples.iter().find(wanted).map(|sample| sample.value)
}

#[tokio::test]
async fn every_measure_has_its_help_and_kind_and_a_name_that_says_its_unit() {
    let house = house().await;
    house.get("/health").await;
    let answer = house.get("/metrics").await;
    assert_eq!(
        answer.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    let (declared, samples) = parse(&answer.text());
    assert!(declared.len() > 10, "{declared:?}");
    for (name, (kind, help)) in &declared {
        assert!(name.starts_with("jieyue_"), "{name}");
        assert!(help.ends_with('.') && help.len() > 20, "{name}: {help}");
        let is_seconds = help.contains("econds");
        assert_eq!(name.contains("seconds"), is_seconds, "{name}: {help}");
        assert_eq!(
            name.ends_with("_total"),
            kind == "counter",
            "{name} is a {kind}"
        );
    }
    for sample in &samples {
        let parts = ["_bucket", "_sum", "_count"];
        let family = parts.iter().find_map(|part| sample.name.strip_suffix(part));
        let known = declared.contains_key(&sample.name)
            || family.is_some_and(|family| declared[family].0 == "histogram");
        assert!(known, "{sample:?} is not declared");
    }
}

#[tokio::test]
async fn the_lake_is_told_as_it_is_when_asked() {
    let house = house().await;
    let (_, samples) = parse(&house.get("/metrics").await.text());
    assert_eq!(value(&samples, "jieyue_lake_is_readable", &[]), Some(1.0));
    assert_eq!(value(&samples, "jieyue_publication_number", &[]), Some(1.0));
    // Published on 1 March 2026 at midnight by a clock that stands at 20 January: no age below nothing.
    assert_eq!(
        value(&samples, "jieyue_publication_age_seconds", &[]),
        Some(0.0)
    );
    let region = [("table", "reference.region")];
    assert_eq!(value(&samples, "jieyue_table_rows", &region), Some(4.0));
    let failing = [("job", "cost.vouchers")];
    assert_eq!(value(&samples, "jieyue_job_failures", &failing), Some(1.0));
    // 2026-03-01T01:02:03Z in seconds since 1970.
    let job = [("job", "energy.monthly_forms")];
    let last_ok = value(&samples, "jieyue_job_last_ok_timestamp_seconds", &job);
    assert_eq!(last_ok, Some(1_772_326_923.0));
    // 400 days, by the contract.
    let organization = [("table", "reference.organization")];
    let limit = value(&samples, "jieyue_table_age_limit_seconds", &organization);
    assert_eq!(limit, Some(400.0 * 86_400.0));
}

#[tokio::test]
async fn requests_are_counted_under_the_routes_as_declared() {
    let house = house().await;
    for number in 0..20 {
        house.get(&format!("/api/v1/publications/{number}")).await;
        house.get(&format!("/no/such/page/{number}")).await;
        house.get(&format!("/api/v1/no_such/{number}")).await;
    }
    ask(&house.router, Method::DELETE, "/api/v1/publications", &[]).await;
    let (_, samples) = parse(&house.get("/metrics").await.text());
    let count = |route, status| {
        let labels = [("route", route), ("status", status), ("method", "GET")];
        value(&samples, "jieyue_http_requests_total", &labels)
    };
    // Of 0 to 19 there is only the first publication.
    assert_eq!(count("/api/v1/publications/{number}", "200"), Some(1.0));
    assert_eq!(count("/api/v1/publications/{number}", "404"), Some(19.0));
    let other = [("method", "other"), ("status", "405")];
    assert_eq!(
        value(&samples, "jieyue_http_requests_total", &other),
        Some(1.0)
    );

    let routes: BTreeSet<&String> = samples
        .iter()
        .filter_map(|sample| sample.labels.get("route"))
        .collect();
    let known = [
        "(page)",
        "/api/v1/publications",
        "/api/v1/publications/{number}",
    ];
    assert_eq!(routes.into_iter().collect::<Vec<_>>(), known);

    let of = [("route", "/api/v1/publications/{number}")];
    assert_eq!(
        value(&samples, "jieyue_http_request_seconds_count", &of),
        Some(20.0)
    );
    let whole = [of[0], ("le", "+Inf")];
    assert_eq!(
        value(&samples, "jieyue_http_request_seconds_bucket", &whole),
        Some(20.0)
    );
}
