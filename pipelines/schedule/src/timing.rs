//! Timings: the moments at which a job is due, and the interval each of them is for.
//!
//! Pure: (timing, calendar, from, to) gives due times. A cron expression is due at its times in its
//! zone; when clocks are put forward, a time that is skipped is due right after, and when they are put
//! back, a time that comes twice is due once (expressions such as `*/10` go by the hours that really
//! pass). Its interval is the stretch since the due time before. A rule is due at a time of day on its
//! days, and its interval is what the day is about.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use ingest::Interval;

use crate::rule::DayRule;
use crate::workdays::{CalendarGap, Workdays};

/// How far ahead the next due time is looked for: more than a year of rules has one.
const AHEAD: Days = Days::new(800);

/// When a job is due.
#[derive(Debug, Clone)]
pub struct Timing {
    times: Times,
    zone: Tz,
}

#[derive(Debug, Clone)]
enum Times {
    Cron(Box<Cron>),
    Rule { rule: DayRule, at: NaiveTime },
}

/// A moment at which a job is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The moment.
    pub at: DateTime<Utc>,
    /// What the run is for.
    pub interval: Interval,
}

/// Why a text is no cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronFault {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// It can be read, and no time is ever due.
    #[error("no moment ever fits it")]
    Never,
}

impl Timing {
    /// The times of a cron expression of five fields.
    ///
    /// # Errors
    /// It cannot be read, or never fires.
    pub fn cron(text: &str, zone: Tz) -> Result<Timing, CronFault> {
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let cron = parser
            .parse(text)
            .map_err(|error| CronFault::Unreadable(error.to_string()))?;
        let any_time = DateTime::UNIX_EPOCH.with_timezone(&zone);
        if cron.find_next_occurrence(&any_time, false).is_err() {
            return Err(CronFault::Never);
        }
        Ok(Timing {
            times: Times::Cron(Box::new(cron)),
            zone,
        })
    }

    /// The days of a rule, at a time of day.
    pub fn rule(rule: DayRule, at: NaiveTime, zone: Tz) -> Timing {
        Timing {
            times: Times::Rule { rule, at },
            zone,
        }
    }

    /// The time zone it is written in.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The due times after `after` up to and with `until`, in order; the first `limit` of them.
    ///
    /// # Errors
    /// The calendar does not have a day that decides about one of them.
    pub fn dues(
        &self,
        workdays: &Workdays,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Due>, CalendarGap> {
        match &self.times {
            Times::Cron(cron) => Ok(self.cron_dues(cron, after, until, limit)),
            Times::Rule { rule, at } => {
                let (first, last) = (self.day_of(after), self.day_of(until));
                let days = rule.days(workdays, first, last)?.into_iter();
                // What every workday is about goes from due time to due time, the rest from midnight.
                let begins_at = match rule {
                    DayRule::EveryWorkday => *at,
                    DayRule::OneFor { .. } => NaiveTime::MIN,
                };
                let dues = days.filter_map(|day| {
                    let from = self.moment(day.from.and_time(begins_at))?;
                    let to = self.moment(day.to.and_time(begins_at))?;
                    Some(Due {
                        at: self.moment(day.day.and_time(*at))?,
                        interval: Interval::new(from, to)?,
                    })
                });
                let dues = dues.filter(|due| due.at > after && due.at <= until);
                Ok(dues.take(limit).collect())
            }
        }
    }

    /// The newest due time up to and with `until`, if it comes after `after`.
    ///
    /// # Errors
    /// As [`dues`](Self::dues).
    pub fn newest(
        &self,
        workdays: &Workdays,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Due>, CalendarGap> {
        match &self.times {
            Times::Cron(cron) => {
                let until = until.with_timezone(&self.zone);
                let newest = cron.find_previous_occurrence(&until, true).ok();
                let newest = newest.map(|at| self.cron_due(cron, at));
                Ok(newest.filter(|due| due.at > after))
            }
            Times::Rule { .. } => {
                let dues = self.dues(workdays, after, until, usize::MAX)?;
                Ok(dues.last().copied())
            }
        }
    }

    /// The first due time after `after`; none if there is none for two years.
    ///
    /// # Errors
    /// As [`dues`](Self::dues).
    pub fn next(
        &self,
        workdays: &Workdays,
        after: DateTime<Utc>,
    ) -> Result<Option<Due>, CalendarGap> {
        if let Times::Cron(cron) = &self.times {
            let next = cron.find_next_occurrence(&after.with_timezone(&self.zone), false);
            return Ok(next.ok().map(|at| self.cron_due(cron, at)));
        }
        // Day by day further ahead, so that a year the calendar has no rows of is asked for only when
        // no day before it fits.
        let horizon = after
            .checked_add_days(AHEAD)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut until = after;
        while until < horizon {
            until += TimeDelta::days(31);
            if let Some(due) = self.dues(workdays, after, until, 1)?.first() {
                return Ok(Some(*due));
            }
        }
        Ok(None)
    }

    /// The due times by `now` whose interval lies between `from` and `to`, in order.
    ///
    /// # Errors
    /// As [`dues`](Self::dues).
    pub fn within(
        &self,
        workdays: &Workdays,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Due>, CalendarGap> {
        // By a rule, a run may come long after what it is about; by cron, it comes with its end.
        let until = match self.times {
            Times::Cron(_) => now.min(to),
            Times::Rule { .. } => now,
        };
        let mut dues = self.dues(workdays, from, until, usize::MAX)?;
        dues.retain(|due| due.interval.from >= from && due.interval.to <= to);
        Ok(dues)
    }

    fn cron_dues(
        &self,
        cron: &Cron,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Vec<Due> {
        let mut dues = Vec::new();
        let mut last = after.with_timezone(&self.zone);
        while dues.len() < limit {
            match cron.find_next_occurrence(&last, false) {
                Ok(next) if next <= until => {
                    dues.push(self.cron_due(cron, next));
                    last = next;
                }
                _ => break,
            }
        }
        dues
    }

    fn cron_due(&self, cron: &Cron, at: DateTime<Tz>) -> Due {
        // The first of all has none before it; its interval is empty.
        let before = cron.find_previous_occurrence(&at, false).unwrap_or(at);
        let (from, to) = (before.to_utc().min(at.to_utc()), at.to_utc());
        Due {
            at: to,
            interval: Interval { from, to },
        }
    }

    fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The moment of a local time: the first of two, and the first after a gap.
    fn moment(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        let later = (0..=24 * 60).map(|minutes| local + TimeDelta::minutes(minutes));
        let mut moments =
            later.filter_map(|local| self.zone.from_local_datetime(&local).earliest());
        moments.next().map(|moment| moment.to_utc())
    }
}

#[cfg(test)]
mod tests;
