//! One pull of a service, page by page.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap, LINK};
use serde_json::Value;
use url::Url;

use super::{Progress, Puller, State, hex_of};
use crate::SourceError;
use crate::http::client::Answer;
use crate::http::error::HttpError;
use crate::http::paging::{self, Answered, Position};
use crate::http::{body, since};
use crate::page::{Compression, Page, PageBytes};
use crate::pull::{Outlet, Step};

/// A pull under way.
pub(super) struct Turn<'a> {
    pub(super) puller: &'a Puller,
    pub(super) outlet: &'a Outlet,
    pub(super) progress: Progress,
    /// The service's clock at the first answer.
    pub(super) served_at: Option<DateTime<Utc>>,
    /// Hashes of the pages asked for, against circles.
    pub(super) seen: HashSet<u64>,
    /// How many rows the service says there are.
    pub(super) total: Option<u64>,
}

impl Turn<'_> {
    /// Goes on with a pull that broke off, if the page it had come to is as it was.
    pub(super) async fn go_on(&mut self, broken_off: Progress) -> Result<(), SourceError> {
        let name = self.puller.base.to_string();
        if let Some((last, hash)) = &broken_off.last {
            let (page, request) = self.puller.name(last, broken_off.since.as_deref());
            let is_as_it_was = match self.puller.client.ask(&page, &request).await {
                Ok(answer) => hex_of(&answer.bytes) == *hash,
                // A mark that has expired.
                Err(HttpError::Refused { .. }) => false,
                Err(error) => return Err(error.into()),
            };
            if !is_as_it_was {
                let note = format!(
                    "the pull of `{name}` that broke off after page {} cannot go on, because that page has changed: it begins anew",
                    broken_off.pages
                );
                return self.outlet.give(Step::Note(note)).await;
            }
        }
        let note = format!(
            "goes on with page {}, where the last pull broke off",
            broken_off.pages + 1
        );
        self.progress = broken_off;
        self.outlet.give(Step::Note(note)).await
    }

    /// Asks for a page; none when it is behind the last.
    pub(super) async fn ask(
        &mut self,
        at: &Position,
        page: u64,
    ) -> Result<Option<Answer>, SourceError> {
        let puller = self.puller;
        let (name, request) = puller.name(at, self.progress.since.as_deref());
        let bound = puller.config.limits.max_pages;
        if page > bound {
            return Err(HttpError::TooManyPages { url: name, bound }.into());
        }
        let mut hasher = DefaultHasher::new();
        at.hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            let page = page - 1;
            return Err(HttpError::SameCursor { url: name, page }.into());
        }
        let pages = puller.config.pages.as_deref();
        match puller.client.ask(&name, &request).await {
            Ok(answer) => Ok(Some(answer)),
            Err(HttpError::Refused { status, .. })
                if page > 1
                    && status.starts_with("404")
                    && pages.is_some_and(|pages| pages.ends_with_404) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Notes the service's clock; whether it has gone back so far that changes may lie before the
    /// newest one seen.
    pub(super) async fn clock_went_back(
        &mut self,
        state: &State,
        answer: &Answer,
    ) -> Result<bool, SourceError> {
        self.served_at = server_clock(&answer.headers);
        let (Some(since), Some(before), Some(now)) = (
            self.puller.config.since.as_deref(),
            state.served_at,
            self.served_at,
        ) else {
            return Ok(false);
        };
        let back = before - now;
        if back <= since.overlap.delta() || self.progress.full_at.is_some() {
            return Ok(false);
        }
        let note = format!(
            "the service's clock went back by {} s, more than the overlap of {}: everything is read again",
            back.num_seconds(),
            since.overlap
        );
        self.outlet.give(Step::Note(note)).await?;
        Ok(true)
    }

    /// Hands the page over; answers the next one.
    pub(super) async fn take(
        &mut self,
        at: Position,
        page: u64,
        answer: Answer,
    ) -> Result<Option<Position>, SourceError> {
        let puller = self.puller;
        let config = &puller.config;
        let (name, _) = puller.name(&at, self.progress.since.as_deref());
        let rows = body::rows(&name, &answer.value, &config.rows, config.entries)?;
        let hash = hex_of(&answer.bytes);
        if let Some((_, before)) = &self.progress.last
            && *before == hash
            && !rows.is_empty()
        {
            return Err(self.same_page(name, page).into());
        }
        self.note_newest(&name, &rows)?;
        self.progress.rows += rows.len() as u64;
        self.progress.pages = page;
        self.progress.last = Some((at.clone(), hash));
        let answered = Answered {
            name: &name,
            url: &puller.client.without_secrets(&answer.url),
            value: &answer.value,
            link: answer.headers.get(LINK).and_then(|link| link.to_str().ok()),
            rows: rows.len(),
            rows_so_far: self.progress.rows,
        };
        if let Some(pages) = config.pages.as_deref() {
            self.total = paging::total(pages, &answered)?;
        }
        let next = paging::next(config.pages.as_deref(), &at, &answered)?;
        let next = next.map(|next| match next {
            // The service may repeat what it was sent.
            Position::Address(address) => Position::Address(match Url::parse(&address) {
                Ok(url) => puller.client.without_secrets(&url).into(),
                Err(_) => address,
            }),
            other => other,
        });
        if !rows.is_empty() {
            self.outlet.give(Step::Page(page_of(name, &answer))).await?;
        }
        Ok(next)
    }

    fn same_page(&self, url: String, page: u64) -> HttpError {
        let pages = self.puller.config.pages.as_deref();
        let parameter = pages.and_then(|pages| {
            [&pages.number, &pages.offset, &pages.parameter]
                .into_iter()
                .flatten()
                .next()
        });
        HttpError::SamePage {
            url,
            page,
            parameter: parameter.map_or_else(|| "the address".to_owned(), Clone::clone),
        }
    }

    /// Notes the newest change among the rows.
    fn note_newest(&mut self, name: &str, rows: &[&Value]) -> Result<(), HttpError> {
        let Some(since) = self.puller.config.since.as_deref() else {
            return Ok(());
        };
        let path = body::path(&since.field);
        for (index, row) in rows.iter().enumerate() {
            let value = body::at(row, &path);
            // A row that was never changed says nothing.
            if value == Some(&Value::Null) {
                continue;
            }
            let Some(moment) = value.and_then(|value| since::read(since.form, value)) else {
                return Err(HttpError::NoMoment {
                    url: name.to_owned(),
                    row: index + 1,
                    field: since.field.clone(),
                    found: value.map_or_else(
                        || "there is no such field".to_owned(),
                        |value| format!("it is {value}"),
                    ),
                    example: since::example(since.form),
                });
            };
            self.progress.newest = self.progress.newest.max(Some(moment));
        }
        Ok(())
    }

    /// The newest change seen that does not lie in the service's future: a change stamped by a clock
    /// that ran ahead would hide all those before it.
    fn trusted_newest(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let clock = self.served_at.unwrap_or(now);
        self.progress.newest.map(|newest| newest.min(clock))
    }

    /// The state after a complete pull. A source that gives everything every time has nothing to remember.
    pub(super) fn done(&self, state: &State, now: DateTime<Utc>) -> State {
        let bare = State {
            reads: state.reads.clone(),
            ..State::default()
        };
        if self.puller.config.since.is_none() {
            return bare;
        }
        let reads_all = self.progress.full_at.is_some();
        State {
            newest: self
                .trusted_newest(now)
                .max(state.newest.filter(|_| !reads_all)),
            served_at: self.served_at.or(state.served_at),
            full_at: self.progress.full_at.or(state.full_at),
            ..bare
        }
    }

    pub(super) fn check_total(&self) -> Result<(), HttpError> {
        match self.total {
            Some(total) if total != self.progress.rows => Err(HttpError::TotalDiffers {
                url: self.puller.base.to_string(),
                total,
                rows: self.progress.rows,
            }),
            _ => Ok(()),
        }
    }
}

fn page_of(name: String, answer: &Answer) -> Page {
    Page {
        name,
        extension: "json".to_owned(),
        compression: Compression::None,
        size_bytes: answer.bytes.len() as u64,
        modified_at: None,
        max_expanded: crate::ByteSize::bytes(answer.bytes.len() as u64),
        bytes: PageBytes::Memory(answer.bytes.clone()),
    }
}

fn server_clock(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let moment = DateTime::parse_from_rfc2822(text).ok()?;
    Some(moment.with_timezone(&Utc))
}
