//! Where in a declared file something stands.

use std::fmt;
use std::sync::Arc;

/// A line of a declared file. Displays as `file:line`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path the file was given under.
    pub file: Arc<str>,
    /// 1-based line; 0 when only the file is known.
    pub line: u32,
}

impl Place {
    /// The place of `line` (1-based) in `file`.
    pub fn new(file: impl Into<Arc<str>>, line: u32) -> Place {
        Place {
            file: file.into(),
            line,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}
