//! What is known of a source before its rows are read.

use chrono::NaiveDateTime;
use contracts::text::nearest;

use super::config::{Changes, DatabaseConfig};
use super::drift::Column;
use super::error::{DatabaseError, Trouble};
use super::pull::Snapshot;
use super::select;
use super::state::{Found, Point, Server, read_time};

/// How a column of changes is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeType {
    /// A moment.
    WithZone,
    /// What a clock shows.
    WithoutZone,
    /// A day.
    Day,
}

/// What `since` can make of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// It can be its `time`.
    Time(TimeType),
    /// It can be its `id`.
    Number,
    /// Its values have no order of changes.
    None,
}

/// The rows a pull gives.
#[derive(Debug)]
pub(crate) struct Description {
    /// The columns, in order.
    pub(crate) columns: Vec<Column>,
    /// Where `time` is, and how it is compared.
    pub(crate) time: Option<(usize, TimeType)>,
    /// Where `id` is.
    pub(crate) id: Option<usize>,
}

impl Description {
    /// Of these columns, in which the columns of `since` are found.
    ///
    /// # Errors
    /// When two have one name, or one that `since` names is not there or has no order.
    pub(crate) fn of(
        columns: Vec<(Column, Order)>,
        since: Option<&Changes>,
    ) -> Result<Description, Trouble> {
        for (index, (column, _)) in columns.iter().enumerate() {
            if columns[..index]
                .iter()
                .any(|(other, _)| other.name == column.name)
            {
                return Err(Trouble::ColumnTwice {
                    column: column.name.clone(),
                });
            }
        }
        let (mut time, mut id) = (None, None);
        if let Some(name) = since.and_then(|since| since.time.as_deref()) {
            let index = find(&columns, name)?;
            match columns[index].1 {
                Order::Time(kind) => time = Some((index, kind)),
                _ => return Err(wrong_type(&columns[index].0)),
            }
        }
        if let Some(name) = since.and_then(|since| since.id.as_deref()) {
            let index = find(&columns, name)?;
            match columns[index].1 {
                Order::Number => id = Some(index),
                _ => return Err(wrong_type(&columns[index].0)),
            }
        }
        let columns = columns.into_iter().map(|(column, _)| column).collect();
        Ok(Description { columns, time, id })
    }

    /// The place of a row in the order of changes, if it has one.
    pub(crate) fn point(&self, values: &[Option<&str>]) -> Option<Point> {
        let value = |index: usize| values.get(index).copied().flatten();
        let time = match self.time {
            None => None,
            Some((index, _)) => Some(value(index).and_then(read_time)?),
        };
        let id = self.id.and_then(value);
        let id = id.and_then(|text| text.parse().ok());
        (time.is_some() || id.is_some()).then_some(Point { time, id })
    }
}

fn find(columns: &[(Column, Order)], name: &str) -> Result<usize, Trouble> {
    let found = columns.iter().position(|(column, _)| column.name == name);
    found.ok_or_else(|| {
        let names = columns.iter().map(|(column, _)| column.name.as_str());
        Trouble::NoColumn {
            column: name.to_owned(),
            key: "since",
            nearest: nearest(name, names).map(str::to_owned),
        }
    })
}

fn wrong_type(column: &Column) -> Trouble {
    Trouble::CursorType {
        column: column.name.clone(),
        found: column.kind.clone(),
    }
}

/// That there is no such table, and which of those there (`schema.name`) was meant.
pub(crate) fn no_table(table: &str, there: &[String]) -> Trouble {
    let bare = there
        .iter()
        .map(|name| name.split_once('.').map_or(name.as_str(), |(_, bare)| bare));
    let found = match table.contains('.') {
        true => nearest(table, there.iter().map(String::as_str)),
        false => nearest(table, bare),
    };
    Trouble::NoTable {
        table: table.to_owned(),
        nearest: found.map(str::to_owned),
    }
}

/// That a column named in `columns` is not among those there, if so.
pub(crate) fn missing_column(config: &DatabaseConfig, there: &[String]) -> Option<Trouble> {
    let missing = config
        .columns
        .iter()
        .find(|column| !there.contains(column))?;
    Some(Trouble::NoColumn {
        column: missing.clone(),
        key: "columns",
        nearest: nearest(missing, there.iter().map(String::as_str)).map(str::to_owned),
    })
}

/// What a server tells when a pull begins.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) server: Server,
    /// Transactions that are open; none where they cannot be known.
    pub(crate) open: Vec<u64>,
    /// What time it is where columns with a zone stand: in UTC.
    pub(crate) now_utc: Option<NaiveDateTime>,
    /// What the server's clock shows to those who write columns without a zone.
    pub(crate) now_local: Option<NaiveDateTime>,
    /// The server's version, and what it calls the snapshot, for the manifest.
    pub(crate) version: String,
    pub(crate) snapshot: Option<String>,
}

/// What is found when a pull begins, and what time it is in the column of changes.
pub(crate) struct Beginning {
    pub(crate) found: Found,
    /// The latest moment that is not in the future.
    pub(crate) latest: Option<NaiveDateTime>,
    pub(crate) version: String,
    pub(crate) snapshot: Option<String>,
}

/// Looks at the server and, if asked to, at the newest change.
pub(crate) async fn begin(
    snapshot: &mut impl Snapshot,
    config: &DatabaseConfig,
    description: &Description,
    looks_for_newest: bool,
) -> Result<Beginning, DatabaseError> {
    let told = snapshot.tell(config).await?;
    let latest = match description.time {
        None => None,
        Some((_, TimeType::WithZone)) => told.now_utc,
        Some((_, TimeType::WithoutZone)) => told.now_local,
        // A day is not over: its rows may be stamped with it until it ends.
        Some((_, TimeType::Day)) => told
            .now_local
            .and_then(|now| now.date().and_hms_opt(0, 0, 0)),
    };
    let mut found = Found {
        server: told.server,
        columns: description.columns.clone(),
        open: told.open,
        newest: None,
        is_empty: false,
    };
    if let (Some(since), true) = (config.since.as_deref(), looks_for_newest) {
        let newest = select::newest(snapshot.dialect(), config, since);
        let newest = snapshot.value(&newest).await?;
        found.is_empty = newest.is_none();
        found.newest = newest.and_then(|text| match since.time {
            Some(_) => Some(Point {
                time: Some(read_time(&text)?),
                id: None,
            }),
            None => Some(Point {
                time: None,
                id: Some(text.parse().ok()?),
            }),
        });
    }
    Ok(Beginning {
        found,
        latest,
        version: told.version,
        snapshot: told.snapshot,
    })
}
