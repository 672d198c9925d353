//! What an operator may do from the pages: run a job again, replay refused rows.
//!
//! Running jobs is `ingest`'s, which the service does not know: whoever starts the service brings an
//! [`Operate`], and only where that is wanted. Without one these requests are refused and the pages show
//! no buttons.
//!
//! Nobody signs in yet, so what protects these requests is where they come from. They are taken only
//!
//! - with the header `x-jieyue-operate`, which a page of another origin cannot send without asking first,
//!   and nobody here answers that question (CORS);
//! - under a name of this very machine (`Host`), so that no foreign name can be bound to it;
//! - from a page of the same origin, where the browser says from which it is.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use contracts::TableId;

use crate::error::ApiError;
use crate::service::Service;

/// The header that a request must carry, with any value.
pub(crate) const OPERATE_HEADER: &str = "x-jieyue-operate";

/// Does what an operator asks for. Each answers at once with the id of the run that begins.
pub trait Operate: Send + Sync {
    /// Runs a job.
    ///
    /// # Errors
    /// There is no such job, or it is running.
    fn run_job(&self, job: &str) -> Result<String, NotBegun>;

    /// Replays what a job's rows in quarantine are; those of one rule, when it is named.
    ///
    /// # Errors
    /// There is no such job, or it is running.
    fn replay(&self, job: &str, table: &TableId, rule: Option<&str>) -> Result<String, NotBegun>;
}

/// Why a run did not begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotBegun {
    /// There is no such job.
    #[error("there is no job `{job}`")]
    UnknownJob {
        /// The job asked for.
        job: String,
        /// The jobs there are.
        known: Vec<String>,
    },
    /// The job is running already.
    #[error("the job `{job}` is running already, as {run_id}")]
    Running {
        /// The job.
        job: String,
        /// Its run.
        run_id: String,
    },
}

impl From<NotBegun> for ApiError {
    fn from(error: NotBegun) -> ApiError {
        match &error {
            NotBegun::UnknownJob { job, known } => {
                ApiError::unknown("job", job, known.iter().map(String::as_str))
            }
            NotBegun::Running { .. } => ApiError::Running {
                message: error.to_string(),
            },
        }
    }
}

impl Service {
    /// The same, for operators: its pages may start runs by `operate`.
    #[must_use]
    pub fn with_operations(self, operate: Arc<dyn Operate>) -> Service {
        Service {
            operate: Some(operate),
            ..self
        }
    }
}

/// A request that may change something, with who does it.
pub(crate) struct Operator(pub Arc<dyn Operate>);

impl FromRequestParts<Service> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, ApiError> {
        let Some(operate) = &service.operate else {
            return Err(ApiError::forbidden(
                "this service does not start runs",
                "start it with `jieyue serve --operate` on the operator's own machine, or use `jieyue run`",
            ));
        };
        check_origin(&parts.headers)?;
        Ok(Operator(Arc::clone(operate)))
    }
}

fn check_origin(headers: &HeaderMap) -> Result<(), ApiError> {
    if !headers.contains_key(OPERATE_HEADER) {
        return Err(ApiError::forbidden(
            format!("the request lacks the header `{OPERATE_HEADER}`"),
            format!("send `{OPERATE_HEADER}: 1`; a page of another origin cannot"),
        ));
    }
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST).unwrap_or_default();
    if !is_this_machine(host) {
        return Err(ApiError::forbidden(
            format!("runs are not started under the name `{host}`"),
            "open the page as http://127.0.0.1 or http://localhost on the operator's own machine",
        ));
    }
    let origin = text(header::ORIGIN);
    if origin.is_some_and(|origin| origin.split_once("://").map(|(_, at)| at) != Some(host)) {
        return Err(ApiError::forbidden(
            "the request comes from a page of another origin",
            "use the pages of this service",
        ));
    }
    Ok(())
}

/// Whether a `Host` names the machine the service runs on, whatever the port.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let address = name.parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
