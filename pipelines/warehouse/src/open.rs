//! Sessions in which tables have their names.

use std::sync::Arc;

use contracts::TableId;
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
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
    let default = session
        .state()
        .config_options()
        .catalog
        .default_catalog
        .clone();
    let catalog = session
        .catalog(&default)
        .expect("a session has its default catalog");
    for snapshot in snapshots {
        let id = snapshot.table().id();
        let failed = |source| WarehouseError::compute(id, warehouse.memory_bytes(), source);
        if catalog.schema(id.schema()).is_none() {
            let schema = Arc::new(MemorySchemaProvider::new());
            catalog
                .register_schema(id.schema(), schema)
                .map_err(failed)?;
        }
        let full_name = TableReference::partial(id.schema(), id.table());
        session
            .register_table(full_name, snapshot.provider())
            .map_err(failed)?;
        if id.schema() == MART {
            session
                .register_table(id.table(), snapshot.provider())
                .map_err(failed)?;
        }
    }
    Ok(session)
}
