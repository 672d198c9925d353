//! What all requests share: the lake, the declared boards and metrics, opened publications, answers
//! already written.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::Contracts;
use models::metric::Metrics;
use moka::future::Cache;
use sha2::{Digest, Sha256};
use transform::project::Project;
use warehouse::{AsOf, Publication, Warehouse};

use crate::answer::Answer;
use crate::board::Boards;
use crate::error::{ApiError, ServerError};
use crate::negotiate::Format;
use crate::open::{Opened, Principal};

/// How the service behaves.
#[derive(Debug, Clone)]
pub struct ServiceOptions {
    /// The data is made up, and every page says so.
    pub is_demo: bool,
    /// The region that holds all others.
    pub region_code: String,
    /// How long a query may take.
    pub query_deadline: Duration,
    /// How many bytes of written answers are kept.
    pub cache_bytes: u64,
    /// How long the newest publication is taken to be the newest before the lake is asked again.
    pub newest_for: Duration,
}

impl Default for ServiceOptions {
    fn default() -> Self {
        ServiceOptions {
            is_demo: false,
            region_code: "420800".to_owned(),
            query_deadline: Duration::from_secs(30),
            cache_bytes: 64 << 20,
            newest_for: Duration::from_secs(1),
        }
    }
}

/// Publications kept open at once.
const OPEN_PUBLICATIONS: u64 = 8;

/// The service over one lake. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub warehouse: Warehouse,
    pub contracts: Arc<Contracts>,
    pub metrics: Arc<Metrics>,
    pub boards: Boards,
    pub options: ServiceOptions,
    newest: Cache<(), Option<Arc<Publication>>>,
    opened: Cache<u64, Arc<Opened>>,
    answers: Cache<[u8; 32], Written>,
}

/// An answer as it is sent.
#[derive(Clone)]
struct Written {
    bytes: Bytes,
    format: Format,
    tag: HeaderValue,
    /// The publication was named by the request, so the answer never changes.
    is_fixed: bool,
}

impl Service {
    /// A service over an open lake.
    ///
    /// # Errors
    /// None at present; what can fail fails with a request.
    pub fn new(
        warehouse: Warehouse,
        project: &Project,
        boards: Boards,
        options: ServiceOptions,
    ) -> Result<Service, ServerError> {
        let weigh = |_: &[u8; 32], written: &Written| {
            u32::try_from(written.bytes.len()).unwrap_or(u32::MAX)
        };
        let shared = Shared {
            contracts: project.contracts.clone(),
            metrics: project.metrics.clone(),
            newest: Cache::builder()
                .max_capacity(1)
                .time_to_live(options.newest_for)
                .build(),
            opened: Cache::new(OPEN_PUBLICATIONS),
            answers: Cache::builder()
                .weigher(weigh)
                .max_capacity(options.cache_bytes)
                .build(),
            warehouse,
            boards,
            options,
        };
        Ok(Service {
            shared: Arc::new(shared),
        })
    }

    /// The publication a request asks for: the newest, or that of `as_of`.
    pub(crate) async fn publication(
        &self,
        as_of: Option<&str>,
    ) -> Result<Arc<Publication>, ApiError> {
        let publications = self.shared.warehouse.publications();
        let Some(text) = as_of else {
            let newest = self.shared.newest.try_get_with((), async {
                publications.latest().await.map(|found| found.map(Arc::new))
            });
            return newest
                .await
                .map_err(shared_error)?
                .ok_or(ApiError::NothingPublished);
        };
        let as_of = match (text.parse(), text.parse()) {
            (Ok(number), _) => AsOf::Number(number),
            (_, Ok(date)) => AsOf::Date(date),
            _ => {
                return Err(ApiError::bad(
                    format!("`as_of` cannot be `{text}`"),
                    "write as_of=12 or as_of=2025-12-31",
                ));
            }
        };
        Ok(Arc::new(publications.as_of(as_of).await?))
    }

    /// A publication opened for whoever asks.
    pub(crate) async fn open(
        &self,
        publication: &Arc<Publication>,
    ) -> Result<Arc<Opened>, ApiError> {
        let open = Opened::new(
            &self.shared.warehouse,
            publication.as_ref().clone(),
            Principal::Anonymous,
        );
        let opened = self
            .shared
            .opened
            .try_get_with(publication.number, async { open.await.map(Arc::new) });
        opened.await.map_err(shared_error)
    }

    /// Answers a request for rows: from what is already written, with 304 if the reader has it, or
    /// by `compute`, within the deadline.
    pub(crate) async fn rows<F, Fut>(&self, ask: Ask<'_>, compute: F) -> Result<Response, ApiError>
    where
        F: FnOnce(Arc<Opened>) -> Fut,
        Fut: Future<Output = Result<Answer, ApiError>>,
    {
        let format = Format::of(ask.headers)?;
        let publication = self.publication(ask.as_of).await?;
        let key = key(&publication, &ask, format);
        if let Some(written) = self.shared.answers.get(&key).await {
            return Ok(written.response(ask.headers));
        }
        let answer = self
            .within_deadline(async { compute(self.open(&publication).await?).await })
            .await?;
        let written = Written {
            bytes: answer.write(format, &publication)?.into(),
            format,
            tag: tag(&key),
            is_fixed: ask.as_of.is_some(),
        };
        self.shared.answers.insert(key, written.clone()).await;
        Ok(written.response(ask.headers))
    }

    /// Answers a request for one JSON document in the same way.
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
        let key = key(&publication, &ask, Format::Json);
        if let Some(written) = self.shared.answers.get(&key).await {
            return Ok(written.response(ask.headers));
        }
        let document = self
            .within_deadline(async { compute(self.open(&publication).await?).await })
            .await?;
        let bytes = serde_json::to_vec(&document)?.into();
        let written = Written {
            bytes,
            format: Format::Json,
            tag: tag(&key),
            is_fixed: ask.as_of.is_some(),
        };
        self.shared.answers.insert(key, written.clone()).await;
        Ok(written.response(ask.headers))
    }

    async fn within_deadline<T>(
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

/// What a request asks, as far as its answer depends on it.
pub(crate) struct Ask<'a> {
    pub headers: &'a HeaderMap,
    pub as_of: Option<&'a str>,
    /// Path and parameters in one order.
    pub what: &'a str,
    pub parameters: &'a BTreeMap<String, String>,
}

impl Written {
    fn response(&self, asked: &HeaderMap) -> Response {
        let cached = asked
            .get(header::IF_NONE_MATCH)
            .and_then(|tags| tags.to_str().ok());
        let tag = self.tag.to_str().unwrap_or_default();
        // A tag that came through a compressing proxy may be marked weak.
        let has_it = cached.is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag)
        });
        let mut response = match has_it {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => Body::from(self.bytes.clone()).into_response(),
        };
        let headers = response.headers_mut();
        if !has_it {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.format.media_type()),
            );
        }
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        let control = if self.is_fixed {
            "private, max-age=86400"
        } else {
            "private, no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
        response
    }
}

/// Publication, question, format and reader: what an answer depends on.
fn key(publication: &Publication, ask: &Ask<'_>, format: Format) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(publication.number.to_le_bytes());
    hash.update(publication.created_at.timestamp_micros().to_le_bytes());
    hash.update(publication.models_hash.as_bytes());
    hash.update([
        ask.as_of.is_some() as u8,
        format as u8,
        Principal::Anonymous as u8,
    ]);
    hash.update(env!("CARGO_PKG_VERSION"));
    for part in [ask.what].into_iter().chain(
        ask.parameters
            .iter()
            .flat_map(|(name, value)| [name.as_str(), value]),
    ) {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn tag(key: &[u8; 32]) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{}\"", hex::encode(&key[..16])))
        .unwrap_or(HeaderValue::from_static("\"\""))
}

/// Several requests may wait for one failure; each gets its words.
fn shared_error<E: std::error::Error + Send + Sync + 'static>(error: Arc<E>) -> ApiError {
    ApiError::Internal(error.to_string().into())
}
