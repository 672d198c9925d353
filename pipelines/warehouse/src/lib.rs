//! The warehouse: Delta tables, object keys, publications, sessions, maintenance.
