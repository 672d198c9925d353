//! Text cells to exact values.
//!
//! One parser a type, built once for a column and then asked for each cell: [`DecimalParser`],
//! [`DateParser`], [`TimestampParser`], and the functions [`integer`], [`boolean()`], [`month()`]. Each
//! answers `Ok(None)` for a missing value (an empty cell or a declared marker), the value, or a
//! [`ValueError`] whose [`ValueError::rule`] names it in quarantine.
//!
//! The forms nearly all cells have (`123.45`, `2024-01-31`, `2024-01-31 08:30:00`) go by byte-level fast
//! paths, which matter for twenty million readings; everything else goes a slower way that folds
//! full-width forms and knows the ways people write. A property test keeps the two equal.
//!
//! Nothing is guessed: `1/2/2024` is refused until the job says whether the day or the month comes
//! first, `42370` is a date only where the job declares spreadsheet serials.

mod boolean;
mod century;
mod date;
mod days;
mod decimal;
mod error;
mod format;
mod month;
mod timestamp;
mod zone;

pub use boolean::boolean;
pub use century::TwoDigitYears;
pub use date::DateParser;
pub use days::{MAX_YEAR, MIN_YEAR, civil_of_days, days_of_civil};
pub use decimal::{DecimalParser, NumberRules, Scaled, integer};
pub use error::ValueError;
pub use format::{DateFormat, FormatError};
pub use month::{Month, month};
pub use timestamp::TimestampParser;
pub use zone::{Ambiguity, Zone, ZoneError, city_days};

use crate::text;

/// Texts that stand for a missing value: `-`, `—`, `/`, `N/A`, as a job declares them.
///
/// An empty or blank cell is always missing. Markers are compared without regard to case, blanks at the
/// ends, or full-width forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    markers: Vec<String>,
}

impl Missing {
    /// The declared markers.
    pub fn new<S: AsRef<str>>(markers: impl IntoIterator<Item = S>) -> Missing {
        Missing {
            markers: markers.into_iter().map(|m| fold(m.as_ref())).collect(),
        }
    }

    /// Whether `cell` stands for a missing value.
    pub fn is_missing(&self, cell: &str) -> bool {
        let cell = text::trim(cell);
        cell.is_empty() || !self.markers.is_empty() && self.markers.contains(&fold(cell))
    }
}

fn fold(marker: &str) -> String {
    text::trim(&text::half_width(marker)).to_lowercase()
}

#[cfg(test)]
mod tests;
