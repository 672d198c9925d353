//! Units that differ from row to row: `{unit}`, `kgce/{unit}`, `yuan/{cost_class}`.
//!
//! A long table holds kilowatt-hours in one row and cubic metres in the next; the text in another
//! column of the same row tells which. Braces name that column.

use std::fmt;

use super::{Unit, UnitError};
use crate::name::ColumnName;

/// The unit of a column whose rows differ in it.
///
/// ```
/// use contracts::unit::RowUnit;
///
/// let coefficient: RowUnit = "kgce/{unit}".parse()?;
/// assert_eq!(coefficient.fixed, "kgce".parse()?);
/// assert_eq!(coefficient.column.as_str(), "unit");
/// assert_eq!(coefficient.power, -1);
/// # Ok::<(), contracts::unit::UnitError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowUnit {
    /// What is the same in every row: `kgce` of `kgce/{unit}`.
    pub fixed: Unit,
    /// The text column that names the rest.
    pub column: ColumnName,
    /// Whether the rest multiplies (1) or divides (-1).
    pub power: i8,
}

impl RowUnit {
    /// Whether `text` is meant as one: it has a brace.
    pub fn is_meant(text: &str) -> bool {
        text.contains(['{', '}'])
    }
}

impl std::str::FromStr for RowUnit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<RowUnit, UnitError> {
        let unknown = || UnitError::Unknown {
            word: text.to_owned(),
            nearest: None,
        };
        let (before, rest) = text.split_once('{').ok_or_else(unknown)?;
        let (name, after) = rest.split_once('}').ok_or_else(unknown)?;
        let column = ColumnName::new(name.trim()).map_err(|_| unknown())?;
        let joins = |part: &str| part.is_empty() || part.starts_with(['/', '*']);
        let before = before.trim();
        let after = after.trim();
        let is_joined = before.is_empty() || before.ends_with(['/', '*']);
        if !is_joined || !joins(after) || RowUnit::is_meant(after) {
            return Err(unknown());
        }
        // Everything after a `/` divides, here as in every unit.
        let power = if before.contains('/') { -1 } else { 1 };
        let before = match before.trim_end_matches(['/', '*']).trim() {
            "" => "1",
            before => before,
        };
        let after = match after.strip_prefix('*') {
            Some(rest) if power < 0 => format!("/{rest}"),
            _ => after.to_owned(),
        };
        Ok(RowUnit {
            fixed: Unit::parse(&format!("{before}{after}"))?,
            column,
            power,
        })
    }
}

impl fmt::Display for RowUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed = self.fixed.to_string();
        let column = &self.column;
        match (self.power < 0, fixed.as_str()) {
            (true, _) => write!(f, "{fixed}/{{{column}}}"),
            (false, "1") => write!(f, "{{{column}}}"),
            // `1/m2` and the like.
            (false, fixed) => match fixed.strip_prefix("1/") {
                Some(below) => write!(f, "{{{column}}}/{below}"),
                None => write!(f, "{{{column}}}*{fixed}"),
            },
        }
    }
}
