//! Tables of a session that are opened when a query names them.
//!
//! A lake has a hundred tables and a query reads a few: to open one is to read its log.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use contracts::TableId;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::common::DataFusionError;
use tokio::sync::OnceCell;

use crate::error::WarehouseError;
use crate::table::Snapshot;
use crate::warehouse::Warehouse;

/// A table by its name, opened at most once: whoever asks again reads the same state.
#[derive(Debug)]
pub(super) struct NamedTable {
    id: TableId,
    /// The version to open; the newest there is when first asked for, if absent.
    version: Option<u64>,
    opened: OnceCell<Arc<dyn TableProvider>>,
}

impl NamedTable {
    pub(super) fn new(id: TableId, version: Option<u64>) -> Arc<NamedTable> {
        Arc::new(NamedTable {
            id,
            version,
            opened: OnceCell::new(),
        })
    }

    async fn open(&self, warehouse: &Warehouse) -> Result<Snapshot, WarehouseError> {
        let Some(table) = warehouse.existing_table(&self.id).await? else {
            return Err(WarehouseError::TableGone {
                table: self.id.clone(),
            });
        };
        match self.version {
            Some(version) => table.snapshot_at(version).await,
            None => table.snapshot().await,
        }
    }
}

/// The tables of one schema.
pub(super) struct NamedTables {
    warehouse: Warehouse,
    tables: BTreeMap<String, Arc<NamedTable>>,
}

impl NamedTables {
    pub(super) fn new(
        warehouse: &Warehouse,
        tables: impl IntoIterator<Item = (String, Arc<NamedTable>)>,
    ) -> NamedTables {
        NamedTables {
            warehouse: warehouse.clone(),
            tables: tables.into_iter().collect(),
        }
    }
}

impl std::fmt::Debug for NamedTables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.tables.keys()).finish()
    }
}

#[async_trait]
impl SchemaProvider for NamedTables {
    fn table_names(&self) -> Vec<String> {
        self.tables.keys().cloned().collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        let Some(table) = self.tables.get(name) else {
            return Ok(None);
        };
        let open = async || Ok(table.open(&self.warehouse).await?.provider());
        let opened: Result<_, WarehouseError> = table.opened.get_or_try_init(open).await;
        match opened {
            Ok(provider) => Ok(Some(Arc::clone(provider))),
            Err(error) => Err(DataFusionError::External(Box::new(error))),
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        self.tables.contains_key(name)
    }
}
