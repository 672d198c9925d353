//! Operations: how a lake stands while it runs, read from the lake alone.
//!
//! Begin with [`Status::read`]: each table with its age against what its contract promises, its last run
//! and what waits in quarantine; [`Lateness::read`] says which organisations owe which month's form.
//!
//! [`tell`] sends alerts of what is wrong, once for each incident; [`Lineage`] tells runs and builds as OpenLineage
//! events. [`parse`] reads who is told, `pipelines/operations.yaml`.
//!
//! Everything is read once: runs and refusals in one scan each, tables by
//! [`warehouse::heads`]. The clock is an argument, and so are the frames of the tables this reads: whoever
//! serves other people hands in frames without the columns they may not see.
//!
//! Not here on purpose: the ledger and its posting (`ingest`), when jobs are due (`schedule`; a caller that
//! knows hands it in with [`Status::with_next_due`]), how any of it is shown.

mod alert;
mod error;
mod frames;
mod freshness;
mod lateness;
mod lineage;
mod quarantine;
mod run;
mod settings;
mod status;

pub use alert::{AlertSettings, Incident, IncidentKind, Told, Turn, incidents, tell};
pub use error::OperationsError;
pub use frames::newest;
pub use freshness::{Freshness, FreshnessState};
pub use lateness::{Lateness, MonthLateness, OrganizationLateness, Owed};
pub use lineage::{Lineage, LineageOutput, LineageRun, LineageSink, LineageTurn};
pub use quarantine::RefusedCount;
pub use run::{JobStatus, RunSummary};
pub use settings::{Settings, SettingsError, json_schema, parse};
pub use status::{PublicationStatus, Status, TableStatus, Title};

#[cfg(test)]
mod tests;
