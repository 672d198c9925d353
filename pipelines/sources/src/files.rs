//! Files on local disk and in S3-compatible storage, found by patterns.
//!
//! `data/energy/monthly_*.csv` is looked up below the root given on the command line;
//! `s3://bucket/prefix/*.csv` in a bucket, with the `AWS_*` settings of the environment. Files come sorted
//! by name. A plain, gzip, zstd or zip file is told by its first bytes, whatever its extension says.

mod changed;
mod client;
mod config;
mod pattern;
mod source;

#[cfg(test)]
mod tests;

pub(crate) use client::Found;
pub use config::{FilesConfig, Patterns};
pub use source::Files;
pub(crate) use source::pages_of;
