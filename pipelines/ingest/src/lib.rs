//! Ingest: files into tables, with every row accounted for.
//!
//! Begin with [`job::parse`] (the declared jobs) and [`run`](run()) (one job's files into its table);
//! [`replay`](replay()) loads quarantined rows that have become valid;
//! [`landed_rows`](landed_rows()) shows loaded rows as they were landed. What a run did is its
//! [`RunReport`], whose [`Ledger`] balances or the run does not commit.
//!
//! The way of a row: [`sources`] finds its file; it lands in the lake; [`decode`] makes it text with a
//! place; `intake` puts it through the job's select; `conform` makes it a row of the contract or
//! refuses it; `load` merges it into the table; `quarantine` keeps what was refused.
//!
//! Not here on purpose: when a job runs (`schedule`), what is computed from the tables (`transform`),
//! how a report is printed (the command line).

pub mod decode;
pub mod format;
pub mod job;

mod conform;
mod error;
mod intake;
mod interval;
mod landed_rows;
mod ledger;
mod limits;
mod load;
mod ops;
mod place;
mod quarantine;
mod refusal;
mod replay;
mod report;
mod run;
mod run_id;
mod runs;
mod select;
mod spool;
mod unpivot;

pub use conform::pseudonym::{KEY_VARIABLE, PseudonymKey};
pub use error::{Doing, IngestError};
pub use interval::{Interval, IntervalError};
pub use landed_rows::{LandedPlace, LandedRow, landed_rows};
pub use ledger::Ledger;
pub use limits::{Limits, MayCommit};
pub use place::RowPlace;
pub use refusal::{EXAMPLES, Refusal, RuleCount};
pub use replay::{ReplayOptions, replay};
pub use report::{FileFault, FileReport, RunReport, RunStatus, with_causes};
pub use run::{NOTHING_CHANGED, RunOptions, run};
pub use run_id::{RunId, RunIdError};
pub use runs::{IntervalRun, interval_runs, repair};

#[cfg(test)]
mod tests;
