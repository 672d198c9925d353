//! What the scheduler keeps in the lake, below `schedule/`. Nobody else reads it.
//!
//! ```text
//! schedule/lease/<00000012>.json                     who schedules; see `lease`
//! schedule/state/<00000012>-<0000000034>.json        the state, by lease and number
//! schedule/requests/<20261124T033317.250Z>-<16 hex digits>.json   what somebody asks for
//! ```
//! An object is made only if it is absent, and never changed (but for the beats of a lease). The state
//! is the object whose name sorts last: one that a scheduler writes after another one has taken over
//! sorts before the other's, and so is never read. That needs no more of a store than that two cannot
//! create one name, which local disks and S3 both give.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use futures::stream::{self, StreamExt as _};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt as _, PutMode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use warehouse::Warehouse;

use crate::error::ScheduleError;
use crate::state::{Request, State};

const STATE: &str = "schedule/state";
const REQUESTS: &str = "schedule/requests";

/// So many states before the newest are kept, for whoever is reading them.
const KEPT: usize = 3;

/// The scheduler's part of a lake.
#[derive(Debug, Clone)]
pub struct ScheduleStore {
    objects: Arc<dyn ObjectStore>,
}

/// Where a state is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateKey {
    /// The lease of whoever wrote it.
    pub epoch: u64,
    /// Which of that one's states it is.
    pub number: u64,
}

impl ScheduleStore {
    /// The scheduler's part of `warehouse`.
    pub fn new(warehouse: &Warehouse) -> ScheduleStore {
        ScheduleStore::of(warehouse.store())
    }

    /// The same of any store that begins at a lake.
    pub(crate) fn of(objects: Arc<dyn ObjectStore>) -> ScheduleStore {
        ScheduleStore { objects }
    }

    /// The newest state; an empty one when nothing was scheduled yet.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn state(&self) -> Result<State, ScheduleError> {
        loop {
            let Some(newest) = self.names(STATE).await?.pop() else {
                return Ok(State::default());
            };
            // A state that is gone has been followed by newer ones.
            if let Some(state) = self.get(&newest).await? {
                return Ok(state);
            }
        }
    }

    /// Keeps a state, and removes those that came long before it.
    pub(crate) async fn save(&self, key: StateKey, state: &State) -> Result<(), ScheduleError> {
        let path = Path::from(format!("{STATE}/{:08}-{:010}.json", key.epoch, key.number));
        match self.create(&path, state).await {
            // Nobody else writes with this lease: the acknowledgement of our own write was lost.
            Ok(())
            | Err(ScheduleError::Write {
                source: StoreError::AlreadyExists { .. },
                ..
            }) => {}
            Err(error) => return Err(error),
        }
        let mut names = self.names(STATE).await?;
        names.truncate(names.len().saturating_sub(KEPT));
        self.remove(names).await
    }

    /// Asks the scheduler for something; it does so within seconds, if there is one.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn ask(&self, request: &Request, now: DateTime<Utc>) -> Result<(), ScheduleError> {
        let salt: u64 = rand::random();
        let name = format!("{}-{salt:016x}", now.format("%Y%m%dT%H%M%S%.3fZ"));
        self.create(&Path::from(format!("{REQUESTS}/{name}.json")), request)
            .await
    }

    /// What is asked for and not known to be done, oldest first, by name.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn requests(&self) -> Result<Vec<(String, Request)>, ScheduleError> {
        let mut requests = Vec::new();
        for path in self.names(REQUESTS).await? {
            if let Some(request) = self.get(&path).await? {
                requests.push((path.to_string(), request));
            }
        }
        Ok(requests)
    }

    /// The newest state with what is asked for and not done yet done in it: what will be, for people
    /// who look.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn foreseen(&self, now: DateTime<Utc>) -> Result<State, ScheduleError> {
        let mut state = self.state().await?;
        for (name, request) in self.requests().await? {
            if !state.applied.contains(&name) {
                state.apply(&request, now);
            }
        }
        Ok(state)
    }

    pub(crate) async fn remove_requests(&self, names: &[String]) -> Result<(), ScheduleError> {
        let paths = names.iter().map(|name| Path::from(name.as_str()));
        self.remove(paths.collect()).await
    }

    /// The objects of a folder in the order of their names.
    pub(crate) async fn names(&self, folder: &str) -> Result<Vec<Path>, ScheduleError> {
        let listing = self.objects.list(Some(&Path::from(folder)));
        let names = listing.map_ok(|object| object.location);
        let mut names: Vec<Path> = names
            .try_collect()
            .await
            .map_err(|source| ScheduleError::read(folder, source))?;
        names.sort();
        Ok(names)
    }

    /// An object; none when it is not there.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &Path,
    ) -> Result<Option<T>, ScheduleError> {
        let bytes = match self.objects.get(path).await {
            Ok(object) => object.bytes().await,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(source) => Err(source),
        };
        let bytes = bytes.map_err(|source| ScheduleError::read(path, source))?;
        let value = serde_json::from_slice(&bytes);
        value.map(Some).map_err(|source| ScheduleError::Unreadable {
            what: path.to_string(),
            source,
        })
    }

    /// Writes an object that must not be there.
    pub(crate) async fn create(
        &self,
        path: &Path,
        value: &impl Serialize,
    ) -> Result<(), ScheduleError> {
        self.put(path, value, PutMode::Create).await
    }

    /// Writes an object, whether it is there or not.
    pub(crate) async fn replace(
        &self,
        path: &Path,
        value: &impl Serialize,
    ) -> Result<(), ScheduleError> {
        self.put(path, value, PutMode::Overwrite).await
    }

    async fn put(
        &self,
        path: &Path,
        value: &impl Serialize,
        mode: PutMode,
    ) -> Result<(), ScheduleError> {
        let bytes = serde_json::to_vec_pretty(value).expect("a state has text keys only");
        let put = self.objects.put_opts(path, bytes.into(), mode.into()).await;
        put.map(drop)
            .map_err(|source| ScheduleError::write(path, source))
    }

    pub(crate) async fn remove(&self, paths: Vec<Path>) -> Result<(), ScheduleError> {
        let paths = stream::iter(paths.into_iter().map(Ok)).boxed();
        let mut removed = self.objects.delete_stream(paths);
        while let Some(result) = removed.next().await {
            match result {
                Ok(_) | Err(StoreError::NotFound { .. }) => {}
                Err(source) => return Err(ScheduleError::write(STATE, source)),
            }
        }
        Ok(())
    }
}
