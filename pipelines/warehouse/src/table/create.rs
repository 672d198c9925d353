//! A new, empty table from its contract.

use std::collections::HashMap;

use contracts::{Contract, LogicalType};
use deltalake::DeltaTableError;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel as _;
use deltalake::kernel::transaction::{CommitData, TransactionError};
use deltalake::kernel::{Action, Metadata, MetadataExt as _, Protocol, StructType, new_metadata};
use deltalake::logstore::CommitOrBytes;
use deltalake::protocol::{DeltaOperation, SaveMode};
use serde_json::json;

use crate::error::WarehouseError;
use crate::keys::TableKey;
use crate::warehouse::Warehouse;

/// Our own table property: the key columns, joined by commas, so that a table can be compacted in
/// its order without its contract.
pub(crate) const KEY_PROPERTY: &str = "jieyue.key";

/// A checkpoint every so many commits: reading a table reads the last checkpoint and one object a
/// commit since.
pub(crate) const CHECKPOINT_INTERVAL: u64 = 20;

/// Writes version 0. If somebody else writes it first, theirs stands and nothing is lost.
pub(super) async fn create(
    warehouse: &Warehouse,
    contract: &Contract,
) -> Result<(), WarehouseError> {
    let failed = |source| WarehouseError::commit(&contract.id, source);
    let key = TableKey::new(&contract.id);
    let log = warehouse.lake_store().log_store(&key);
    let schema = kernel_schema(contract).map_err(failed)?;
    let metadata = metadata(contract, &schema).map_err(failed)?;
    let protocol = protocol();
    let operation = DeltaOperation::Create {
        mode: SaveMode::ErrorIfExists,
        location: log.root_url().clone(),
        protocol: protocol.clone(),
        metadata: metadata.clone(),
    };
    let actions = vec![Action::Protocol(protocol), Action::Metadata(metadata)];
    let info = HashMap::from([(
        "contract".to_owned(),
        json!({ "version": contract.version, "hash": contract.content_hash }),
    )]);
    let commit = CommitData::new(actions, operation, info, Vec::new())
        .get_bytes()
        .map_err(|source| failed(source.into()))?;
    let written = log
        .write_commit_entry(0, CommitOrBytes::LogBytes(commit), Default::default())
        .await;
    match written {
        Ok(()) | Err(TransactionError::VersionAlreadyExists(_)) => Ok(()),
        Err(source) => Err(failed(source.into())),
    }
}

/// The contract's columns, with those the lake adds, as Delta writes them.
pub(super) fn kernel_schema(contract: &Contract) -> Result<StructType, DeltaTableError> {
    let schema = contract.table_schema();
    let schema: StructType = schema.as_ref().try_into_kernel()?;
    Ok(schema)
}

pub(super) fn metadata(
    contract: &Contract,
    schema: &StructType,
) -> Result<Metadata, DeltaTableError> {
    let partition_by = contract.partition_by.iter().map(ToString::to_string);
    let metadata = new_metadata(schema, partition_by, properties(contract))?
        .with_name(contract.id.to_string())?
        .with_description(contract.purpose.clone())?;
    Ok(metadata)
}

/// The table properties that follow from the contract and from how this lake is kept.
pub(super) fn properties(contract: &Contract) -> HashMap<String, String> {
    let key: Vec<&str> = contract.key.iter().map(AsRef::as_ref).collect();
    let mut properties = vec![
        // Delta deletes log entries after 30 days by default, and with them every version a
        // publication names. We clean up by our own rule.
        ("delta.enableExpiredLogCleanup", "false".to_owned()),
        ("delta.checkpointInterval", CHECKPOINT_INTERVAL.to_string()),
        (KEY_PROPERTY, key.join(",")),
    ];
    let bounded = statistics_columns(contract);
    if !bounded.is_empty() {
        properties.push(("delta.dataSkippingStatsColumns", bounded));
    }
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    properties.into_iter().map(owned).collect()
}

/// The columns whose bounds help to skip files: the key, and dates and moments. Bounds of measures
/// skip nothing and would fill the log of a wide table. The column that tells how new a row is has to tell it
/// without the rows being read.
pub(super) fn statistics_columns(contract: &Contract) -> String {
    let freshness = contract
        .freshness
        .as_ref()
        .map(|freshness| &freshness.column);
    let is_bounded = |column: &&contracts::Column| {
        contract.key.contains(&column.name)
            || freshness == Some(&column.name)
            || matches!(column.ty, LogicalType::Date | LogicalType::Timestamp)
    };
    let names: Vec<&str> = contract
        .columns
        .iter()
        .filter(is_bounded)
        .filter(|column| !contract.partition_by.contains(&column.name))
        .map(|column| column.name.as_str())
        .collect();
    names.join(",")
}

/// What any engine that knows Delta at all can read and write.
fn protocol() -> Protocol {
    serde_json::from_value(json!({ "minReaderVersion": 1, "minWriterVersion": 2 }))
        .expect("versions 1 and 2 are a protocol without features")
}
