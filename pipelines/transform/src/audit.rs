//! Runs audits: queries over the built state that must return nothing.

use std::collections::BTreeSet;
use std::fmt;

use datafusion::common::DataFusionError;
use futures::StreamExt as _;
use models::{Audit, AuditSeverity, Input, ModelName, Models};
use serde::Serialize;
use warehouse::Warehouse;
use warehouse::progress::Progress;

use crate::error::TransformError;
use crate::session::Lake;
use crate::show;

/// How many rows an outcome shows.
const EXAMPLES: usize = 5;

/// What one audit found.
#[derive(Debug, Clone, Serialize)]
pub struct AuditReport {
    /// The model it is beside.
    pub model: ModelName,
    /// Its name.
    pub audit: String,
    /// Its file.
    pub path: String,
    /// What a failure does to publication.
    pub severity: AuditSeverity,
    /// What it makes sure of.
    pub purpose: String,
    /// How many rows it found; none is good.
    pub rows: u64,
    /// Some of them.
    pub examples: Vec<String>,
}

impl AuditReport {
    /// Whether it found nothing.
    pub fn passed(&self) -> bool {
        self.rows == 0
    }

    /// Whether it forbids a publication.
    pub fn forbids_publication(&self) -> bool {
        !self.passed() && self.severity == AuditSeverity::Error
    }

    /// As a publication records it.
    pub(crate) fn outcome(&self) -> warehouse::AuditOutcome {
        warehouse::AuditOutcome {
            model: self.model.to_string(),
            audit: self.audit.clone(),
            severity: match self.severity {
                AuditSeverity::Error => warehouse::AuditSeverity::Error,
                AuditSeverity::Warning => warehouse::AuditSeverity::Warning,
            },
            rows: self.rows,
            message: (!self.passed()).then(|| self.to_string()),
        }
    }
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            model,
            audit,
            rows,
            purpose,
            ..
        } = self;
        if self.passed() {
            return write!(f, "audit `{audit}` of `{model}` passed");
        }
        let noun = if *rows == 1 { "row" } else { "rows" };
        write!(
            f,
            "audit `{audit}` of `{model}` found {rows} {noun} ({purpose}); for example {}",
            self.examples.join("; ")
        )
    }
}

/// Runs the audits of the models named, or of all, over the newest built state.
///
/// # Errors
/// [`TransformError::AuditUnrunnable`], [`TransformError::Unknown`]; whatever the lake fails with.
pub async fn audit(
    warehouse: &Warehouse,
    models: &Models,
    select: &[String],
    progress: &dyn Progress,
) -> Result<Vec<AuditReport>, TransformError> {
    let audits = audits_of(models, select)?;
    let lake = Lake::pin(warehouse, &tables_of(models, &audits)).await?;
    let reports = run(&lake, models, &audits, progress).await?;
    progress.done();
    Ok(reports)
}

/// The audits of the models named, or of all, in build order.
pub(crate) fn audits_of<'a>(
    models: &'a Models,
    select: &[String],
) -> Result<Vec<&'a Audit>, TransformError> {
    for name in select {
        if models.get(name).is_none() {
            let names = models.iter().map(|model| model.name.as_str());
            return Err(TransformError::unknown("model", name, names));
        }
    }
    let is_selected =
        |name: &ModelName| select.is_empty() || select.iter().any(|one| one == name.as_str());
    Ok(models
        .in_order()
        .filter(|model| is_selected(&model.name))
        .flat_map(|model| &model.audits)
        .collect())
}

/// The stored tables the audits read.
pub(crate) fn tables_of(models: &Models, audits: &[&Audit]) -> BTreeSet<Input> {
    audits
        .iter()
        .flat_map(|audit| models.tables_below_all(&audit.inputs))
        .collect()
}

/// Runs audits over the state of `lake`.
pub(crate) async fn run(
    lake: &Lake,
    models: &Models,
    audits: &[&Audit],
    progress: &dyn Progress,
) -> Result<Vec<AuditReport>, TransformError> {
    let views: BTreeSet<ModelName> = audits
        .iter()
        .flat_map(|audit| models.views_below_all(&audit.inputs))
        .collect();
    lake.add_views(models, &views).await?;
    let mut reports = Vec::with_capacity(audits.len());
    for audit in audits {
        progress.step(&format!("audit {}.{}", audit.model, audit.name));
        let (rows, examples) =
            find(lake, audit)
                .await
                .map_err(|source| TransformError::AuditUnrunnable {
                    model: audit.model.clone(),
                    audit: audit.name.clone(),
                    path: audit.path.clone(),
                    source: Box::new(source),
                })?;
        progress.advance(rows, 0);
        reports.push(AuditReport {
            model: audit.model.clone(),
            audit: audit.name.clone(),
            path: audit.path.clone(),
            severity: audit.severity,
            purpose: audit.purpose.clone(),
            rows,
            examples,
        });
    }
    Ok(reports)
}

/// Counts the rows and keeps the first few, in one go through them.
async fn find(lake: &Lake, audit: &Audit) -> Result<(u64, Vec<String>), DataFusionError> {
    let mut stream = lake.session.sql(&audit.sql).await?.execute_stream().await?;
    let mut rows = 0;
    let mut examples = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        for index in 0..batch.num_rows() {
            if examples.len() == EXAMPLES {
                break;
            }
            examples.push(show::batch_row(&batch, index));
        }
        rows += batch.num_rows() as u64;
    }
    Ok((rows, examples))
}
