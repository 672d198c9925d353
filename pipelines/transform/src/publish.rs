//! Publishes: the versions that belong together and passed their audits become what readers see.
//!
//! A publication must be explainable: a mart's rows must follow from the source rows published beside
//! them. So a source table is published at the version the marts were built on, even when newer rows
//! have been loaded since, and marts that were built on different rows are not published together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use contracts::TableId;
use models::{ModelName, Models};
use warehouse::progress::Progress;
use warehouse::{
    Period, Publication, PublicationDraft, Restatement, Restates, Snapshot, Warehouse,
};

use crate::audit;
use crate::build::{is_unchanged, last_build};
use crate::closed::{self, Changes};
use crate::error::TransformError;
use crate::session::{Lake, mart_table, newest, newest_of};

/// How to publish.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// The time of the publication.
    pub now: DateTime<Utc>,
    /// What to say about it.
    pub note: Option<String>,
}

/// What publishing came to.
#[derive(Debug, Clone)]
pub struct Published {
    /// The publication readers see now.
    pub publication: Publication,
    /// Whether it was made just now; else nothing had changed since.
    pub is_new: bool,
    /// What the audits found; empty when nothing had changed.
    pub audits: Vec<audit::AuditReport>,
}

/// Audits the built state and publishes it.
///
/// # Errors
/// [`TransformError::NotBuilt`], [`TransformError::Stale`], [`TransformError::AuditsFailed`]: nothing
/// is published and readers keep what they have. Whatever the lake fails with.
pub async fn publish(
    warehouse: &Warehouse,
    models: &Models,
    options: &PublishOptions,
    progress: &dyn Progress,
) -> Result<Published, TransformError> {
    publish_within(warehouse, models, options, None, progress).await
}

/// Why numbers of closed months are published anew.
#[derive(Debug, Clone)]
pub struct RestateOptions {
    /// The time of the publication.
    pub now: DateTime<Utc>,
    /// What to say about it.
    pub note: Option<String>,
    /// The months that may change; their years may too.
    pub months: Vec<Period>,
    /// Why.
    pub reason: String,
}

/// Publishes as [`publish`] does, and lets numbers of the months named change although they are closed.
///
/// # Errors
/// As [`publish`]; [`TransformError::NotClosed`], [`TransformError::NothingToRestate`],
/// [`TransformError::ClosedPeriods`] when other closed months would change too.
pub async fn restate(
    warehouse: &Warehouse,
    models: &Models,
    options: &RestateOptions,
    progress: &dyn Progress,
) -> Result<(Published, Restatement), TransformError> {
    let through = warehouse.periods().closed_through().await?;
    let open = options
        .months
        .iter()
        .find(|month| through.is_none_or(|last| **month > last));
    if let Some(month) = open {
        return Err(TransformError::NotClosed {
            month: *month,
            through,
        });
    }
    let publish = PublishOptions {
        now: options.now,
        note: options.note.clone(),
    };
    let published = publish_within(warehouse, models, &publish, Some(options), progress).await?;
    let number = published.publication.number;
    let recorded = warehouse.periods().restatements().await?;
    let restatement = recorded
        .into_iter()
        .rev()
        .find(|one| one.publication == number);
    match restatement {
        Some(restatement) if published.is_new => Ok((published, restatement)),
        _ => Err(TransformError::NothingToRestate {
            months: options.months.clone(),
        }),
    }
}

async fn publish_within(
    warehouse: &Warehouse,
    models: &Models,
    options: &PublishOptions,
    restate: Option<&RestateOptions>,
    progress: &dyn Progress,
) -> Result<Published, TransformError> {
    let state = built_state(warehouse, models).await?;
    let tables: BTreeMap<TableId, u64> = state
        .iter()
        .map(|(id, snapshot)| (id.clone(), snapshot.version()))
        .collect();
    let models_hash = models.hash();
    let latest = warehouse.publications().latest().await?;
    if let Some(latest) = &latest
        && latest.tables == tables
        && latest.models_hash == models_hash
    {
        progress.done();
        return Ok(Published {
            publication: latest.clone(),
            is_new: false,
            audits: Vec::new(),
        });
    }

    let changes = match &latest {
        Some(latest) => closed_changes(warehouse, latest, &state, restate).await?,
        None => None,
    };
    let audits = audit::audits_of(models, &[])?;
    let lake = Lake::at(warehouse, &audit::tables_of(models, &audits), state)?;
    let reports = audit::run(&lake, models, &audits, progress).await?;
    if reports.iter().any(audit::AuditReport::forbids_publication) {
        let failed = reports
            .into_iter()
            .filter(audit::AuditReport::forbids_publication)
            .collect();
        return Err(TransformError::AuditsFailed { failed });
    }
    progress.step("publish");
    let draft = PublicationDraft {
        created_at: options.now,
        tables,
        audits: reports.iter().map(audit::AuditReport::outcome).collect(),
        models_hash,
        note: options.note.clone(),
        restates: changes.as_ref().map(|(restates, _)| restates.clone()),
    };
    // What is restated is kept for good, whatever stops the program from here on.
    if let Some((restates, _)) = &changes {
        warehouse.publications().pin(restates.previous).await?;
    }
    let publication = warehouse.publications().create(draft).await?;
    if let Some((_, changes)) = changes {
        let restatement = Restatement {
            publication: publication.number,
            changes: changes.listed,
        };
        warehouse.periods().record(&restatement).await?;
    }
    progress.done();
    tracing::info!(
        number = publication.number,
        tables = publication.tables.len(),
        "published {} with {} tables",
        publication.number,
        publication.tables.len()
    );
    Ok(Published {
        publication,
        is_new: true,
        audits: reports,
    })
}

/// What the publication changes in closed months, and why it may.
///
/// # Errors
/// [`TransformError::ClosedPeriods`]: it may not.
async fn closed_changes(
    warehouse: &Warehouse,
    latest: &Publication,
    state: &BTreeMap<TableId, Snapshot>,
    restate: Option<&RestateOptions>,
) -> Result<Option<(Restates, Changes)>, TransformError> {
    let Some(through) = warehouse.periods().closed_through().await? else {
        return Ok(None);
    };
    let changes = closed::changes(warehouse, latest, state, through).await?;
    let months = restate.map_or(&[] as &[Period], |restate| &restate.months);
    let beyond = changes.beyond(months);
    if !beyond.is_empty() {
        return Err(TransformError::ClosedPeriods {
            through,
            times: beyond.clone(),
            total: changes
                .by_time
                .iter()
                .filter(|(time, _)| beyond.contains(time))
                .map(|(_, count)| count)
                .sum(),
            changes: changes
                .listed
                .into_iter()
                .filter(|change| beyond.contains(&change.time))
                .collect(),
        });
    }
    match restate {
        Some(restate) if changes.total() == 0 => Err(TransformError::NothingToRestate {
            months: restate.months.clone(),
        }),
        Some(restate) => {
            let restates = Restates {
                previous: latest.number,
                months: restate.months.clone(),
                reason: restate.reason.clone(),
                changes: changes.total(),
            };
            Ok(Some((restates, changes)))
        }
        None => Ok(None),
    }
}

/// The state to publish: every mart at its newest version, every table below one at the version the
/// marts were built on, every other source table at its newest.
async fn built_state(
    warehouse: &Warehouse,
    models: &Models,
) -> Result<BTreeMap<TableId, Snapshot>, TransformError> {
    // What the warehouse says of itself (`ops`) is read as it is, not as published.
    let sources = warehouse
        .contracts()
        .iter()
        .map(|contract| contract.id.clone());
    let sources = sources.filter(|id| !matches!(id.schema(), "ops" | "mart"));
    let mut state = newest_of(warehouse, sources).await?;

    let mut not_built: Vec<ModelName> = Vec::new();
    let mut stale: BTreeSet<ModelName> = BTreeSet::new();
    let mut built_on: BTreeMap<TableId, Vec<(ModelName, Option<u64>)>> = BTreeMap::new();
    for model in models.marts() {
        let id = mart_table(&model.name);
        let snapshot = newest(warehouse, &id).await?;
        let last = match &snapshot {
            Some(snapshot) => last_build(snapshot).await?,
            None => None,
        };
        let (Some(snapshot), Some(last)) = (snapshot, last) else {
            not_built.push(model.name.clone());
            continue;
        };
        if last.model_hash != models.hash_of(&model.name) {
            stale.insert(model.name.clone());
        }
        state.insert(id, snapshot);
        for (table, version) in last.inputs {
            built_on
                .entry(table)
                .or_default()
                .push((model.name.clone(), version));
        }
    }
    if !not_built.is_empty() {
        return Err(TransformError::NotBuilt { marts: not_built });
    }
    for (table, readers) in built_on {
        pin_as_built(warehouse, &table, readers, &mut state, &mut stale).await?;
    }
    if !stale.is_empty() {
        return Err(TransformError::Stale {
            marts: stale.into_iter().collect(),
        });
    }
    Ok(state)
}

/// Puts `table` at the newest version any of its readers was built on; readers built on other rows
/// are stale.
async fn pin_as_built(
    warehouse: &Warehouse,
    table: &TableId,
    readers: Vec<(ModelName, Option<u64>)>,
    state: &mut BTreeMap<TableId, Snapshot>,
    stale: &mut BTreeSet<ModelName>,
) -> Result<(), TransformError> {
    let newest_read = readers.iter().filter_map(|(_, version)| *version).max();
    // A mart is published at its newest version, so those that read it must have read that.
    if let Some(version) = newest_read
        && table.schema() != "mart"
        && let Some(stored) = warehouse.existing_table(table).await?
    {
        state.insert(table.clone(), stored.snapshot_at(version).await?);
    }
    if newest_read.is_none() && table.schema() != "mart" {
        // Nobody saw any rows of it: readers of the publication shall not either.
        state.remove(table);
    }
    for (reader, version) in readers {
        if !is_unchanged(version, state.get(table)).await {
            stale.insert(reader);
        }
    }
    Ok(())
}
