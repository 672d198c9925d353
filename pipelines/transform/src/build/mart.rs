//! Builds one mart: compute, cast to the contract, watch the grain, write, commit.

use std::collections::BTreeMap;
use std::time::Instant;

use contracts::{Contract, TableId};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{SortExpr, ident};
use models::{Model, Models, is_assignable, type_name};
use warehouse::{Change, Removal, Snapshot, Table, Warehouse, WarehouseError};

use super::info::{BuildInfo, is_unchanged, last_build};
use super::{BuildOptions, MartOutcome, MartReport};
use crate::error::TransformError;
use crate::guard::Guard;
use crate::session::{Lake, contract_columns, mart_table, table_of};

/// How often a mart is built anew because somebody else committed to it meanwhile.
const ATTEMPTS: usize = 3;

/// Builds `model` on the state of `lake` if it changed; gives its newest state.
pub(super) async fn build(
    warehouse: &Warehouse,
    models: &Models,
    model: &Model,
    lake: &Lake,
    options: &BuildOptions,
) -> Result<(MartReport, Snapshot), TransformError> {
    let started = Instant::now();
    let id = mart_table(&model.name);
    let table = warehouse.table(&id).await?;
    let contract =
        warehouse
            .contracts()
            .require(&id)
            .map_err(|source| WarehouseError::NoContract {
                table: id.clone(),
                source: Box::new(source),
            })?;
    let current = BuildInfo {
        mart: model.name.to_string(),
        model_hash: models.hash_of(&model.name),
        inputs: inputs(models, model, lake),
        rows: 0,
        built_at: options.now,
    };
    for _ in 0..ATTEMPTS {
        let snapshot = table.snapshot().await?;
        let reason = reason(&snapshot, &current, lake, options.full).await?;
        let Some(reason) = reason else {
            let report = MartReport {
                mart: model.name.clone(),
                outcome: MartOutcome::Unchanged,
                reason: "inputs and SQL are unchanged".to_owned(),
                version: snapshot.version(),
                rows: snapshot.num_rows().unwrap_or_default(),
                bytes: 0,
                seconds: started.elapsed().as_secs_f64(),
            };
            return Ok((report, snapshot));
        };
        let Some(written) =
            write_and_commit(&table, &snapshot, model, contract, lake, &current).await?
        else {
            continue;
        };
        let report = MartReport {
            mart: model.name.clone(),
            outcome: MartOutcome::Built,
            reason,
            version: written.version,
            rows: written.rows,
            bytes: written.bytes,
            seconds: started.elapsed().as_secs_f64(),
        };
        return Ok((report, table.snapshot_at(written.version).await?));
    }
    Err(TransformError::Contended {
        model: model.name.clone(),
        attempts: ATTEMPTS,
    })
}

struct Written {
    version: u64,
    rows: u64,
    bytes: u64,
}

/// One commit with all rows of the mart; `None` when somebody else committed first.
async fn write_and_commit(
    table: &Table,
    snapshot: &Snapshot,
    model: &Model,
    contract: &Contract,
    lake: &Lake,
    current: &BuildInfo,
) -> Result<Option<Written>, TransformError> {
    let compute = |source| TransformError::compute(model, source);
    let rows = lake.session.sql(model.sql()).await.map_err(compute)?;
    let rows = in_contract_form(rows, model, contract)?;
    let stream = rows.execute_stream().await.map_err(compute)?;
    let guard = Guard::default();
    let key = contract.key.iter().map(ToString::to_string).collect();
    let watched = guard.watch(stream, key).map_err(compute)?;

    let files = match table.write_stream(watched).await {
        Ok(files) => files,
        Err(error) => return Err(verdict(&guard, model, contract, error)),
    };
    let (rows, bytes) = (files.rows(), files.bytes());
    let application = format!("build:{}", model.name);
    let number = snapshot
        .transaction_version(&application)
        .await?
        .unwrap_or(0)
        + 1;
    let info = BuildInfo {
        rows,
        ..current.clone()
    };
    let change = Change {
        add: files,
        remove: Removal::All,
        txn: Some((application, number)),
        info: info.into_info(),
        ..Change::default()
    };
    match table.commit(snapshot, change).await {
        Ok(version) => Ok(Some(Written {
            version,
            rows,
            bytes,
        })),
        Err(WarehouseError::Conflict { .. } | WarehouseError::AlreadyCommitted { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The rows with the contract's columns and types, sorted as files are.
fn in_contract_form(
    rows: DataFrame,
    model: &Model,
    contract: &Contract,
) -> Result<DataFrame, TransformError> {
    let wanted = contract.arrow_schema();
    check_output(rows.schema().as_arrow(), &wanted, model, contract)?;
    let partition = contract.partition_by.iter();
    let key = contract
        .key
        .iter()
        .filter(|column| !contract.partition_by.contains(column));
    let order: Vec<SortExpr> = partition
        .chain(key)
        .map(|column| ident(column.as_str()).sort(true, false))
        .collect();
    rows.select(contract_columns(contract))
        .and_then(|rows| rows.sort(order))
        .map_err(|source| TransformError::compute(model, source))
}

fn check_output(
    found: &Schema,
    wanted: &SchemaRef,
    model: &Model,
    contract: &Contract,
) -> Result<(), TransformError> {
    let fits = found.fields().len() == wanted.fields().len()
        && found
            .fields()
            .iter()
            .zip(wanted.fields())
            .all(|(found, wanted)| {
                found.name() == wanted.name()
                    && is_assignable(found.data_type(), wanted.data_type())
            });
    if fits {
        return Ok(());
    }
    Err(TransformError::OutputDiffers {
        model: model.name.clone(),
        path: model.path().to_owned(),
        contract: contract.path.clone(),
        found: columns(found),
        expected: columns(wanted),
    })
}

fn columns(schema: &Schema) -> String {
    let columns: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| format!("{} {}", field.name(), type_name(field.data_type())))
        .collect();
    columns.join(", ")
}

/// Why the mart has to be built; `None` when it need not.
async fn reason(
    snapshot: &Snapshot,
    current: &BuildInfo,
    lake: &Lake,
    full: bool,
) -> Result<Option<String>, TransformError> {
    if full {
        return Ok(Some("everything was asked for".to_owned()));
    }
    let Some(last) = last_build(snapshot).await? else {
        return Ok(Some("it was not built before".to_owned()));
    };
    if last.model_hash != current.model_hash {
        return Ok(Some("its SQL changed".to_owned()));
    }
    if !last.inputs.keys().eq(current.inputs.keys()) {
        return Ok(Some("it reads other tables".to_owned()));
    }
    let mut changed: Vec<String> = Vec::new();
    for (table, then) in &last.inputs {
        if !is_unchanged(*then, lake.snapshots.get(table)).await {
            changed.push(table.to_string());
        }
    }
    Ok((!changed.is_empty()).then(|| format!("{} changed", changed.join(", "))))
}

fn inputs(models: &Models, model: &Model, lake: &Lake) -> BTreeMap<TableId, Option<u64>> {
    models
        .tables_below(&model.name)
        .iter()
        .map(|input| {
            let id = table_of(input);
            let version = lake.snapshots.get(&id).map(Snapshot::version);
            (id, version)
        })
        .collect()
}

/// What made writing fail: the grain, when the guard saw it broken, else what the warehouse says.
fn verdict(
    guard: &Guard,
    model: &Model,
    contract: &Contract,
    error: WarehouseError,
) -> TransformError {
    let seen = guard.seen();
    let (name, path) = (model.name.clone(), model.path().to_owned());
    let key: Vec<String> = contract.key.iter().map(ToString::to_string).collect();
    if seen.null_keys.rows > 0 {
        return TransformError::NullKey {
            model: name,
            path,
            key,
            rows: seen.null_keys.rows,
            examples: seen.null_keys.examples,
        };
    }
    if seen.repeated_keys.rows > 0 {
        return TransformError::DuplicateKey {
            model: name,
            path,
            key,
            rows: seen.repeated_keys.rows,
            examples: seen.repeated_keys.examples,
        };
    }
    match error {
        WarehouseError::Compute { source, .. } => TransformError::compute(model, *source),
        error => error.into(),
    }
}
