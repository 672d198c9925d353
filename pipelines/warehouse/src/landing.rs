//! Landing: what arrived, unchanged, for good.
//!
//! Bytes stream through a hash and a compressor into the store, whatever their size, in a few
//! megabytes of memory. Their hash is their name, so the same bytes are stored once. Nothing here
//! or in `maintain` ever changes or removes a landed object: it is the evidence for every number.
//!
//! An object is zstd: frames of 4 MiB of the bytes, one after the other, which `zstd -d` and whatever is
//! built on libzstd's streams read as one.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use contracts::TableId;
use futures::TryStreamExt as _;
use object_store::{Error as StoreError, ObjectStoreExt as _, PutMode};
use tokio::io::AsyncRead;

use crate::error::WarehouseError;
use crate::keys::{LandingKey, ObjectId, ObjectPrefix};
use crate::warehouse::Warehouse;

mod incoming;
mod reader;

pub use reader::LandedReader;

use incoming::{Compressed, Incoming};

/// An object that has landed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// Where it is, and the hash of its bytes.
    pub key: LandingKey,
    /// The bytes as they came.
    pub size_bytes: u64,
    /// The bytes stored, compressed; for an object that was there before, those stored then.
    pub stored_bytes: u64,
    /// Whether these bytes were not here yet; then `key` has today's day, else the day they first
    /// landed.
    pub was_new: bool,
}

/// A landed object found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LandedObject {
    /// Where it is, and the hash of its bytes.
    pub key: LandingKey,
    /// The bytes stored, compressed.
    pub stored_bytes: u64,
}

impl Warehouse {
    /// Lands `bytes` for the table `id` on `day` (the city's), `extension` telling their format.
    ///
    /// # Errors
    /// [`WarehouseError::Incoming`] if the bytes cannot be read to their end; the storage fails.
    /// Either way nothing has landed.
    pub async fn land(
        &self,
        id: &TableId,
        day: NaiveDate,
        extension: &str,
        bytes: impl AsyncRead + Send + Unpin,
    ) -> Result<Landed, WarehouseError> {
        check_extension(extension)?;
        let objects = self.store();
        let incoming = Incoming::receive(&objects, id, bytes).await?;
        let size_bytes = incoming.size_bytes;
        let object = incoming.object.clone();
        if let Some(known) = self.find_landed(id, &object).await? {
            incoming.discard(&objects).await;
            return Ok(Landed {
                key: known.key,
                size_bytes,
                stored_bytes: known.stored_bytes,
                was_new: false,
            });
        }
        let key = LandingKey::new(id, day, object, extension);
        let stored_bytes = incoming.stored_bytes;
        let failed = |source| WarehouseError::write(&key, source);
        let stored = match incoming.compressed {
            Compressed::Held(bytes) => {
                let create = PutMode::Create.into();
                objects
                    .put_opts(key.as_path(), bytes.into(), create)
                    .await
                    .map(|_| ())
            }
            // The name is the content, so whoever else renames to it brings the same.
            Compressed::Uploaded(path) => objects.rename(&path, key.as_path()).await,
        };
        match stored {
            Ok(()) | Err(StoreError::AlreadyExists { .. }) => {}
            Err(source) => return Err(failed(source)),
        }
        let landed = LandedObject { key, stored_bytes };
        self.landing_index().insert(id, landed.clone());
        Ok(Landed {
            key: landed.key,
            size_bytes,
            stored_bytes,
            was_new: true,
        })
    }

    /// The object landed for the table `id` whose hash begins with `prefix`, as rows name it in
    /// `_object`.
    ///
    /// # Errors
    /// [`WarehouseError::ObjectUnknown`]; the storage fails.
    pub async fn landed(
        &self,
        id: &TableId,
        prefix: &ObjectPrefix,
    ) -> Result<LandedObject, WarehouseError> {
        if let Some(found) = self.landing_index().find(id, prefix) {
            return Ok(found);
        }
        self.refresh_landing(id).await?;
        let found = self.landing_index().find(id, prefix);
        found.ok_or_else(|| WarehouseError::ObjectUnknown {
            table: id.clone(),
            prefix: prefix.clone(),
        })
    }

    /// Everything landed for the table `id`, by day and hash.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn landed_objects(&self, id: &TableId) -> Result<Vec<LandedObject>, WarehouseError> {
        self.refresh_landing(id).await?;
        let mut objects = self.landing_index().all(id);
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(objects)
    }

    /// The bytes of a landed object as they came.
    ///
    /// # Errors
    /// It is not there; the storage fails.
    pub async fn open_landed(&self, key: &LandingKey) -> Result<LandedReader, WarehouseError> {
        let failed = |source| WarehouseError::read(key, source);
        let object = self.store().get(key.as_path()).await.map_err(failed)?;
        LandedReader::new(object).map_err(|source| WarehouseError::read(key, source))
    }

    /// Whether these bytes landed before, and are still there.
    async fn find_landed(
        &self,
        id: &TableId,
        object: &ObjectId,
    ) -> Result<Option<LandedObject>, WarehouseError> {
        if !self.landing_index().knows(id) {
            self.refresh_landing(id).await?;
        }
        let Some(found) = self.landing_index().find(id, &object.prefix()) else {
            return Ok(None);
        };
        if found.key.object() != object {
            return Ok(None);
        }
        match self.store().head(found.key.as_path()).await {
            Ok(_) => Ok(Some(found)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(source) => Err(WarehouseError::read(&found.key, source)),
        }
    }

    async fn refresh_landing(&self, id: &TableId) -> Result<(), WarehouseError> {
        let folder = LandingKey::folder(id);
        let store = self.store();
        let mut listing = store.list(Some(&folder));
        let mut objects = BTreeMap::new();
        let failed = |source| WarehouseError::read(&folder, source);
        while let Some(object) = listing.try_next().await.map_err(failed)? {
            if let Some(key) = LandingKey::parse(id, &object.location) {
                let stored_bytes = object.size;
                objects.insert(key.object().clone(), LandedObject { key, stored_bytes });
            }
        }
        self.landing_index().replace(id, objects);
        Ok(())
    }
}

fn check_extension(extension: &str) -> Result<(), WarehouseError> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if !extension.is_empty() && extension.bytes().all(is_plain) {
        return Ok(());
    }
    Err(WarehouseError::Extension {
        extension: extension.to_owned(),
    })
}

/// What has landed, as far as this process has seen: read from the store once a table, so that a
/// thousand pages do not list the folder a thousand times.
#[derive(Default)]
pub(crate) struct LandingIndex {
    tables: Mutex<HashMap<TableId, BTreeMap<ObjectId, LandedObject>>>,
}

impl LandingIndex {
    fn with<T>(
        &self,
        work: impl FnOnce(&mut HashMap<TableId, BTreeMap<ObjectId, LandedObject>>) -> T,
    ) -> T {
        // A panic elsewhere leaves the map whole: every change is one call.
        work(&mut self.tables.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn knows(&self, id: &TableId) -> bool {
        self.with(|tables| tables.contains_key(id))
    }

    fn find(&self, id: &TableId, prefix: &ObjectPrefix) -> Option<LandedObject> {
        self.with(|tables| {
            let objects = tables.get(id)?.values();
            objects
                .clone()
                .find(|landed| landed.key.object().prefix() == *prefix)
                .cloned()
        })
    }

    fn all(&self, id: &TableId) -> Vec<LandedObject> {
        self.with(|tables| {
            let objects = tables.get(id);
            objects
                .map(|objects| objects.values().cloned().collect())
                .unwrap_or_default()
        })
    }

    fn insert(&self, id: &TableId, landed: LandedObject) {
        self.with(|tables| {
            let objects = tables.entry(id.clone()).or_default();
            objects.insert(landed.key.object().clone(), landed);
        });
    }

    fn replace(&self, id: &TableId, objects: BTreeMap<ObjectId, LandedObject>) {
        self.with(|tables| tables.insert(id.clone(), objects));
    }
}
