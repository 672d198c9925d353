//! A range of months that a build is asked for.

use std::fmt;
use std::str::FromStr;

use datafusion::arrow::datatypes::DataType;

/// The longest range, in months: a slip in a year would fill the disk.
const LONGEST: u32 = 50 * 12;

/// Months from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    from: Month,
    to: Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Month(u32);

/// Why two texts are no range of months.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Not `2024-01`.
    #[error("`{0}` is no month")]
    NotAMonth(String),
    /// The end lies before the beginning.
    #[error("{to} lies before {from}")]
    Backwards {
        /// The beginning.
        from: String,
        /// The end.
        to: String,
    },
    /// More months than any mart has.
    #[error("{from} to {to} are {months} months")]
    TooLong {
        /// The beginning.
        from: String,
        /// The end.
        to: String,
        /// How many.
        months: u32,
    },
}

impl RangeError {
    /// How to mend it.
    pub fn hint(&self) -> String {
        match self {
            Self::NotAMonth(_) => "write a year and a month, such as 2024-01".to_owned(),
            Self::Backwards { from, to } => format!("write --from {to} --to {from}"),
            Self::TooLong { .. } => format!("a range has at most {LONGEST} months"),
        }
    }
}

impl Range {
    /// The months from `from` to `to`, both as `2024-01` and both included.
    ///
    /// # Errors
    /// A text that is no month; a range that is empty or longer than fifty years.
    pub fn new(from: &str, to: &str) -> Result<Self, RangeError> {
        let month = |text: &str| {
            text.parse()
                .map_err(|()| RangeError::NotAMonth(text.to_owned()))
        };
        let range = Self {
            from: month(from)?,
            to: month(to)?,
        };
        let (from, to) = (range.from.to_string(), range.to.to_string());
        if range.to < range.from {
            return Err(RangeError::Backwards { from, to });
        }
        let months = range.to.0 - range.from.0 + 1;
        if months > LONGEST {
            return Err(RangeError::TooLong { from, to, months });
        }
        Ok(range)
    }

    /// The first month.
    pub fn first(self) -> String {
        self.from.to_string()
    }

    /// The last month.
    pub fn last(self) -> String {
        self.to.to_string()
    }

    /// The partitions of the range in a column of this type: months in a text, years in a number, days
    /// in a date.
    pub(super) fn values(self, data_type: &DataType) -> Vec<String> {
        let months = (self.from.0..=self.to.0).map(Month);
        match data_type {
            DataType::Int64 => (self.from.year()..=self.to.year())
                .map(|year| year.to_string())
                .collect(),
            DataType::Date32 => months.flat_map(Month::days).collect(),
            _ => months.map(|month| month.to_string()).collect(),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

impl Month {
    fn year(self) -> u32 {
        self.0 / 12
    }

    fn days(self) -> Vec<String> {
        let first = i32::try_from(self.year())
            .ok()
            .and_then(|year| chrono::NaiveDate::from_ymd_opt(year, self.0 % 12 + 1, 1));
        let Some(first) = first else {
            return Vec::new();
        };
        let same_month = |day: &chrono::NaiveDate| {
            use chrono::Datelike as _;
            day.month() == first.month()
        };
        first
            .iter_days()
            .take_while(same_month)
            .map(|day| day.to_string())
            .collect()
    }
}

impl FromStr for Month {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (year, month) = text.split_once('-').ok_or(())?;
        let is_plain = |part: &str, digits| {
            part.len() == digits && part.bytes().all(|one| one.is_ascii_digit())
        };
        if !is_plain(year, 4) || !is_plain(month, 2) {
            return Err(());
        }
        let (year, month): (u32, u32) = (
            year.parse().map_err(|_| ())?,
            month.parse().map_err(|_| ())?,
        );
        if !(1..=12).contains(&month) {
            return Err(());
        }
        Ok(Self(year * 12 + month - 1))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.0 % 12 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_the_partitions_of_months_years_and_days() {
        let range = Range::new("2023-11", "2024-02").expect("a range");
        assert_eq!(
            range.values(&DataType::Utf8),
            ["2023-11", "2023-12", "2024-01", "2024-02"]
        );
        assert_eq!(range.values(&DataType::Int64), ["2023", "2024"]);
        let days = range.values(&DataType::Date32);
        // 30 + 31 + 31 + 29 days; 2024 is a leap year.
        assert_eq!(
            (days.len(), days.last().map(String::as_str)),
            (121, Some("2024-02-29"))
        );
    }

    #[test]
    fn what_is_no_range_is_refused_with_the_mend() {
        let told = |from, to| {
            let error = Range::new(from, to).expect_err("no range");
            format!("{error}; {}", error.hint())
        };
        assert_eq!(
            told("2024-13", "2024-01"),
            "`2024-13` is no month; write a year and a month, such as 2024-01"
        );
        assert_eq!(
            told("2024-06", "2024-01"),
            "2024-01 lies before 2024-06; write --from 2024-01 --to 2024-06"
        );
        assert_eq!(
            told("0204-01", "2024-01"),
            "0204-01 to 2024-01 are 21841 months; a range has at most 600 months"
        );
    }
}
