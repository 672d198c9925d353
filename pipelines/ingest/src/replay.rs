//! Replay: quarantined rows through their job as it is now.
//!
//! A row waits in quarantine because a rule was broken. When the rule, the job or the contract has been
//! mended, the row is taken from its landed file again, decoded, selected and conformed as the job
//! says today, and what is valid now is loaded. The landed file, and not the row kept beside the
//! refusal, is what is read: it never changes, it also has the rows the decoder could not read before,
//! and the select may look at the rows around.
//!
//! A replay never takes rows out of a table, and never puts an old value over a newer one: where the
//! table's row came with a file that was loaded after the row was refused, the row counts as
//! `duplicate`. Rows that are still refused stay; all others of the places replayed are closed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::TableId;
use serde_json::Value;
use warehouse::progress::Progress;
use warehouse::{ObjectPrefix, Warehouse};

use crate::conform::pseudonym::PseudonymKey;
use crate::error::IngestError;
use crate::intake::{ChosenRows, IntakeFile};
use crate::job::{Job, Jobs};
use crate::load::Newer;
use crate::quarantine::{OpenRow, OpenRows, tables_with_open_rows};
use crate::report::{FileReport, RunReport};
use crate::run::{Arrivals, Arrived, Run, RunOptions};
use crate::run_id::RunId;
use crate::runs;
use crate::spool::Spooled;
use tracing::Instrument as _;

/// How many commits are looked at for when an object was loaded.
const COMMITS: usize = 10_000;

/// Which quarantined rows are replayed.
#[derive(Debug, Clone)]
pub struct ReplayOptions {
    /// Only those for this table.
    pub table: Option<TableId>,
    /// Only those at places where this rule was broken.
    pub rule: Option<String>,
    /// Only those of this job.
    pub job: Option<String>,
    /// The time.
    pub now: DateTime<Utc>,
    /// The key of pseudonyms, for tables that have any.
    pub pseudonym_key: Option<PseudonymKey>,
    /// The name of the run, when somebody was promised it and the options mean one job and table.
    pub run_id: Option<RunId>,
}

impl ReplayOptions {
    /// All rows that wait.
    pub fn new(now: DateTime<Utc>) -> ReplayOptions {
        ReplayOptions {
            table: None,
            rule: None,
            job: None,
            now,
            pseudonym_key: None,
            run_id: None,
        }
    }
}

/// Replays quarantined rows; answers one report a job and table, none when nothing waits.
///
/// # Errors
/// When a row's job is no longer there, or a replay as a whole fails. Those before it are done.
pub async fn replay(
    warehouse: &Warehouse,
    jobs: &Jobs,
    options: ReplayOptions,
    progress: &dyn Progress,
) -> Result<Vec<RunReport>, IngestError> {
    let tables = match &options.table {
        Some(table) => vec![table.clone()],
        None => {
            let names = tables_with_open_rows(warehouse).await?;
            names.iter().filter_map(|name| name.parse().ok()).collect()
        }
    };
    let mut reports = Vec::new();
    for table in tables {
        runs::repair(warehouse, &table).await?;
        for (name, files) in waiting(warehouse, &table, &options).await? {
            let job = jobs.require(&name)?;
            reports.push(replay_job(warehouse, job, &table, files, &options, progress).await?);
        }
    }
    Ok(reports)
}

/// The rows of one landed file that wait.
#[derive(Debug, Clone)]
struct WaitingFile {
    name: String,
    rows: ChosenRows,
    refused_at: DateTime<Utc>,
}

/// By object.
type WaitingFiles = BTreeMap<String, WaitingFile>;

async fn waiting(
    warehouse: &Warehouse,
    table: &TableId,
    options: &ReplayOptions,
) -> Result<BTreeMap<String, WaitingFiles>, IngestError> {
    let mut jobs: BTreeMap<String, WaitingFiles> = BTreeMap::new();
    let is_meant = |row: &OpenRow| {
        options.rule.as_ref().is_none_or(|rule| row.rule == *rule)
            && options.job.as_ref().is_none_or(|job| row.job == *job)
    };
    let open = OpenRows { warehouse, table };
    open.each(|row| {
        if !is_meant(&row) {
            return;
        }
        let files = jobs.entry(row.job).or_default();
        let file = files.entry(row.object).or_insert_with(|| WaitingFile {
            name: row.file_name,
            rows: ChosenRows::default(),
            refused_at: row.first_seen_at,
        });
        file.rows.add(&row.sheet, row.row);
        file.refused_at = file.refused_at.min(row.first_seen_at);
    })
    .await?;
    Ok(jobs)
}

async fn replay_job(
    warehouse: &Warehouse,
    job: &Job,
    table: &TableId,
    files: WaitingFiles,
    options: &ReplayOptions,
    progress: &dyn Progress,
) -> Result<RunReport, IngestError> {
    // A job that loads another table today has nothing to say about this one's rows.
    if job.table != *table {
        return Err(IngestError::NoJobForTable {
            table: table.clone(),
        });
    }
    let run_options = RunOptions {
        pseudonym_key: options.pseudonym_key.clone(),
        run_id: options.run_id.clone(),
        ..RunOptions::new("", options.now)
    };
    let mut run = Run::new(warehouse, job, &run_options, progress)?;
    let span = run.span();
    let done = async {
        // Files refused first come first, as they did then.
        let mut files: Vec<(String, WaitingFile)> = files.into_iter().collect();
        files.sort_by(|a, b| (a.1.refused_at, &a.1.name).cmp(&(b.1.refused_at, &b.1.name)));
        let mut arrived = Vec::with_capacity(files.len());
        for (object, file) in &files {
            arrived.push(find(warehouse, table, object, file).await?);
        }
        run.replay = Some(Replayed {
            table: table.clone(),
            loaded_at: loaded_at(warehouse, table).await?,
            files: files
                .into_iter()
                .map(|(object, file)| (object, file.refused_at, file.rows))
                .collect(),
        });
        run.load(Arrivals::of(arrived)).await
    };
    let done = done.instrument(span.clone()).await;
    run.record(done).instrument(span).await
}

async fn find(
    warehouse: &Warehouse,
    table: &TableId,
    object: &str,
    file: &WaitingFile,
) -> Result<Arrived, IngestError> {
    let prefix = ObjectPrefix::parse(object)?;
    let landed = warehouse.landed(table, &prefix).await?;
    Ok(Arrived {
        report: FileReport {
            name: file.name.clone(),
            object: Some(object.to_owned()),
            is_new: false,
            bytes: 0,
            detected: None,
            decoded: 0,
            read: 0,
            left_out: 0,
            fault: None,
        },
        intake: Some(IntakeFile {
            name: file.name.clone(),
            object: object.to_owned(),
            landed: landed.key,
            local: None,
            bytes: 0,
            only: Some(Arc::new(file.rows.clone())),
        }),
    })
}

/// When each object was first loaded into the table.
async fn loaded_at(
    warehouse: &Warehouse,
    table: &TableId,
) -> Result<BTreeMap<String, DateTime<Utc>>, IngestError> {
    let mut loaded_at = BTreeMap::new();
    let Some(table) = warehouse.existing_table(table).await? else {
        return Ok(loaded_at);
    };
    // Newest first, so that the oldest is what stays.
    for entry in table.history(COMMITS).await? {
        let Some(run) = entry.info.get(runs::COMMIT_KEY) else {
            continue;
        };
        let begun = run["started_at"]
            .as_str()
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let Some(begun) = begun else { continue };
        for file in run["files"].as_array().into_iter().flatten() {
            if let (Some(object), Value::Null) = (file["object"].as_str(), &file["fault"]) {
                loaded_at.insert(object.to_owned(), begun.with_timezone(&Utc));
            }
        }
    }
    Ok(loaded_at)
}

/// What a run needs to know when it is a replay.
pub(crate) struct Replayed {
    table: TableId,
    /// By object: when it was first loaded into the table.
    loaded_at: BTreeMap<String, DateTime<Utc>>,
    /// The files replayed, in order: object, when they were refused, and the rows.
    files: Vec<(String, DateTime<Utc>, ChosenRows)>,
}

impl Replayed {
    /// The rule that keeps newer rows of the table.
    pub(crate) fn newer(&self, object_column: usize) -> Newer {
        Newer {
            loaded_at: self.loaded_at.clone(),
            refused_at: self
                .files
                .iter()
                .map(|(_, refused_at, _)| *refused_at)
                .collect(),
            object_column,
        }
    }

    /// Closes the rows replayed, but for those `refused` again and those of files that could not be
    /// read.
    pub(crate) async fn close(
        &self,
        warehouse: &Warehouse,
        refused: Option<&Spooled>,
        report: &RunReport,
    ) -> Result<(), IngestError> {
        let unread: BTreeSet<&str> = report
            .files
            .iter()
            .filter(|file| file.fault.is_some())
            .filter_map(|file| file.object.as_deref())
            .collect();
        let files: BTreeMap<&str, &ChosenRows> = self
            .files
            .iter()
            .map(|(object, _, rows)| (object.as_str(), rows))
            .filter(|(object, _)| !unread.contains(object))
            .collect();
        let open = OpenRows {
            warehouse,
            table: &self.table,
        };
        open.close(refused, |object, sheet, row| {
            files
                .get(object)
                .is_some_and(|rows| rows.has(Some(sheet), row))
        })
        .await?;
        Ok(())
    }
}
