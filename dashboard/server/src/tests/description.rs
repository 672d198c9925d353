//! The description of the API is checked in, true, and whole.

use std::collections::BTreeSet;
use std::path::PathBuf;

use axum::http::Method;
use serde_json::Value;

use super::lake::{House, RUNS, ask};

/// What stands in for the names in paths.
const NAMES: [(&str, &str); 6] = [
    ("{board}", "energy"),
    ("{panel}", "carriers"),
    ("{metric}", "energy"),
    ("{number}", "1"),
    ("{run_id}", "20260301-1"),
    ("{table}", "mart.energy_month"),
];

fn document() -> Value {
    serde_json::from_str(&crate::openapi()).expect("JSON")
}

/// Each operation with its path and method.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let each = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("methods").iter();
        methods.map(|(method, operation)| (path.clone(), method.clone(), operation.clone()))
    });
    each.collect()
}

#[test]
fn the_descriptions_checked_in_are_current() {
    let board = crate::board::json_schema();
    let board = serde_json::to_string_pretty(&board).expect("JSON") + "\n";
    let files = [
        ("openapi.json", crate::openapi()),
        ("json/board.schema.json", board),
    ];
    for (name, current) in files {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
        if std::env::var_os("JIEYUE_UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
            std::fs::write(&path, &current).expect("the file is written");
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            stored == current,
            "dashboard/server/{name} is stale: renew it with\n    JIEYUE_UPDATE=1 cargo nextest run -p jieyue -p server --lib descriptions\nand, as the pages are typed by it, then\n    npm run --prefix dashboard/web generate"
        );
    }
}

#[test]
fn the_description_is_openapi_3_1() {
    let document = document();
    let version = document["openapi"].as_str().expect("a version");
    assert!(version.starts_with("3.1."), "{version}");
    for field in ["title", "version", "description"] {
        assert!(document["info"][field].is_string(), "info.{field}");
    }
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let at = format!("{method} {path}");
        let id = operation["operationId"].as_str().expect("an operationId");
        assert!(ids.insert(id.to_owned()), "{at}: `{id}` is there twice");
        assert!(operation["summary"].is_string(), "{at} has no summary");

        let parameters = operation["parameters"].as_array().cloned();
        let parameters = parameters.unwrap_or_default();
        let mut in_path = BTreeSet::new();
        for parameter in &parameters {
            let name = parameter["name"].as_str().expect("a name");
            let says = parameter["description"].as_str().unwrap_or_default();
            assert!(!says.is_empty(), "{at}: `{name}` has no description");
            assert!(parameter["schema"].is_object(), "{at}: `{name}`");
            if parameter["in"] == "path" {
                assert_eq!(parameter["required"], true, "{at}: `{name}`");
                in_path.insert(format!("{{{name}}}"));
            }
        }
        let braced: BTreeSet<String> = path
            .split('/')
            .filter(|part| part.starts_with('{'))
            .map(str::to_owned)
            .collect();
        assert_eq!(in_path, braced, "{at}");

        for (status, response) in operation["responses"].as_object().expect("responses") {
            let says = response["description"].as_str().unwrap_or_default();
            assert!(!says.is_empty(), "{at}: {status} has no description");
            if status.starts_with(['4', '5']) || status == "default" {
                let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{at}: {status}");
            }
        }
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    let document = document();
    let mut references = BTreeSet::new();
    find_references(&document, &mut references);
    assert!(references.len() > 10, "{references:?}");
    for reference in references {
        let pointer = reference
            .strip_prefix('#')
            .expect("a place in the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn find_references(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                references.insert(reference.clone());
            }
            fields
                .values()
                .for_each(|value| find_references(value, references));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|value| find_references(value, references)),
        _ => {}
    }
}

#[tokio::test]
async fn every_route_answers_as_described_and_refuses_what_is_not() {
    let house = House::published().await;
    house.load("ops.run", RUNS).await;
    let document = document();
    let operations = operations(&document);
    assert!(operations.len() >= 16, "{} operations", operations.len());
    for (path, method, operation) in operations {
        if method == "post" {
            refuses_unless_started_for_operators(&house, &path).await;
            continue;
        }
        assert_eq!(method, "get", "{path}");
        let address = NAMES.iter().fold(path.clone(), |address, (name, value)| {
            address.replace(name, value)
        });
        let answer = house.get(&address).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text());
        let kind = answer.header("content-type");
        let described = &operation["responses"]["200"]["content"][kind];
        assert!(described.is_object(), "{address} answers {kind}");
        assert_fits(&document, &described["schema"], &answer.json(), &address);

        let head = ask(&house.router, Method::HEAD, &address, &[]).await;
        assert_eq!(
            (head.status, head.body.len()),
            (answer.status, 0),
            "{address}"
        );
        let posted = ask(&house.router, Method::POST, &address, &[]).await;
        assert_eq!(posted.status, 405, "{address}");
        assert_eq!(posted.header("allow"), "GET,HEAD", "{address}");
        if address.starts_with("/api/v1/") && !address.ends_with(".json") {
            let odd = house.get(&format!("{address}?no_such_parameter=1")).await;
            assert!(odd.status.is_client_error(), "{address}: {}", odd.text());
        }
    }
    let served = house.get("/api/v1/openapi.json").await;
    assert_eq!(served.text(), crate::openapi());
}

/// What changes something answers POST alone, and not on a service that only shows.
async fn refuses_unless_started_for_operators(house: &House, address: &str) {
    let posted = ask(&house.router, Method::POST, address, &[]).await;
    assert_eq!(posted.status, 403, "{address}");
    let got = house.get(address).await;
    assert_eq!(
        (got.status.as_u16(), got.header("allow")),
        (405, "POST"),
        "{address}"
    );
}

/// Every field that is described as required is there, none is there that is not described, and each
/// is of its type.
fn assert_fits(document: &Value, schema: &Value, value: &Value, at: &str) {
    let mut parts = vec![schema.clone()];
    let (mut known, mut required) = (BTreeSet::new(), BTreeSet::new());
    while let Some(part) = parts.pop() {
        if let Some(reference) = part["$ref"].as_str() {
            let pointer = reference.trim_start_matches('#');
            parts.push(document.pointer(pointer).expect("a schema").clone());
        }
        parts.extend(part["allOf"].as_array().into_iter().flatten().cloned());
        if let Some(choices) = part["oneOf"].as_array() {
            let fitting = choices
                .iter()
                .find(|choice| is_of_type(document, choice, value));
            let fitting = fitting.unwrap_or_else(|| panic!("{at} is {value}, one of {choices:?}"));
            parts.push(fitting.clone());
        }
        assert!(
            is_of_type(document, &part, value),
            "{at} is {value}, described as {part}"
        );
        if let (Some(items), Some(values)) = (part.get("items"), value.as_array()) {
            for (place, value) in values.iter().enumerate() {
                assert_fits(document, items, value, &format!("{at}[{place}]"));
            }
        }
        for (name, field) in part["properties"].as_object().into_iter().flatten() {
            known.insert(name.clone());
            if let Some(value) = value.get(name) {
                assert_fits(document, field, value, &format!("{at}.{name}"));
            }
        }
        let names = part["required"].as_array().into_iter().flatten();
        required.extend(names.filter_map(Value::as_str).map(str::to_owned));
    }
    if let (Some(fields), false) = (value.as_object(), known.is_empty()) {
        let given: BTreeSet<String> = fields.keys().cloned().collect();
        assert!(
            required.is_subset(&given),
            "{at} lacks some of {required:?}"
        );
        let unknown: Vec<_> = given.difference(&known).collect();
        assert!(
            unknown.is_empty(),
            "{at} has {unknown:?}, which are not described"
        );
    }
}

/// Whether a value is of the type a schema names, if it names one.
fn is_of_type(document: &Value, schema: &Value, value: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let schema = document.pointer(pointer).expect("a schema");
        return is_of_type(document, schema, value);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return true,
    };
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    kinds.contains(&found)
}
