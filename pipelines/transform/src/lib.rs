//! Transform: models run. Build marts, audit them, publish; show models right by their cases.
//!
//! - [`build()`]: each mart whose inputs or SQL changed is computed and committed, one commit a mart;
//! - [`plan()`] and [`apply`]: what a build will do, and doing exactly that;
//! - [`audit()`]: queries over the built state that must return nothing;
//! - [`publish()`]: the versions that passed become what readers see;
//! - [`run_cases`]: models over the rows their cases give, in memory, compared to the last digit;
//! - [`SessionMarts`]: the marts of a session, for compiling metric queries over them;
//! - [`project`]: the declared files of a project directory, for the command line, service and tests.
//!
//! What a model means and whether it is well formed is `models`'; how a table is written and pinned
//! is `warehouse`'s.

mod audit;
mod build;
mod cases;
mod compare;
mod error;
mod guard;
mod marts;
mod plan;
pub mod project;
mod publish;
mod reach;
mod session;
mod shared;
mod show;

pub use audit::{AuditReport, audit};
pub use build::{
    BuildOptions, BuildReport, MartFailure, MartOutcome, MartReport, Range, RangeError, build,
};
pub use cases::{CaseFilter, CaseReport, CasesReport, run_cases};
pub use error::TransformError;
pub use marts::SessionMarts;
pub use plan::{Action, ColumnChange, Plan, PlannedMart, PlannedRange, apply, plan};
pub use publish::{PublishOptions, Published, publish};

#[cfg(test)]
mod tests;
