//! Why the state of a lake cannot be told.

use contracts::{Fault, Retry};
use datafusion::error::DataFusionError;
use warehouse::WarehouseError;

/// Why the state of a lake cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum OperationsError {
    /// The lake cannot be read.
    #[error("cannot look at the lake's tables")]
    Warehouse(#[from] WarehouseError),
    /// A table the warehouse keeps of itself cannot be asked.
    #[error("cannot read `{table}`")]
    Asking {
        /// The table.
        table: &'static str,
        /// What the engine said.
        #[source]
        source: Box<DataFusionError>,
    },
    /// A table of the warehouse's own has another shape than its contract gives it.
    #[error("`{table}` has no column `{column}` of the type its contract says")]
    Shape {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

impl OperationsError {
    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        match self {
            OperationsError::Warehouse(error) => error.hint(),
            OperationsError::Asking { table, .. } => Some(format!(
                "look whether `jieyue query --unpublished 'select * from {table}'` can read it"
            )),
            OperationsError::Shape { table, .. } => Some(format!(
                "`{table}` was written by another version: run any job once, which gives it its columns"
            )),
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            OperationsError::Warehouse(error) => error.fault(),
            OperationsError::Asking { .. } => Fault::External,
            OperationsError::Shape { .. } => Fault::User,
        }
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            OperationsError::Warehouse(error) => error.retry(),
            OperationsError::Asking { .. } => Retry::Later,
            OperationsError::Shape { .. } => Retry::Never,
        }
    }
}
