//! Ingest: land, decode, conform, load; the ledger and quarantine.
