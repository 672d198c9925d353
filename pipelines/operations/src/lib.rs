//! Operations: how runs, tables and quarantine stand, and who is told.
