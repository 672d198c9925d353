//! Transform: models run. Build marts, audit them, publish; show models right by their cases.
//!
//! - [`build()`]: each mart whose inputs or SQL changed is computed and committed, one commit a mart;
//! - [`plan()`] and [`apply`]: what a build will do, and doing exactly that;
//! - [`audit()`]: queries over the built state that must return nothing;
//! - [`publish()`]: the versions that passed become what readers see;
//! - [`restate()`]: the same, where numbers of closed months change for a reason;
//! - [`run_cases`]: models over the rows their cases give, in memory, compared to the last digit;
//! - [`explain`]: a number of a publication, opened down to the rows it was loaded from;
//! - [`SessionMarts`]: the marts of a session, for compiling metric queries over them;
//! - [`project`]: the declared files of a project directory, for the command line, service and tests.
//!
//! What a model means and whether it is well formed is `models`'; how a table is written and pinned
//! is `warehouse`'s.

mod audit;
mod build;
mod cases;
mod closed;
mod compare;
mod error;
pub mod explain;
mod guard;
mod marts;
mod plan;
pub mod project;
mod publish;
mod reach;
mod regions;
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
pub use publish::{PublishOptions, Published, RestateOptions, publish, restate};
pub use regions::Regions;

#[cfg(test)]
mod tests;
