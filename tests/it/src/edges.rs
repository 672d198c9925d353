//! The crates' edges are those of ARCHITECTURE.md, and the lower a crate, the less it knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::lake::repository;

/// Every edge of the workspace: a crate and the crates that use it.
type Edges = BTreeMap<String, BTreeSet<String>>;

/// What cargo knows of the workspace.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(repository())
        .output()
        .expect("cargo");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo's JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Names of the dependencies a package is compiled with outside its tests.
fn dependencies(package: &Value) -> impl Iterator<Item = &str> {
    let all = package["dependencies"].as_array().expect("dependencies");
    all.iter()
        .filter(|dependency| dependency["kind"].is_null())
        .map(|dependency| text(dependency, "name"))
}

fn edges_of_cargo(packages: &[Value]) -> Edges {
    let ours: BTreeSet<&str> = packages
        .iter()
        .map(|package| text(package, "name"))
        .collect();
    let mut edges = Edges::new();
    for package in packages {
        for used in dependencies(package).filter(|name| ours.contains(name)) {
            let users = edges.entry(used.to_owned()).or_default();
            users.insert(text(package, "name").to_owned());
        }
    }
    edges
}

/// The lines of the block ```` ```edges ````: `a <- b, c` reads "a is used by b and c".
fn edges_of_page(page: &str) -> Edges {
    page.lines()
        .skip_while(|line| *line != "```edges")
        .skip(1)
        .take_while(|line| *line != "```")
        .map(|line| {
            let (used, users) = line.split_once(" <- ").expect("a line `a <- b, c`");
            let users = users.split(", ").map(str::to_owned).collect();
            (used.to_owned(), users)
        })
        .collect()
}

/// What to change in the page so that it tells what cargo knows.
fn differences(page: &Edges, cargo: &Edges) -> Vec<String> {
    let names: BTreeSet<&String> = page.keys().chain(cargo.keys()).collect();
    let line = |edges: &Edges, name: &String| {
        edges.get(name).map(|users| {
            let users: Vec<&str> = users.iter().map(String::as_str).collect();
            format!("{name} <- {}", users.join(", "))
        })
    };
    names
        .into_iter()
        .filter_map(|name| match (line(page, name), line(cargo, name)) {
            (Some(old), Some(new)) if old != new => {
                Some(format!("write `{new}` instead of `{old}`"))
            }
            (Some(old), None) => Some(format!("remove `{old}`")),
            (None, Some(new)) => Some(format!("add `{new}`")),
            _ => None,
        })
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Whether a file is compiled only into tests: `tests.rs` and what is in `tests/`.
fn is_test(path: &Path) -> bool {
    path.components()
        .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
}

/// The folder of a package's own code.
fn code(package: &Value) -> PathBuf {
    let manifest = Path::new(text(package, "manifest_path"));
    manifest.parent().expect("a folder").join("src")
}

#[test]
fn the_page_names_every_edge_and_no_other() {
    let page = std::fs::read_to_string(repository().join("ARCHITECTURE.md")).expect("the page");
    let page = edges_of_page(&page);
    assert!(!page.is_empty(), "ARCHITECTURE.md has no block ```edges");
    let wrong = differences(&page, &edges_of_cargo(&packages()));
    assert!(
        wrong.is_empty(),
        "the block ```edges of ARCHITECTURE.md is not what cargo knows:\n{}\n\
         or take the dependency out of the Cargo.toml of the crate on the right",
        wrong.join("\n")
    );
}

#[test]
fn a_missing_and_a_superfluous_edge_are_told_with_the_line_to_change() {
    let page = edges_of_page("x\n```edges\na <- b, c\nd <- e\n```\nf <- g\n");
    let cargo = edges_of_page("```edges\na <- b, z\nh <- i\n```\n");
    assert_eq!(
        differences(&page, &cargo),
        [
            "write `a <- b, z` instead of `a <- b, c`",
            "remove `d <- e`",
            "add `h <- i`"
        ]
    );
    assert!(differences(&page, &page).is_empty());
}

#[test]
fn edges_point_one_way() {
    let mut edges = edges_of_cargo(&packages());
    let mut crates: BTreeSet<String> = edges.keys().cloned().collect();
    crates.extend(edges.values().flatten().cloned());
    // Take away whoever is used by nobody that is left; a circle would never go.
    while !crates.is_empty() {
        let top: Vec<String> = crates
            .iter()
            .filter(|name| edges.get(*name).is_none_or(BTreeSet::is_empty))
            .cloned()
            .collect();
        assert!(!top.is_empty(), "these crates use each other: {crates:?}");
        for name in top {
            crates.remove(&name);
            edges.values_mut().for_each(|users| {
                users.remove(&name);
            });
        }
    }
}

#[test]
fn no_crate_is_empty() {
    for package in packages() {
        let lines: usize = rust_files(&code(&package))
            .iter()
            .map(|path| std::fs::read_to_string(path).expect("a text"))
            .map(|text| text.lines().filter(|line| !line.trim().is_empty()).count())
            .sum();
        // The smallest crate that does something has many times as many.
        assert!(
            lines >= 100,
            "crate `{}` has {lines} lines: what is not needed yet is not there yet",
            text(&package, "name")
        );
    }
}

/// Crates that reach outside the process, or wait for something that does.
const OUTSIDE: [&str; 10] = [
    "async-trait",
    "axum",
    "deltalake",
    "futures",
    "object_store",
    "parquet",
    "reqwest",
    "tempfile",
    "tokio",
    "tokio-util",
];

/// Words of the standard library, and of the engine, that do the same.
const OUTSIDE_WORDS: [&str; 12] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "async fn",
    ".await",
    "datafusion::physical_plan",
];

#[test]
fn contracts_and_models_know_no_files_clock_network_or_async() {
    for package in packages() {
        let name = text(&package, "name");
        if !matches!(name, "contracts" | "models") {
            continue;
        }
        for used in dependencies(&package) {
            assert!(
                !OUTSIDE.contains(&used),
                "crate `{name}` depends on `{used}`"
            );
            // Models plan statements over schemas, which is the engine's; a contract needs no engine.
            assert!(
                name == "models" || used != "datafusion",
                "crate `{name}` depends on `{used}`"
            );
        }
        for path in rust_files(&code(&package)) {
            if is_test(&path) {
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a text");
            let own = source
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or(&source);
            for word in OUTSIDE_WORDS {
                assert!(
                    !own.contains(word),
                    "{} of the pure crate `{name}` says `{word}`",
                    path.display()
                );
            }
        }
    }
}
