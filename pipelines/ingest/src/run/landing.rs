//! The files of a run kept in the lake, and opened for reading.

use std::time::SystemTime;

use chrono::{DateTime, NaiveDate};
use contracts::parse::city_days;
use futures::{StreamExt, TryStreamExt};
use sources::{Cursor, Folders, Page, Pull, SourceError, Step};
use tokio_util::io::StreamReader;
use warehouse::{Landed, WarehouseError};

use super::cursor::{self, Kept};
use super::{Run, RunOptions};
use crate::error::IngestError;
use crate::intake::{IntakeFile, LocalFile};
use crate::report::{FileFault, FileReport, PullReport};

/// The extension of landed objects that have none.
const NO_EXTENSION: &str = "bin";

/// One file of a run: what is reported of it and, if it has landed, how it is read.
pub(crate) struct Arrived {
    pub report: FileReport,
    pub intake: Option<IntakeFile>,
}

/// What a source gave.
#[derive(Default)]
pub(crate) struct Arrivals {
    /// The files, in the order they came.
    pub files: Vec<Arrived>,
    /// Cursors, each with the number of files that must be loaded for it to hold.
    marks: Vec<(usize, Cursor)>,
    /// Where the pull began.
    since: Option<Cursor>,
    /// Whether the source said that nothing has changed.
    is_unchanged: bool,
    /// What there is to tell; none for sources that remember nothing.
    pub pull: Option<PullReport>,
}

impl Arrivals {
    /// Files that come from no pull.
    pub(crate) fn of(files: Vec<Arrived>) -> Arrivals {
        Arrivals {
            files,
            ..Arrivals::default()
        }
    }

    /// Whether there is nothing to load, because nothing has changed.
    pub(super) fn are_none(&self) -> bool {
        self.files.is_empty() && self.marks.is_empty() && self.is_unchanged
    }

    /// The cursor that holds when the files are loaded as `reports` say, if it is not the one of before.
    pub(super) fn new_cursor(&self, reports: &[FileReport]) -> Option<&Cursor> {
        let loaded = reports
            .iter()
            .position(|file| file.fault.is_some())
            .unwrap_or(reports.len());
        let holding = self.marks.iter().rev().find(|(files, _)| *files <= loaded);
        holding
            .map(|(_, cursor)| cursor)
            .filter(|cursor| Some(*cursor) != self.since.as_ref())
    }

    fn pull(&mut self) -> &mut PullReport {
        self.pull.get_or_insert_default()
    }
}

/// Lands what the source of the run's job gives, in the order it comes.
///
/// # Errors
/// When there is nothing, or the lake cannot take it. What is wrong with one file is in its report.
pub(super) async fn land(run: &Run<'_>, options: &RunOptions) -> Result<Arrivals, IngestError> {
    run.progress.step("land");
    let failed = |source| IngestError::Source {
        job: run.job.name.to_string(),
        source: Box::new(source),
    };
    let folders = Folders {
        data: &options.root,
        project: &options.project,
    };
    let source = sources::connect(&run.job.source, folders).map_err(failed)?;
    let mut arrivals = Arrivals::default();
    match cursor::last(run.warehouse, &run.job).await? {
        Kept::Nothing => {}
        Kept::Cursor(cursor) => {
            arrivals.pull().since = Some(cursor.summary());
            arrivals.since = Some(cursor);
        }
        Kept::Gone if run.job.source.is_incremental() => {
            let note = "the cursor is no longer in the table's log: everything is read again";
            arrivals.pull().notes.push(note.to_owned());
        }
        Kept::Gone => {}
    }
    let pull = Pull {
        since: arrivals.since.clone(),
        fingerprint: run.job.fingerprint.clone(),
        now: run.now,
    };
    let mut steps = source.pages(pull).await.map_err(failed)?;
    while let Some(step) = steps.next().await {
        match step {
            Ok(Step::Page(page)) => {
                let arrived = land_page(run, page).await?;
                arrivals.files.push(arrived);
            }
            Ok(Step::Mark(cursor)) => {
                let loaded = arrivals.files.len();
                arrivals.marks.push((loaded, cursor));
            }
            Ok(Step::Unchanged) => arrivals.is_unchanged = true,
            Ok(Step::Note(note)) => {
                tracing::info!(run_id = %run.id, job = %run.job.name, note, "source: {note}");
                arrivals.pull().notes.push(note);
            }
            Ok(Step::Manifest(manifest)) => {
                let object = land_manifest(run, &manifest).await?;
                arrivals.pull().manifest = Some(object);
            }
            Err(source) => {
                let name = source.page();
                let error = IngestError::File {
                    file: name.clone(),
                    source: Box::new(source),
                };
                arrivals.files.push(unread(name, 0, error));
            }
        }
    }
    Ok(arrivals)
}

/// Keeps what was asked, and how it was answered, beside the pages.
async fn land_manifest(run: &Run<'_>, manifest: &serde_json::Value) -> Result<String, IngestError> {
    let bytes = manifest.to_string().into_bytes();
    let landed = run
        .warehouse
        .land(&run.contract.id, city_day(run), "json", bytes.as_slice())
        .await?;
    Ok(landed.key.object().prefix().to_string())
}

async fn land_page(run: &Run<'_>, page: Page) -> Result<Arrived, IngestError> {
    let name = page.name.clone();
    let local = page.plain_path().map(LocalFile::look);
    let extension = extension(&page);
    let size = page.size_bytes;
    let bytes = StreamReader::new(page.into_stream().map_err(std::io::Error::other));
    let today = city_day(run);
    let landed = run
        .warehouse
        .land(&run.contract.id, today, &extension, Box::pin(bytes))
        .await;
    match landed {
        Ok(landed) => {
            run.progress.advance(0, landed.size_bytes);
            Ok(ready(name, landed, local.and_then(Result::ok)))
        }
        Err(WarehouseError::Incoming { table, source }) => match SourceError::from_io(source) {
            Ok(source) => {
                let error = IngestError::File {
                    file: name.clone(),
                    source: Box::new(source),
                };
                Ok(unread(name, size, error))
            }
            Err(source) => Err(WarehouseError::Incoming { table, source }.into()),
        },
        Err(error) => Err(error.into()),
    }
}

fn ready(name: String, landed: Landed, local: Option<LocalFile>) -> Arrived {
    let object = landed.key.object().prefix().to_string();
    Arrived {
        report: FileReport {
            name: name.clone(),
            object: Some(object.clone()),
            is_new: landed.was_new,
            bytes: landed.size_bytes,
            detected: None,
            decoded: 0,
            read: 0,
            left_out: 0,
            fault: None,
        },
        intake: Some(IntakeFile {
            name,
            object,
            // A file that has not landed as long as it is now is being written.
            local: local.filter(|local| local.size == landed.size_bytes),
            landed: landed.key,
            bytes: landed.size_bytes,
            only: None,
        }),
    }
}

fn unread(name: String, bytes: u64, error: IngestError) -> Arrived {
    Arrived {
        report: FileReport {
            name,
            object: None,
            is_new: false,
            bytes,
            detected: None,
            decoded: 0,
            read: 0,
            left_out: 0,
            fault: Some(FileFault::from(&error)),
        },
        intake: None,
    }
}

fn extension(page: &Page) -> String {
    let plain: String = page
        .extension
        .chars()
        .filter(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
        .collect();
    if plain.is_empty() {
        NO_EXTENSION.to_owned()
    } else {
        plain
    }
}

/// The city's day of the run.
fn city_day(run: &Run<'_>) -> NaiveDate {
    let days = i64::from(city_days(run.now.timestamp_micros()));
    DateTime::from_timestamp(days * 86_400, 0)
        .unwrap_or(DateTime::<chrono::Utc>::from(SystemTime::UNIX_EPOCH))
        .date_naive()
}
