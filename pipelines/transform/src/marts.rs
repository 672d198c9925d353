//! The marts of a session, for compiling metric queries over them.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::TableId;
use datafusion::common::DataFusionError;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::TableSource;
use datafusion::prelude::SessionContext;
use models::metric::MartTables;

/// The tables of a session's schema `mart`, looked up once.
#[derive(Clone)]
pub struct SessionMarts {
    marts: BTreeMap<TableId, Arc<dyn TableSource>>,
}

impl SessionMarts {
    /// The marts registered in `session`: those of a publication, or of the newest state.
    ///
    /// # Errors
    /// When a registered table cannot be looked up.
    pub async fn of(session: &SessionContext) -> Result<Self, DataFusionError> {
        let mut marts = BTreeMap::new();
        let state = session.state();
        let catalog = session.catalog(&state.config_options().catalog.default_catalog);
        let Some(schema) = catalog.and_then(|catalog| catalog.schema("mart")) else {
            return Ok(Self { marts });
        };
        for name in schema.table_names() {
            if let (Ok(id), Some(table)) = (TableId::new("mart", &name), schema.table(&name).await?)
            {
                marts.insert(id, provider_as_source(table));
            }
        }
        Ok(Self { marts })
    }
}

impl MartTables for SessionMarts {
    fn mart(&self, mart: &TableId) -> Option<Arc<dyn TableSource>> {
        self.marts.get(mart).cloned()
    }
}
