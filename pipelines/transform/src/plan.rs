//! What a build will do, worked out before anything runs and written down, so that exactly that can be
//! done later.
//!
//! A [`Plan`] names the version of every table it stands on and the hash of the models it was made
//! with. [`apply`] builds only when both still hold; what was decided from them then comes out the
//! same. Making a plan reads logs and, where partitions have to be found, rows; it writes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use chrono::{DateTime, Utc};
use contracts::{Contract, TableId};
use models::{ModelName, Models, type_name};
use serde::{Deserialize, Serialize};
use warehouse::progress::Progress;
use warehouse::{Snapshot, Warehouse};

use crate::build::{
    BuildOptions, BuildReport, Expected, Foreseen, Range, Run, Work, run_marts, selection,
};
use crate::error::TransformError;
use crate::session::mart_table;

/// What a build will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The hash of all models, as publications record it.
    pub models_hash: String,
    /// The marts asked for; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<String>,
    /// Whether everything was asked for.
    #[serde(default)]
    pub full: bool,
    /// The months asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<PlannedRange>,
    /// The version of each table that is read or built; `null` for one that is not there.
    pub tables: BTreeMap<TableId, Option<u64>>,
    /// Views that several marts read and that are computed once.
    pub shared_views: Vec<String>,
    /// The marts in build order.
    pub marts: Vec<PlannedMart>,
}

/// Months, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRange {
    /// The first, `2024-01`.
    pub from: String,
    /// The last.
    pub to: String,
}

/// What will be done for a mart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedMart {
    /// The mart.
    pub mart: String,
    /// How much of it is computed.
    pub action: Action,
    /// Why, or why not, in words.
    pub reason: String,
    /// The partitions to compute, `year=2024`, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Vec<String>>,
    /// The rows it has now.
    pub rows: Option<u64>,
    /// Columns that come, go or change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnChange>,
}

/// How much of a mart is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    Keep,
    /// Some partitions.
    Partitions,
    /// All of it.
    Whole,
    /// What follows from the rows of the marts below it, which are built first: some partitions,
    /// all, or nothing.
    AsNeeded,
}

/// A column whose form differs between what is stored and the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnChange {
    /// The column, or `partitioned by`.
    pub column: String,
    /// As stored; absent for a new one.
    pub stored: Option<String>,
    /// As it will be; absent for one that goes.
    pub planned: Option<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.marts.iter().all(|mart| mart.action == Action::Keep)
    }

    fn options(&self, now: DateTime<Utc>) -> Result<BuildOptions, TransformError> {
        let range = self.range.as_ref();
        let range = range
            .map(|range| Range::new(&range.from, &range.to))
            .transpose();
        Ok(BuildOptions {
            select: self.select.clone(),
            full: self.full,
            range: range.map_err(|source| TransformError::PlanRange { source })?,
            now,
        })
    }
}

/// Works out what [`build`](crate::build()) with these options would do.
///
/// # Errors
/// [`TransformError::Unknown`]; a model that cannot be planned; whatever the lake fails with.
pub async fn plan(
    warehouse: &Warehouse,
    models: &Models,
    options: &BuildOptions,
) -> Result<Plan, TransformError> {
    let selected = selection(models, &options.select)?;
    let run = Run::prepare(warehouse, models, options, &selected).await?;
    let mut marts = Vec::new();
    for model in models.in_order() {
        if let Some(foreseen) = run.foreseen().get(&model.name) {
            let contract = warehouse.contract(&mart_table(&model.name))?;
            marts.push(planned(foreseen, contract));
        }
    }
    Ok(Plan {
        made_at: options.now,
        models_hash: models.hash(),
        select: options.select.clone(),
        full: options.full,
        range: options.range.map(|range| PlannedRange {
            from: range.first(),
            to: range.last(),
        }),
        tables: run.versions(),
        shared_views: run.shared().map(ToString::to_string).collect(),
        marts,
    })
}

/// Does what `plan` says, and nothing when it no longer holds.
///
/// # Errors
/// [`TransformError::PlanOutdated`] when models changed or a table moved since; else as
/// [`build`](crate::build()).
pub async fn apply(
    warehouse: &Warehouse,
    models: &Models,
    plan: &Plan,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<BuildReport, TransformError> {
    let started = Instant::now();
    let options = plan.options(now)?;
    if models.hash() != plan.models_hash {
        return Err(TransformError::PlanOutdated {
            moved: vec!["the models under sql/ changed".to_owned()],
        });
    }
    let selected: BTreeSet<ModelName> = selection(models, &options.select)?;
    let run = Run::prepare(warehouse, models, &options, &selected).await?;
    let moved = moved(&plan.tables, &run.versions());
    if !moved.is_empty() {
        return Err(TransformError::PlanOutdated { moved });
    }
    run_marts(run, models, &selected, started, progress).await
}

/// What stands at another version than planned, in words.
fn moved(
    planned: &BTreeMap<TableId, Option<u64>>,
    now: &BTreeMap<TableId, Option<u64>>,
) -> Vec<String> {
    let at = |version: &Option<u64>| match version {
        Some(version) => format!("version {version}"),
        None => "not stored".to_owned(),
    };
    let tables: BTreeSet<&TableId> = planned.keys().chain(now.keys()).collect();
    let mut moved = Vec::new();
    for table in tables {
        let (then, now) = (
            planned.get(table).unwrap_or(&None),
            now.get(table).unwrap_or(&None),
        );
        if then != now {
            moved.push(format!("`{table}` was {}, now {}", at(then), at(now)));
        }
    }
    moved
}

fn planned(foreseen: &Foreseen, contract: &Contract) -> PlannedMart {
    let (action, reason, partitions) = match &foreseen.expected {
        Expected::Work(Work::Nothing) => (
            Action::Keep,
            "inputs and SQL are unchanged".to_owned(),
            None,
        ),
        Expected::Work(Work::Whole { reason }) => (Action::Whole, reason.clone(), None),
        Expected::Work(Work::Some { reason, part }) => {
            (Action::Partitions, reason.clone(), Some(part.told()))
        }
        Expected::After { marts, is_whole } => {
            let names: Vec<&str> = marts.iter().map(ModelName::as_str).collect();
            let action = if *is_whole {
                Action::Whole
            } else {
                Action::AsNeeded
            };
            (action, format!("{} will be built", names.join(", ")), None)
        }
    };
    let snapshot = foreseen.snapshot.as_ref();
    PlannedMart {
        mart: foreseen.mart.to_string(),
        action,
        reason,
        partitions,
        rows: snapshot.and_then(Snapshot::num_rows),
        columns: snapshot.map_or_else(Vec::new, |stored| column_changes(stored, contract)),
    }
}

fn column_changes(stored: &Snapshot, contract: &Contract) -> Vec<ColumnChange> {
    let (before, after) = (stored.schema(), contract.table_schema());
    let form = |field: &datafusion::arrow::datatypes::Field| type_name(field.data_type());
    let mut changes = Vec::new();
    for field in before.fields() {
        let planned = after.field_with_name(field.name()).ok().map(form);
        let stored = Some(form(field));
        if planned != stored {
            changes.push(ColumnChange {
                column: field.name().clone(),
                stored,
                planned,
            });
        }
    }
    for field in after.fields() {
        if before.field_with_name(field.name()).is_err() {
            changes.push(ColumnChange {
                column: field.name().clone(),
                stored: None,
                planned: Some(form(field)),
            });
        }
    }
    let partition_by: Vec<String> = contract
        .partition_by
        .iter()
        .map(ToString::to_string)
        .collect();
    if partition_by != stored.partition_by() {
        let told = |columns: &[String]| Some(columns.join(", ")).filter(|text| !text.is_empty());
        changes.push(ColumnChange {
            column: "partitioned by".to_owned(),
            stored: told(stored.partition_by()),
            planned: told(&partition_by),
        });
    }
    changes
}
