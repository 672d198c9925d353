//! What connectors of databases share: [`crate::postgres`] and [`crate::mysql`].
//!
//! - `config`: the `postgres:` or `mysql:` key of a job
//! - `access`: what it takes to be let in
//! - `dialect`: how the servers' SQL differs
//! - `describe`: what is known of a source before its rows are read
//! - `pull`: one snapshot, read in bounded batches, in the order of changes; begin here
//! - `state`: what a cursor of a database holds, and where the next pull begins
//! - `drift`: what has become of the columns since the last pull
//! - `seen`: rows that the next pull will meet again
//! - `text`: rows as JSON lines of the server's own text
//! - `select`: the statement that gives the rows
//! - `error`: what can be wrong, in the same words for every server
//!
//! A row travels as the server's own text for each value, in a session whose settings make that text exact
//! and the same everywhere: UTC, ISO dates, no float in between. What a column means is decided where it
//! is for files, in the job's select and the contract. Types are kept beside the pages, in the manifest.

pub(crate) mod access;
mod config;
pub(crate) mod describe;
pub(crate) mod dialect;
pub(crate) mod drift;
mod error;
pub(crate) mod pull;
pub(crate) mod seen;
pub(crate) mod select;
pub(crate) mod state;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod text;

pub use config::{Changes, DatabaseConfig, Drift, Tls};
pub use error::{DatabaseError, Trouble};
