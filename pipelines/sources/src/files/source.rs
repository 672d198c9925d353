//! The source: patterns in, pages out.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream;
use globset::GlobBuilder;
use object_store::ObjectStoreExt;

use super::changed;
use super::client::{Found, Place};
use super::config::FilesConfig;
use crate::archive::{self, Archive, Entry};
use crate::expand::{self, Magic};
use crate::page::{Compression, Page, PageBytes, content_extension};
use crate::pull::{Cursor, Step, Steps};
use crate::{ByteSize, Pull, Source, SourceError, Wait};

/// Files found by patterns.
#[derive(Debug)]
pub struct Files {
    places: Vec<Place>,
    rules: Rules,
}

/// What holds for every file of a job.
#[derive(Debug, Clone)]
struct Rules {
    entry: Option<String>,
    max_expanded: ByteSize,
    changed_only: bool,
    settle: Wait,
}

impl Rules {
    fn of(config: &FilesConfig) -> Rules {
        Rules {
            entry: config.entry.clone(),
            max_expanded: config.max_expanded,
            changed_only: config.changed_only,
            settle: config.settle,
        }
    }
}

impl Files {
    /// Checks the patterns; relative ones start at `root`.
    ///
    /// # Errors
    /// When a pattern is not well formed or a bucket's settings are incomplete.
    pub fn new(config: &FilesConfig, root: &Path) -> Result<Files, SourceError> {
        if let Some(entry) = &config.entry {
            entry_matcher(entry)?;
        }
        let places = config
            .files
            .as_slice()
            .iter()
            .map(|pattern| Place::new(pattern, root));
        Ok(Files {
            places: places.collect::<Result<_, _>>()?,
            rules: Rules::of(config),
        })
    }

    #[cfg(test)]
    pub(super) fn of_place(place: Place, config: &FilesConfig) -> Files {
        Files {
            places: vec![place],
            rules: Rules::of(config),
        }
    }
}

#[async_trait]
impl Source for Files {
    async fn pages(&self, pull: Pull) -> Result<Steps, SourceError> {
        let mut matches: Vec<Found> = Vec::new();
        for place in &self.places {
            match find(place).await {
                Err(SourceError::NoMatch { .. }) if self.rules.changed_only => {}
                found => matches.extend(found?),
            }
        }
        // Two patterns may name one file; it is read once, where the first names it.
        let mut names = std::collections::HashSet::new();
        matches.retain(|found| names.insert(found.name.clone()));
        let mut before = Vec::new();
        let files = match self.rules.changed_only {
            false => matches.into_iter().map(|found| (found, None)).collect(),
            true => {
                let changes = changed::since(matches, self.rules.settle, &pull);
                before.extend(changes.notes.into_iter().map(|note| Ok(Step::Note(note))));
                if changes.files.is_empty() {
                    before.push(Ok(Step::Unchanged));
                }
                before.extend(changes.mark.map(|mark| Ok(Step::Mark(mark))));
                changes.files
            }
        };
        let rules = self.rules.clone();
        let pages =
            stream::iter(files).then(move |(found, mark)| steps_of(found, mark, rules.clone()));
        Ok(stream::iter(before)
            .chain(pages.flat_map(stream::iter))
            .boxed())
    }
}

/// Looks for files. Listing a folder on a network share can take long; it must not hold up the runtime.
async fn find(place: &Place) -> Result<Vec<Found>, SourceError> {
    let place = place.clone();
    match &place {
        Place::Disk { .. } => {
            let handle = tokio::runtime::Handle::current();
            let name = format!("{place:?}");
            tokio::task::spawn_blocking(move || handle.block_on(place.find()))
                .await
                .map_err(|_| SourceError::Stopped { page: name })?
        }
        Place::Bucket { .. } => place.find().await,
    }
}

/// The pages of one file: one, or with `entry` as many as match in a zip.
async fn steps_of(
    found: Found,
    mark: Option<Cursor>,
    rules: Rules,
) -> Vec<Result<Step, SourceError>> {
    let mut steps: Vec<_> = match pages_of(found, rules.entry, rules.max_expanded).await {
        Ok(pages) => pages.into_iter().map(|page| Ok(Step::Page(page))).collect(),
        Err(error) => vec![Err(error)],
    };
    steps.extend(mark.map(|mark| Ok(Step::Mark(mark))));
    steps
}

/// The pages of one file, as its first bytes tell what it is.
pub(crate) async fn pages_of(
    found: Found,
    entry: Option<String>,
    max_expanded: ByteSize,
) -> Result<Vec<Page>, SourceError> {
    let magic = expand::magic(&first_bytes(&found).await?);
    let page = Page {
        extension: content_extension(&found.name),
        compression: match magic {
            Magic::Gzip => Compression::Gzip,
            Magic::Zstd => Compression::Zstd,
            Magic::Plain | Magic::Zip => Compression::None,
        },
        name: found.name,
        size_bytes: found.size_bytes,
        modified_at: found.modified_at,
        bytes: found.bytes,
        max_expanded,
    };
    if magic != Magic::Zip || matches!(page.extension.as_str(), "xlsx" | "xlsm") {
        return Ok(vec![page]);
    }
    pages_of_zip(page, entry).await
}

async fn first_bytes(found: &Found) -> Result<Vec<u8>, SourceError> {
    match &found.bytes {
        PageBytes::Path(path) => first_bytes_of_file(found, path),
        PageBytes::Copy(file) => first_bytes_of_file(found, file.path()),
        PageBytes::Memory(bytes) => Ok(bytes
            .iter()
            .copied()
            .take(expand::MAGIC_BYTES as usize)
            .collect()),
        PageBytes::Object { .. } if found.size_bytes == 0 => Ok(Vec::new()),
        PageBytes::Object { store, key } => {
            let range = 0..expand::MAGIC_BYTES.min(found.size_bytes);
            let bytes = store.get_range(key, range).await;
            Ok(bytes
                .map_err(|source| SourceError::Store {
                    url: found.name.clone(),
                    source,
                })?
                .to_vec())
        }
    }
}

fn first_bytes_of_file(found: &Found, path: &Path) -> Result<Vec<u8>, SourceError> {
    let mut first = Vec::new();
    let file = File::open(path).map_err(|error| SourceError::of_path(found.name.clone(), error))?;
    file.take(expand::MAGIC_BYTES)
        .read_to_end(&mut first)
        .map_err(|error| SourceError::of_path(found.name.clone(), error))?;
    Ok(first)
}

async fn pages_of_zip(mut page: Page, entry: Option<String>) -> Result<Vec<Page>, SourceError> {
    if let PageBytes::Object { store, key } = &page.bytes {
        // The directory of a zip is at its end.
        let copy = expand::copy_object(&page.name, store.as_ref(), key, page.max_expanded).await?;
        page.bytes = PageBytes::Copy(Arc::new(copy));
    }
    let path = match &page.bytes {
        PageBytes::Path(path) => path.as_path(),
        PageBytes::Copy(file) => file.path(),
        PageBytes::Object { .. } | PageBytes::Memory(_) => {
            unreachable!("objects are copied above, and what is in memory is no archive")
        }
    };
    let file = File::open(path).map_err(|error| SourceError::of_path(page.name.clone(), error))?;
    let entries = match archive::list(file, &page.name)? {
        Archive::OfficeDocument => return Ok(vec![page]),
        Archive::Files(entries) => entries,
    };
    let chosen = choose(&page.name, entries, entry.as_deref())?;
    let page_of = |entry: Entry| Page {
        name: format!("{}!{}", page.name, entry.name),
        extension: content_extension(&entry.name),
        compression: Compression::Zip { index: entry.index },
        size_bytes: entry.size_bytes,
        ..page.clone()
    };
    Ok(chosen.into_iter().map(page_of).collect())
}

/// The entries a job means: those that match its pattern, or the only one.
fn choose(
    archive: &str,
    entries: Vec<Entry>,
    pattern: Option<&str>,
) -> Result<Vec<Entry>, SourceError> {
    let names = |entries: &[Entry]| {
        entries
            .iter()
            .map(|entry| entry.name.clone())
            .collect::<Vec<_>>()
    };
    let Some(pattern) = pattern else {
        return match entries.len() {
            1 => Ok(entries),
            0 => Err(SourceError::NoEntry {
                archive: archive.to_owned(),
                entry: "*".to_owned(),
                entries: vec![],
            }),
            _ => Err(SourceError::ManyEntries {
                archive: archive.to_owned(),
                entries: names(&entries),
            }),
        };
    };
    let matcher = entry_matcher(pattern)?;
    let all = names(&entries);
    let chosen: Vec<Entry> = entries
        .into_iter()
        .filter(|entry| {
            let file = entry.name.rsplit('/').next().unwrap_or(&entry.name);
            matcher.is_match(&entry.name) || matcher.is_match(file)
        })
        .collect();
    match chosen.is_empty() {
        true => Err(SourceError::NoEntry {
            archive: archive.to_owned(),
            entry: pattern.to_owned(),
            entries: all,
        }),
        false => Ok(chosen),
    }
}

/// A pattern of entries matches their whole path or their file name.
fn entry_matcher(pattern: &str) -> Result<globset::GlobMatcher, SourceError> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    Ok(glob
        .map_err(|source| SourceError::BadPattern {
            pattern: pattern.to_owned(),
            source,
        })?
        .compile_matcher())
}
