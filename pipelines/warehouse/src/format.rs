//! `format.json`: which layout a lake has, and that a place is a lake at all.

use std::sync::Arc;

use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt as _, PutMode};
use serde::{Deserialize, Serialize};

use crate::error::WarehouseError;
use crate::keys::FORMAT;
use crate::location::LakeLocation;

/// The layout this program reads and writes; `keys` describes it.
pub(crate) const SUPPORTED: u64 = 1;

/// The whole of `format.json`. Keys a later version adds are ignored, its number is not.
#[derive(Serialize, Deserialize)]
struct Format {
    format: u64,
    /// Nothing in the lake is real; absent means that it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    made_up: bool,
}

impl Format {
    fn write(&self) -> bytes::Bytes {
        serde_json::to_vec(self)
            .expect("a number and a flag serialise")
            .into()
    }
}

/// Makes sure that `location` is a lake this program can read, making one of an empty place if
/// `create` says so.
pub(crate) async fn ensure(
    objects: &Arc<dyn ObjectStore>,
    location: &LakeLocation,
    create: bool,
) -> Result<(), WarehouseError> {
    if read(objects, location).await?.is_some() {
        return Ok(());
    }
    if !create {
        return Err(WarehouseError::LakeMissing {
            location: location.to_string(),
        });
    }
    refuse_occupied(objects, location).await?;
    let format = Format {
        format: SUPPORTED,
        made_up: false,
    };
    let bytes = format.write();
    let created = objects
        .put_opts(&Path::from(FORMAT), bytes.into(), PutMode::Create.into())
        .await;
    match created {
        Ok(_) => Ok(()),
        // Somebody else is making the same lake now.
        Err(StoreError::AlreadyExists { .. }) => read(objects, location).await.map(|_| ()),
        Err(source) => Err(WarehouseError::write(FORMAT, source)),
    }
}

/// Whether the lake says that nothing in it is real.
pub(crate) async fn is_made_up(
    objects: &Arc<dyn ObjectStore>,
    location: &LakeLocation,
) -> Result<bool, WarehouseError> {
    let format = read(objects, location).await?;
    Ok(format.is_some_and(|format| format.made_up))
}

/// Says in the lake, for good, that nothing in it is real.
pub(crate) async fn mark_made_up(objects: &Arc<dyn ObjectStore>) -> Result<(), WarehouseError> {
    let format = Format {
        format: SUPPORTED,
        made_up: true,
    };
    objects
        .put(&Path::from(FORMAT), format.write().into())
        .await
        .map(|_| ())
        .map_err(|source| WarehouseError::write(FORMAT, source))
}

/// `format.json` if it is there; an error if it is and cannot be used.
async fn read(
    objects: &Arc<dyn ObjectStore>,
    location: &LakeLocation,
) -> Result<Option<Format>, WarehouseError> {
    let bytes = match objects.get(&Path::from(FORMAT)).await {
        Ok(object) => object
            .bytes()
            .await
            .map_err(|source| WarehouseError::read(FORMAT, source))?,
        Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(source) => return Err(WarehouseError::read(FORMAT, source)),
    };
    let format: Format =
        serde_json::from_slice(&bytes).map_err(|source| WarehouseError::FormatUnreadable {
            location: location.to_string(),
            source,
        })?;
    if format.format > SUPPORTED {
        return Err(WarehouseError::NewerFormat {
            location: location.to_string(),
            found: format.format,
            supported: SUPPORTED,
        });
    }
    Ok(Some(format))
}

/// A lake is made in an empty place only: a mistyped path must not turn a home directory into one.
async fn refuse_occupied(
    objects: &Arc<dyn ObjectStore>,
    location: &LakeLocation,
) -> Result<(), WarehouseError> {
    let first = objects
        .list(None)
        .try_next()
        .await
        .map_err(|source| WarehouseError::read(location, source))?;
    match first {
        None => Ok(()),
        Some(object) => Err(WarehouseError::NotALake {
            location: location.to_string(),
            found: object.location.to_string(),
        }),
    }
}
