//! The verbs, a file each: parse what was typed, call the crate that owns the work, print.

pub mod build;
pub mod check;
pub mod demo;
pub mod explain;
pub mod ledger;
pub mod listing;
pub mod maintain;
pub mod metrics;
pub mod periods;
pub mod plan;
pub mod publish;
pub mod published;
pub mod quarantine;
pub mod query;
pub mod replay;
pub mod review;
pub mod run;
pub mod runs;
pub mod schedule;
pub mod serve;
pub mod status;
pub mod watch;
