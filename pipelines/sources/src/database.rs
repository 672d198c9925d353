//! What connectors of databases share; today there is one, [`crate::postgres`].
//!
//! - `config`: the `postgres:` key of a job
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

mod config;
pub(crate) mod drift;
mod error;
pub(crate) mod seen;
pub(crate) mod select;
pub(crate) mod state;
pub(crate) mod text;

pub use config::{Changes, DatabaseConfig, Drift, Tls};
pub use error::{DatabaseError, Trouble};
