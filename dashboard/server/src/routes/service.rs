//! What the service says of itself: that it lives, whether it can answer, how it is asked.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::PublicationRef;
use crate::describe::PublishedFaults;
use crate::error::ApiError;
use crate::service::Service;

/// The service lives.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    status: &'static str,
    /// The version of the program.
    version: &'static str,
}

/// The service can answer from this publication.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    /// `ready`.
    status: &'static str,
    /// The newest publication.
    publication: PublicationRef,
}

/// Whether the process lives; asks nothing of the lake.
#[utoipa::path(get, path = "/health", tag = "service", operation_id = "health",
    responses((status = 200, body = Health, description = "the process lives")))]
pub(crate) async fn health() -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The description of the API, OpenAPI 3.1.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "service", operation_id = "openapi",
    responses((status = 200, body = Object, description = "this document")))]
pub(crate) async fn description() -> impl IntoResponse {
    // It is the same as long as the program runs.
    static DESCRIPTION: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(crate::openapi()));
    (
        [(header::CONTENT_TYPE, "application/json")],
        DESCRIPTION.clone(),
    )
}

/// Whether a publication can be opened.
#[utoipa::path(get, path = "/ready", tag = "service", operation_id = "ready",
    responses((status = 200, body = Ready, description = "a publication can be opened"), PublishedFaults))]
pub(crate) async fn ready(State(service): State<Service>) -> Result<Json<Ready>, ApiError> {
    let publication = service.publication(None).await?;
    service.open(&publication).await?;
    Ok(Json(Ready {
        status: "ready",
        publication: publication.as_ref().into(),
    }))
}
