//! Sessions in which tables have their names.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::TableId;
use datafusion::catalog::{MemorySchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::error::WarehouseError;
use crate::publication::Publication;
use crate::table::Snapshot;
use crate::warehouse::Warehouse;

/// The schema whose tables are also known by their bare names.
const MART: &str = "mart";

/// Logs read at once: each is a few small objects.
const CONCURRENT_LOGS: usize = 8;

/// A session with every table of `publication` at the version it names: `energy.monthly`,
/// `mart.energy_month` and, for marts, `energy_month`.
///
/// # Errors
/// [`WarehouseError::PublicationRetired`]; a table or version is gone; the storage fails.
pub async fn open_publication(
    warehouse: &Warehouse,
    publication: &Publication,
) -> Result<SessionContext, WarehouseError> {
    let number = publication.number;
    if !warehouse.publications().is_kept(number).await? {
        return Err(WarehouseError::PublicationRetired { number });
    }
    let load = |(id, version): (TableId, u64)| async move {
        match warehouse.existing_table(&id).await? {
            Some(table) => table.snapshot_at(version).await,
            None => Err(WarehouseError::TableGone { table: id }),
        }
    };
    let tables = publication.tables.clone();
    let snapshots = stream::iter(tables).map(load).buffered(CONCURRENT_LOGS);
    register(warehouse, snapshots.try_collect().await?)
}

/// A session with every stored table at its newest version, published or not.
///
/// # Errors
/// The storage fails; a table cannot be read.
pub async fn open_latest(warehouse: &Warehouse) -> Result<SessionContext, WarehouseError> {
    let load = |id: TableId| async move {
        match warehouse.existing_table(&id).await? {
            Some(table) => table.snapshot().await,
            None => Err(WarehouseError::TableGone { table: id }),
        }
    };
    let ids = warehouse.table_ids().await?;
    let snapshots = stream::iter(ids).map(load).buffered(CONCURRENT_LOGS);
    register(warehouse, snapshots.try_collect().await?)
}

/// A session with these states under the names of their tables.
///
/// # Errors
/// None that can be mended: two states of one table.
pub fn register(
    warehouse: &Warehouse,
    snapshots: Vec<Snapshot>,
) -> Result<SessionContext, WarehouseError> {
    let session = warehouse.session();
    let mut schemas: BTreeMap<String, Vec<(TableId, Arc<dyn TableProvider>)>> = BTreeMap::new();
    for snapshot in snapshots {
        let id = snapshot.table().id().clone();
        let tables = schemas.entry(id.schema().to_owned()).or_default();
        tables.push((id, snapshot.provider()));
    }
    let state = session.state();
    let default = &state.config_options().catalog.default_catalog;
    let catalog = session
        .catalog(default)
        .expect("a session has its default catalog");
    for (name, tables) in schemas {
        let failed = |table: &TableId, source: DataFusionError| {
            WarehouseError::compute(table, warehouse.memory_bytes(), source)
        };
        let schema = Arc::new(MemorySchemaProvider::new());
        let Some((first, _)) = tables.first() else {
            continue;
        };
        let replaced = catalog.register_schema(&name, schema);
        replaced.map_err(|source| failed(first, source))?;
        for (id, provider) in tables {
            if name == MART {
                let registered = session.register_table(id.table(), provider.clone());
                registered.map_err(|source| failed(&id, source))?;
            }
            let registered =
                session.register_table(TableReference::partial(id.schema(), id.table()), provider);
            registered.map_err(|source| failed(&id, source))?;
        }
    }
    Ok(session)
}
