//! The pull: one snapshot, read in bounded batches, in the order of changes.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDateTime, Utc};
use futures::StreamExt as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::client::{Access, Session, server_name};
use super::describe::{self, Beginning, Description};
use crate::database::drift::{self, Column};
use crate::database::seen::Seen;
use crate::database::select;
use crate::database::state::{Point, Start, State, read_time};
use crate::database::text::RowWriter;
use crate::database::{DatabaseConfig, DatabaseError, Drift, Trouble};
use crate::page::{Compression, Page, PageBytes};
use crate::pull::{Cursor, Outlet, Step, Steps, steps};
use crate::{ByteSize, Pull, Source, SourceError};

/// Rows fetched at once, as long as nothing is known of their size.
const FIRST_FETCH: u64 = 100;

/// Rows fetched at once at most: enough to make the way there and back not count.
const LARGEST_FETCH: u64 = 10_000;

/// A table or query of PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    config: Arc<DatabaseConfig>,
    access: Access,
}

impl Postgres {
    /// Reads the secret the configuration names; asks nothing yet.
    ///
    /// # Errors
    /// When the secret is not there.
    pub fn new(config: &DatabaseConfig, project: &Path) -> Result<Postgres, SourceError> {
        let password = config.password.as_ref();
        let password = password.map(|secret| secret.read("password", project));
        Ok(Postgres {
            config: Arc::new(config.clone()),
            access: Access {
                password: password.transpose()?,
                authority: config.authority.as_ref().map(|path| project.join(path)),
            },
        })
    }
}

#[async_trait]
impl Source for Postgres {
    async fn pages(&self, pull: Pull) -> Result<Steps, SourceError> {
        let config = Arc::clone(&self.config);
        let session = Session::open(&config, &self.access).await?;
        session
            .run("begin isolation level repeatable read, read only")
            .await?;
        let description = describe::describe(&session, &config).await?;
        let name = page_name(&config);
        Ok(steps(name.clone(), async move |outlet| {
            let puller = Puller {
                config: &config,
                session,
                description,
                outlet: &outlet,
                name,
            };
            puller.run(pull).await
        }))
    }
}

/// A pull under way.
struct Puller<'a> {
    config: &'a DatabaseConfig,
    session: Session,
    description: Description,
    outlet: &'a Outlet,
    name: String,
}

/// How far a pull has come.
struct Progress {
    writer: RowWriter,
    seen: Seen,
    /// The newest change among the rows that came.
    at: Option<Point>,
    /// Rows that came.
    row: u64,
}

/// What the pages are called: the server and the table.
fn page_name(config: &DatabaseConfig) -> String {
    let what = config.table.as_ref().map_or("query", |table| &table.value);
    format!("{}/{what}", server_name(config))
}

impl Puller<'_> {
    async fn run(&self, pull: Pull) -> Result<(), SourceError> {
        let (session, config) = (&self.session, self.config);
        let known = self.known(&pull).await?;
        let state = known.unwrap_or_else(|| State {
            reads: self.fingerprint(&pull),
            ..State::default()
        });
        self.check_drift(&state).await?;
        let begun = describe::begin(session, config, &self.description, state.at.is_some()).await?;
        let start = match config.since.as_deref() {
            None => Start::Everything(None),
            Some(since) => state.start(&begun.found, since, pull.now),
        };
        if let Start::Everything(Some(why)) = &start {
            let note = format!("{why}; everything is read again");
            self.outlet.give(Step::Note(note)).await?;
        }
        let sql = select::rows(config, &start);
        session
            .run(&format!("declare pulled no scroll cursor for {sql}"))
            .await?;
        let manifest = self.manifest(&begun, &sql);
        let progress = self
            .pages(&state, &start, &begun, manifest, pull.now)
            .await?;
        // Nothing was written; this only ends the transaction in good order.
        session.run("commit").await?;
        let mut done = State {
            reads: state.reads.clone(),
            columns: begun.found.columns.clone(),
            ..State::default()
        };
        if config.since.is_some() {
            done = state.after(&start, progress.at, &begun.found, pull.now, true);
            done.seen = progress.seen.held();
            // When nothing new has come, the cursor stays as it is, and nothing needs to be committed.
            if done.says_no_more_than(&state) {
                done = state;
            }
        }
        self.outlet.give(Step::Mark(Cursor::of(&done))).await
    }

    fn columns(&self) -> impl Iterator<Item = &Column> {
        self.description.columns.iter()
    }

    /// Tells, or refuses, other columns than those of the last pull.
    async fn check_drift(&self, state: &State) -> Result<(), SourceError> {
        let differences = drift::differences(&state.columns, &self.description.columns);
        if state.columns.is_empty() || differences.is_empty() {
            return Ok(());
        }
        let trouble = Trouble::Drifted { differences };
        match self.config.drift {
            Drift::Refuse => Err(self.session.trouble(trouble).into()),
            Drift::Tell => self.outlet.give(Step::Note(trouble.to_string())).await,
        }
    }

    /// The state of the last pull, if the job still reads as it did then.
    async fn known(&self, pull: &Pull) -> Result<Option<State>, SourceError> {
        let Some(cursor) = &pull.since else {
            return Ok(None);
        };
        let reads = self.fingerprint(pull);
        let state = cursor.state::<State>().filter(|state| state.reads == reads);
        if state.is_none() && self.config.since.is_some() {
            let note = "the job reads differently than at its last pull: everything is read again";
            self.outlet.give(Step::Note(note.to_owned())).await?;
        }
        Ok(state)
    }

    /// Reads all rows, page by page; answers how far it has come.
    async fn pages(
        &self,
        state: &State,
        start: &Start,
        begun: &Beginning,
        manifest: Value,
        now: DateTime<Utc>,
    ) -> Result<Progress, SourceError> {
        let mut manifest = Some(manifest);
        let config = self.config;
        let known = match start {
            Start::Everything(_) => [].as_slice(),
            Start::From(_) => state.seen.as_slice(),
        };
        let mut progress = Progress {
            writer: RowWriter::new(self.columns().map(|column| column.name.as_str())),
            seen: Seen::new(known),
            at: None,
            row: 0,
        };
        let (page_rows, page_bytes) = (u64::from(config.page_rows), config.page_bytes.as_bytes());
        let (mut page, mut batch) = (0_u64, FIRST_FETCH);
        loop {
            let wanted = batch.min(page_rows - progress.writer.rows());
            let fetched = self.fetch(wanted, &mut progress, begun.latest).await?;
            let writer = &mut progress.writer;
            // A quarter of a page is held beside it at most.
            if writer.rows() > 0 {
                let row_bytes = writer.bytes() / writer.rows();
                batch = (page_bytes / 4 / row_bytes.max(1)).clamp(1, LARGEST_FETCH);
            }
            let is_over = fetched < wanted;
            let is_full = writer.rows() >= page_rows || writer.bytes() >= page_bytes;
            if writer.rows() > 0 && (is_over || is_full) {
                page += 1;
                if let Some(manifest) = manifest.take() {
                    self.outlet.give(Step::Manifest(manifest)).await?;
                }
                let bytes = writer.take();
                self.outlet.give(Step::Page(self.page(page, bytes))).await?;
                if config.since.is_some() && !is_over {
                    let mut mark = state.after(start, progress.at, &begun.found, now, false);
                    mark.seen = progress.seen.held();
                    self.outlet.give(Step::Mark(Cursor::of(&mark))).await?;
                }
            }
            if is_over {
                return Ok(progress);
            }
        }
    }

    /// Fetches a batch of rows; answers how many came.
    async fn fetch(
        &self,
        batch: u64,
        progress: &mut Progress,
        latest: Option<NaiveDateTime>,
    ) -> Result<u64, DatabaseError> {
        let session = &self.session;
        let sql = format!("fetch forward {batch} from pulled");
        let rows = session.client().simple_query_raw(&sql).await;
        let mut rows = pin!(rows.map_err(|error| session.failed(&error))?);
        let mut fetched = 0;
        while let Some(message) = rows.next().await {
            let SimpleQueryMessage::Row(given) = message.map_err(|error| session.failed(&error))?
            else {
                continue;
            };
            fetched += 1;
            progress.row += 1;
            let values = self.read(&given, progress.row)?;
            let point = self.point(&values);
            let line = progress.writer.push(values.into_iter());
            let Some(since) = self.config.since.as_deref() else {
                continue;
            };
            // What lies in the future does not move the cursor.
            if let Some(point) = point
                && point.time <= latest
            {
                progress.at = progress.at.max(Some(point));
            }
            if progress.seen.note(line, point, progress.at, since) {
                let bytes = line.len();
                progress.writer.take_back(bytes);
            }
        }
        Ok(fetched)
    }

    fn read<'r>(
        &self,
        given: &'r SimpleQueryRow,
        row: u64,
    ) -> Result<Vec<Option<&'r str>>, DatabaseError> {
        let columns = self.columns().enumerate();
        let values = columns.map(|(index, column)| {
            given.try_get(index).map_err(|_| {
                self.session.trouble(Trouble::NotText {
                    row,
                    column: column.name.clone(),
                })
            })
        });
        values.collect()
    }

    /// The place of a row in the order of changes, if it has one.
    fn point(&self, values: &[Option<&str>]) -> Option<Point> {
        let value = |index: usize| values.get(index).copied().flatten();
        let time = match self.description.time {
            None => None,
            Some((index, _)) => Some(value(index).and_then(read_time)?),
        };
        let id = self.description.id.and_then(value);
        let id = id.and_then(|text| text.parse().ok());
        (time.is_some() || id.is_some()).then_some(Point { time, id })
    }

    fn page(&self, number: u64, bytes: bytes::Bytes) -> Page {
        Page {
            name: format!("{}#{number}", self.name),
            extension: "ndjson".to_owned(),
            compression: Compression::None,
            size_bytes: bytes.len() as u64,
            modified_at: None,
            max_expanded: ByteSize::bytes(bytes.len() as u64),
            bytes: PageBytes::Memory(bytes),
        }
    }

    /// What decides what a row comes to; the password is no part of it.
    fn fingerprint(&self, pull: &Pull) -> String {
        let config = self.config;
        let reads = format!(
            "{:?}{}{}{:?}{:?}{:?}{}",
            config.host.value,
            config.port.unwrap_or(5432),
            config.database,
            config.table.as_ref().map(|table| &table.value),
            config.query.as_ref().map(|query| &query.value),
            config
                .since
                .as_deref()
                .map(|since| (&since.time, &since.id)),
            pull.fingerprint
        );
        let columns = format!("{reads}{:?}", config.columns);
        Sha256::digest(columns)[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn manifest(&self, begun: &Beginning, sql: &str) -> Value {
        json!({
            "connector": "postgres",
            "source": self.name,
            "server_version": begun.version,
            "snapshot": begun.snapshot,
            "served_at": begun.found.server.clock,
            "statement": sql,
            "columns": self.description.columns,
            "form": "one JSON object a line; values are the server's text (UTC, ISO dates), null is null",
        })
    }
}
