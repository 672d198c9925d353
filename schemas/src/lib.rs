//! Contracts: what a table may hold, read from Open Data Contract Standard 3.1 files.
//!
//! Begin with [`Contracts::parse`], which takes (path, text) pairs and answers either all contracts of
//! a deployment or every fault in them. Around it stand the pure pieces that give a contract its
//! meaning and that other crates share:
//!
//! - [`mod@unit`]: units of measure with exact conversion factors and dimension arithmetic;
//! - [`identifier`]: codes with a shape or a check digit (统一社会信用代码, region, plate, VIN, …);
//! - [`parse`]: text cells to exact decimals, dates, timestamps, months and booleans;
//! - [`yaml`]: declared files of any kind to Rust types, with every fault at its line;
//! - [`text`]: the nearest right word, for "did you mean".
//!
//! Nothing here opens a file, asks the time or the network, or is async: what is read is an argument,
//! so it cannot fail for outside reasons. Row checks are kept as SQL text; the crate that has the SQL
//! engine (`ingest`) plans them.

pub mod identifier;
pub mod parse;
pub mod text;
pub mod unit;
pub mod yaml;

mod arrow_schema;
mod contract;
mod decimal;
mod error;
mod fault;
mod json_schema;
mod name;
mod odcs;
mod place;
mod read;

pub use arrow_schema::{
    META_LEVEL, META_SHARE, META_TITLE_EN, META_TITLE_ZH, META_UNIT, OBJECT_COLUMN, ROW_COLUMN,
    SHEET_COLUMN,
};
pub use contract::{
    Column, ColumnCheck, ColumnReference, Contract, Derived, Freshness, Level, LogicalType, Range,
    RowCheck, Severity, ShareType, Titles,
};
pub use decimal::{Decimal, DecimalError};
pub use error::ContractError;
pub use fault::{Fault, Retry};
pub use json_schema::contract_json_schema;
pub use name::{ColumnName, NameError, TableId};
pub use place::Place;
pub use read::Contracts;
