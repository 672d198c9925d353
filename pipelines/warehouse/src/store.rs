//! The one object store of a lake, rooted at the lake, on local disk or S3.

use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;

use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use object_store::ObjectStore;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::error::WarehouseError;
use crate::keys::TableKey;
use crate::location::{LakeLocation, Place};
use crate::store::durable::DurableLocal;

pub(crate) mod durable;

/// A lake's store and the names others know it by.
#[derive(Clone, Debug)]
pub(crate) struct LakeStore {
    /// Rooted at the lake, so every path begins with `landing`, `tables`, `publications`.
    objects: Arc<dyn ObjectStore>,
    /// `lake://<id>/`: what DataFusion's registry calls the store. The id is taken from the
    /// location, so the tables of two lakes can meet in one session.
    url: Url,
    /// The directory, where the lake is one.
    directory: Option<PathBuf>,
}

impl LakeStore {
    /// Reaches the storage at `location`; makes the directory if `create` says so.
    pub(crate) fn new(location: &LakeLocation, create: bool) -> Result<Self, WarehouseError> {
        let mut directory = None;
        let objects: Arc<dyn ObjectStore> = match location.place() {
            Place::Local(path) => {
                if path.is_file() {
                    return Err(WarehouseError::Location {
                        text: location.to_string(),
                        reason: "it is a file",
                    });
                }
                if create {
                    std::fs::create_dir_all(path)
                        .map_err(|source| WarehouseError::directory(location, source))?;
                }
                if !path.is_dir() {
                    return Err(WarehouseError::LakeMissing {
                        location: location.to_string(),
                    });
                }
                let store = DurableLocal::new(path)
                    .map_err(|source| WarehouseError::read(location, source))?;
                directory = Some(path.clone());
                Arc::new(store)
            }
            Place::S3 { bucket, prefix } => s3(location, bucket, prefix)?,
        };
        let id = hex::encode(&Sha256::digest(location.to_string())[..6]);
        let url = Url::parse(&format!("lake://{id}/")).expect("hexadecimal digits make a host");
        Ok(Self {
            objects,
            url,
            directory,
        })
    }

    pub(crate) fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn directory(&self) -> Option<&PathBuf> {
        self.directory.as_ref()
    }

    /// The store rooted at a table's directory.
    pub(crate) fn table_objects(&self, key: &TableKey) -> Arc<dyn ObjectStore> {
        Arc::new(PrefixStore::new(
            self.objects.clone(),
            key.as_path().clone(),
        ))
    }

    /// Delta's log of the table at `key`.
    ///
    /// Built by hand from our own stores: Delta's global registry of stores knows S3 only with the
    /// AWS SDK, which doubles the build and adds nothing, because `object_store` itself puts a
    /// commit only if it is absent. The URL's scheme is ours, so Delta reads paths in it and
    /// nothing else; they begin at the lake and hold ASCII only, whatever the lake's own path is.
    pub(crate) fn log_store(&self, key: &TableKey) -> LogStoreRef {
        let url = format!("lake:///{}/", key.as_path());
        let url = Url::parse(&url).expect("table names make a URL path");
        let table = self.table_objects(key);
        default_logstore(table, self.objects.clone(), &url, &StorageConfig::default())
    }
}

fn s3(
    location: &LakeLocation,
    bucket: &str,
    prefix: &str,
) -> Result<Arc<dyn ObjectStore>, WarehouseError> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_conditional_put(S3ConditionalPut::ETagMatch);
    for (key, value) in location.options() {
        let name = AmazonS3ConfigKey::from_str(&key.to_ascii_lowercase()).map_err(|_| {
            WarehouseError::LocationOption {
                location: location.to_string(),
                option: key.clone(),
            }
        })?;
        builder = builder.with_config(name, value);
    }
    let store = builder
        .build()
        .map_err(|source| WarehouseError::read(location, source))?;
    if prefix.is_empty() {
        return Ok(Arc::new(store));
    }
    Ok(Arc::new(PrefixStore::new(store, Path::from(prefix))))
}
