//! Publications: which version of which table readers see.
//!
//! A publication is one object, written once and never changed: `publications/00000012.json`. Its
//! number is taken by creating the object if it is absent, so two publishers cannot share one. Every
//! publication is kept, with all rows of all versions it names, until it is retired; a pinned one
//! cannot be. Marks are objects of their own beside it (see `keys`).
//!
//! ```json
//! {
//!   "number": 12,
//!   "created_at": "2026-11-24T03:00:00Z",
//!   "tables": { "energy.monthly": 41, "mart.energy_month": 17 },
//!   "audits": [ { "model": "energy_month", "audit": "sums_match", "severity": "error", "rows": 0 } ],
//!   "models_hash": "9f2c…",
//!   "note": null
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone as _, Utc};
use contracts::TableId;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt as _, PutMode};
use serde::{Deserialize, Serialize};

use crate::error::WarehouseError;
use crate::keys::{PUBLICATIONS, PublicationKey};
use crate::period::Period;

/// China has one time zone and no summer time since 1991; publications are younger.
const CITY_UTC_OFFSET_SECONDS: i32 = 8 * 3600;

const PINNED: &str = "pinned";
const RETIRED: &str = "retired";

/// A set of table versions that readers see together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// 1 and up, without gaps.
    pub number: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The version of each table; tables that are not here are not shown.
    pub tables: BTreeMap<TableId, u64>,
    /// What the audits found before it was made.
    pub audits: Vec<AuditOutcome>,
    /// The hash of all models it was built with.
    pub models_hash: String,
    /// What whoever published wanted to say.
    pub note: Option<String>,
    /// What it changes in closed months, and why; absent when it changes nothing there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restates: Option<Restates>,
}

/// Why a publication may change closed months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restates {
    /// The publication that had the old numbers.
    pub previous: u64,
    /// The months restated.
    pub months: Vec<Period>,
    /// Why.
    pub reason: String,
    /// How many numbers of closed months it changes.
    pub changes: u64,
}

/// A publication that has no number yet.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Publication`")]
pub struct PublicationDraft {
    pub created_at: DateTime<Utc>,
    pub tables: BTreeMap<TableId, u64>,
    pub audits: Vec<AuditOutcome>,
    pub models_hash: String,
    pub note: Option<String>,
    pub restates: Option<Restates>,
}

/// What one audit found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditOutcome {
    /// The model it looked at.
    pub model: String,
    /// Its name.
    pub audit: String,
    /// What it finding something means.
    pub severity: AuditSeverity,
    /// The rows it found; none is good.
    pub rows: u64,
    /// What was found, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl AuditOutcome {
    /// Whether it found nothing.
    pub fn passed(&self) -> bool {
        self.rows == 0
    }

    /// Whether it forbids a publication.
    pub fn forbids_publication(&self) -> bool {
        !self.passed() && self.severity == AuditSeverity::Error
    }
}

/// What an audit that finds something means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditSeverity {
    /// The numbers are wrong: nothing is published.
    Error,
    /// The numbers are odd: published, and shown.
    Warning,
}

/// Which publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// The newest.
    Latest,
    /// This one.
    Number(u64),
    /// The newest at the end of this day in the city.
    Date(NaiveDate),
}

/// The publications of a lake.
#[derive(Clone, Debug)]
pub struct Publications {
    objects: Arc<dyn ObjectStore>,
}

impl Publications {
    pub(crate) fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects }
    }

    /// The newest; `None` if nothing has been published.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn latest(&self) -> Result<Option<Publication>, WarehouseError> {
        match self.numbers().await?.last() {
            Some(&number) => self.get(number).await.map(Some),
            None => Ok(None),
        }
    }

    /// The publication `number`, retired or not.
    ///
    /// # Errors
    /// [`WarehouseError::PublicationMissing`]; the storage fails.
    pub async fn get(&self, number: u64) -> Result<Publication, WarehouseError> {
        if let Some(publication) = self.read(number).await? {
            return Ok(publication);
        }
        let newest = self.numbers().await?.last().copied();
        match newest {
            Some(newest) => Err(WarehouseError::PublicationMissing { number, newest }),
            None => Err(WarehouseError::NothingPublished),
        }
    }

    /// The newest publications, newest first, at most `limit`.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn list(&self, limit: usize) -> Result<Vec<Publication>, WarehouseError> {
        let numbers = self.numbers().await?;
        let mut publications = Vec::new();
        for &number in numbers.iter().rev().take(limit) {
            publications.push(self.get(number).await?);
        }
        Ok(publications)
    }

    /// The publication meant by `as_of`.
    ///
    /// # Errors
    /// There is none: [`WarehouseError::NothingPublished`],
    /// [`WarehouseError::PublicationMissing`], [`WarehouseError::NothingPublishedBy`].
    pub async fn as_of(&self, as_of: AsOf) -> Result<Publication, WarehouseError> {
        match as_of {
            AsOf::Latest => self.latest().await?.ok_or(WarehouseError::NothingPublished),
            AsOf::Number(number) => self.get(number).await,
            AsOf::Date(date) => self.by_end_of(date).await,
        }
    }

    /// Publishes `draft` under the next free number.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn create(&self, draft: PublicationDraft) -> Result<Publication, WarehouseError> {
        let mut number = self.numbers().await?.last().map_or(1, |newest| newest + 1);
        loop {
            let publication = Publication {
                number,
                created_at: draft.created_at,
                tables: draft.tables.clone(),
                audits: draft.audits.clone(),
                models_hash: draft.models_hash.clone(),
                note: draft.note.clone(),
                restates: draft.restates.clone(),
            };
            let bytes =
                serde_json::to_vec_pretty(&publication).expect("a publication has text keys only");
            let key = PublicationKey::new(number);
            match self.put(key.as_path(), bytes, PutMode::Create).await {
                Ok(()) => return Ok(publication),
                Err(StoreError::AlreadyExists { .. }) => {
                    // Somebody was faster, or the acknowledgement of our own write was lost.
                    if self.read(number).await?.as_ref() == Some(&publication) {
                        return Ok(publication);
                    }
                    number += 1;
                }
                Err(source) => return Err(WarehouseError::write(key.as_path(), source)),
            }
        }
    }

    /// Whether the rows of the publication `number` are kept: it is there and not retired.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn is_kept(&self, number: u64) -> Result<bool, WarehouseError> {
        Ok(self.read(number).await?.is_some() && !self.is_marked(number, RETIRED).await?)
    }

    /// Whether the publication `number` is pinned.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn is_pinned(&self, number: u64) -> Result<bool, WarehouseError> {
        self.is_marked(number, PINNED).await
    }

    /// Makes sure that the publication `number` will not be retired.
    ///
    /// # Errors
    /// It is missing or retired already; the storage fails.
    pub async fn pin(&self, number: u64) -> Result<(), WarehouseError> {
        self.get(number).await?;
        self.mark(number, PINNED).await?;
        // A retirement that came in between would have been decided before the pin was there.
        if self.is_marked(number, RETIRED).await? {
            return Err(WarehouseError::PublicationRetired { number });
        }
        Ok(())
    }

    /// Takes the pin off; does nothing if there is none.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn unpin(&self, number: u64) -> Result<(), WarehouseError> {
        let key = PublicationKey::mark(number, PINNED);
        match self.objects.delete(key.as_path()).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(source) => Err(WarehouseError::write(key.as_path(), source)),
        }
    }

    /// Gives up the rows of the publication `number`: from now on it cannot be opened, and the
    /// clean-up may remove what no other publication needs.
    ///
    /// # Errors
    /// It is missing or pinned; the storage fails.
    pub async fn retire(&self, number: u64) -> Result<(), WarehouseError> {
        self.get(number).await?;
        if self.is_pinned(number).await? {
            return Err(WarehouseError::PublicationPinned { number });
        }
        self.mark(number, RETIRED).await
    }

    /// All publications whose rows are kept, oldest first.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn kept(&self) -> Result<Vec<Publication>, WarehouseError> {
        let retired = self.marked(RETIRED).await?;
        let mut kept = Vec::new();
        for number in self.numbers().await? {
            if !retired.contains(&number) {
                kept.push(self.get(number).await?);
            }
        }
        Ok(kept)
    }

    async fn by_end_of(&self, date: NaiveDate) -> Result<Publication, WarehouseError> {
        let end = end_of_day(date);
        for number in self.numbers().await?.into_iter().rev() {
            let publication = self.get(number).await?;
            if end.is_none_or(|end| publication.created_at < end) {
                return Ok(publication);
            }
        }
        Err(WarehouseError::NothingPublishedBy { date })
    }

    /// All numbers, ascending.
    async fn numbers(&self) -> Result<Vec<u64>, WarehouseError> {
        let numbers = self.numbers_in(&Path::from(PUBLICATIONS)).await?;
        Ok(numbers.into_iter().collect())
    }

    async fn marked(&self, mark: &str) -> Result<BTreeSet<u64>, WarehouseError> {
        self.numbers_in(&Path::from_iter([PUBLICATIONS, mark]))
            .await
    }

    async fn numbers_in(&self, folder: &Path) -> Result<BTreeSet<u64>, WarehouseError> {
        let listing = self
            .objects
            .list_with_delimiter(Some(folder))
            .await
            .map_err(|source| WarehouseError::read(folder, source))?;
        let paths = listing.objects.iter();
        Ok(paths
            .filter_map(|object| PublicationKey::number(&object.location))
            .collect())
    }

    async fn read(&self, number: u64) -> Result<Option<Publication>, WarehouseError> {
        let key = PublicationKey::new(number);
        let bytes = match self.objects.get(key.as_path()).await {
            Ok(object) => object.bytes().await,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(source) => Err(source),
        };
        let bytes = bytes.map_err(|source| WarehouseError::read(key.as_path(), source))?;
        let publication = serde_json::from_slice(&bytes);
        publication
            .map(Some)
            .map_err(|source| WarehouseError::PublicationUnreadable {
                key: key.as_path().to_string(),
                source,
            })
    }

    async fn is_marked(&self, number: u64, mark: &str) -> Result<bool, WarehouseError> {
        let key = PublicationKey::mark(number, mark);
        match self.objects.head(key.as_path()).await {
            Ok(_) => Ok(true),
            Err(StoreError::NotFound { .. }) => Ok(false),
            Err(source) => Err(WarehouseError::read(key.as_path(), source)),
        }
    }

    async fn mark(&self, number: u64, mark: &str) -> Result<(), WarehouseError> {
        let key = PublicationKey::mark(number, mark);
        match self
            .put(key.as_path(), b"{}".to_vec(), PutMode::Create)
            .await
        {
            Ok(()) | Err(StoreError::AlreadyExists { .. }) => Ok(()),
            Err(source) => Err(WarehouseError::write(key.as_path(), source)),
        }
    }

    async fn put(&self, path: &Path, bytes: Vec<u8>, mode: PutMode) -> Result<(), StoreError> {
        self.objects
            .put_opts(path, bytes.into(), mode.into())
            .await
            .map(|_| ())
    }
}

/// The moment the next day begins in the city; `None` at the end of the calendar.
fn end_of_day(date: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = date
        .checked_add_days(Days::new(1))?
        .and_time(NaiveTime::MIN);
    let offset = FixedOffset::east_opt(CITY_UTC_OFFSET_SECONDS)?;
    let midnight = offset.from_local_datetime(&midnight).single()?;
    Some(midnight.to_utc())
}
