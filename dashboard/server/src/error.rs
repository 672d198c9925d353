//! Errors: [`ServerError`] at start, [`ApiError`] in answers.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use contracts::{Fault, Retry};
use models::metric::QueryError;
use operations::OperationsError;
use serde::Serialize;
use transform::TransformError;
use transform::explain::ExplainError;
use utoipa::ToSchema;
use warehouse::WarehouseError;

/// Why the service could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The listener failed.
    #[error("the service stopped listening")]
    Listen(#[source] std::io::Error),
}

impl ServerError {
    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        Some("look at the system's log; start the service again".to_owned())
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        Fault::External
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        Retry::Later
    }
}

/// Why a request was not answered. What is inside a failure is logged, never sent. Requests that wait
/// for one answer share its failure, so it can be cloned.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("there is nothing at this address")]
    NoSuchPage,
    #[error("this address does not answer this method")]
    MethodNotAllowed,
    #[error("there is no {kind} `{name}`")]
    Unknown {
        kind: &'static str,
        name: String,
        hint: Option<String>,
    },
    #[error("{message}")]
    BadParameter {
        message: String,
        hint: Option<String>,
    },
    #[error("none of the formats in `Accept` can be sent")]
    NotAcceptable { offered: Vec<&'static str> },
    #[error("{message}")]
    Forbidden { message: String, hint: String },
    #[error("{message}")]
    Running { message: String },
    #[error("no refused row of the job `{job}` waits for that")]
    NothingWaits { job: String },
    #[error("the request's body has more than {limit} bytes")]
    BodyTooLarge { limit: usize },
    #[error("nothing is published yet")]
    NothingPublished,
    #[error("nothing was published by the end of {date}")]
    NothingPublishedBy { date: NaiveDate },
    #[error("publication {number} was retired: its rows are no longer kept")]
    Retired { number: u64 },
    #[error("the answer took longer than {seconds} s")]
    Deadline { seconds: u64 },
    #[error("the service failed to answer")]
    Internal(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// An error in `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable word for programs.
    #[schema(example = "unknown_panel")]
    pub code: String,
    /// What is wrong.
    pub detail: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// The request, as in the service's log.
    pub request_id: Option<String>,
}

impl ApiError {
    /// There is no such thing: the hint is the nearest word, all of them when they are few, or where
    /// they are listed.
    pub fn unknown<'a>(
        kind: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> ApiError {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match contracts::text::nearest(name, known.iter().copied()) {
            Some(word) => Some(format!("write `{word}`")),
            None if (1..=FEW).contains(&known.len()) => {
                Some(format!("write one of {}", known.join(", ")))
            }
            None => listed_at(kind).map(|address| format!("they are listed at {address}")),
        };
        ApiError::Unknown {
            kind,
            name: name.to_owned(),
            hint,
        }
    }

    pub fn internal(
        cause: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> ApiError {
        ApiError::Internal(cause.into().into())
    }

    pub fn bad(message: impl Into<String>, hint: impl Into<String>) -> ApiError {
        ApiError::BadParameter {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    pub fn forbidden(message: impl Into<String>, hint: impl Into<String>) -> ApiError {
        ApiError::Forbidden {
            message: message.into(),
            hint: hint.into(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            // What is asked after is there; the question has a word too many.
            ApiError::Unknown {
                kind: "parameter", ..
            } => StatusCode::BAD_REQUEST,
            ApiError::NoSuchPage
            | ApiError::Unknown { .. }
            | ApiError::NothingWaits { .. }
            | ApiError::NothingPublishedBy { .. } => StatusCode::NOT_FOUND,
            ApiError::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ApiError::BadParameter { .. } => StatusCode::BAD_REQUEST,
            ApiError::Forbidden { .. } => StatusCode::FORBIDDEN,
            ApiError::Running { .. } => StatusCode::CONFLICT,
            ApiError::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
            ApiError::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            ApiError::NothingPublished => StatusCode::SERVICE_UNAVAILABLE,
            ApiError::Retired { .. } => StatusCode::GONE,
            ApiError::Deadline { .. } => StatusCode::GATEWAY_TIMEOUT,
            ApiError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> String {
        match self {
            ApiError::NoSuchPage => "no_such_page".to_owned(),
            ApiError::MethodNotAllowed => "method_not_allowed".to_owned(),
            ApiError::Unknown { kind, .. } => format!("unknown_{}", kind.replace(' ', "_")),
            ApiError::BadParameter { .. } => "bad_parameter".to_owned(),
            ApiError::Forbidden { .. } => "forbidden".to_owned(),
            ApiError::Running { .. } => "running".to_owned(),
            ApiError::NothingWaits { .. } => "nothing_waits".to_owned(),
            ApiError::NotAcceptable { .. } => "not_acceptable".to_owned(),
            ApiError::BodyTooLarge { .. } => "body_too_large".to_owned(),
            ApiError::NothingPublished => "nothing_published".to_owned(),
            ApiError::NothingPublishedBy { .. } => "unknown_publication".to_owned(),
            ApiError::Retired { .. } => "publication_retired".to_owned(),
            ApiError::Deadline { .. } => "deadline".to_owned(),
            ApiError::Internal(_) => "internal".to_owned(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            ApiError::Unknown { hint, .. } | ApiError::BadParameter { hint, .. } => hint.clone(),
            ApiError::NoSuchPage => Some("the API is described at /api/v1/openapi.json".to_owned()),
            ApiError::MethodNotAllowed => Some("use a method that `Allow` names".to_owned()),
            ApiError::Forbidden { hint, .. } => Some(hint.clone()),
            ApiError::NothingWaits { .. } => {
                Some("what waits is listed at /api/v1/operations/quarantine".to_owned())
            }
            ApiError::Running { .. } => Some("wait until it has ended, then ask again".to_owned()),
            ApiError::NotAcceptable { offered } => Some(format!("accept {}", offered.join(" or "))),
            ApiError::BodyTooLarge { .. } => {
                Some("send less: most addresses say all there is to ask".to_owned())
            }
            ApiError::NothingPublishedBy { .. } => {
                Some("ask for a later day; /api/v1/publications lists them".to_owned())
            }
            ApiError::Retired { .. } => {
                Some("ask for a later one; /api/v1/publications lists them".to_owned())
            }
            ApiError::NothingPublished => {
                Some("run `jieyue build --publish`, then ask again".to_owned())
            }
            ApiError::Deadline { .. } => {
                Some("ask for less: a shorter range or fewer dimensions".to_owned())
            }
            ApiError::Internal(_) => Some("tell the operator the request_id".to_owned()),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let ApiError::Internal(cause) = &self {
            tracing::error!(cause = %chain(cause.as_ref()), "a request failed");
        }
        let status = self.status();
        let problem = Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("error").to_owned(),
            status: status.as_u16(),
            code: self.code(),
            detail: self.to_string(),
            hint: self.hint(),
            request_id: None,
        };
        problem.into_response()
    }
}

impl IntoResponse for Problem {
    /// The problem also rides along as an extension, so that the outermost layer can add the request.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, Body::from(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(self);
        response
    }
}

impl From<WarehouseError> for ApiError {
    fn from(error: WarehouseError) -> Self {
        match error {
            WarehouseError::NothingPublished => ApiError::NothingPublished,
            WarehouseError::PublicationRetired { number } => ApiError::Retired { number },
            WarehouseError::PublicationMissing { number, .. } => {
                ApiError::unknown("publication", &number.to_string(), [])
            }
            WarehouseError::NothingPublishedBy { date } => ApiError::NothingPublishedBy { date },
            error => ApiError::internal(error),
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        match error.fault() {
            Fault::User => ApiError::BadParameter {
                message: error.to_string(),
                hint: error.hint(),
            },
            _ => ApiError::internal(error),
        }
    }
}

impl From<ExplainError> for ApiError {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::Question(error) => error.into(),
            ExplainError::Lake(TransformError::Warehouse(error)) => error.into(),
            error => ApiError::internal(error),
        }
    }
}

impl From<OperationsError> for ApiError {
    fn from(error: OperationsError) -> Self {
        match error {
            OperationsError::Warehouse(error) => error.into(),
            error => ApiError::internal(error),
        }
    }
}

impl From<datafusion::error::DataFusionError> for ApiError {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        ApiError::internal(error)
    }
}

impl From<arrow::error::ArrowError> for ApiError {
    fn from(error: arrow::error::ArrowError) -> Self {
        ApiError::internal(error)
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        ApiError::internal(error)
    }
}

/// A list this long is told in a hint.
const FEW: usize = 8;

fn listed_at(kind: &str) -> Option<&'static str> {
    match kind {
        "board" => Some("/api/v1/boards"),
        "panel" => Some("/api/v1/boards/{board}"),
        "publication" => Some("/api/v1/publications"),
        "metric" => Some("/api/v1/metrics"),
        "run" => Some("/api/v1/runs"),
        "region" => Some("/api/v1/regions"),
        "table" => Some("/api/v1/tables"),
        _ => None,
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
