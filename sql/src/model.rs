//! One model, checked: what it reads, what it gives, how it is shown right.

use contracts::{ColumnName, Place};
use datafusion::arrow::datatypes::SchemaRef;

use crate::case::Case;
use crate::name::{Input, Layer, ModelName};
use crate::statement::SqlFile;

/// A model of the SQL tree.
#[derive(Debug, Clone)]
pub struct Model {
    /// Its name, which is its table's name.
    pub name: ModelName,
    /// Staging, intermediate or mart.
    pub layer: Layer,
    /// The columns that tell its rows apart, as its header says.
    pub grain: Vec<ColumnName>,
    /// A sentence for its reader.
    pub purpose: String,
    /// What it reads itself, in the order first named.
    pub inputs: Vec<Input>,
    /// The columns of its last select, with the types the planner gives them.
    pub output: SchemaRef,
    /// Its steps (CTEs), in order, with their columns.
    pub steps: Vec<(String, SchemaRef)>,
    /// Cases that show it right.
    pub cases: Vec<Case>,
    /// Audits of its built rows.
    pub audits: Vec<Audit>,
    pub(crate) file: SqlFile,
}

impl Model {
    /// The path of its file.
    pub fn path(&self) -> &str {
        &self.file.path
    }

    /// Its SQL as written.
    pub fn sql(&self) -> &str {
        &self.file.text
    }

    /// SQL that gives the rows of one of its steps; `None` when it has no such step.
    pub fn step_sql(&self, step: &str) -> Option<String> {
        self.file.step_text(step)
    }

    /// Whether it is stored as a table.
    pub fn is_mart(&self) -> bool {
        self.layer == Layer::Mart
    }
}

/// A query over a built model that must return nothing.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The model it is beside.
    pub model: ModelName,
    /// Its own name: `<model>.<name>.audit.sql`.
    pub name: String,
    /// The path of its file.
    pub path: String,
    /// What a failure does.
    pub severity: AuditSeverity,
    /// What it makes sure of.
    pub purpose: String,
    /// The query as written.
    pub sql: String,
    /// What it reads.
    pub inputs: Vec<Input>,
}

/// What a failed audit does to publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuditSeverity {
    /// Stops it.
    Error,
    /// Is published with it.
    Warning,
}

impl AuditSeverity {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "error" => Some(Self::Error),
            "warning" => Some(Self::Warning),
            _ => None,
        }
    }
}

/// A file of the tree before its names are looked up.
pub(crate) struct Draft {
    pub name: ModelName,
    pub layer: Layer,
    pub at: Place,
    pub file: SqlFile,
    pub inputs: Vec<(Input, Place)>,
}
