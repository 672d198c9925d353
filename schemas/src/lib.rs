//! Contracts: what a table may hold, read from Open Data Contract Standard files.
