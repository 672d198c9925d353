//! Whether the service lives, and whether it can answer.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::PublicationRef;
use crate::error::{ApiError, Problem};
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
#[utoipa::path(get, path = "/health", tag = "service", responses((status = 200, body = Health)))]
pub(crate) async fn health() -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Whether a publication can be opened.
#[utoipa::path(get, path = "/ready", tag = "service", responses(
    (status = 200, body = Ready),
    (status = 503, body = Problem, description = "nothing is published, or the lake cannot be read"),
))]
pub(crate) async fn ready(State(service): State<Service>) -> Result<Json<Ready>, ApiError> {
    let publication = service.publication(None).await?;
    service.open(&publication).await?;
    Ok(Json(Ready {
        status: "ready",
        publication: publication.as_ref().into(),
    }))
}
