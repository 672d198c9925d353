//! Whose fault an error is and whether trying again can help: every crate's error answers with these.

use std::fmt;

use serde::Serialize;

/// Whose fault an error is. The command line turns it into an exit code (1, 3, 70).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Something the user wrote or chose: a contract, a job, a query, an argument.
    User,
    /// The world outside: a disk, a network, a source system, another process.
    External,
    /// A mistake in this program.
    Internal,
}

/// Whether trying the same thing again can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same input gives the same error.
    Never,
    /// It may work after a wait: the other side was busy or away.
    Later,
    /// It may work at once: somebody else was faster, the state has to be read again.
    Now,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::User => "user",
            Fault::External => "external",
            Fault::Internal => "internal",
        })
    }
}
