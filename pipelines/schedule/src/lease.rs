//! The lease: of all schedulers on a lake, one does the work.
//!
//! A lease is an object with a number, `schedule/lease/<00000012>.json`, created only if it is absent;
//! the newest number holds. Its holder rewrites it every few seconds with a higher beat. Whoever wants
//! to take over watches: when the newest lease has not changed for the time it expires in, by the
//! watcher's own clock and not by any time written down, the watcher creates the next number. Clocks
//! that differ therefore do no harm.
//!
//! The number is the fencing token. A holder that was stopped for a while and goes on believes that
//! it still holds; so before anything of it counts it asks whether its number is still the newest
//! ([`Lease::check`]). Between that answer and a commit a takeover can still happen. The commit then
//! meets the other's on the table's log, where the job's number (`txn`) lets one of them pass, and the
//! one that comes second finds the interval loaded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use object_store::Error as StoreError;
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::error::ScheduleError;
use crate::store::ScheduleStore;

const LEASES: &str = "schedule/lease";

/// A lease as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseObject {
    /// Its number.
    pub epoch: u64,
    /// Who holds it: the machine, the process and random digits.
    pub holder: String,
    /// How often its holder has said that it lives.
    pub beat: u64,
    /// Whether its holder has given it up.
    pub is_released: bool,
}

/// Somebody who wants the lease.
#[derive(Debug)]
pub struct Candidate {
    store: ScheduleStore,
    holder: String,
    expiry: Duration,
    /// The newest lease, and since when it has not changed.
    seen: Option<(LeaseObject, Instant)>,
}

/// A lease that is held.
#[derive(Debug, Clone)]
pub struct Lease {
    store: ScheduleStore,
    epoch: u64,
    holder: String,
    beat: Arc<AtomicU64>,
}

impl Candidate {
    /// Whoever `holder` is, it takes a lease over that has not changed for `expiry`.
    pub fn new(store: ScheduleStore, holder: String, expiry: Duration) -> Candidate {
        Candidate {
            store,
            holder,
            expiry,
            seen: None,
        }
    }

    /// Takes the lease if it can be had now. Asked again and again, at least a few times while a
    /// lease expires.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn take(&mut self) -> Result<Option<Lease>, ScheduleError> {
        let newest = newest(&self.store).await?;
        let next = match newest {
            None => 1,
            Some(newest) => {
                let now = Instant::now();
                let since = match &self.seen {
                    Some((seen, since)) if *seen == newest => *since,
                    _ => now,
                };
                let is_free = newest.is_released || now - since >= self.expiry;
                let epoch = newest.epoch;
                self.seen = Some((newest, since));
                if !is_free {
                    return Ok(None);
                }
                epoch + 1
            }
        };
        let lease = Lease {
            store: self.store.clone(),
            epoch: next,
            holder: self.holder.clone(),
            beat: Arc::default(),
        };
        let object = lease.object(0, false);
        match self.store.create(&path(next), &object).await {
            Ok(()) => {}
            Err(ScheduleError::Write {
                source: StoreError::AlreadyExists { .. },
                ..
            }) => {
                // Somebody was faster, or the acknowledgement of our own write was lost.
                let there: Option<LeaseObject> = self.store.get(&path(next)).await?;
                if there.as_ref() != Some(&object) {
                    return Ok(None);
                }
            }
            Err(error) => return Err(error),
        }
        // One that was slow may have created a number that had been there and was removed again.
        match lease.check().await {
            Ok(()) => {}
            Err(ScheduleError::LeaseLost { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
        let older = epochs(&self.store).await?.into_iter();
        let older = older.filter(|epoch| epoch + 1 < next).map(path);
        self.store.remove(older.collect()).await?;
        Ok(Some(lease))
    }
}

impl Lease {
    /// Its number.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether it still is the newest.
    ///
    /// # Errors
    /// [`ScheduleError::LeaseLost`] when it is not; the storage fails.
    pub async fn check(&self) -> Result<(), ScheduleError> {
        let newest = epochs(&self.store).await?.last().copied().unwrap_or(0);
        if newest > self.epoch {
            let epoch = self.epoch;
            return Err(ScheduleError::LeaseLost { epoch, newest });
        }
        Ok(())
    }

    /// Says that its holder lives.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub async fn beat(&self) -> Result<(), ScheduleError> {
        self.check().await?;
        let beat = self.beat.fetch_add(1, Ordering::Relaxed) + 1;
        let object = self.object(beat, false);
        self.store.replace(&path(self.epoch), &object).await
    }

    /// Gives it up: another one may take over at once.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn release(self) -> Result<(), ScheduleError> {
        let beat = self.beat.fetch_add(1, Ordering::Relaxed) + 1;
        let object = self.object(beat, true);
        self.store.replace(&path(self.epoch), &object).await
    }

    fn object(&self, beat: u64, is_released: bool) -> LeaseObject {
        LeaseObject {
            epoch: self.epoch,
            holder: self.holder.clone(),
            beat,
            is_released,
        }
    }
}

/// The newest lease; none when there never was one.
///
/// # Errors
/// The storage fails.
pub async fn newest(store: &ScheduleStore) -> Result<Option<LeaseObject>, ScheduleError> {
    loop {
        let Some(newest) = epochs(store).await?.last().copied() else {
            return Ok(None);
        };
        // One that is gone has been followed by newer ones.
        if let Some(lease) = store.get(&path(newest)).await? {
            return Ok(Some(lease));
        }
    }
}

fn path(epoch: u64) -> Path {
    Path::from(format!("{LEASES}/{epoch:08}.json"))
}

/// The numbers of all leases that are there, ascending.
async fn epochs(store: &ScheduleStore) -> Result<Vec<u64>, ScheduleError> {
    let names = store.names(LEASES).await?;
    let epoch = |path: &Path| path.filename()?.strip_suffix(".json")?.parse().ok();
    Ok(names.iter().filter_map(epoch).collect())
}

#[cfg(test)]
mod tests;
