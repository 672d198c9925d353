//! Publications: which states can be cited.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use warehouse::Publication;

use crate::describe::{Faults, PublishedFaults};
use crate::error::ApiError;
use crate::negotiate::AcceptsJson;
use crate::params::{Names, Params};
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
#[utoipa::path(get, path = "/api/v1/publications", tag = "publications", operation_id = "list_publications",
    params(("limit" = Option<usize>, Query, description = "publications at the most, 100 unless told")),
    responses((status = 200, body = Vec<PublicationBody>, description = "the publications, newest first"), Faults))]
pub(crate) async fn list(
    State(service): State<Service>,
    params: Params,
    _: AcceptsJson,
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
#[utoipa::path(get, path = "/api/v1/publications/{number}", tag = "publications", operation_id = "show_publication",
    params(("number" = String, Path, description = "a number, or latest")),
    responses((status = 200, body = PublicationBody, description = "the publication"), PublishedFaults))]
pub(crate) async fn show(
    State(service): State<Service>,
    Names(number): Names<String>,
    params: Params,
    _: AcceptsJson,
) -> Result<Json<PublicationBody>, ApiError> {
    params.only(&[])?;
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
