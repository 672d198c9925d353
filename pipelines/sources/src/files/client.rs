//! Looking for files: on local disk and in a bucket.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::{ObjectStore, ObjectStoreExt};
use url::Url;

use super::pattern::Pattern;
use crate::SourceError;
use crate::page::PageBytes;

/// A file that was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Written like the pattern.
    pub(crate) name: String,
    pub(crate) bytes: PageBytes,
    pub(crate) size_bytes: u64,
    pub(crate) modified_at: Option<DateTime<Utc>>,
    /// What an object store names this content by.
    pub(crate) etag: Option<String>,
}

/// Folders a pattern with `**` descends at most; a cycle of links ends there.
const MAX_DEPTH: usize = 32;

/// Names a message about missing files shows.
const NAMES_SHOWN: usize = 6;

/// Where a pattern is looked up.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// Below a folder of the local disk.
    Disk { root: PathBuf, pattern: Pattern },
    /// In a bucket; the pattern is one of keys.
    Bucket {
        url: String,
        store: Arc<dyn ObjectStore>,
        pattern: Pattern,
    },
}

impl Place {
    pub(super) fn new(text: &str, root: &Path) -> Result<Place, SourceError> {
        match text.split_once("://") {
            Some(("s3", rest)) => {
                let (bucket, keys) = rest.split_once('/').unwrap_or((rest, "*"));
                let url = format!("s3://{bucket}/");
                let store = AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .build()
                    .map_err(|source| SourceError::BadStore {
                        url: url.clone(),
                        source,
                    })?;
                Place::in_bucket(url, Arc::new(store), keys)
            }
            Some(("file", _)) => {
                let path = Url::parse(text)
                    .ok()
                    .and_then(|url| url.to_file_path().ok());
                let pattern =
                    path.map_or_else(|| text.to_owned(), |path| path.display().to_string());
                Ok(Place::Disk {
                    root: root.to_owned(),
                    pattern: Pattern::parse(&pattern)?,
                })
            }
            _ => Ok(Place::Disk {
                root: root.to_owned(),
                pattern: Pattern::parse(text)?,
            }),
        }
    }

    pub(super) fn in_bucket(
        url: String,
        store: Arc<dyn ObjectStore>,
        keys: &str,
    ) -> Result<Place, SourceError> {
        Ok(Place::Bucket {
            url,
            store,
            pattern: Pattern::parse(keys)?,
        })
    }

    /// Finds what matches, sorted by name; at least one file.
    pub(super) async fn find(&self) -> Result<Vec<Found>, SourceError> {
        let mut seen = Seen::default();
        let mut matches = match self {
            Place::Disk { root, pattern } => find_on_disk(root, pattern, &mut seen)?,
            Place::Bucket {
                url,
                store,
                pattern,
            } => find_in_bucket(url, store, pattern, &mut seen).await?,
        };
        matches.sort_by(|left, right| left.name.cmp(&right.name));
        if matches.is_empty() {
            return Err(seen.no_match(self));
        }
        Ok(matches)
    }
}

/// What was passed over on the way, for the message when nothing matched.
#[derive(Default)]
struct Seen {
    names: Vec<String>,
    count: usize,
}

impl Seen {
    fn note(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < NAMES_SHOWN {
            self.names.push(name.to_owned());
        }
    }

    fn no_match(mut self, place: &Place) -> SourceError {
        self.names.sort();
        let (pattern, searched) = match place {
            Place::Disk { pattern, .. } => {
                let base = if pattern.base.is_empty() {
                    "./"
                } else {
                    pattern.base.as_str()
                };
                (pattern.text.clone(), base.to_owned())
            }
            Place::Bucket { url, pattern, .. } => (
                format!("{url}{}", pattern.text),
                format!("{url}{}", pattern.base),
            ),
        };
        SourceError::NoMatch {
            pattern,
            searched,
            found: self.names,
            found_count: self.count,
        }
    }
}

fn find_on_disk(
    root: &Path,
    pattern: &Pattern,
    seen: &mut Seen,
) -> Result<Vec<Found>, SourceError> {
    let base = root.join(&pattern.base);
    if pattern.is_literal {
        let path = root.join(&pattern.text);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(SourceError::IsFolder {
                    path: pattern.text.clone(),
                });
            }
            Ok(metadata) => return Ok(vec![on_disk(pattern.text.clone(), path, &metadata)]),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(SourceError::of_path(pattern.text.clone(), error)),
        }
    }
    if !base.is_dir() {
        return Err(no_folder(root, pattern));
    }
    let mut matches = Vec::new();
    descend(&base, &pattern.base, pattern, 0, seen, &mut matches)?;
    Ok(matches)
}

/// Looks into one folder and, as far as the pattern reaches, those below it.
fn descend(
    folder: &Path,
    name: &str,
    pattern: &Pattern,
    depth: usize,
    seen: &mut Seen,
    matches: &mut Vec<Found>,
) -> Result<(), SourceError> {
    let shown = if name.is_empty() { "./" } else { name };
    let entries = fs::read_dir(folder).map_err(|error| SourceError::of_path(shown, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| SourceError::of_path(shown, error))?;
        let entry_name = format!("{name}{}", entry.file_name().to_string_lossy());
        // Follows links; a link that leads nowhere is no file.
        let Ok(metadata) = fs::metadata(entry.path()) else {
            continue;
        };
        if metadata.is_dir() {
            if depth < pattern.depth.unwrap_or(MAX_DEPTH) {
                descend(
                    &entry.path(),
                    &format!("{entry_name}/"),
                    pattern,
                    depth + 1,
                    seen,
                    matches,
                )?;
            }
        } else if pattern.matches(&entry_name) {
            matches.push(on_disk(entry_name, entry.path(), &metadata));
        } else {
            seen.note(&entry_name);
        }
    }
    Ok(())
}

fn on_disk(name: String, path: PathBuf, metadata: &fs::Metadata) -> Found {
    Found {
        name,
        bytes: PageBytes::Path(path),
        size_bytes: metadata.len(),
        modified_at: metadata.modified().ok().map(DateTime::from),
        etag: None,
    }
}

/// Says which folder on the way to the pattern is the first that is missing.
fn no_folder(root: &Path, pattern: &Pattern) -> SourceError {
    let mut parent = if pattern.base.starts_with('/') {
        PathBuf::from("/")
    } else {
        root.to_owned()
    };
    let mut folder = if pattern.base.starts_with('/') {
        "/".to_owned()
    } else {
        String::new()
    };
    let mut nearest = None;
    for part in pattern.base.split('/').filter(|part| !part.is_empty()) {
        let path = parent.join(part);
        if path.is_dir() {
            folder = format!("{folder}{part}/");
            parent = path;
            continue;
        }
        let names: Vec<String> = fs::read_dir(&parent)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok())
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        nearest = contracts::text::nearest(part, names.iter().map(String::as_str))
            .map(|name| format!("{folder}{name}/"));
        folder = format!("{folder}{part}/");
        break;
    }
    SourceError::NoFolder {
        pattern: pattern.text.clone(),
        folder,
        nearest,
    }
}

async fn find_in_bucket(
    url: &str,
    store: &Arc<dyn ObjectStore>,
    pattern: &Pattern,
    seen: &mut Seen,
) -> Result<Vec<Found>, SourceError> {
    let in_bucket = |meta: object_store::ObjectMeta| Found {
        name: format!("{url}{}", meta.location),
        size_bytes: meta.size,
        modified_at: Some(meta.last_modified),
        etag: meta.e_tag,
        bytes: PageBytes::Object {
            store: store.clone(),
            key: meta.location,
        },
    };
    if pattern.is_literal {
        let key = key_of(url, &pattern.text)?;
        return match store.head(&key).await {
            Ok(meta) => Ok(vec![in_bucket(meta)]),
            Err(source) => Err(SourceError::Store {
                url: format!("{url}{}", pattern.text),
                source,
            }),
        };
    }
    let prefix = key_of(url, &pattern.base)?;
    let mut listing = store.list(Some(&prefix));
    let failed = |source| SourceError::Store {
        url: format!("{url}{}", pattern.base),
        source,
    };
    let mut matches = Vec::new();
    while let Some(meta) = listing.try_next().await.map_err(failed)? {
        if pattern.matches(meta.location.as_ref()) {
            matches.push(in_bucket(meta));
        } else {
            seen.note(meta.location.as_ref());
        }
    }
    Ok(matches)
}

/// A key as it is in the bucket. `Path::from` would write `电` as `%E7%94%B5`, which is another key.
fn key_of(url: &str, key: &str) -> Result<object_store::path::Path, SourceError> {
    object_store::path::Path::parse(key).map_err(|source| SourceError::Store {
        url: format!("{url}{key}"),
        source: source.into(),
    })
}
