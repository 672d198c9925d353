//! Answers as they are sent: taken from those already written, or computed within the deadline, once
//! for all who ask at the same time. A reader who has an answer already gets 304.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use moka::future::Cache;
use sha2::{Digest, Sha256};
use warehouse::Publication;

use crate::answer::Answer;
use crate::error::ApiError;
use crate::negotiate::Format;
use crate::open::{Newest, Opened};
use crate::params::Params;
use crate::service::Service;

/// What a request asks, as far as its answer depends on it.
pub(crate) struct Ask<'a> {
    headers: &'a HeaderMap,
    as_of: Option<&'a str>,
    /// Path and parameters in one order, so that one question is written once.
    question: String,
}

/// Answers already written, by what they answer.
pub(crate) type Answers = Cache<Key, Written>;

/// What an answer depends on while the program runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    state: State,
    question: String,
    format: Format,
}

/// The state of the lake an answer is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum State {
    /// The publication of this number.
    Published(u64),
    /// The version of a table that is read as it is; `None` while it is not stored.
    Newest(Option<u64>),
}

/// An answer as it is sent.
#[derive(Clone)]
pub(crate) struct Written {
    bytes: Bytes,
    tag: HeaderValue,
}

/// Answers up to this many bytes together.
pub(crate) fn answers(bytes: u64) -> Answers {
    let weigh = |key: &Key, written: &Written| {
        u32::try_from(key.question.len() + written.bytes.len()).unwrap_or(u32::MAX)
    };
    Cache::builder().weigher(weigh).max_capacity(bytes).build()
}

impl<'a> Ask<'a> {
    pub fn new(what: &str, params: &'a Params, headers: &'a HeaderMap) -> Ask<'a> {
        let mut question = what.to_owned();
        for (name, value) in &params.others {
            // Lengths keep `a=b&c` and `a`, `b&c` apart.
            question.push_str(&format!("\n{}:{name}={value}", name.len()));
        }
        Ask {
            headers,
            as_of: params.as_of.as_deref(),
            question,
        }
    }

    fn cache_control(&self) -> &'static str {
        // Only a number means one publication for ever; a day may see another before it ends.
        let is_fixed = self.as_of.is_some_and(|text| text.parse::<u64>().is_ok());
        if is_fixed {
            "private, max-age=86400"
        } else {
            "private, no-cache"
        }
    }

    /// Whether the reader has what this tag stands for.
    fn has(&self, tag: &HeaderValue) -> bool {
        let opaque = |tag: &[u8]| -> Vec<u8> { tag.strip_prefix(b"W/").unwrap_or(tag).to_vec() };
        let wanted = opaque(tag.as_bytes());
        let known = self.headers.get_all(header::IF_NONE_MATCH).iter();
        known
            .flat_map(|tags| tags.as_bytes().split(|byte| *byte == b','))
            .any(|known| opaque(known.trim_ascii()) == wanted)
    }
}

impl Service {
    /// Answers a request for rows of a publication.
    pub(crate) async fn rows<F, Fut>(&self, ask: Ask<'_>, compute: F) -> Result<Response, ApiError>
    where
        F: FnOnce(Arc<Opened>) -> Fut,
        Fut: Future<Output = Result<Answer, ApiError>>,
    {
        let format = Format::of(ask.headers)?;
        let publication = self.publication(ask.as_of).await?;
        let write = async {
            let answer = compute(self.open(&publication).await?).await?;
            answer.write(format, Some(&publication))
        };
        self.published(&publication, ask, format, write).await
    }

    /// Answers a request for one JSON document about a publication.
    pub(crate) async fn document<T, F, Fut>(
        &self,
        ask: Ask<'_>,
        compute: F,
    ) -> Result<Response, ApiError>
    where
        T: serde::Serialize,
        F: FnOnce(Arc<Opened>) -> Fut,
        Fut: Future<Output = Result<T, ApiError>>,
    {
        let publication = self.publication(ask.as_of).await?;
        let write = async {
            let document = compute(self.open(&publication).await?).await?;
            Ok(serde_json::to_vec(&document)?)
        };
        self.published(&publication, ask, Format::Json, write).await
    }

    /// Answers a request for rows of a table that is read as it is, not as published.
    pub(crate) async fn newest_rows<'t, F, Fut>(
        &self,
        ask: Ask<'_>,
        table: Newest<'t>,
        compute: F,
    ) -> Result<Response, ApiError>
    where
        F: FnOnce(Newest<'t>) -> Fut,
        Fut: Future<Output = Result<Answer, ApiError>>,
    {
        let format = Format::of(ask.headers)?;
        let state = State::Newest(table.version);
        let identity = table.contract.id.to_string();
        let write = async { compute(table).await?.write(format, None) };
        self.answered(state, &[identity.as_bytes()], ask, format, write)
            .await
    }

    async fn published(
        &self,
        publication: &Publication,
        ask: Ask<'_>,
        format: Format,
        write: impl Future<Output = Result<Vec<u8>, ApiError>>,
    ) -> Result<Response, ApiError> {
        let created_at = publication.created_at.timestamp_micros().to_le_bytes();
        let identity = [&created_at[..], publication.models_hash.as_bytes()];
        let state = State::Published(publication.number);
        self.answered(state, &identity, ask, format, write).await
    }

    /// `identity` is what tells the state apart from one of the same number in another lake: tags
    /// outlive the program.
    async fn answered(
        &self,
        state: State,
        identity: &[&[u8]],
        ask: Ask<'_>,
        format: Format,
        write: impl Future<Output = Result<Vec<u8>, ApiError>>,
    ) -> Result<Response, ApiError> {
        let key = Key {
            state,
            question: ask.question.clone(),
            format,
        };
        if let Some(written) = self.shared.answers.get(&key).await {
            return Ok(written.response(format, &ask));
        }
        let tag = tag(&key, &self.shared.declared, identity);
        if ask.has(&tag) {
            return Ok(not_modified(&tag, &ask));
        }
        let write = async {
            let bytes = self.within_deadline(write).await?.into();
            Ok(Written { bytes, tag })
        };
        let written = self.shared.answers.try_get_with(key, write).await;
        let written = written.map_err(|error: Arc<ApiError>| ApiError::clone(&error))?;
        Ok(written.response(format, &ask))
    }

    pub(crate) async fn within_deadline<T>(
        &self,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let deadline = self.shared.options.query_deadline;
        match tokio::time::timeout(deadline, work).await {
            Ok(done) => done,
            Err(_) => Err(ApiError::Deadline {
                seconds: deadline.as_secs(),
            }),
        }
    }
}

impl Written {
    fn response(&self, format: Format, ask: &Ask<'_>) -> Response {
        if ask.has(&self.tag) {
            return not_modified(&self.tag, ask);
        }
        let mut response = Body::from(self.bytes.clone()).into_response();
        let kind = HeaderValue::from_static(format.media_type());
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        validated(response, &self.tag, ask)
    }
}

fn not_modified(tag: &HeaderValue, ask: &Ask<'_>) -> Response {
    validated(StatusCode::NOT_MODIFIED.into_response(), tag, ask)
}

fn validated(mut response: Response, tag: &HeaderValue, ask: &Ask<'_>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag.clone());
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let control = HeaderValue::from_static(ask.cache_control());
    headers.insert(header::CACHE_CONTROL, control);
    response
}

/// Publication, declared files, question and format: what an answer depends on.
///
/// Weak (RFC 9110, 8.8.1), because one tag stands for the answer and for its compressed forms.
fn tag(key: &Key, declared: &[u8; 32], identity: &[&[u8]]) -> HeaderValue {
    let mut hash = Sha256::new();
    hash.update(declared);
    let state = match key.state {
        State::Published(number) => format!("publication {number}"),
        State::Newest(version) => format!("version {version:?}"),
    };
    let parts = [
        state.as_bytes(),
        key.question.as_bytes(),
        &[key.format as u8],
    ];
    for part in parts.into_iter().chain(identity.iter().copied()) {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let tag = format!("W/\"{}\"", hex::encode(&digest[..16]));
    HeaderValue::from_str(&tag).expect("hexadecimal digits are a header value")
}
