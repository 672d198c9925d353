//! MySQL and MariaDB: a table, or what a query gives.
//!
//! - `client`: a session that can only read and whose text is exact
//! - `describe`: what the server tells of itself and of the table
//! - `types`: the types of columns, and what the server's text of their values lacks
//! - `source`: the snapshot that `database::pull` reads

mod client;
mod describe;
mod source;
mod types;

#[cfg(test)]
pub(crate) mod tests;

pub use source::Mysql;
