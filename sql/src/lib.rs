//! Models: the graph, grain and metrics of the SQL under `sql/`.
//!
//! Begin with [`Models::parse`], which takes (path, text) pairs and the contracts and answers either
//! all models, in build order with their output columns, cases and audits, or every fault with its
//! file and line. [`metric`] is the semantic layer over the marts.
//!
//! Nothing here opens a file, asks the time or the network, or is async: statements are planned by
//! DataFusion over schemas alone. Running models is `transform`'s.

mod case;
mod check;
mod error;
mod graph;
mod header;
mod hint;
mod mart;
pub mod metric;
mod model;
mod models;
mod name;
mod place;
mod planner;
mod references;
mod schema;
mod statement;
mod tree;
mod units;
mod value;
mod yaml;

pub use case::{Case, Given, Rows};
pub use error::ModelError;
pub use model::{Audit, AuditSeverity, Model};
pub use models::Models;
pub use name::{Input, Layer, ModelName};
pub use schema::json_schemas;
pub use units::UnitFault;
pub use value::{is_assignable, nullable, parse_value, type_name};

#[cfg(test)]
mod tests;
