//! Ingest: land, decode, conform, load; the ledger and quarantine.

pub mod decode;
pub mod format;
