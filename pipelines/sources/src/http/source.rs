//! The pull: page after page, and where it goes on after it was cut off.
//!
//! The cursor holds the newest change seen by the last complete pull and, after one that broke off, the
//! page it had come to. A pull that goes on asks for the last page it had once more: only when that is as
//! it was do the pages behind it follow on; else it begins at the first page again.
//!
//! Rows become visible late, and clocks go wrong. So a pull begins some time before the newest change
//! seen (`overlap`), never trusts a change that lies in the service's future, and reads everything again
//! when the service's clock has gone back further than the overlap, when the job has come to read
//! differently, and every so often if `full_every` says so. Reading a row twice costs time, nothing else:
//! rows are compared by their key.

mod turn;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_DISPOSITION, HeaderMap};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::client::{Client, Download, Validators};
use super::config::HttpConfig;
use super::error::HttpError;
use super::paging::{self, Position};
use super::since;
use crate::files::{Found, pages_of};
use crate::page::PageBytes;
use crate::pull::{Cursor, Outlet, Step, Steps, steps};
use crate::{Pull, Source, SourceError};
use turn::Turn;

/// A service or a download.
#[derive(Debug)]
pub struct Http {
    puller: Arc<Puller>,
}

#[derive(Debug)]
struct Puller {
    config: HttpConfig,
    client: Client,
    base: Url,
}

/// What a cursor of this connector holds.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    /// The job's way to read, hashed.
    reads: String,
    /// The newest change seen by the last complete pull.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newest: Option<DateTime<Utc>>,
    /// The service's clock then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    served_at: Option<DateTime<Utc>>,
    /// When everything was last read, by our clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    full_at: Option<DateTime<Utc>>,
    /// Of a download.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    validators: Option<Validators>,
    /// A pull that broke off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    broken_off: Option<Progress>,
}

/// How far a pull has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Progress {
    /// The changes asked for; everything when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// The newest change seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    newest: Option<DateTime<Utc>>,
    /// When it began, by our clock, if it reads everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    full_at: Option<DateTime<Utc>>,
    /// The page that comes next.
    next: Position,
    /// The page before it, and the SHA-256 of its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<(Position, String)>,
    /// Pages and rows so far.
    pages: u64,
    rows: u64,
}

impl Http {
    /// Reads the secrets the configuration names; asks nothing yet.
    ///
    /// # Errors
    /// When a secret is not there.
    pub fn new(config: &HttpConfig, project: &Path) -> Result<Http, SourceError> {
        let base = Url::parse(&config.url).map_err(|_| HttpError::Unreachable {
            url: "the source's `url`".to_owned(),
            reason: "it is no address".to_owned(),
        })?;
        Ok(Http {
            puller: Arc::new(Puller {
                client: Client::new(config, project)?,
                config: config.clone(),
                base,
            }),
        })
    }
}

#[async_trait]
impl Source for Http {
    async fn pages(&self, pull: Pull) -> Result<Steps, SourceError> {
        let puller = Arc::clone(&self.puller);
        let name = puller.base.to_string();
        Ok(steps(name, async move |outlet| {
            puller
                .run(pull, &outlet)
                .await
                .map_err(|error| match error {
                    SourceError::Http(error) => SourceError::Http(puller.client.masked(error)),
                    other => other,
                })
        }))
    }
}

impl Puller {
    async fn run(&self, pull: Pull, outlet: &Outlet) -> Result<(), SourceError> {
        let reads = self.fingerprint(&pull);
        let state = pull.since.as_ref().and_then(Cursor::state::<State>);
        let known = state.filter(|state| state.reads == reads);
        if known.is_none() && pull.since.is_some() {
            let note = "the job reads differently than at its last pull: everything is read again";
            outlet.give(Step::Note(note.to_owned())).await?;
        }
        let state = known.unwrap_or(State {
            reads,
            ..State::default()
        });
        match self.config.is_service() {
            true => self.pull_pages(state, pull.now, outlet).await,
            false => self.pull_file(state, outlet).await,
        }
    }

    /// What decides what a row comes to and which page follows which; secrets are named, not held.
    fn fingerprint(&self, pull: &Pull) -> String {
        let config = &self.config;
        let query: Vec<String> = config
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", value.value))
            .collect();
        let form: Vec<String> = config
            .form
            .iter()
            .flatten()
            .map(|(name, value)| format!("{name}={}", value.value))
            .collect();
        let since = config
            .since
            .as_deref()
            .map(|since| (&since.parameter, &since.field, since.form));
        let reads = format!(
            "{}{query:?}{form:?}{:?}{:?}{since:?}{:?}{}{}",
            config.url.value,
            config.json,
            config.pages.as_deref(),
            config.rows,
            config.entry.as_deref().unwrap_or_default(),
            pull.fingerprint
        );
        hex_of(reads.as_bytes())
    }

    async fn pull_file(&self, mut state: State, outlet: &Outlet) -> Result<(), SourceError> {
        let request = paging::request(&self.config, &self.base, &Position::Start, None);
        let name = file_name(&self.client.without_secrets(&request.url));
        let known = state.validators.clone().unwrap_or_default();
        let (headers, validators, file, size_bytes) =
            match self.client.download(&name, &request, &known).await? {
                Download::Unchanged => return outlet.give(Step::Unchanged).await,
                Download::File {
                    headers,
                    validators,
                    file,
                    size_bytes,
                } => (headers, validators, file, size_bytes),
            };
        let found = Found {
            name: with_extension(name, &headers),
            bytes: PageBytes::Copy(Arc::new(file)),
            size_bytes,
            modified_at: None,
            etag: None,
        };
        let entry = self.config.entry.clone();
        for page in pages_of(found, entry, self.config.limits.max_expanded).await? {
            outlet.give(Step::Page(page)).await?;
        }
        if !validators.are_none() {
            state.validators = Some(validators);
            outlet.give(Step::Mark(Cursor::of(&state))).await?;
        }
        Ok(())
    }

    async fn pull_pages(
        &self,
        state: State,
        now: DateTime<Utc>,
        outlet: &Outlet,
    ) -> Result<(), SourceError> {
        let begin = self.begin(&state, now);
        let mut turn = Turn {
            puller: self,
            outlet,
            progress: begin,
            served_at: None,
            seen: HashSet::new(),
            total: None,
        };
        if let Some(broken_off) = state.broken_off.clone() {
            turn.go_on(broken_off).await?;
        }
        outlet
            .give(Step::Manifest(self.manifest(&turn.progress)))
            .await?;
        let mut is_first = true;
        loop {
            let (at, position) = (turn.progress.pages + 1, turn.progress.next.clone());
            let Some(answer) = turn.ask(&position, at).await? else {
                break;
            };
            if std::mem::take(&mut is_first) && turn.clock_went_back(&state, &answer).await? {
                turn.progress = self.anew(now);
                turn.seen.clear();
                continue;
            }
            let Some(next) = turn.take(position, at, answer).await? else {
                break;
            };
            turn.progress.next = next;
            let mark = State {
                broken_off: Some(turn.progress.clone()),
                ..state.clone()
            };
            // A mark that repeats a secret, which the service put into it, is not kept.
            let cursor = Cursor::of(&mark);
            if !self.client.secrets.are_in(&cursor.as_json().to_string()) {
                outlet.give(Step::Mark(cursor)).await?;
            }
        }
        turn.check_total()?;
        let done = turn.done(&state, now);
        // When nothing new has come, the cursor stays as it is, and nothing needs to be committed.
        let is_quiet = done.newest == state.newest
            && done.full_at == state.full_at
            && state.broken_off.is_none();
        let cursor = Cursor::of(if is_quiet { &state } else { &done });
        outlet.give(Step::Mark(cursor)).await
    }

    /// Where a pull begins that does not go on with another one.
    fn begin(&self, state: &State, now: DateTime<Utc>) -> Progress {
        let Some(since) = self.config.since.as_deref() else {
            return self.anew(now);
        };
        let is_stale = since.full_every.is_some_and(|every| {
            state
                .full_at
                .is_none_or(|full_at| now - full_at >= every.delta())
        });
        match state.newest {
            Some(newest) if !is_stale => Progress {
                since: newest
                    .checked_sub_signed(since.overlap.delta())
                    .map(|from| since::write(since.form, from)),
                full_at: None,
                ..self.anew(now)
            },
            _ => self.anew(now),
        }
    }

    /// Everything from the first page on.
    fn anew(&self, now: DateTime<Utc>) -> Progress {
        Progress {
            since: self
                .config
                .since
                .as_deref()
                .and_then(|since| since.from.clone()),
            newest: None,
            full_at: Some(now),
            next: paging::first(self.config.pages.as_deref()),
            last: None,
            pages: 0,
            rows: 0,
        }
    }

    fn manifest(&self, progress: &Progress) -> Value {
        json!({
            "connector": "http",
            "url": self.base.as_str(),
            "since": progress.since,
            "from_page": progress.pages + 1,
        })
    }

    fn name(&self, at: &Position, since: Option<&str>) -> (String, paging::Request) {
        let request = paging::request(&self.config, &self.base, at, since);
        let name = self.client.without_secrets(&request.url);
        (format!("{name}{}", at.suffix(request.is_post)), request)
    }
}

fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    let hash = Sha256::digest(bytes);
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The address of a download as a file's name: without parameters, which would hide its extension.
fn file_name(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    bare.into()
}

/// The name with the extension the server's headers tell, when it has none of its own.
fn with_extension(name: String, headers: &HeaderMap) -> String {
    let file = name.rsplit('/').next().unwrap_or_default();
    if file.contains('.') {
        return name;
    }
    let disposition = headers
        .get(CONTENT_DISPOSITION)
        .and_then(|text| text.to_str().ok());
    let told = disposition.and_then(|text| {
        let file = text
            .split(';')
            .find_map(|part| part.trim().strip_prefix("filename="))?;
        let (_, extension) = file.trim_matches('"').rsplit_once('.')?;
        let is_plain =
            !extension.is_empty() && extension.bytes().all(|b| b.is_ascii_alphanumeric());
        is_plain.then(|| extension.to_ascii_lowercase())
    });
    match told {
        Some(extension) => format!("{name}.{extension}"),
        None => name,
    }
}
