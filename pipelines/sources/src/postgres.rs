//! PostgreSQL: a table, or what a query gives.
//!
//! - `tls`: the encrypted way, by rustls
//! - `client`: a session that can only read and whose text is exact
//! - `describe`: what the server tells of itself and of the table
//! - `source`: the pull: one snapshot, read in bounded batches, in the order of changes

mod client;
mod describe;
mod source;
mod tls;

#[cfg(test)]
pub(crate) mod tests;

pub use source::Postgres;
