//! Places of tokens, as the SQL parser tells them.

use contracts::Place;
use datafusion::sql::sqlparser::tokenizer::Location;

/// The place of a token of `file`; parsers say line 0 when they do not know.
pub(crate) fn of_token(file: &str, location: Location) -> Place {
    at_line(file, location.line)
}

/// The first line of `file`.
pub(crate) fn start_of(file: &str) -> Place {
    at_line(file, 1)
}

/// Line `line` of `file`, counted from 1.
pub(crate) fn at_line(file: &str, line: u64) -> Place {
    Place::new(file, u32::try_from(line.max(1)).unwrap_or(u32::MAX))
}
