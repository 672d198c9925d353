//! Sessions in which tables have their names.

mod named;

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::TableId;
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::prelude::SessionContext;

use crate::error::WarehouseError;
use crate::publication::Publication;
use crate::table::Snapshot;
use crate::warehouse::Warehouse;
use named::{NamedTable, NamedTables};

/// The schema whose tables are also known by their bare names.
const MART: &str = "mart";

/// A session with every table of `publication` at the version it names: `energy.monthly`,
/// `mart.energy_month` and, for marts, `energy_month`. A table is opened when a query first names it.
///
/// # Errors
/// [`WarehouseError::PublicationRetired`]; the storage fails. Planning a query fails with a
/// [`WarehouseError`] inside when a table or version is gone.
pub async fn open_publication(
    warehouse: &Warehouse,
    publication: &Publication,
) -> Result<SessionContext, WarehouseError> {
    let number = publication.number;
    if !warehouse.publications().is_kept(number).await? {
        return Err(WarehouseError::PublicationRetired { number });
    }
    let tables = publication.tables.iter();
    Ok(named(
        warehouse,
        tables.map(|(id, version)| (id.clone(), Some(*version))),
    ))
}

/// A session with every stored table, published or not, at the version that is its newest when a query
/// first names it.
///
/// # Errors
/// The storage fails. Planning a query fails with a [`WarehouseError`] inside when a table cannot be read.
pub async fn open_latest(warehouse: &Warehouse) -> Result<SessionContext, WarehouseError> {
    let ids = warehouse.table_ids().await?;
    Ok(named(warehouse, ids.into_iter().map(|id| (id, None))))
}

/// A session with tables under their names, none of them opened yet.
fn named(
    warehouse: &Warehouse,
    tables: impl Iterator<Item = (TableId, Option<u64>)>,
) -> SessionContext {
    let session = warehouse.session();
    let state = session.state();
    let options = &state.config_options().catalog;
    let catalog = session
        .catalog(&options.default_catalog)
        .expect("a session has its default catalog");
    let mut schemas: BTreeMap<String, Vec<(String, Arc<NamedTable>)>> = BTreeMap::new();
    for (id, version) in tables {
        let (schema, name) = (id.schema().to_owned(), id.table().to_owned());
        let table = NamedTable::new(id, version);
        if schema == MART {
            let bare = schemas.entry(options.default_schema.clone()).or_default();
            bare.push((name.clone(), Arc::clone(&table)));
        }
        schemas.entry(schema).or_default().push((name, table));
    }
    for (schema, tables) in schemas {
        let tables = Arc::new(NamedTables::new(warehouse, tables));
        catalog
            .register_schema(&schema, tables)
            .expect("a catalog in memory takes any schema");
    }
    session
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
