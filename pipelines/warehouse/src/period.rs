//! Closed periods: months whose published numbers may change by a restatement alone.
//!
//! Closing a month closes it and every month before. Each closing and each restatement is one object,
//! created if absent and never changed (see `keys`):
//!
//! ```json
//! { "month": "2024-12", "closed_at": "2025-02-01T02:00:00Z", "publication": 12 }
//! ```
//!
//! What a closed month's numbers are is said by the newest publication: since no publication may
//! change them, it is the same in all since the closing, but for what was restated.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt as _, PutMode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::WarehouseError;
use crate::keys::{CLOSED, RESTATED};

/// A month of the city, written `2024-12`; months sort as the calendar does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    year: u16,
    month: u8,
}

impl Period {
    /// Its year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// Whether it is the last of its year.
    pub fn ends_year(self) -> bool {
        self.month == 12
    }
}

impl FromStr for Period {
    type Err = WarehouseError;

    fn from_str(text: &str) -> Result<Self, WarehouseError> {
        let parse = || {
            let (year, month) = text.split_once('-')?;
            if year.len() != 4 || month.len() != 2 {
                return None;
            }
            let month: u8 = month.parse().ok()?;
            let period = Period {
                year: year.parse().ok()?,
                month,
            };
            (1..=12).contains(&month).then_some(period)
        };
        parse().ok_or_else(|| WarehouseError::NotAMonth {
            text: text.to_owned(),
        })
    }
}

impl TryFrom<String> for Period {
    type Error = WarehouseError;

    fn try_from(text: String) -> Result<Self, WarehouseError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A month that was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The month; all before it are closed too.
    pub month: Period,
    /// When it was closed.
    pub closed_at: DateTime<Utc>,
    /// The publication whose numbers were closed; it is pinned.
    pub publication: u64,
}

/// The numbers of closed months that a publication changed. Why is said by the publication itself
/// ([`Restates`](crate::Restates)); both publications are kept, so the list can be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restatement {
    /// The publication that has the new numbers.
    pub publication: u64,
    /// The numbers that changed; the first of them, when there are very many.
    pub changes: Vec<Restated>,
}

/// A published number that changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Restated {
    /// The mart, such as `mart.energy_month`.
    pub mart: String,
    /// When it is: `2024-12` or `2024`.
    pub time: String,
    /// The row's key: `organization_id = ORG-A, month = 2024-12`.
    pub key: String,
    /// The column; absent when the whole row came or went.
    pub column: Option<String>,
    /// What it was; absent for nothing, or when there was no such row.
    pub from: Option<String>,
    /// What it is; absent for nothing, or when there is no such row.
    pub to: Option<String>,
}

impl fmt::Display for Restated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mart, key, .. } = self;
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let (from, to) = (shown(&self.from), shown(&self.to));
        match &self.column {
            Some(column) => write!(f, "{mart} ({key}) {column}: {from} -> {to}"),
            None => write!(f, "{mart} ({key}): {from} -> {to}"),
        }
    }
}

/// The closed periods of a lake.
#[derive(Clone, Debug)]
pub struct Periods {
    objects: Arc<dyn ObjectStore>,
}

/// Objects read at once.
const CONCURRENT_READS: usize = 8;

impl Periods {
    pub(crate) fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects }
    }

    /// All closings, oldest month first.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn closings(&self) -> Result<Vec<Closing>, WarehouseError> {
        let mut closings: Vec<Closing> = self.all(CLOSED).await?;
        closings.sort_by_key(|closing| closing.month);
        Ok(closings)
    }

    /// The last closed month; `None` when nothing is closed.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn closed_through(&self) -> Result<Option<Period>, WarehouseError> {
        Ok(self.closings().await?.last().map(|closing| closing.month))
    }

    /// Closes a month; answers the closing that holds, which is an earlier one if the month was
    /// closed already.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn close(&self, closing: Closing) -> Result<Closing, WarehouseError> {
        if let Some(known) = self
            .closings()
            .await?
            .into_iter()
            .find(|known| known.month >= closing.month)
        {
            return Ok(known);
        }
        let path = Path::from(format!("{CLOSED}/{}.json", closing.month));
        self.create(&path, &closing).await?;
        Ok(closing)
    }

    /// All restatements, oldest first.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn restatements(&self) -> Result<Vec<Restatement>, WarehouseError> {
        let mut restatements: Vec<Restatement> = self.all(RESTATED).await?;
        restatements.sort_by_key(|restatement| restatement.publication);
        Ok(restatements)
    }

    /// Keeps what was restated.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn record(&self, restatement: &Restatement) -> Result<(), WarehouseError> {
        let path = Path::from(format!("{RESTATED}/{:08}.json", restatement.publication));
        self.create(&path, restatement).await
    }

    async fn create(&self, path: &Path, value: &impl Serialize) -> Result<(), WarehouseError> {
        let bytes = serde_json::to_vec_pretty(value).expect("text keys and plain values only");
        let created = self
            .objects
            .put_opts(path, bytes.into(), PutMode::Create.into())
            .await;
        match created {
            // Somebody closed the same month at the same time: one of both is enough.
            Ok(_) | Err(StoreError::AlreadyExists { .. }) => Ok(()),
            Err(source) => Err(WarehouseError::write(path, source)),
        }
    }

    async fn all<T: DeserializeOwned>(&self, folder: &str) -> Result<Vec<T>, WarehouseError> {
        let folder = Path::from(folder);
        let listing = self
            .objects
            .list_with_delimiter(Some(&folder))
            .await
            .map_err(|source| WarehouseError::read(&folder, source))?;
        let read = |path: Path| async move {
            let failed = |source| WarehouseError::read(&path, source);
            let object = self.objects.get(&path).await.map_err(failed)?;
            let bytes = object.bytes().await.map_err(failed)?;
            serde_json::from_slice(&bytes).map_err(|source| WarehouseError::PeriodUnreadable {
                key: path.to_string(),
                source,
            })
        };
        let paths = listing.objects.into_iter().map(|object| object.location);
        futures::stream::iter(paths)
            .map(read)
            .buffered(CONCURRENT_READS)
            .try_collect()
            .await
    }
}
