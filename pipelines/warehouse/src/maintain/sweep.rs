//! What broken writes left behind where no table looks.
//!
//! - `name#1`: a local file that was being written when its writer died. The store hides such names,
//!   Delta's clean-up never sees them.
//! - `landing/…/incoming/…`: an object that was arriving when its receiver died.
//!
//! Unfinished uploads of S3 are invisible here; a lifecycle rule of the bucket
//! (`AbortIncompleteMultipartUpload`) removes them.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::Path as FilePath;

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use tokio::task::spawn_blocking;

use crate::error::WarehouseError;
use crate::maintain::{MaintainOptions, Removed};
use crate::warehouse::Warehouse;

pub(super) async fn sweep(
    warehouse: &Warehouse,
    options: &MaintainOptions,
) -> Result<Removed, WarehouseError> {
    let before = options.now - options.retention;
    let mut removed = incoming(warehouse, before, options.dry_run).await?;
    if let Some(directory) = warehouse.lake_store().directory().cloned() {
        let dry_run = options.dry_run;
        let staged = spawn_blocking(move || {
            let mut staged = Removed::default();
            sweep_staged(&directory, before, dry_run, &mut staged)
                .map_err(|source| WarehouseError::write(directory.display(), source))?;
            Ok(staged)
        });
        let staged = staged
            .await
            .map_err(|error| WarehouseError::read("the lake", error))??;
        removed.files += staged.files;
        removed.bytes += staged.bytes;
    }
    Ok(removed)
}

/// Objects that were arriving and never landed.
async fn incoming(
    warehouse: &Warehouse,
    before: DateTime<Utc>,
    dry_run: bool,
) -> Result<Removed, WarehouseError> {
    let objects = warehouse.store();
    let landing = Path::from("landing");
    let failed = |source| WarehouseError::read(&landing, source);
    let mut removed = Removed::default();
    for schema in objects
        .list_with_delimiter(Some(&landing))
        .await
        .map_err(failed)?
        .common_prefixes
    {
        let tables = objects
            .list_with_delimiter(Some(&schema))
            .await
            .map_err(failed)?;
        for table in tables.common_prefixes {
            let mut arriving = objects.list(Some(&table.join("incoming")));
            while let Some(object) = arriving.try_next().await.map_err(failed)? {
                if object.last_modified >= before {
                    continue;
                }
                if !dry_run {
                    let deleted = objects.delete(&object.location).await;
                    deleted.map_err(|source| WarehouseError::write(&object.location, source))?;
                }
                removed.add(object.size);
            }
        }
    }
    Ok(removed)
}

/// Removes staged files below `directory`, following no links.
fn sweep_staged(
    directory: &FilePath,
    before: DateTime<Utc>,
    dry_run: bool,
    removed: &mut Removed,
) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        // Gone since it was listed: somebody finished it.
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let path = entry.path();
        if metadata.is_dir() {
            sweep_staged(&path, before, dry_run, removed)?;
        } else if metadata.is_file() && is_staged(&path) && is_older(&metadata, before)? {
            if !dry_run {
                remove(&path)?;
            }
            removed.add(metadata.len());
        }
    }
    Ok(())
}

/// Whether the name is one that the store gives to a file it is writing: `name#<digits>`.
fn is_staged(path: &FilePath) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let digits = name.rsplit_once('#').map(|(_, digits)| digits);
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_older(metadata: &Metadata, before: DateTime<Utc>) -> std::io::Result<bool> {
    Ok(DateTime::<Utc>::from(metadata.modified()?) < before)
}

fn remove(path: &FilePath) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
