//! One request: signed, limited, tried again, and led on to where the server says.

use std::path::Path;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use bytes::{Bytes, BytesMut};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, USER_AGENT,
};
use reqwest::{Response, StatusCode, redirect};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Mutex;
use url::Url;

use super::auth::Signer;
use super::body;
use super::config::{HttpConfig, Limits};
use super::error::HttpError;
use super::failure::Failure;
use super::paging::{Body, Request};
use crate::secret::Secrets;
use crate::{SourceError, Wait};

/// How often a server may lead on to another address.
const REDIRECTS: usize = 5;

/// The first wait before another try; each further one is twice as long, and part of it is chance, so
/// that many clients do not come back at the same moment.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// What a server needs to tell whether something has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_modified: Option<String>,
}

impl Validators {
    fn of(headers: &HeaderMap) -> Validators {
        let text = |name| Some(headers.get(name)?.to_str().ok()?.to_owned());
        Validators {
            etag: text(ETAG),
            last_modified: text(LAST_MODIFIED),
        }
    }

    pub(super) fn are_none(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// An answer of a service.
pub(super) struct Answer {
    /// Where it was answered.
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Bytes,
    /// The same, read.
    pub(super) value: Value,
}

/// A download.
pub(super) enum Download {
    /// It is as the validators say.
    Unchanged,
    File {
        headers: HeaderMap,
        validators: Validators,
        file: NamedTempFile,
        size_bytes: u64,
    },
}

/// A client for one source.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    signer: Signer,
    pub(super) secrets: Secrets,
    headers: HeaderMap,
    limits: Limits,
    /// When the next request may begin.
    next_start: Mutex<Option<Instant>>,
}

impl Client {
    /// Reads the secrets and makes the client; asks nothing yet.
    pub(super) fn new(config: &HttpConfig, project: &Path) -> Result<Client, SourceError> {
        let mut secrets = Secrets::default();
        let signer = Signer::new(config.auth.as_deref(), project, &mut secrets)?;
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static("jieyue"));
        if config.is_service() {
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &config.headers {
            // Checked when the job was read.
            if let (Ok(name), Ok(value)) = (
                HeaderName::try_from(name.as_str()),
                HeaderValue::try_from(value.value.as_str()),
            ) {
                headers.insert(name, value);
            }
        }
        let mut builder = reqwest::Client::builder()
            .connect_timeout(config.limits.connect_timeout.duration())
            // Led by hand, because secrets must not follow to another host.
            .redirect(redirect::Policy::none());
        if let Some(path) = &config.authority {
            let unreadable = |reason: String| HttpError::Untrusted {
                url: config.url.value.clone(),
                reason: format!("`authority` names `{}`: {reason}", path.value),
            };
            let pem = std::fs::read(project.join(&path.value));
            let pem = pem.map_err(|error| unreadable(error.to_string()))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem)
                .ok()
                .filter(|certificates| !certificates.is_empty());
            let certificates =
                certificates.ok_or_else(|| unreadable("it holds no certificate".to_owned()))?;
            for certificate in certificates {
                builder = builder.add_root_certificate(certificate);
            }
        }
        if is_this_machine(&config.url.value) {
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|error| Failure::of_transport(&config.url.value, &error, 0).error)?;
        Ok(Client {
            http,
            signer,
            secrets,
            headers,
            limits: config.limits.clone(),
            next_start: Mutex::new(None),
        })
    }

    /// The answer of a service, called `name`.
    pub(super) async fn ask(&self, name: &str, request: &Request) -> Result<Answer, HttpError> {
        let limit = self.limits.timeout;
        let once = || self.ask_once(name, request).boxed();
        let too_long = || Failure::passing(timed_out(name, limit));
        self.persist(name, limit, once, too_long).await
    }

    /// A download, unless it is as `known` says.
    pub(super) async fn download(
        &self,
        name: &str,
        request: &Request,
        known: &Validators,
    ) -> Result<Download, HttpError> {
        let limit = self.limits.download_timeout;
        let once = || self.download_once(name, request, known).boxed();
        let too_long = || Failure::lasting(timed_out(name, limit));
        self.persist(name, limit, once, too_long).await
    }

    /// Tries again as long as the failure may pass and tries are left; each try may take `limit`.
    async fn persist<'a, T>(
        &self,
        name: &str,
        limit: Wait,
        once: impl Fn() -> BoxFuture<'a, Result<T, Failure>>,
        too_long: impl Fn() -> Failure,
    ) -> Result<T, HttpError> {
        let longest = self.limits.max_wait.duration();
        let mut waits = ExponentialBuilder::new()
            .with_min_delay(FIRST_WAIT.min(longest))
            .with_max_delay(longest)
            .with_max_times(self.limits.retries as usize)
            .with_jitter()
            .build();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let failure = match tokio::time::timeout(limit.duration(), once()).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(failure)) => failure,
                Err(_) => too_long(),
            };
            let wait = match failure.is_passing {
                true => waits.next(),
                false => None,
            };
            let Some(wait) = wait else {
                let last = self.masked(failure.error);
                return Err(match attempts {
                    1 => last,
                    _ => HttpError::GaveUp {
                        attempts,
                        last: Box::new(last),
                    },
                });
            };
            // With chance added a wait may come out longer than the longest.
            let wait = failure
                .wait
                .unwrap_or(Duration::ZERO)
                .max(wait.min(longest));
            let reason = self.masked(failure.error).to_string();
            tracing::info!(
                page = name,
                attempts,
                wait_ms = wait.as_millis(),
                reason,
                "request failed and is tried again"
            );
            tokio::time::sleep(wait).await;
        }
    }

    async fn ask_once(&self, name: &str, request: &Request) -> Result<Answer, Failure> {
        let (url, mut response) = self.send(name, request, &Validators::default()).await?;
        let headers = response.headers().clone();
        let bound = self.limits.max_page;
        let mut bytes = BytesMut::new();
        loop {
            let chunk = response.chunk().await;
            let chunk = chunk
                .map_err(|error| Failure::of_transport(name, &error, bytes.len().max(1) as u64))?;
            let Some(chunk) = chunk else { break };
            if (bytes.len() + chunk.len()) as u64 > bound.as_bytes() {
                return Err(Failure::lasting(HttpError::TooLarge {
                    url: name.to_owned(),
                    bound,
                    is_download: false,
                }));
            }
            bytes.extend_from_slice(&chunk);
        }
        let bytes = bytes.freeze();
        let value = body::read(name, &bytes).map_err(|error| match error {
            // Cut short without the transport's notice: it may come whole another time.
            HttpError::CutShort { .. } => Failure::passing(error),
            _ => Failure::lasting(error),
        })?;
        Ok(Answer {
            url,
            headers,
            bytes,
            value,
        })
    }

    async fn download_once(
        &self,
        name: &str,
        request: &Request,
        known: &Validators,
    ) -> Result<Download, Failure> {
        let (_, mut response) = self.send(name, request, known).await?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(Download::Unchanged);
        }
        let headers = response.headers().clone();
        let disk = |error: std::io::Error| {
            Failure::lasting(HttpError::BrokeOff {
                url: name.to_owned(),
                bytes: 0,
                reason: format!("the temporary folder: {error}"),
            })
        };
        let file = NamedTempFile::new().map_err(disk)?;
        let mut to = tokio::fs::File::from_std(file.reopen().map_err(disk)?);
        let (mut size_bytes, mut head) = (0, Vec::new());
        let limit = self.limits.timeout;
        loop {
            let chunk = tokio::time::timeout(limit.duration(), response.chunk()).await;
            let chunk = chunk.map_err(|_| Failure::passing(timed_out(name, limit)))?;
            let chunk =
                chunk.map_err(|error| Failure::of_transport(name, &error, size_bytes.max(1)))?;
            let Some(chunk) = chunk else { break };
            size_bytes += chunk.len() as u64;
            if size_bytes > self.limits.max_expanded.as_bytes() {
                return Err(Failure::lasting(HttpError::TooLarge {
                    url: name.to_owned(),
                    bound: self.limits.max_expanded,
                    is_download: true,
                }));
            }
            if head.len() < 1 << 10 {
                head.extend_from_slice(&chunk[..chunk.len().min(1 << 10)]);
            }
            to.write_all(&chunk).await.map_err(disk)?;
        }
        to.flush().await.map_err(disk)?;
        if let Some(title) = body::web_page(&head) {
            return Err(Failure::lasting(HttpError::WebPage {
                url: name.to_owned(),
                title,
            }));
        }
        Ok(Download::File {
            validators: Validators::of(&headers),
            headers,
            file,
            size_bytes,
        })
    }

    /// Sends a request and follows where it leads; answers a success, or that nothing has changed.
    async fn send(
        &self,
        name: &str,
        request: &Request,
        known: &Validators,
    ) -> Result<(Url, Response), Failure> {
        let mut url = request.url.clone();
        let mut is_post = request.is_post;
        let mut is_renewed = false;
        let mut led = 0;
        loop {
            self.take_turn().await;
            let is_ours = url.origin() == request.url.origin();
            let method = match is_post {
                true => reqwest::Method::POST,
                false => reqwest::Method::GET,
            };
            let mut sent = self.http.request(method, url.clone());
            sent = match (&request.body, is_post) {
                (Some(Body::Form(fields)), true) => sent.form(fields),
                (Some(Body::Json(value)), true) => sent
                    .header(CONTENT_TYPE, "application/json")
                    .body(value.to_string()),
                _ => sent,
            };
            if is_ours {
                sent = self
                    .signer
                    .sign(&self.http, sent.headers(self.headers.clone()))
                    .await?;
            }
            if let Some(etag) = &known.etag {
                sent = sent.header(IF_NONE_MATCH, etag);
            }
            if let Some(moment) = &known.last_modified {
                sent = sent.header(IF_MODIFIED_SINCE, moment);
            }
            let response = sent.send().await;
            let response = response.map_err(|error| Failure::of_transport(name, &error, 0))?;
            let status = response.status();
            if status.is_success() || status == StatusCode::NOT_MODIFIED && !known.are_none() {
                return Ok((url, response));
            }
            if status == StatusCode::UNAUTHORIZED && !is_renewed && self.signer.renew().await {
                is_renewed = true;
                continue;
            }
            let to = match status.as_u16() {
                301 | 302 | 303 | 307 | 308 => response.headers().get(LOCATION),
                _ => None,
            };
            let to = to.and_then(|to| url.join(to.to_str().ok()?).ok());
            let Some(to) = to else {
                return Err(Failure::of_status(name, response, self.limits.max_wait).await);
            };
            led += 1;
            if led > REDIRECTS {
                return Err(Failure::lasting(HttpError::TooManyRedirects {
                    url: name.to_owned(),
                    bound: REDIRECTS,
                }));
            }
            // RFC 9110, 15.4: only 307 and 308 keep the method.
            is_post = is_post && matches!(status.as_u16(), 307 | 308);
            let stays = to.origin() == request.url.origin();
            if !stays && is_post || to.scheme() == "http" && url.scheme() == "https" {
                return Err(Failure::lasting(HttpError::OtherHost {
                    url: name.to_owned(),
                    to: to.host_str().unwrap_or("no host").to_owned(),
                }));
            }
            url = to;
        }
    }

    /// Waits until a request may begin.
    async fn take_turn(&self) {
        let Some(rate) = self.limits.requests_per_minute else {
            return;
        };
        let between = Duration::from_secs(60) / rate.max(1);
        let mut next = self.next_start.lock().await;
        let now = Instant::now();
        let start = next.map_or(now, |next| next.max(now));
        *next = Some(start + between);
        drop(next);
        tokio::time::sleep(start - now).await;
    }

    /// The address without the parameter that holds a secret.
    pub(super) fn without_secrets(&self, url: &Url) -> Url {
        let Some(parameter) = self.signer.parameter() else {
            return url.clone();
        };
        let mut bare = url.clone();
        let rest: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| name != parameter)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        match rest.is_empty() {
            true => bare.set_query(None),
            false => {
                bare.query_pairs_mut().clear().extend_pairs(rest);
            }
        }
        bare
    }

    /// Takes secrets out of what others said.
    pub(super) fn masked(&self, error: HttpError) -> HttpError {
        let mask = |text: String| self.secrets.mask(&text);
        match error {
            HttpError::Refused { url, status, said } => HttpError::Refused {
                url,
                status,
                said: mask(said),
            },
            HttpError::NotAllowed { url, status, said } => HttpError::NotAllowed {
                url,
                status,
                said: mask(said),
            },
            HttpError::Busy { url, status, said } => HttpError::Busy {
                url,
                status,
                said: mask(said),
            },
            HttpError::WebPage { url, title } => HttpError::WebPage {
                url,
                title: mask(title),
            },
            HttpError::NoRows { url, path, found } => HttpError::NoRows {
                url,
                path,
                found: mask(found),
            },
            HttpError::NoToken { token_url, reason } => HttpError::NoToken {
                token_url,
                reason: mask(reason),
            },
            other => other,
        }
    }
}

fn timed_out(name: &str, limit: Wait) -> HttpError {
    HttpError::TimedOut {
        url: name.to_owned(),
        limit,
    }
}

/// Whether an address is of this machine, which no proxy can reach.
fn is_this_machine(url: &str) -> bool {
    let url = Url::parse(url).ok();
    match url.as_ref().and_then(Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
