//! A made-up city, from the files of its source systems to the marts, against what is known of it.
//!
//! The city knows what a correct loader does with every row of its files (the manifest) and what the
//! marts must show (the truth), computed by other means than ours.

#![expect(clippy::panic, reason = "a test that cannot go on says why")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use city::{City, JobRecord, Manifest, Month, Reference, Spec};
use ingest::{Ledger, PseudonymKey, RunOptions, RunReport, RunStatus};
use serde_json::Value;
use transform::BuildOptions;
use transform::project::{Project, ProjectFiles};
use warehouse::Warehouse;
use warehouse::progress::Silent;

use crate::lake::{self, now, repository};

/// A city with its files written and its lake opened.
pub(crate) struct Story {
    city: City,
    manifest: Manifest,
    pub(crate) project: Project,
    pub(crate) jobs: ingest::job::Jobs,
    pub(crate) lake: Warehouse,
    folder: tempfile::TempDir,
}

/// As many organisations as a county has, from the base year of the plan until after the form changed.
fn county(seed: u64) -> Spec {
    Spec {
        from: Month::new(2020, 1),
        to: Month::new(2025, 3),
        ..Spec::county(seed)
    }
}

impl Story {
    pub(crate) async fn begin(spec: &Spec) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let city = city::generate(spec);
        let manifest = city.write_sources(folder.path()).expect("files");
        let files = ProjectFiles::read(&repository()).expect("the project");
        let project = Project::parse(&files).unwrap_or_else(|faults| panic!("{faults:#?}"));
        let jobs = ingest::job::parse(files.jobs, &project.contracts)
            .unwrap_or_else(|faults| panic!("{faults:#?}"));
        let lake = lake::open(folder.path(), Arc::clone(&project.contracts)).await;
        Self {
            city,
            manifest,
            project,
            jobs,
            lake,
            folder,
        }
    }

    /// Runs every job of the project, those of the reference tables too.
    pub(crate) async fn load(&self) -> BTreeMap<String, RunReport> {
        let mut reports = BTreeMap::new();
        for job in self.jobs.iter() {
            let options = RunOptions {
                project: repository(),
                pseudonym_key: Some(PseudonymKey::new(&[7; 32], "the test").expect("a key")),
                ..RunOptions::new(self.folder.path(), now())
            };
            let report = ingest::run(&self.lake, job, options, &Silent)
                .await
                .unwrap_or_else(|error| panic!("{}: {error:?}", job.name));
            assert_eq!(
                report.status,
                RunStatus::Ok,
                "{}: {:?}",
                job.name,
                report.message
            );
            reports.insert(job.name.to_string(), report);
        }
        reports
    }

    async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        lake::rows(&self.lake, sql).await
    }
}

/// The ledger that the manifest foretells for a first run.
fn foretold(record: &JobRecord) -> Ledger {
    Ledger {
        decoded: record.ledger.decoded,
        left_out: record.ledger.left_out,
        read: record.ledger.read,
        inserted: record.ledger.inserted,
        duplicate: record.ledger.duplicate,
        quarantined: record.ledger.quarantined,
        ..Ledger::default()
    }
}

#[tokio::test]
async fn every_row_of_every_file_goes_where_the_manifest_says() {
    let story = Story::begin(&county(101)).await;
    let reports = story.load().await;
    assert!(story.manifest.jobs.len() > 35);
    for (name, record) in &story.manifest.jobs {
        let report = &reports[name];
        assert_eq!(report.ledger, foretold(record), "{name}");
        let by_rule: BTreeMap<String, u64> = report
            .quarantined
            .iter()
            .map(|(rule, count)| (rule.clone(), count.count))
            .collect();
        assert_eq!(by_rule, record.ledger.by_rule, "{name}");
        assert!(report.rounded.is_empty(), "{name}: {:?}", report.rounded);
    }

    // Not only as many: the very rows. A wide row may be refused once for each of its cells.
    let foretold: BTreeSet<Vec<String>> = story
        .manifest
        .jobs
        .iter()
        .flat_map(|(name, record)| record.faults.iter().map(move |fault| (name, fault)))
        .filter(|(_, fault)| !fault.rule.is_empty())
        .flat_map(|(name, fault)| {
            fault.places.iter().map(move |place| {
                vec![
                    name.clone(),
                    place.file.clone(),
                    place.row.to_string(),
                    fault.rule.clone(),
                ]
            })
        })
        .collect();
    let quarantined = story
        .rows("select job, file_name, row, rule from ops.quarantine where status = 'open'")
        .await;
    assert_eq!(quarantined.into_iter().collect::<BTreeSet<_>>(), foretold);

    // The same files again: every row is known, nothing changes.
    for (name, report) in story.load().await {
        assert!(!report.changed, "{name}: {:?}", report.ledger);
    }
}

#[tokio::test]
async fn marts_equal_the_truth_to_the_last_digit() {
    let story = Story::begin(&county(103)).await;
    story.load().await;
    transform::build(
        &story.lake,
        &story.project.models,
        &BuildOptions::all(now()),
        &Silent,
    )
    .await
    .unwrap_or_else(|error| panic!("{error:?}"));

    let reference = Reference::read(&repository().join("schemas/reference")).expect("references");
    let truth = serde_json::to_value(story.city.truth(&reference)).expect("JSON");
    let Value::Object(marts) = truth else {
        panic!("the truth is an object of marts");
    };
    let mut compared = 0;
    for (mart, rows) in &marts {
        let Value::Array(rows) = rows else { continue };
        let Some(Value::Object(first)) = rows.first() else {
            panic!("the truth has no row of {mart}");
        };
        let columns: Vec<&String> = first.keys().collect();
        let mut known: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                columns
                    .iter()
                    .map(|column| of_json(&row[column.as_str()]))
                    .collect()
            })
            .collect();
        let list: Vec<String> = columns
            .iter()
            .map(|column| format!("\"{column}\""))
            .collect();
        let mut shown: Vec<Vec<String>> = story
            .rows(&format!("select {} from mart.{mart}", list.join(", ")))
            .await
            .into_iter()
            .map(|row| row.iter().map(|cell| plain(cell)).collect())
            .collect();
        known.sort();
        shown.sort();
        for (known, shown) in known.iter().zip(&shown) {
            assert_eq!(known, shown, "mart.{mart} ({})", list.join(", "));
        }
        assert_eq!(known.len(), shown.len(), "rows of mart.{mart}");
        compared += known.len();
    }
    assert_eq!(marts.values().filter(|rows| rows.is_array()).count(), 8);
    assert!(compared > 50_000, "only {compared} rows were compared");
}

fn of_json(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        other => plain(&other.to_string()),
    }
}

/// A cell without the zeros at the end of its fraction: scales differ, values may not.
fn plain(cell: &str) -> String {
    let is_number = cell.contains('.')
        && cell
            .chars()
            .all(|character| character.is_ascii_digit() || matches!(character, '.' | '-'));
    if is_number {
        cell.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        cell.to_owned()
    }
}
