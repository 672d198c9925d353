//! The pull: one snapshot, read in bounded batches, in the order of changes.
//!
//! A connector opens a session, begins a transaction that can only read, describes the rows, and hands over
//! a [`Snapshot`]; from there on a pull is the same for every server.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::config::Changes;
use super::describe::{Beginning, Description, Told, begin};
use super::dialect::Dialect;
use super::drift;
use super::seen::Seen;
use super::select;
use super::state::{Point, Start, State};
use super::text::RowWriter;
use super::{DatabaseConfig, DatabaseError, Drift, Trouble};
use crate::page::{Compression, Page, PageBytes};
use crate::pull::{Cursor, Outlet, Step, Steps, steps};
use crate::{ByteSize, Pull, SourceError};

/// Rows fetched at once, as long as nothing is known of their size.
const FIRST_FETCH: u64 = 100;

/// Rows fetched at once at most: enough to make the way there and back not count.
const LARGEST_FETCH: u64 = 10_000;

/// A session of a server in the transaction of a pull: it sees one state of the database.
#[async_trait]
pub(crate) trait Snapshot: Send + 'static {
    /// The rows of a statement.
    type Rows: Rows;

    /// The server's SQL.
    fn dialect(&self) -> Dialect;

    /// The columns of `description`, as they stand behind `select`.
    fn columns(&self, config: &DatabaseConfig, description: &Description) -> String {
        let _ = description;
        select::columns(self.dialect(), config)
    }

    /// What the server tells of itself and of the table.
    async fn tell(&mut self, config: &DatabaseConfig) -> Result<Told, DatabaseError>;

    /// The first value a statement gives, as text.
    async fn value(&mut self, sql: &str) -> Result<Option<String>, DatabaseError>;

    /// Runs the statement that gives the rows `description` describes.
    async fn open(self, sql: &str, description: &Description) -> Result<Self::Rows, DatabaseError>;
}

/// Takes the values of a row, in the order of the columns.
pub(crate) type Take<'t> = &'t mut (dyn FnMut(&[Option<&str>]) + Send);

/// Rows on their way.
#[async_trait]
pub(crate) trait Rows: Send {
    /// Gives the next `wanted` rows; answers how many came, which are fewer only at the end.
    async fn fetch(&mut self, wanted: u64, take: Take<'_>) -> Result<u64, DatabaseError>;

    /// Ends the transaction in good order, after the last row.
    async fn end(self) -> Result<(), DatabaseError>;
}

/// The steps of a pull.
pub(crate) fn pages<S: Snapshot>(
    config: &Arc<DatabaseConfig>,
    snapshot: S,
    description: Description,
    pull: Pull,
) -> Steps {
    let config = Arc::clone(config);
    let server = snapshot.dialect().server_name(&config);
    let what = config.table.as_ref().map_or("query", |table| &table.value);
    let name = format!("{server}/{what}");
    steps(name.clone(), async move |outlet| {
        let puller = Puller {
            config: &config,
            dialect: snapshot.dialect(),
            server,
            description,
            outlet: &outlet,
            name,
        };
        puller.run(snapshot, pull).await
    })
}

/// A pull under way.
struct Puller<'a> {
    config: &'a DatabaseConfig,
    dialect: Dialect,
    /// The server and the database, for messages.
    server: String,
    description: Description,
    outlet: &'a Outlet,
    /// What the pages are called: the server and the table.
    name: String,
}

/// How far a pull has come.
struct Progress {
    writer: RowWriter,
    seen: Seen,
    /// The newest change among the rows that came.
    at: Option<Point>,
}

impl Puller<'_> {
    async fn run<S: Snapshot>(&self, mut snapshot: S, pull: Pull) -> Result<(), SourceError> {
        let config = self.config;
        let known = self.known(&pull).await?;
        let state = known.unwrap_or_else(|| State {
            reads: self.fingerprint(&pull),
            ..State::default()
        });
        self.check_drift(&state).await?;
        let looks_for_newest = state.at.is_some();
        let begun = begin(&mut snapshot, config, &self.description, looks_for_newest).await?;
        let start = match config.since.as_deref() {
            None => Start::Everything(None),
            Some(since) => state.start(&begun.found, since, pull.now),
        };
        if let Start::Everything(Some(why)) = &start {
            let note = format!("{why}; everything is read again");
            self.outlet.give(Step::Note(note)).await?;
        }
        let columns = snapshot.columns(config, &self.description);
        let sql = select::rows(self.dialect, config, &columns, &start);
        let manifest = self.manifest(&begun, &sql);
        let mut rows = snapshot.open(&sql, &self.description).await?;
        let progress = self
            .pages(&mut rows, &state, &start, &begun, manifest, pull.now)
            .await?;
        rows.end().await?;
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

    /// Tells, or refuses, other columns than those of the last pull.
    async fn check_drift(&self, state: &State) -> Result<(), SourceError> {
        let differences = drift::differences(&state.columns, &self.description.columns);
        if state.columns.is_empty() || differences.is_empty() {
            return Ok(());
        }
        let trouble = Trouble::Drifted { differences };
        match self.config.drift {
            Drift::Refuse => Err(DatabaseError::at(&self.server, trouble).into()),
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
        rows: &mut impl Rows,
        state: &State,
        start: &Start,
        begun: &Beginning,
        manifest: Value,
        now: DateTime<Utc>,
    ) -> Result<Progress, SourceError> {
        let mut manifest = Some(manifest);
        let (config, description) = (self.config, &self.description);
        let since = config.since.as_deref();
        let known = match start {
            Start::Everything(_) => [].as_slice(),
            Start::From(_) => state.seen.as_slice(),
        };
        let names = description
            .columns
            .iter()
            .map(|column| column.name.as_str());
        let mut progress = Progress {
            writer: RowWriter::new(names),
            seen: Seen::new(known),
            at: None,
        };
        let (page_rows, page_bytes) = (u64::from(config.page_rows), config.page_bytes.as_bytes());
        let (mut page, mut batch) = (0_u64, FIRST_FETCH);
        loop {
            let wanted = batch.min(page_rows - progress.writer.rows());
            let mut take = |values: &[Option<&str>]| {
                progress.take(values, description, since, begun.latest);
            };
            let fetched = rows.fetch(wanted, &mut take).await?;
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
                if since.is_some() && !is_over {
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
            self.dialect.port_of(config),
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
            "connector": self.dialect.key(),
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

impl Progress {
    /// Adds a row to the page, unless the last pull gave the same one.
    fn take(
        &mut self,
        values: &[Option<&str>],
        description: &Description,
        since: Option<&Changes>,
        latest: Option<NaiveDateTime>,
    ) {
        let point = description.point(values);
        let line = self.writer.push(values.iter().copied());
        let Some(since) = since else {
            return;
        };
        // What lies in the future does not move the cursor.
        if let Some(point) = point
            && point.time <= latest
        {
            self.at = self.at.max(Some(point));
        }
        if self.seen.note(line, point, self.at, since) {
            let bytes = line.len();
            self.writer.take_back(bytes);
        }
    }
}
