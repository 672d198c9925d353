//! The state of a lake: its publication, its jobs, every table.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::{Contract, TableId};
use datafusion::prelude::DataFrame;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use warehouse::{Publication, TableHead, Warehouse, heads};

use crate::error::OperationsError;
use crate::frames::newest;
use crate::freshness::Freshness;
use crate::quarantine::{RefusedCount, Waiting, waiting};
use crate::run::{JobStatus, RunSummary, jobs};

/// How a lake stands at one moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Status {
    /// The moment.
    pub now: DateTime<Utc>,
    /// The newest publication.
    pub publication: Option<PublicationStatus>,
    /// Every table that has a contract, in order of their names.
    pub tables: Vec<TableStatus>,
    /// Every job that ran, in order of their names.
    pub jobs: Vec<JobStatus>,
}

/// What readers see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicationStatus {
    /// Its number.
    pub number: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How long ago that was, in seconds.
    pub age_seconds: u64,
}

/// A title in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Title {
    pub(crate) fn of(titles: &contracts::Titles) -> Title {
        Title {
            zh: titles.zh.clone(),
            en: titles.en.clone(),
        }
    }
}

/// How one table stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TableStatus {
    /// The table.
    #[schema(value_type = String)]
    pub table: TableId,
    /// Its title.
    pub title: Title,
    /// Its newest version; none while nothing was written to it.
    pub version: Option<u64>,
    /// The version readers see.
    pub published_version: Option<u64>,
    /// Its rows.
    pub rows: Option<u64>,
    /// Its Parquet files.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// When its newest version was committed.
    pub changed_at: Option<DateTime<Utc>>,
    /// Its age against the contract's promise; none where the contract promises nothing.
    pub freshness: Option<Freshness>,
    /// The newest run that loads it.
    pub last_run: Option<RunSummary>,
    /// When a run is due next, where a schedule knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_due: Option<DateTime<Utc>>,
    /// Broken rules that wait in quarantine, the most first.
    pub quarantine: Vec<RefusedCount>,
}

impl Status {
    /// Reads how the lake stands, with every column of `ops.run` and `ops.quarantine` at hand.
    ///
    /// # Errors
    /// The storage fails; a table of the warehouse's own cannot be read.
    pub async fn read(
        warehouse: &Warehouse,
        now: DateTime<Utc>,
    ) -> Result<Status, OperationsError> {
        let own = async |table| {
            let id = TableId::new("ops", table).expect("`ops` and its tables are names");
            newest(warehouse, &id).await
        };
        let (runs, quarantine) = tokio::try_join!(own("run"), own("quarantine"))?;
        Status::of(warehouse, runs, quarantine, now).await
    }

    /// The same from frames that may lack columns their reader may not see; `None` stands for a table
    /// that is not stored.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn of(
        warehouse: &Warehouse,
        runs: Option<DataFrame>,
        quarantine: Option<DataFrame>,
        now: DateTime<Utc>,
    ) -> Result<Status, OperationsError> {
        let mut asked = Vec::new();
        for contract in warehouse.contracts().iter() {
            let promise = contract.freshness.as_ref();
            let column = promise.map(|promise| promise.column.clone());
            asked.push((contract.id.clone(), column));
        }
        let publications = warehouse.publications();
        let (heads, publication, jobs, waiting) = tokio::try_join!(
            async { Ok::<_, OperationsError>(heads(warehouse, asked).await?) },
            async { Ok(publications.latest().await?) },
            jobs(runs),
            waiting(quarantine),
        )?;
        Ok(assemble(
            warehouse,
            &heads,
            publication.as_ref(),
            jobs,
            waiting,
            now,
        ))
    }

    /// The same with the next run of each job, from whoever keeps a schedule.
    #[must_use]
    pub fn with_next_due(mut self, next_due: &BTreeMap<String, DateTime<Utc>>) -> Status {
        for table in &mut self.tables {
            let jobs = self
                .jobs
                .iter()
                .filter(|job| job.table == table.table.to_string());
            table.next_due = jobs.filter_map(|job| next_due.get(&job.job)).min().copied();
        }
        self
    }
}

fn assemble(
    warehouse: &Warehouse,
    heads: &BTreeMap<TableId, TableHead>,
    publication: Option<&Publication>,
    jobs: BTreeMap<String, JobStatus>,
    mut waiting: Waiting,
    now: DateTime<Utc>,
) -> Status {
    let tables = warehouse.contracts().iter().map(|contract| {
        let name = contract.id.to_string();
        let runs = jobs
            .values()
            .filter(|job| job.table == name)
            .map(|job| &job.last_run);
        let published = publication.and_then(|publication| publication.tables.get(&contract.id));
        let mut status = of_head(contract, heads.get(&contract.id), now);
        status.published_version = published.copied();
        status.last_run = runs
            .max_by_key(|run| (run.started_at, &run.run_id))
            .cloned();
        status.quarantine = waiting.remove(&name).unwrap_or_default();
        for count in &mut status.quarantine {
            let check = contract
                .checks
                .iter()
                .find(|check| check.name == count.rule);
            count.title = check.map(|check| Title::of(&check.message));
        }
        status
    });
    Status {
        now,
        tables: tables.collect(),
        publication: publication.map(|publication| PublicationStatus {
            number: publication.number,
            created_at: publication.created_at,
            age_seconds: (now - publication.created_at)
                .num_seconds()
                .max(0)
                .unsigned_abs(),
        }),
        jobs: jobs.into_values().collect(),
    }
}

fn of_head(contract: &Contract, head: Option<&TableHead>, now: DateTime<Utc>) -> TableStatus {
    let newest = head.and_then(|head| head.newest.as_deref());
    let has_rows = head.is_some_and(|head| head.rows != Some(0));
    TableStatus {
        table: contract.id.clone(),
        title: Title::of(&contract.title),
        version: head.map(|head| head.version),
        published_version: None,
        rows: head.and_then(|head| head.rows),
        files: head.map_or(0, |head| head.files as u64),
        bytes: head.map_or(0, |head| head.bytes),
        changed_at: head.map(|head| head.committed_at),
        freshness: contract
            .freshness
            .as_ref()
            .map(|promise| Freshness::of(promise, newest, has_rows, now)),
        last_run: None,
        next_due: None,
        quarantine: Vec::new(),
    }
}

impl TableStatus {
    /// How many broken rules wait.
    pub fn waiting(&self) -> u64 {
        self.quarantine.iter().map(|count| count.rows).sum()
    }
}
