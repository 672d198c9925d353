//! Builds marts: each is computed when its inputs or its SQL changed, and committed by itself.
//!
//! One pass through the models in build order: views are registered, marts are built and take the
//! place of their former state, so that what reads them next reads the new rows. Source tables are
//! pinned once, at the start: all marts of one build stand on the same rows.

mod info;
mod mart;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use chrono::{DateTime, Utc};
use contracts::Fault;
use models::{Input, Model, ModelName, Models};
use serde::Serialize;
use warehouse::Warehouse;
use warehouse::progress::Progress;

use crate::error::TransformError;
use crate::session::{Lake, register_view};

pub(crate) use info::{is_unchanged, last_build};

/// What to build.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The marts; none means all.
    pub select: Vec<String>,
    /// Build also what did not change.
    pub full: bool,
    /// The time written into the log.
    pub now: DateTime<Utc>,
}

impl BuildOptions {
    /// Everything that changed.
    pub fn all(now: DateTime<Utc>) -> Self {
        Self {
            select: Vec::new(),
            full: false,
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
    let mut tables: BTreeSet<Input> = BTreeSet::new();
    let mut views: BTreeSet<ModelName> = BTreeSet::new();
    for mart in &selected {
        tables.extend(models.tables_below(mart));
        views.extend(models.views_below(mart));
    }
    let mut run = Run {
        warehouse,
        models,
        options,
        lake: Lake::pin(warehouse, &tables).await?,
        broken: BTreeMap::new(),
        report: BuildReport {
            marts: Vec::new(),
            failed: Vec::new(),
            seconds: 0.0,
        },
    };
    for model in models.in_order() {
        if views.contains(&model.name) {
            run.view(model).await;
        } else if selected.contains(&model.name) {
            progress.step(&format!("build {}", model.name));
            run.mart(model, progress).await;
        }
    }
    progress.done();
    let mut report = run.report;
    report.seconds = started.elapsed().as_secs_f64();
    if report.failed.is_empty() {
        return Ok(report);
    }
    Err(TransformError::Build {
        report: Box::new(report),
    })
}

struct Run<'a> {
    warehouse: &'a Warehouse,
    models: &'a Models,
    options: &'a BuildOptions,
    lake: Lake,
    /// Models that cannot be read, because they or what they read failed.
    broken: BTreeMap<ModelName, ModelName>,
    report: BuildReport,
}

impl Run<'_> {
    async fn view(&mut self, model: &Model) {
        if self.stands_on_broken(model) {
            return;
        }
        if let Err(source) = register_view(&self.lake.session, model).await {
            self.fail(model, &TransformError::compute(model, source));
        }
    }

    async fn mart(&mut self, model: &Model, progress: &dyn Progress) {
        if self.stands_on_broken(model) {
            return;
        }
        let built = mart::build(self.warehouse, self.models, model, &self.lake, self.options);
        let (report, snapshot) = match built.await {
            Ok(built) => built,
            Err(error) => return self.fail(model, &error),
        };
        if let Err(error) = self.lake.replace(&model.name, snapshot) {
            return self.fail(model, &error);
        }
        progress.advance(report.rows, report.bytes);
        tracing::info!(
            mart = %report.mart,
            version = report.version,
            rows = report.rows,
            "mart {} is at version {}: {}",
            report.mart,
            report.version,
            report.reason
        );
        self.report.marts.push(report);
    }

    /// Whether something `model` reads failed; then it fails for that reason.
    fn stands_on_broken(&mut self, model: &Model) -> bool {
        let root = model.inputs.iter().find_map(|input| match input {
            Input::Model(below) => self.broken.get(below).cloned(),
            Input::Source(_) => None,
        });
        let Some(root) = root else {
            return false;
        };
        self.broken.insert(model.name.clone(), root.clone());
        if model.is_mart() {
            self.report.failed.push(MartFailure {
                mart: model.name.clone(),
                message: format!("it reads `{root}`, which failed"),
                hint: None,
                fault: Fault::User,
            });
        }
        true
    }

    fn fail(&mut self, model: &Model, error: &TransformError) {
        self.broken.insert(model.name.clone(), model.name.clone());
        self.report.failed.push(MartFailure {
            mart: model.name.clone(),
            message: with_causes(error),
            hint: error.hint(),
            fault: error.fault(),
        });
    }
}

/// The marts named, or all.
fn selection(models: &Models, names: &[String]) -> Result<BTreeSet<ModelName>, TransformError> {
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
