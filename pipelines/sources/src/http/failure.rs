//! Why one try of a request failed, and whether another one may succeed.

use std::error::Error;
use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};

use super::body;
use super::error::HttpError;
use crate::Wait;

/// Bytes of a refusal that are looked at.
const REFUSAL_BYTES: usize = 16 << 10;

/// Why a try failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: HttpError,
    /// Whether another try may succeed.
    pub(super) is_passing: bool,
    /// How long the server asks to wait before it.
    pub(super) wait: Option<Duration>,
    /// Whether the client was refused and may be known if it is named in another way.
    pub(super) wants_other_way: bool,
}

impl Failure {
    pub(super) fn passing(error: HttpError) -> Failure {
        Failure {
            error,
            is_passing: true,
            wait: None,
            wants_other_way: false,
        }
    }

    pub(super) fn lasting(error: HttpError) -> Failure {
        Failure {
            is_passing: false,
            ..Failure::passing(error)
        }
    }

    /// What the HTTP client says; its own text would repeat the address, with what is secret in it.
    pub(super) fn of_transport(url: &str, error: &reqwest::Error, bytes: u64) -> Failure {
        let mut reasons = Vec::new();
        let mut next = error.source();
        while let Some(cause) = next {
            reasons.push(cause.to_string());
            next = cause.source();
        }
        let reason = reasons
            .last()
            .cloned()
            .unwrap_or_else(|| "no answer".into());
        let url = url.to_owned();
        let is_of_trust = reasons.iter().any(|reason| {
            let reason = reason.to_ascii_lowercase();
            reason.contains("certificate") || reason.contains("corrupt message")
        });
        if is_of_trust {
            return Failure::lasting(HttpError::Untrusted { url, reason });
        }
        if error.is_connect() || error.is_timeout() && bytes == 0 {
            let reason = match error.is_timeout() {
                true => "nobody picks up".to_owned(),
                false => reason,
            };
            return Failure::passing(HttpError::Unreachable { url, reason });
        }
        Failure::passing(HttpError::BrokeOff { url, bytes, reason })
    }

    /// What a status other than success says.
    pub(super) async fn of_status(url: &str, response: Response, max_wait: Wait) -> Failure {
        let status = response.status();
        let wait = retry_after(response.headers());
        let said = body::said(&beginning(response).await);
        let url = url.to_owned();
        let text = match status.canonical_reason() {
            Some(reason) => format!("{} {reason}", status.as_u16()),
            None => status.as_u16().to_string(),
        };
        if matches!(status.as_u16(), 401 | 403 | 407) {
            return Failure::lasting(HttpError::NotAllowed {
                url,
                status: text,
                said,
            });
        }
        if !is_passing(status) {
            return Failure::lasting(HttpError::Refused {
                url,
                status: text,
                said,
            });
        }
        if let Some(asked) = wait
            && asked > max_wait.duration()
        {
            return Failure::lasting(HttpError::LongWait {
                url,
                status: text,
                asked: Wait::of(asked),
                limit: max_wait,
            });
        }
        Failure {
            wait,
            ..Failure::passing(HttpError::Busy {
                url,
                status: text,
                said,
            })
        }
    }
}

fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
        || matches!(status.as_u16(), 408 | 425 | 429)
}

/// How long a server asks to wait: seconds, or a moment, which is compared with the server's own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    let now = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    (until - now).to_std().ok()
}

async fn beginning(mut response: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= REFUSAL_BYTES {
            break;
        }
    }
    bytes
}
