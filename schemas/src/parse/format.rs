//! How dates and timestamps are written, as a job declares it.

use std::str::FromStr;

use chrono::format::{Item, StrftimeItems};

use crate::text;

/// A way dates and timestamps are written, beside those that need no declaration (a four-digit year
/// first: `2024-1-31`, `2024/1/31`, `2024年1月31日`, `20240131`; or a month by name: `04-Aug-2000`).
#[derive(Debug, Clone, PartialEq)]
pub enum DateFormat {
    /// `ISO` or `Y/M/D`: also with a year of two digits.
    YearFirst,
    /// `D/M/Y`, with any of `/ - .` and a year of two or four digits.
    DayFirst,
    /// `M/D/Y`, with any of `/ - .` and a year of two or four digits.
    MonthFirst,
    /// `excel`: days since 1900, as spreadsheets count them (with their 29 February 1900).
    Excel1900,
    /// `excel1904`: days since 1904-01-01.
    Excel1904,
    /// A strftime pattern: `%d.%m.%Y %H:%M`. A year of two digits, `%y` or above, is one of
    /// [`TwoDigitYears`](super::TwoDigitYears).
    Pattern(Pattern),
}

/// A strftime pattern, read once.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    text: String,
    pub(super) items: Vec<Item<'static>>,
}

/// Why a text is not a way of writing dates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A word that is none.
    #[error("unknown date format `{word}`")]
    Unknown {
        /// The word.
        word: String,
        /// The nearest known one.
        nearest: Option<&'static str>,
    },
    /// A strftime pattern with an unknown specifier.
    #[error("date format `{0}` is not a strftime pattern")]
    BadPattern(String),
}

impl FormatError {
    /// How to mend it.
    pub fn hint(&self) -> String {
        match self {
            FormatError::Unknown {
                nearest: Some(nearest),
                ..
            } => format!("write `{nearest}`"),
            FormatError::Unknown { .. } => {
                format!(
                    "write one of {}, or a strftime pattern as `%d.%m.%Y`",
                    WORDS.map(|(w, _)| format!("`{w}`")).join(", ")
                )
            }
            FormatError::BadPattern(_) => {
                "use %Y %y %m %b %d %H %I %M %S %p %z and the like".to_owned()
            }
        }
    }
}

const WORDS: [(&str, DateFormat); 6] = [
    ("ISO", DateFormat::YearFirst),
    ("Y/M/D", DateFormat::YearFirst),
    ("D/M/Y", DateFormat::DayFirst),
    ("M/D/Y", DateFormat::MonthFirst),
    ("excel", DateFormat::Excel1900),
    ("excel1904", DateFormat::Excel1904),
];

impl FromStr for DateFormat {
    type Err = FormatError;

    fn from_str(word: &str) -> Result<DateFormat, FormatError> {
        if word.contains('%') {
            let items = StrftimeItems::new(word)
                .parse_to_owned()
                .map_err(|_| FormatError::BadPattern(word.to_owned()))?;
            return Ok(DateFormat::Pattern(Pattern {
                text: word.to_owned(),
                items,
            }));
        }
        // `D-M-Y` and `D.M.Y` mean the order too.
        let plain = word.replace(['-', '.'], "/");
        let found = WORDS
            .into_iter()
            .find(|(w, _)| w.eq_ignore_ascii_case(&plain));
        found
            .map(|(_, format)| format)
            .ok_or_else(|| FormatError::Unknown {
                word: word.to_owned(),
                nearest: text::nearest(word, WORDS.map(|(w, _)| w)),
            })
    }
}

impl Pattern {
    /// The pattern as declared.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
