//! The files of a run kept in the lake, and opened for reading.

use std::time::SystemTime;

use chrono::{DateTime, NaiveDate};
use contracts::parse::city_days;
use futures::{StreamExt, TryStreamExt};
use sources::{Page, SourceError};
use tokio_util::io::StreamReader;
use warehouse::{Landed, WarehouseError};

use super::{Run, RunOptions};
use crate::error::IngestError;
use crate::intake::{IntakeFile, LocalFile};
use crate::job::JobSource;
use crate::report::{FileFault, FileReport};

/// The extension of landed objects that have none.
const NO_EXTENSION: &str = "bin";

/// One file of a run: what is reported of it and, if it has landed, how it is read.
pub(crate) struct Arrived {
    pub report: FileReport,
    pub intake: Option<IntakeFile>,
}

/// Lands the files of the run's job, in the order of their names.
///
/// # Errors
/// When there are no files, or the lake cannot take them. What is wrong with one file is in its report.
pub(super) async fn land(run: &Run<'_>, options: &RunOptions) -> Result<Vec<Arrived>, IngestError> {
    run.progress.step("land");
    let (config, root) = match &run.job.source {
        JobSource::Data(config) => (config, &options.root),
        JobSource::Project(config) => (config, &options.project),
    };
    let failed = |source| IngestError::Source {
        job: run.job.name.to_string(),
        source: Box::new(source),
    };
    let source = sources::connect(config, root).map_err(failed)?;
    let mut pages = source.pages().await.map_err(failed)?;
    let mut arrived = Vec::new();
    while let Some(page) = pages.next().await {
        arrived.push(match page {
            Ok(page) => land_page(run, page).await?,
            Err(source) => {
                let name = page_name(&source);
                let error = IngestError::File {
                    file: name.clone(),
                    source: Box::new(source),
                };
                unread(name, 0, error)
            }
        });
    }
    Ok(arrived)
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

/// The file a source error is about.
fn page_name(error: &SourceError) -> String {
    match error {
        SourceError::IsFolder { path }
        | SourceError::NoPermission { path }
        | SourceError::Io { path, .. } => path.clone(),
        SourceError::Store { url, .. } | SourceError::BadStore { url, .. } => url.clone(),
        SourceError::CutShort { page, .. }
        | SourceError::Damaged { page, .. }
        | SourceError::TooBig { page, .. }
        | SourceError::Stopped { page } => page.clone(),
        SourceError::ManyEntries { archive, .. }
        | SourceError::NoEntry { archive, .. }
        | SourceError::Encrypted { archive, .. }
        | SourceError::BadZip { archive, .. } => archive.clone(),
        SourceError::BadPattern { pattern, .. }
        | SourceError::NoFolder { pattern, .. }
        | SourceError::NoMatch { pattern, .. } => pattern.clone(),
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
