//! Publications: which states can be cited.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use warehouse::Publication;

use crate::error::{ApiError, Problem};
use crate::params::Params;
use crate::service::Service;

/// A publication.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicationBody {
    /// Its number; `as_of` takes it.
    number: u64,
    /// When it was made, UTC, RFC 3339.
    created_at: String,
    /// The version of each table.
    tables: BTreeMap<String, u64>,
    /// What its audits found.
    audits: Vec<AuditBody>,
    /// What was said about it.
    note: Option<String>,
}

/// What an audit found.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditBody {
    /// The model it looks at.
    model: String,
    /// Its name.
    audit: String,
    /// `error` or `warning`.
    severity: String,
    /// Rows that should not be there.
    rows: u64,
    /// What they are.
    message: Option<String>,
}

/// Lists publications, newest first.
#[utoipa::path(get, path = "/api/v1/publications", tag = "publications",
    params(("limit" = Option<usize>, Query, description = "publications at the most, 100 unless told")),
    responses((status = 200, body = Vec<PublicationBody>), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(service): State<Service>,
    params: Params,
) -> Result<Json<Vec<PublicationBody>>, ApiError> {
    params.only(&["limit"])?;
    let found = service
        .shared
        .warehouse
        .publications()
        .list(params.limit()?)
        .await?;
    Ok(Json(found.into_iter().map(PublicationBody::from).collect()))
}

/// One publication: a number, or `latest`.
#[utoipa::path(get, path = "/api/v1/publications/{number}", tag = "publications",
    params(("number" = String, Path, description = "a number, or latest")),
    responses((status = 200, body = PublicationBody), (status = 400, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(number): Path<String>,
) -> Result<Json<PublicationBody>, ApiError> {
    let as_of = (number != "latest").then_some(number.as_str());
    let publication = service.publication(as_of).await?;
    Ok(Json(publication.as_ref().clone().into()))
}

impl From<Publication> for PublicationBody {
    fn from(publication: Publication) -> Self {
        let audits = publication.audits.iter().map(|audit| AuditBody {
            model: audit.model.clone(),
            audit: audit.audit.clone(),
            severity: format!("{:?}", audit.severity).to_lowercase(),
            rows: audit.rows,
            message: audit.message.clone(),
        });
        PublicationBody {
            number: publication.number,
            created_at: publication
                .created_at
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            audits: audits.collect(),
            tables: publication
                .tables
                .iter()
                .map(|(id, version)| (id.to_string(), *version))
                .collect(),
            note: publication.note,
        }
    }
}
