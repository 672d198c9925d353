//! Builds marts: each is computed when its inputs or its SQL changed, and committed by itself.
//!
//! One pass through the marts in build order: each is built on the views below it and takes the place
//! of its former state, so that what reads it next reads the new rows. Source tables are pinned once,
//! at the start: all marts of one build stand on the same rows.
//!
//! A mart with partitions is computed only where its inputs changed, when it can be told which of its
//! partitions a changed row reaches ([`crate::reach`]); its content is that of a full build.
//!
//! - [`decide`]: whether a mart is built, how much of it, and why
//! - [`changes`]: what changed in its inputs, and which values that touches
//! - [`part`], [`range`]: some partitions of a mart; months that were asked for
//! - [`run`]: the pass; views that several marts read are computed once
//! - [`mart`]: one mart's rows into files and one commit
//! - [`info`]: what a commit says of the build that made it

mod changes;
mod decide;
mod info;
mod mart;
mod part;
mod range;
mod run;

use std::collections::BTreeSet;
use std::time::Instant;

use chrono::{DateTime, Utc};
use contracts::Fault;
use models::{ModelName, Models};
use serde::Serialize;
use warehouse::Warehouse;
use warehouse::progress::Progress;

use crate::error::TransformError;
pub(crate) use decide::Work;
pub(crate) use run::{Expected, Foreseen, Run};

pub(crate) use info::{is_unchanged, last_build};
pub use range::{Range, RangeError};

/// What to build.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The marts; none means all.
    pub select: Vec<String>,
    /// Build also what did not change.
    pub full: bool,
    /// Build also these months, where marts are partitioned by month, year or day.
    pub range: Option<Range>,
    /// The time written into the log.
    pub now: DateTime<Utc>,
}

impl BuildOptions {
    /// Everything that changed.
    pub fn all(now: DateTime<Utc>) -> Self {
        Self {
            select: Vec::new(),
            full: false,
            range: None,
            now,
        }
    }
}

/// What a build did.
#[derive(Debug, Clone, Serialize)]
pub struct BuildReport {
    /// The marts looked at and found or made current, in build order.
    pub marts: Vec<MartReport>,
    /// The marts that could not be built.
    pub failed: Vec<MartFailure>,
    /// How long it took.
    pub seconds: f64,
}

impl BuildReport {
    /// Whether any mart got a new version.
    pub fn changed(&self) -> bool {
        self.marts
            .iter()
            .any(|mart| mart.outcome == MartOutcome::Built)
    }
}

/// What became of one mart.
#[derive(Debug, Clone, Serialize)]
pub struct MartReport {
    /// The mart.
    pub mart: ModelName,
    /// Whether it was built.
    pub outcome: MartOutcome,
    /// Why, or why not, in words.
    pub reason: String,
    /// The partitions that were computed, `year=2024`; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Vec<String>>,
    /// Its newest version.
    pub version: u64,
    /// Its rows.
    pub rows: u64,
    /// The size of its new files.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
}

/// Whether a mart was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MartOutcome {
    /// Its rows were computed and committed.
    Built,
    /// Its inputs and SQL are those it was built with.
    Unchanged,
}

/// Why one mart could not be built.
#[derive(Debug, Clone, Serialize)]
pub struct MartFailure {
    /// The mart.
    pub mart: ModelName,
    /// What is wrong and where, with its causes.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// Whose fault it is.
    pub fault: Fault,
}

/// Builds the marts of `options` that changed.
///
/// A mart that fails does not stop those that do not read it.
///
/// # Errors
/// [`TransformError::Build`] with the report when some marts failed; [`TransformError::Unknown`];
/// whatever the lake fails with.
pub async fn build(
    warehouse: &Warehouse,
    models: &Models,
    options: &BuildOptions,
    progress: &dyn Progress,
) -> Result<BuildReport, TransformError> {
    let started = Instant::now();
    let selected = selection(models, &options.select)?;
    let run = Run::prepare(warehouse, models, options, &selected).await?;
    run_marts(run, models, &selected, started, progress).await
}

/// Builds the marts `selected` in their order, as prepared.
pub(crate) async fn run_marts(
    mut run: Run<'_>,
    models: &Models,
    selected: &BTreeSet<ModelName>,
    started: Instant,
    progress: &dyn Progress,
) -> Result<BuildReport, TransformError> {
    for model in models.in_order() {
        if selected.contains(&model.name) {
            progress.step(&format!("build {}", model.name));
            run.mart(model, progress).await;
        }
    }
    progress.done();
    let mut report = run.into_report();
    report.seconds = started.elapsed().as_secs_f64();
    if report.failed.is_empty() {
        return Ok(report);
    }
    Err(TransformError::Build {
        report: Box::new(report),
    })
}

/// The marts named, or all.
pub(crate) fn selection(
    models: &Models,
    names: &[String],
) -> Result<BTreeSet<ModelName>, TransformError> {
    let all = || models.marts().map(|model| model.name.clone());
    if names.is_empty() {
        return Ok(all().collect());
    }
    let mut selected = BTreeSet::new();
    for name in names {
        match models.get(name).filter(|model| model.is_mart()) {
            Some(model) => selected.insert(model.name.clone()),
            None => {
                let marts = models.marts().map(|model| model.name.as_str());
                return Err(TransformError::unknown("mart", name, marts));
            }
        };
    }
    Ok(selected)
}

/// An error and its causes in one sentence: a report keeps text, not errors.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
