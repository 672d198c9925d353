//! The tables the program keeps about itself, `ops.run` and `ops.quarantine`, and how rows get there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, UInt32Array, new_null_array};
use contracts::{Contract, TableId};
use datafusion::prelude::SessionContext;
use futures::future::try_join_all;
use warehouse::{Change, Warehouse, WarehouseError};

use crate::error::{Doing, IngestError};
use crate::load::sort::{offered_schema, sort};
use crate::load::{FailedFiles, Layout, Offered, Rules, Target};
use crate::place::{Origin, Origins};
use crate::refusal::RefusalLog;
use crate::spool::Spooled;

/// How often a change of an ops table is tried again when others change it at the same time.
const ATTEMPTS: usize = 20;

/// The contract of an ops table.
pub(crate) fn contract(warehouse: &Warehouse, table: &str) -> Result<Arc<Contract>, IngestError> {
    let id = TableId::new("ops", table).expect("`ops` and its tables are names");
    Ok(Arc::new(warehouse.contract(&id)?.clone()))
}

/// Rows in the order of the contract's columns; columns that are not among `values` are null.
pub(crate) fn rows(
    contract: &Contract,
    mut values: BTreeMap<&str, ArrayRef>,
    count: usize,
) -> Result<RecordBatch, IngestError> {
    let schema = contract.arrow_schema();
    let columns = schema.fields().iter().map(|field| {
        values
            .remove(field.name().as_str())
            .unwrap_or_else(|| new_null_array(field.data_type(), count))
    });
    RecordBatch::try_new(Arc::clone(&schema), columns.collect())
        .map_err(Doing::SettingAside.failed())
}

/// Rows as a load takes them: with hidden columns that say nothing.
pub(crate) fn as_offered(
    contract: &Contract,
    rows: &RecordBatch,
) -> Result<RecordBatch, IngestError> {
    let count = rows.num_rows();
    let mut columns = rows.columns().to_vec();
    columns.push(Arc::new(UInt32Array::from_value(0, count)));
    columns.push(Arc::new(Int64Array::from_iter_values(0..count as i64)));
    columns.push(Arc::new(BooleanArray::from(vec![false; count])));
    RecordBatch::try_new(offered_schema(contract), columns).map_err(Doing::SettingAside.failed())
}

/// Merges `rows` (of the offered schema) into an ops table and commits, beginning anew as long as
/// others get in the way; answers whether anything changed.
pub(crate) async fn post(
    warehouse: &Warehouse,
    contract: &Contract,
    layout: &Layout,
    rows: &Spooled,
    rules: impl Fn() -> Result<Rules, IngestError>,
) -> Result<bool, IngestError> {
    let session = warehouse.session();
    for _ in 0..ATTEMPTS {
        let target = Arc::new(Target::open(warehouse, contract, layout.clone()).await?);
        let (origins, failed) = (nowhere(), FailedFiles::default());
        let log = RefusalLog::new(&origins, &session.task_ctx());
        let mut lanes = lanes(rows, layout, &session, &origins, &failed)?;
        try_join_all(lanes.iter_mut().map(Offered::partition)).await?;
        let merged = target
            .merge(lanes, rules()?, &origins, &Arc::new(Mutex::new(log)))
            .await?;
        if !merged.tally.changes_the_table() {
            return Ok(false);
        }
        let change = Change {
            remove: merged.removal(),
            add: merged.files,
            ..Change::default()
        };
        match target.table.commit(&target.snapshot, change).await {
            Ok(_) => return Ok(true),
            Err(WarehouseError::Conflict { .. } | WarehouseError::Contended { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(IngestError::Contended {
        table: contract.id.clone(),
        attempts: ATTEMPTS,
    })
}

fn lanes(
    rows: &Spooled,
    layout: &Layout,
    session: &SessionContext,
    origins: &Arc<Origins>,
    failed: &FailedFiles,
) -> Result<Vec<Offered>, IngestError> {
    let sorted =
        sort(rows.stream(), layout, &session.task_ctx()).map_err(Doing::Sorting.failed())?;
    Ok(sorted
        .into_iter()
        .map(|rows| Offered::new(rows, layout, origins, failed))
        .collect())
}

/// The origin of rows that come from no file.
fn nowhere() -> Arc<Origins> {
    let origins = Origins::default();
    let file = origins.add_file("", "");
    let section = origins.add_section();
    origins.number(Origin {
        file,
        section,
        sheet: None,
        cell: None,
    });
    Arc::new(origins)
}
