//! Working days: which days offices work, as the calendar's rows say.
//!
//! Weekends that are worked and workdays that are free are published once a year by the State Council.
//! A year that is not among the rows is not guessed at: what depends on it cannot be told.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

/// Which days offices work. Grain: one entry a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workdays {
    days: BTreeMap<NaiveDate, bool>,
}

/// The calendar does not have a day that a due time depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar of working days has no {day}")]
pub struct CalendarGap {
    /// The day.
    pub day: NaiveDate,
}

/// Why a file is no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    /// The header does not name both columns.
    #[error("the calendar's first line names no `{0}`")]
    NoColumn(&'static str),
    /// A line that is not a day and a boolean.
    #[error("line {line} of the calendar is not a day and whether it is a workday")]
    Line {
        /// Its 1-based number.
        line: usize,
    },
}

impl CalendarGap {
    /// How to mend it.
    pub fn hint(&self) -> String {
        format!(
            "add the days of {} to schemas/reference/calendar.csv (the State Council publishes its \
             holidays by the end of the year before) and run the job `reference.calendar`",
            self.day.year()
        )
    }
}

impl CalendarFault {
    /// How to mend it.
    pub fn hint(&self) -> String {
        "write lines such as `2024-02-04,true`, below a line `calendar_date,is_workday`".to_owned()
    }
}

impl Workdays {
    /// Reads `schemas/reference/calendar.csv`: a header, then a line a day. Only the columns
    /// `calendar_date` and `is_workday` are looked at, neither of which is ever quoted; a quoted
    /// text to the right of them may hold commas.
    ///
    /// # Errors
    /// The first line that is no day.
    pub fn parse_csv(text: &str) -> Result<Workdays, CalendarFault> {
        let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let header: Vec<&str> = lines
            .next()
            .map_or("", |(_, line)| line)
            .split(',')
            .collect();
        let column = |name: &'static str| {
            let place = header.iter().position(|column| column.trim() == name);
            place.ok_or(CalendarFault::NoColumn(name))
        };
        let (date, is_workday) = (column("calendar_date")?, column("is_workday")?);
        let mut workdays = Workdays::default();
        for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            let day = cells.get(date).and_then(|cell| cell.parse().ok());
            let works = cells.get(is_workday).and_then(|cell| cell.parse().ok());
            let (day, works) = day
                .zip(works)
                .ok_or(CalendarFault::Line { line: number + 1 })?;
            workdays.set(day, works);
        }
        Ok(workdays)
    }

    /// Says whether offices work on `day`.
    pub fn set(&mut self, day: NaiveDate, is_workday: bool) {
        self.days.insert(day, is_workday);
    }

    /// Takes the rows of `newer` over its own.
    pub fn extend(&mut self, newer: Workdays) {
        self.days.extend(newer.days);
    }

    /// Whether offices work on `day`.
    ///
    /// # Errors
    /// The calendar does not have the day.
    pub fn is_workday(&self, day: NaiveDate) -> Result<bool, CalendarGap> {
        self.days.get(&day).copied().ok_or(CalendarGap { day })
    }

    /// The last day it has.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.days.keys().next_back().copied()
    }
}
