//! Days by rule: `3rd workday after month end`, `last workday of month`, `quarter end`.
//!
//! ```text
//! rule    = [which] kind ( "after" period "end" | "of" period )
//!         | period "end"                     the last day of the period
//!         | "workday"                        every one of them
//! which   = "1st" | "2nd" | … | "first" | "last"        "1st" when not said
//! kind    = "workday" | "day"
//! period  = "month" | "quarter" | "year"
//! ```
//! Each day but those of `workday` is about a period: with `after`, the one that has ended; else the
//! one the day is in.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::workdays::{CalendarGap, Workdays};

/// Which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayRule {
    /// Every workday.
    EveryWorkday,
    /// One day for each period.
    OneFor {
        /// Which day.
        which: Which,
        /// Among which.
        kind: Kind,
        /// Counted in the period, or from its end on.
        place: Place,
        /// The period.
        period: Period,
    },
}

/// Which of several days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The first is 1.
    Nth(u32),
    /// The last.
    Last,
}

/// Among which days is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Those that offices work on.
    Workday,
    /// All.
    Day,
}

/// Where is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the period.
    Within,
    /// From the first day after it.
    After,
}

/// What the day is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A month.
    Month,
    /// Three months from January, April, July or October.
    Quarter,
    /// A year from January.
    Year,
}

/// A day that a rule gives, and the days it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleDay {
    /// The day.
    pub day: NaiveDate,
    /// The first day it is about.
    pub from: NaiveDate,
    /// The first day after those.
    pub to: NaiveDate,
}

/// Why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rule for days")]
pub struct RuleError(String);

impl RuleError {
    /// How to mend it.
    pub fn hint(&self) -> String {
        "write `workday`, `3rd workday after month end`, `last workday of month`, `1st day of quarter` \
         or `year end`"
            .to_owned()
    }
}

impl FromStr for DayRule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<DayRule, RuleError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        read(&words).ok_or_else(|| RuleError(text.to_owned()))
    }
}

fn read(words: &[&str]) -> Option<DayRule> {
    let (which, rest) = match words {
        ["workday"] => return Some(DayRule::EveryWorkday),
        [period, "end"] => {
            return Some(DayRule::OneFor {
                which: Which::Last,
                kind: Kind::Day,
                place: Place::Within,
                period: Period::read(period)?,
            });
        }
        [first, rest @ ..] => match Which::read(first) {
            Some(which) => (which, rest),
            None => (Which::Nth(1), words),
        },
        [] => return None,
    };
    let (kind, place, period) = match rest {
        [kind, "after", period, "end"] => (*kind, Place::After, Period::read(period)?),
        [kind, "of", period] => (*kind, Place::Within, Period::read(period)?),
        _ => return None,
    };
    let kind = match kind {
        "workday" => Kind::Workday,
        "day" => Kind::Day,
        _ => return None,
    };
    // After the end of a period there is no last day.
    let is_endless = which == Which::Last && place == Place::After;
    let is_beyond = matches!(which, Which::Nth(n) if n > period.shortest_days(kind));
    (!is_endless && !is_beyond).then_some(DayRule::OneFor {
        which,
        kind,
        place,
        period,
    })
}

impl Which {
    fn read(word: &str) -> Option<Which> {
        match word {
            "first" => return Some(Which::Nth(1)),
            "last" => return Some(Which::Last),
            _ => {}
        }
        let ending = ["st", "nd", "rd", "th"].into_iter();
        let mut number = ending.filter_map(|ending| word.strip_suffix(ending));
        let number: u32 = number.next()?.parse().ok()?;
        (number > 0).then_some(Which::Nth(number))
    }
}

impl Period {
    fn read(word: &str) -> Option<Period> {
        match word {
            "month" => Some(Period::Month),
            "quarter" => Some(Period::Quarter),
            "year" => Some(Period::Year),
            _ => None,
        }
    }

    fn months(self) -> u32 {
        match self {
            Period::Month => 1,
            Period::Quarter => 3,
            Period::Year => 12,
        }
    }

    /// So many of these days are in every period. A February with all of Spring Festival has some 16
    /// workdays.
    fn shortest_days(self, kind: Kind) -> u32 {
        match kind {
            Kind::Day => 28 * self.months(),
            Kind::Workday => 15 * self.months(),
        }
    }

    /// The first day of the period that `day` is in.
    fn first_day(self, day: NaiveDate) -> Option<NaiveDate> {
        let month = day.month0() / self.months() * self.months();
        NaiveDate::from_ymd_opt(day.year(), month + 1, 1)
    }
}

impl DayRule {
    /// The days from `first` to `last`, both included, in order.
    ///
    /// # Errors
    /// The calendar does not have a day that decides about one of them.
    pub fn days(
        self,
        workdays: &Workdays,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<RuleDay>, CalendarGap> {
        let DayRule::OneFor { period, place, .. } = self else {
            return every_workday(workdays, first, last);
        };
        let mut days = Vec::new();
        let begin = match place {
            Place::Within => Some(first),
            // Counting from the end of a period stays within the one after it.
            Place::After => first.checked_sub_months(Months::new(period.months())),
        };
        let mut from = begin.and_then(|day| period.first_day(day));
        while let Some(begin) = from.filter(|from| *from <= last) {
            let Some(to) = begin.checked_add_months(Months::new(period.months())) else {
                break;
            };
            if let Some(day) = self.day_for(workdays, begin, to, last)?
                && day >= first
            {
                days.push(RuleDay {
                    day,
                    from: begin,
                    to,
                });
            }
            from = Some(to);
        }
        Ok(days)
    }

    /// The day for the period from `from` until before `to`; none when it comes after `last`.
    fn day_for(
        self,
        workdays: &Workdays,
        from: NaiveDate,
        to: NaiveDate,
        last: NaiveDate,
    ) -> Result<Option<NaiveDate>, CalendarGap> {
        let DayRule::OneFor {
            which, kind, place, ..
        } = self
        else {
            return Ok(None);
        };
        let counts = |day: NaiveDate| match kind {
            Kind::Day => Ok(true),
            Kind::Workday => workdays.is_workday(day),
        };
        match which {
            Which::Nth(n) => {
                let begin = match place {
                    Place::Within => from,
                    Place::After => to,
                };
                let mut counted = 0;
                for day in begin.iter_days().take_while(|day| *day <= last) {
                    counted += u32::from(counts(day)?);
                    if counted == n {
                        return Ok(Some(day));
                    }
                }
                Ok(None)
            }
            Which::Last => {
                let mut day = to.pred_opt();
                while let Some(candidate) = day.filter(|day| *day >= from) {
                    if counts(candidate)? {
                        return Ok(Some(candidate).filter(|day| *day <= last));
                    }
                    day = candidate.pred_opt();
                }
                Ok(None)
            }
        }
    }
}

/// Each workday, about the days since the workday before it.
fn every_workday(
    workdays: &Workdays,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<RuleDay>, CalendarGap> {
    let mut days = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        if !workdays.is_workday(day)? {
            continue;
        }
        let mut from = day;
        // The longest holidays have a week and a half; a longer stretch is a hole in the calendar.
        for before in (1..31).filter_map(|back| day.checked_sub_days(Days::new(back))) {
            from = before;
            if workdays.is_workday(before)? {
                break;
            }
        }
        days.push(RuleDay { day, from, to: day });
    }
    Ok(days)
}

impl fmt::Display for DayRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DayRule::OneFor {
            which,
            kind,
            place,
            period,
        } = self
        else {
            return f.write_str("workday");
        };
        let kind = match kind {
            Kind::Workday => "workday",
            Kind::Day => "day",
        };
        let period = match period {
            Period::Month => "month",
            Period::Quarter => "quarter",
            Period::Year => "year",
        };
        match (which, place) {
            (Which::Last, _) if kind == "day" => return write!(f, "{period} end"),
            (Which::Last, _) => f.write_str("last")?,
            (Which::Nth(n), _) => {
                let ending = match (n % 10, n % 100) {
                    (_, 11..=13) => "th",
                    (1, _) => "st",
                    (2, _) => "nd",
                    (3, _) => "rd",
                    _ => "th",
                };
                write!(f, "{n}{ending}")?;
            }
        }
        match place {
            Place::Within => write!(f, " {kind} of {period}"),
            Place::After => write!(f, " {kind} after {period} end"),
        }
    }
}
