//! Builds one mart: compute, cast to the contract, watch the grain, write, commit.

use contracts::Contract;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{SortExpr, ident};
use models::{Model, is_assignable, type_name};
use warehouse::{Change, DataFile, Removal, Snapshot, Table, WarehouseError};

use super::info::BuildInfo;
use super::part::Part;
use crate::error::TransformError;
use crate::guard::Guard;
use crate::session::{Lake, contract_columns};

/// What a commit wrote.
pub(super) struct Written {
    pub version: u64,
    pub bytes: u64,
}

/// Rows of a mart to compute, and what they take the place of.
pub(super) struct Rebuild {
    rows: DataFrame,
    removal: Removal,
    /// Rows of the mart that stay as they are.
    kept_rows: u64,
    /// The partitions computed, `year=2024`; `None` for all.
    pub partitions: Option<Vec<String>>,
}

impl Rebuild {
    /// All rows of `model`, computed over what is registered in `lake`.
    pub async fn whole(
        model: &Model,
        contract: &Contract,
        lake: &Lake,
    ) -> Result<Self, TransformError> {
        let compute = |source| TransformError::compute(model, source);
        let rows = lake.session.sql(model.sql()).await.map_err(compute)?;
        Ok(Self {
            rows: sorted(in_contract_form(rows, model, contract)?, model, contract)?,
            removal: Removal::All,
            kept_rows: 0,
            partitions: None,
        })
    }

    /// The rows of `part`, in the place of its partitions in `snapshot`.
    pub fn part(
        model: &Model,
        contract: &Contract,
        lake: &Lake,
        part: &Part,
        snapshot: &Snapshot,
    ) -> Result<Self, TransformError> {
        let compute = |source| TransformError::compute(model, source);
        let rows = DataFrame::new(lake.session.state(), part.plan().map_err(compute)?);
        let leaving = part.stored_in(snapshot);
        let stays = |file: &&DataFile| !leaving.contains(file.partition());
        let kept = snapshot.files().iter().filter(stays);
        Ok(Self {
            rows: sorted(rows, model, contract)?,
            kept_rows: kept.filter_map(DataFile::rows).sum(),
            removal: Removal::Partitions(leaving),
            partitions: Some(part.told()),
        })
    }

    /// Computes the rows and commits them on `snapshot`; `None` when somebody else committed first.
    pub async fn write_and_commit(
        self,
        table: &Table,
        snapshot: &Snapshot,
        model: &Model,
        contract: &Contract,
        current: BuildInfo,
    ) -> Result<Option<Written>, TransformError> {
        let compute = |source| TransformError::compute(model, source);
        let stream = self.rows.execute_stream().await.map_err(compute)?;
        let guard = Guard::default();
        let key = contract.key.iter().map(ToString::to_string).collect();
        let watched = guard.watch(stream, key).map_err(compute)?;
        let files = match table.write_stream(watched).await {
            Ok(files) => files,
            Err(error) => return Err(verdict(&guard, model, contract, error)),
        };
        let bytes = files.bytes();
        let application = format!("build:{}", model.name);
        let number = snapshot
            .transaction_version(&application)
            .await?
            .unwrap_or(0)
            + 1;
        let info = BuildInfo {
            rows: self.kept_rows + files.rows(),
            partitions: self.partitions,
            ..current
        };
        let change = Change {
            add: files,
            remove: self.removal,
            txn: Some((application, number)),
            info: info.into_info(),
            ..Change::default()
        };
        match table.commit(snapshot, change).await {
            Ok(version) => Ok(Some(Written { version, bytes })),
            Err(WarehouseError::Conflict { .. } | WarehouseError::AlreadyCommitted { .. }) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The rows with the contract's columns and types.
pub(super) fn in_contract_form(
    rows: DataFrame,
    model: &Model,
    contract: &Contract,
) -> Result<DataFrame, TransformError> {
    check_output(
        rows.schema().as_arrow(),
        &contract.arrow_schema(),
        model,
        contract,
    )?;
    rows.select(contract_columns(contract))
        .map_err(|source| TransformError::compute(model, source))
}

/// The rows in the order of the files.
fn sorted(
    rows: DataFrame,
    model: &Model,
    contract: &Contract,
) -> Result<DataFrame, TransformError> {
    let partition = contract.partition_by.iter();
    let key = contract
        .key
        .iter()
        .filter(|column| !contract.partition_by.contains(column));
    let order: Vec<SortExpr> = partition
        .chain(key)
        .map(|column| ident(column.as_str()).sort(true, false))
        .collect();
    rows.sort(order)
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
