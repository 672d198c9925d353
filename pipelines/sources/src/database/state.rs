//! What a cursor of a database holds, and where the next pull begins.
//!
//! A cursor is the newest change seen: a moment, a number, or both. Alone it loses rows. A transaction that
//! is open while a pull reads may commit afterwards, with older moments and smaller numbers than the pull
//! has seen; clocks go back; a server is restored from a backup and gives old numbers to new rows. So:
//!
//! - a pull begins `overlap` before the newest change seen;
//! - where the server tells which transactions were open, the cursor names each together with the newest
//!   change seen *before* it was: the next pull begins there, however long it was open;
//! - a change that lies in the server's future does not move the cursor;
//! - what shows that the source is not the one of before, or has gone back (its identity, its counter of
//!   transactions, its sequence, its clock, its newest change), has everything read again, and said why;
//! - `full_every` does so after a time in any case, as a net below all this.
//!
//! Reading a row again costs time, nothing else: rows are compared by their key.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::config::Changes;
use super::drift::Column;

/// A place in the order of changes. Both parts are compared, the time first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Point {
    /// As the column has it: UTC for a column with a zone, else what its clock shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<NaiveDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<Id>,
}

/// A number that grows. JSON has it as text, because not every reader of JSON keeps all its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Id(pub(crate) i128);

impl FromStr for Id {
    type Err = String;

    /// A fraction is left off: a pull begins no later for it.
    fn from_str(text: &str) -> Result<Id, String> {
        let whole = text.split('.').next().unwrap_or_default();
        whole
            .parse()
            .map(Id)
            .map_err(|_| format!("`{text}` is no number"))
    }
}

impl TryFrom<String> for Id {
    type Error = String;

    fn try_from(text: String) -> Result<Id, String> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> String {
        id.0.to_string()
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.time, self.id) {
            (Some(time), Some(id)) => write!(f, "{time} and {}", id.0),
            (Some(time), None) => write!(f, "{time}"),
            (None, Some(id)) => write!(f, "{}", id.0),
            (None, None) => f.write_str("nothing"),
        }
    }
}

/// Reads a moment as servers write it in ISO form: `2026-11-24 08:30:00.123456`, with `+00` behind it for
/// a column with a zone, or a day alone. None for `infinity`, years before Christ, and `0000-00-00`.
pub(crate) fn read_time(text: &str) -> Option<NaiveDateTime> {
    let text = text.strip_suffix("+00").unwrap_or(text);
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day.and_time(NaiveTime::MIN));
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok()
}

/// A transaction that was open while a pull read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Open {
    /// Its number.
    pub(crate) transaction: u64,
    /// The newest change seen by the last pull before it; everything has to be read when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Point>,
}

/// What a cursor of a database holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// The job's way to read, hashed.
    pub(crate) reads: String,
    /// The newest change seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<Point>,
    /// Transactions that were open then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) open: Vec<Open>,
    /// When everything was last read, by our clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) full_at: Option<DateTime<Utc>>,
    /// When a pull that reads everything began, if it broke off and is to be gone on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) full_since: Option<DateTime<Utc>>,
    /// The server as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<Server>,
    /// The columns as they were then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) columns: Vec<Column>,
    /// Hashes of rows that the next pull will meet again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) seen: Vec<String>,
}

/// What a server tells about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Server {
    /// What names the server and the table, and differs after it was restored from a dump or failed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<String>,
    /// Its clock.
    pub(crate) clock: DateTime<Utc>,
    /// The number of its next transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_transaction: Option<u64>,
    /// The last number the table's sequence gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sequence: Option<Id>,
}

/// What a pull finds when it begins.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) server: Server,
    /// The columns of the rows.
    pub(crate) columns: Vec<Column>,
    /// Open transactions; none when the server does not tell.
    pub(crate) open: Vec<u64>,
    /// The newest change in the table; none when it is empty or that cannot be compared.
    pub(crate) newest: Option<Point>,
    /// Whether the table has no row that could be compared.
    pub(crate) is_empty: bool,
}

/// Where a pull begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the first row; with the reason when an earlier pull had come further.
    Everything(Option<String>),
    /// Here, this point included.
    From(Point),
}

impl State {
    /// Where the next pull begins, given what it finds.
    pub(crate) fn start(&self, found: &Found, since: &Changes, now: DateTime<Utc>) -> Start {
        let Some(at) = self.at else {
            return Start::Everything(None);
        };
        if let Some(why) = self.went_back(&at, found, since) {
            return Start::Everything(Some(why));
        }
        if self.full_since.is_some() {
            return Start::From(before(at, since));
        }
        let is_stale = since
            .full_every
            .is_some_and(|every| self.full_at.is_none_or(|full| now - full >= every.delta()));
        if is_stale {
            let why = "the last complete pull is older than `full_every`";
            return Start::Everything(Some(why.to_owned()));
        }
        let mut first = at;
        for open in &self.open {
            match open.since {
                Some(since) => first = first.min(since),
                None => {
                    let why = "a transaction was open while everything was first read, and its rows may lie anywhere";
                    return Start::Everything(Some(why.to_owned()));
                }
            }
        }
        Start::From(before(first, since))
    }

    /// What shows that the source is not the one of before.
    fn went_back(&self, at: &Point, found: &Found, since: &Changes) -> Option<String> {
        let now = &found.server;
        if let Some(was) = &self.server {
            if was.identity.is_some() && now.identity.is_some() && was.identity != now.identity {
                return Some("the table or its server is not the one of the last pull: it was restored, replaced or failed over".to_owned());
            }
            if let (Some(was), Some(now)) = (was.next_transaction, now.next_transaction)
                && now < was
            {
                return Some(format!(
                    "the server's counter of transactions went back from {was} to {now}: it was restored from a backup"
                ));
            }
            if let (Some(was), Some(now)) = (was.sequence, now.sequence)
                && now < was
            {
                return Some(format!(
                    "the sequence of `{}` went back from {} to {}",
                    since.id.as_deref().unwrap_or("id"),
                    was.0,
                    now.0
                ));
            }
            let back = was.clock - now.clock;
            if since.time.is_some() && back > since.overlap_of_time().delta() {
                return Some(format!(
                    "the server's clock went back by {} s, more than the overlap of {}",
                    back.num_seconds(),
                    since.overlap_of_time()
                ));
            }
        }
        match found.newest {
            Some(newest) if newest.leading() < at.leading() => Some(format!(
                "the newest change is {newest} now and was {at}: rows are gone, or the source was restored"
            )),
            None if found.is_empty => Some("the source was emptied".to_owned()),
            _ => None,
        }
    }

    /// The state after rows up to `at` have been read by a pull that began at `start`.
    pub(crate) fn after(
        &self,
        start: &Start,
        at: Option<Point>,
        found: &Found,
        now: DateTime<Utc>,
        is_complete: bool,
    ) -> State {
        let reads_all = matches!(start, Start::Everything(_));
        let goes_on = self.full_since.is_some() && !reads_all;
        // Transactions whose rows this pull began early enough for are done with when they are.
        let mut open: Vec<Open> = self
            .open
            .iter()
            .filter(|open| !reads_all && (goes_on || found.open.contains(&open.transaction)))
            .cloned()
            .collect();
        let since = self.at.filter(|_| !reads_all && !goes_on);
        for transaction in &found.open {
            if !open.iter().any(|open| open.transaction == *transaction) {
                open.push(Open {
                    transaction: *transaction,
                    since,
                });
            }
        }
        let full_since = match start {
            Start::Everything(_) => Some(now),
            Start::From(_) => self.full_since,
        };
        State {
            reads: self.reads.clone(),
            at: at.or(self.at.filter(|_| !reads_all)),
            open,
            full_at: match is_complete {
                true => full_since.or(self.full_at),
                false => self.full_at,
            },
            full_since: full_since.filter(|_| !is_complete),
            server: Some(found.server.clone()),
            columns: found.columns.clone(),
            seen: Vec::new(),
        }
    }

    /// Whether nothing that matters differs from an earlier state, so that none has to be kept.
    pub(crate) fn says_no_more_than(&self, earlier: &State) -> bool {
        let bare = |state: &State| State {
            server: state.server.as_ref().map(|server| Server {
                clock: DateTime::UNIX_EPOCH,
                next_transaction: None,
                ..server.clone()
            }),
            ..state.clone()
        };
        bare(self) == bare(earlier)
    }
}

impl Point {
    /// The part that is compared first.
    fn leading(&self) -> Point {
        match self.time {
            Some(_) => Point { id: None, ..*self },
            None => *self,
        }
    }
}

/// So far before a point that late rows are still found.
pub(crate) fn before(point: Point, since: &Changes) -> Point {
    match point.time {
        Some(time) => {
            let overlap = since.overlap_of_time().delta();
            if overlap.is_zero() {
                return point;
            }
            Point {
                time: time.checked_sub_signed(overlap),
                id: None,
            }
        }
        None => Point {
            time: None,
            id: point
                .id
                .map(|id| Id(id.0.saturating_sub(i128::from(since.overlap_of_ids())))),
        },
    }
}

#[cfg(test)]
mod tests;
