//! A contract that changed after its table was made.
//!
//! What rows already stored can bear is done: optional columns are added, required ones become
//! optional, titles and order change. The rest is refused, all of it at once.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use contracts::unit::Unit;
use contracts::{ColumnName, Contract, META_UNIT};
use datafusion::arrow::datatypes::{Field, Schema};
use deltalake::DeltaTableError;
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow as _, TryIntoKernel as _};
use deltalake::kernel::{Metadata, MetadataExt as _, StructType};
use deltalake::operations::write::WriterStatsConfig;

use crate::error::WarehouseError;
use crate::table::{Layout, Snapshot, create};
use crate::types::type_name;

/// One way in which a contract does not fit the rows stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum EvolutionFault {
    Type {
        column: String,
        stored: String,
        contract: String,
    },
    Unit {
        column: String,
        stored: String,
        contract: String,
    },
    Gone {
        column: String,
    },
    NewAndRequired {
        column: String,
    },
    Partitions {
        stored: Vec<String>,
        contract: Vec<String>,
    },
}

impl fmt::Display for EvolutionFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type {
                column,
                stored,
                contract,
            } => write!(
                formatter,
                "`{column}` is stored as {stored}, the contract says {contract}"
            ),
            Self::Unit {
                column,
                stored,
                contract,
            } => write!(
                formatter,
                "`{column}` is stored in {stored}, the contract says {contract}"
            ),
            Self::Gone { column } => write!(
                formatter,
                "`{column}` is stored and the contract no longer has it"
            ),
            Self::NewAndRequired { column } => write!(
                formatter,
                "`{column}` is new and required, and the rows stored do not have it"
            ),
            Self::Partitions { stored, contract } => write!(
                formatter,
                "the table is partitioned by ({}), the contract says ({})",
                stored.join(", "),
                contract.join(", ")
            ),
        }
    }
}

/// The metadata that makes the table fit `contract`; `None` if it fits.
pub(super) fn evolution(
    contract: &Contract,
    stored: &Snapshot,
) -> Result<Option<Metadata>, WarehouseError> {
    let failed = |source| WarehouseError::commit(&contract.id, source);
    let faults = faults(contract, stored);
    // Before the first row arrives, anything may still change but the directories.
    let is_refused = |fault: &EvolutionFault| {
        !stored.files().is_empty() || matches!(fault, EvolutionFault::Partitions { .. })
    };
    if faults.iter().any(is_refused) {
        return Err(WarehouseError::Evolution {
            table: contract.id.clone(),
            faults,
        });
    }
    let schema = merged(contract, stored).map_err(failed)?;
    let metadata = stored.metadata().clone();
    let properties = create::properties(contract);
    let properties_fit = properties
        .iter()
        .all(|(name, value)| metadata.configuration().get(name) == Some(value));
    if properties_fit && schema == *stored.kernel_schema() {
        return Ok(None);
    }
    renewed(metadata, &schema, properties)
        .map(Some)
        .map_err(failed)
}

/// The metadata and layout of a table that holds other rows in the form of `contract`; it stays the
/// table it is.
pub(super) fn renewal(
    contract: &Contract,
    stored: &Snapshot,
) -> Result<(Metadata, Layout), WarehouseError> {
    let failed = |source| WarehouseError::commit(&contract.id, source);
    let schema = create::kernel_schema(contract).map_err(failed)?;
    let id = stored.metadata().id().to_owned();
    let metadata = create::metadata(contract, &schema)
        .and_then(|metadata| Ok(metadata.with_table_id(id)?))
        .map_err(failed)?;
    let names = |names: &[ColumnName]| names.iter().map(ToString::to_string).collect();
    let bounded = create::statistics_columns(contract);
    let schema: Schema = (&schema)
        .try_into_arrow()
        .map_err(|source| failed(DeltaTableError::from(source)))?;
    let layout = Layout {
        schema: Arc::new(schema),
        partition_by: names(&contract.partition_by),
        key: names(&contract.key),
        bounded: WriterStatsConfig::new(
            stored.layout().bounded.num_indexed_cols,
            (!bounded.is_empty()).then(|| bounded.split(',').map(str::to_owned).collect()),
        ),
    };
    Ok((metadata, layout))
}

fn renewed(
    metadata: Metadata,
    schema: &StructType,
    properties: HashMap<String, String>,
) -> Result<Metadata, DeltaTableError> {
    let mut metadata = metadata.with_schema(schema)?;
    for (name, value) in properties {
        metadata = metadata.add_config_key(name, value)?;
    }
    Ok(metadata)
}

/// What stands for the unit of a field that has none.
const NO_UNIT: &str = "no unit";

fn faults(contract: &Contract, stored: &Snapshot) -> Vec<EvolutionFault> {
    let (wanted, stored_schema) = (contract.table_schema(), stored.schema());
    let mut faults = Vec::new();
    for stored_field in stored_schema.fields() {
        let column = stored_field.name().clone();
        let Ok(wanted) = wanted.field_with_name(&column) else {
            faults.push(EvolutionFault::Gone { column });
            continue;
        };
        if wanted.data_type() != stored_field.data_type() {
            faults.push(EvolutionFault::Type {
                column,
                stored: type_name(stored_field.data_type()),
                contract: type_name(wanted.data_type()),
            });
        } else if unit(wanted) != unit(stored_field) && !is_refined(contract, stored_field) {
            faults.push(EvolutionFault::Unit {
                column,
                stored: unit(stored_field).to_owned(),
                contract: unit(wanted).to_owned(),
            });
        }
    }
    for wanted in wanted.fields() {
        let is_new = stored_schema.field_with_name(wanted.name()).is_err();
        if is_new && !wanted.is_nullable() {
            let column = wanted.name().clone();
            faults.push(EvolutionFault::NewAndRequired { column });
        }
    }
    let partition_by: Vec<String> = contract
        .partition_by
        .iter()
        .map(ToString::to_string)
        .collect();
    if partition_by != stored.partition_by() {
        faults.push(EvolutionFault::Partitions {
            stored: stored.partition_by().to_vec(),
            contract: partition_by,
        });
    }
    faults
}

/// Whether the contract now says of each row what it said of all (`yuan/{cost_class}` for `yuan`), or
/// that what had no unit is a plain number. The numbers are the same, so what is stored stays right.
fn is_refined(contract: &Contract, stored: &Field) -> bool {
    let row_unit = contract
        .column(stored.name())
        .and_then(|column| column.row_unit.as_ref());
    let is_plain = || {
        let declared = contract.column(stored.name()).map(|column| &column.unit);
        declared.is_some_and(|unit| unit.as_ref() == Some(&Unit::one())) && unit(stored) == NO_UNIT
    };
    row_unit.is_some_and(|row_unit| row_unit.fixed.to_string() == unit(stored)) || is_plain()
}

fn unit(field: &Field) -> &str {
    field
        .metadata()
        .get(META_UNIT)
        .map_or(NO_UNIT, String::as_str)
}

/// The contract's columns; those that rows stored lack a value for stay optional.
fn merged(contract: &Contract, stored: &Snapshot) -> Result<StructType, DeltaTableError> {
    let stored_schema = stored.schema();
    let may_be_null = |name: &str| {
        let stored_field = stored_schema.field_with_name(name);
        !stored.files().is_empty() && stored_field.is_ok_and(Field::is_nullable)
    };
    let fields = contract
        .table_schema()
        .fields()
        .iter()
        .map(|field| {
            let nullable = field.is_nullable() || may_be_null(field.name());
            Arc::new(field.as_ref().clone().with_nullable(nullable))
        })
        .collect::<Vec<_>>();
    let schema: StructType = (&Schema::new(fields)).try_into_kernel()?;
    Ok(schema)
}
