//! The session models run in: source tables and marts at pinned versions, other models as views.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contracts::{Contract, Contracts, TableId};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{MemorySchemaProvider, TableProvider};
use datafusion::common::{DataFusionError, TableReference};
use datafusion::datasource::empty::EmptyTable;
use datafusion::logical_expr::{Expr, cast, ident};
use datafusion::prelude::SessionContext;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use models::{Input, Model, ModelName, Models};
use warehouse::{Snapshot, Warehouse};

use crate::error::TransformError;

/// Logs read at once: each is a few small objects.
const CONCURRENT_LOGS: usize = 8;

/// A session over one state of the lake, and that state.
pub(crate) struct Lake {
    pub session: SessionContext,
    /// The state of each stored table that is registered; a table that is not stored is empty.
    pub snapshots: BTreeMap<TableId, Snapshot>,
}

impl Lake {
    /// Pins the newest state of every source table and mart among `inputs`.
    pub async fn pin(
        warehouse: &Warehouse,
        inputs: &BTreeSet<Input>,
    ) -> Result<Self, TransformError> {
        let states = newest_of(warehouse, inputs.iter().map(table_of)).await?;
        Self::at(warehouse, inputs, states)
    }

    /// The given states of the tables among `inputs`; those without one are empty.
    pub fn at(
        warehouse: &Warehouse,
        inputs: &BTreeSet<Input>,
        snapshots: BTreeMap<TableId, Snapshot>,
    ) -> Result<Self, TransformError> {
        let session = warehouse::register(warehouse, snapshots.values().cloned().collect())?;
        for input in inputs {
            let id = table_of(input);
            if !snapshots.contains_key(&id)
                && let Some(schema) = schema_of(warehouse.contracts(), &id)
            {
                let empty: Arc<dyn TableProvider> = Arc::new(EmptyTable::new(schema));
                register_input(&session, input, empty).map_err(internal)?;
            }
        }
        Ok(Self { session, snapshots })
    }

    /// Registers the models among `names` that are views, in build order.
    pub async fn add_views(
        &self,
        models: &Models,
        names: &BTreeSet<ModelName>,
    ) -> Result<(), TransformError> {
        for model in models.in_order() {
            if !model.is_mart() && names.contains(&model.name) {
                register_view(&self.session, model)
                    .await
                    .map_err(|source| TransformError::compute(model, source))?;
            }
        }
        Ok(())
    }

    /// Puts a mart's new state in the place of the one before.
    pub fn replace(&mut self, mart: &ModelName, snapshot: Snapshot) -> Result<(), TransformError> {
        let input = Input::Model(mart.clone());
        register_input(&self.session, &input, snapshot.provider()).map_err(internal)?;
        self.snapshots.insert(table_of(&input), snapshot);
        Ok(())
    }
}

/// The newest state of a table with its contract's columns; `None` when it is not stored.
pub(crate) async fn newest(
    warehouse: &Warehouse,
    id: &TableId,
) -> Result<Option<Snapshot>, TransformError> {
    if warehouse.existing_table(id).await?.is_none() {
        return Ok(None);
    }
    // Opening by contract gives a table the optional columns its contract has got since. A mart whose
    // rows cannot bear its contract is as it was until it is built.
    let table = if id.schema() == "mart" {
        warehouse.table_to_rebuild(id).await?
    } else {
        warehouse.table(id).await?
    };
    Ok(Some(table.snapshot().await?))
}

/// The newest states of those of `tables` that are stored.
pub(crate) async fn newest_of(
    warehouse: &Warehouse,
    tables: impl IntoIterator<Item = TableId>,
) -> Result<BTreeMap<TableId, Snapshot>, TransformError> {
    let load = |id: TableId| async move {
        let snapshot = newest(warehouse, &id).await?;
        Ok::<_, TransformError>(snapshot.map(|snapshot| (id, snapshot)))
    };
    let tables: Vec<TableId> = tables.into_iter().collect();
    let found: Vec<_> = stream::iter(tables)
        .map(load)
        .buffer_unordered(CONCURRENT_LOGS)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// The stored table behind an input: a source's own, a mart's `mart.<name>`.
pub(crate) fn table_of(input: &Input) -> TableId {
    match input {
        Input::Source(id) => id.clone(),
        Input::Model(name) => mart_table(name),
    }
}

/// `mart.<name>`.
pub(crate) fn mart_table(name: &ModelName) -> TableId {
    TableId::new("mart", name.as_str()).expect("a model's name is a table's name")
}

/// Registers a model as a view over what is registered already.
pub(crate) async fn register_view(
    session: &SessionContext,
    model: &Model,
) -> Result<(), DataFusionError> {
    let view = session.sql(model.sql()).await?.into_view();
    session.register_table(model.name.as_str(), view)?;
    Ok(())
}

/// The columns of a contract in its order and types: what turns a mart's select into its table.
pub(crate) fn contract_columns(contract: &Contract) -> Vec<Expr> {
    let schema = contract.arrow_schema();
    let fields = schema.fields().iter();
    fields
        .map(|field| cast(ident(field.name()), field.data_type().clone()).alias(field.name()))
        .collect()
}

/// Registers `table` under the names an input goes by: `energy.monthly`, or `energy_month` and
/// `mart.energy_month`.
pub(crate) fn register_input(
    session: &SessionContext,
    input: &Input,
    table: Arc<dyn TableProvider>,
) -> Result<(), DataFusionError> {
    let id = table_of(input);
    let state = session.state();
    let catalog_name = &state.config_options().catalog.default_catalog;
    if let Some(catalog) = session.catalog(catalog_name)
        && catalog.schema(id.schema()).is_none()
    {
        catalog.register_schema(id.schema(), Arc::new(MemorySchemaProvider::new()))?;
    }
    let full = TableReference::partial(id.schema(), id.table());
    session.deregister_table(full.clone())?;
    session.register_table(full, Arc::clone(&table))?;
    if matches!(input, Input::Model(_)) {
        session.deregister_table(id.table())?;
        session.register_table(id.table(), table)?;
    }
    Ok(())
}

/// The columns of a stored table, by its contract.
pub(crate) fn schema_of(contracts: &Contracts, id: &TableId) -> Option<SchemaRef> {
    contracts.get(id).map(Contract::table_schema)
}

/// Registering names in a session of our own cannot fail but by a mistake of ours.
fn internal(source: DataFusionError) -> TransformError {
    TransformError::Session(Box::new(source))
}
