//! Opens a publication for explaining: its tables at their versions, the models over them as views.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{Contracts, TableId};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use models::{Input, ModelName, Models};
use warehouse::{Publication, Snapshot, Warehouse, WarehouseError};

use super::error::{ExplainError, following};
use crate::error::TransformError;
use crate::marts::SessionMarts;
use crate::session::{Lake, contract_columns, mart_table, table_of};

/// Logs read at once: each is a few small objects.
const CONCURRENT_LOGS: usize = 8;

/// A publication, opened for explaining: its tables, and the models over them as views.
pub struct Explainer {
    pub(super) publication: Publication,
    warehouse: Warehouse,
    pub(super) lake: Lake,
    pub(super) tables: SessionMarts,
    /// The plan of each mart, in the form of its contract.
    pub(super) marts: BTreeMap<TableId, LogicalPlan>,
    /// Whether the models are those the publication was built with.
    pub(super) same_models: bool,
}

impl Explainer {
    /// Opens `publication` with the models of the project, for every metric.
    ///
    /// # Errors
    /// The publication is retired; a table or version is gone; a model no longer fits.
    pub async fn open(
        warehouse: &Warehouse,
        models: &Models,
        publication: &Publication,
    ) -> Result<Self, ExplainError> {
        let all = models.iter().map(|model| model.name.clone()).collect();
        let published = publication.tables.keys();
        let marts = published.filter(|id| id.schema() == "mart").cloned();
        Self::with(warehouse, models, publication, &all, marts.collect()).await
    }

    /// Opens `publication` for the metrics of one mart: what the mart is not computed from is left alone.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn of_mart(
        warehouse: &Warehouse,
        models: &Models,
        publication: &Publication,
        mart: &TableId,
    ) -> Result<Self, ExplainError> {
        let marts = models.marts().map(|model| &model.name);
        let of_mart = marts.filter(|name| mart_table(name) == *mart);
        let needed = of_mart.flat_map(|name| {
            let below = models.models_below(name).into_iter();
            below.chain([name.clone()])
        });
        let marts = BTreeSet::from([mart.clone()]);
        Self::with(warehouse, models, publication, &needed.collect(), marts).await
    }

    async fn with(
        warehouse: &Warehouse,
        models: &Models,
        publication: &Publication,
        needed: &BTreeSet<ModelName>,
        asked: BTreeSet<TableId>,
    ) -> Result<Self, ExplainError> {
        let mut inputs = tables_below(models, needed);
        // The rows of a mart whose model has left the project can still be shown.
        inputs.extend(asked.into_iter().map(Input::Source));
        let snapshots = published(warehouse, publication, &inputs).await?;
        let lake = Lake::at(warehouse, &inputs, snapshots)?;
        lake.add_views(models, needed).await?;
        let contracts = warehouse.contracts();
        let mut marts = BTreeMap::new();
        for model in models.marts().filter(|model| needed.contains(&model.name)) {
            let id = mart_table(&model.name);
            let failed = |source| ExplainError::from(TransformError::compute(model, source));
            let rows = lake.session.sql(model.sql()).await.map_err(failed)?;
            if let Some(contract) = contracts.get(&id) {
                let rows = rows.select(contract_columns(contract)).map_err(failed)?;
                marts.insert(id, rows.into_unoptimized_plan());
            }
        }
        let tables = SessionMarts::of(&lake.session).await;
        Ok(Self {
            publication: publication.clone(),
            warehouse: warehouse.clone(),
            tables: tables.map_err(following("the marts"))?,
            lake,
            marts,
            same_models: publication.models_hash == models.hash(),
        })
    }

    /// The session with the publication's tables.
    pub fn session(&self) -> &SessionContext {
        &self.lake.session
    }

    pub(super) fn contracts(&self) -> &Contracts {
        self.warehouse.contracts()
    }
}

/// The stored tables below `needed`, the marts among them, and the regions, by which questions are asked.
fn tables_below(models: &Models, needed: &BTreeSet<ModelName>) -> BTreeSet<Input> {
    let below = needed.iter().flat_map(|name| models.tables_below(name));
    let marts = models.marts().filter(|model| needed.contains(&model.name));
    let marts = marts.map(|model| Input::Model(model.name.clone()));
    let regions = TableId::new("reference", "region").map(Input::Source);
    below.chain(marts).chain(regions.ok()).collect()
}

/// The states of those of `tables` that a publication names.
async fn published(
    warehouse: &Warehouse,
    publication: &Publication,
    tables: &BTreeSet<Input>,
) -> Result<BTreeMap<TableId, Snapshot>, TransformError> {
    let number = publication.number;
    if !warehouse.publications().is_kept(number).await? {
        return Err(WarehouseError::PublicationRetired { number }.into());
    }
    let load = |(id, version): (TableId, u64)| async move {
        match warehouse.existing_table(&id).await? {
            Some(table) => Ok((id, table.snapshot_at(version).await?)),
            None => Err(WarehouseError::TableGone { table: id }),
        }
    };
    let wanted: BTreeSet<TableId> = tables.iter().map(table_of).collect();
    let wanted = wanted.into_iter().filter_map(|id| {
        let version = publication.tables.get(&id).copied()?;
        Some((id, version))
    });
    let snapshots = stream::iter(wanted);
    let snapshots = snapshots.map(load).buffered(CONCURRENT_LOGS);
    Ok(snapshots.try_collect().await?)
}
