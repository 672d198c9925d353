//! Operations: how tables, jobs and quarantine stand now, who owes forms, and starting runs.
//!
//! All of it is told as it is at the moment of asking, so no answer but the quarantine's, which is that of
//! one version of a table, may be kept.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::TableId;
use datafusion::logical_expr::{ident, lit};
use operations::{Lateness, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::Page;
use crate::answer::PublicationRef;
use crate::answers::Ask;
use crate::describe::{Faults, NewestRows, Paging, PublishedFaults, Refusals};
use crate::error::ApiError;
use crate::negotiate::AcceptsJson;
use crate::open::Newest;
use crate::operate::Operator;
use crate::params::{JsonBody, Params};
use crate::service::Service;

const RUNS: &str = "ops.run";
const QUARANTINE: &str = "ops.quarantine";
/// Months of forms that are looked at unless told.
const MONTHS: u32 = 12;
const MAX_MONTHS: u32 = 120;
/// What waits, what was replayed, or both.
const STATES: [&str; 3] = ["open", "replayed", "all"];

/// Of a moment, and never kept.
const NOT_KEPT: [(HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// How the lake stands now.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatusBody {
    /// Whether this service starts runs for whoever asks from its own machine.
    may_operate: bool,
    #[serde(flatten)]
    status: Status,
}

/// Who owes forms.
#[derive(Serialize, ToSchema)]
pub(crate) struct LatenessBody {
    /// The publication the forms are counted in.
    publication: PublicationRef,
    #[serde(flatten)]
    lateness: Lateness,
}

/// A job to run.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunRequest {
    /// Its name.
    job: String,
}

/// Refused rows to replay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayRequest {
    /// The job that read them.
    job: String,
    /// The table they are meant for.
    table: String,
    /// Only those that broke this rule.
    rule: Option<String>,
}

/// A run that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct Begun {
    /// Its id; `/api/v1/runs/{run_id}` knows it once it has ended.
    run_id: String,
}

/// How tables, jobs and quarantine stand now: age against what contracts promise, last runs, what waits.
#[utoipa::path(get, path = "/api/v1/operations/status", tag = "operations", operation_id = "operations_status",
    responses((status = 200, body = StatusBody, description = "how the lake stands now"), Faults))]
pub(crate) async fn status(
    State(service): State<Service>,
    params: Params,
    _: AcceptsJson,
) -> Result<impl IntoResponse, ApiError> {
    params.only(&[])?;
    let status = service.status().await?;
    let body = StatusBody {
        may_operate: service.operate.is_some(),
        status: status.as_ref().clone(),
    };
    Ok((NOT_KEPT, Json(body)))
}

/// Which organisations owe which month's form, by the newest publication.
#[utoipa::path(get, path = "/api/v1/operations/lateness", tag = "operations", operation_id = "operations_lateness",
    params(("months" = Option<u32>, Query, description = "how many of the newest months that are due are looked at, 1 to 120; 12 unless told")),
    responses((status = 200, body = LatenessBody, description = "who owes what"), PublishedFaults))]
pub(crate) async fn lateness(
    State(service): State<Service>,
    params: Params,
    _: AcceptsJson,
) -> Result<impl IntoResponse, ApiError> {
    params.only(&["months"])?;
    let months = params.number("months", MONTHS as usize)?;
    let months = u32::try_from(months).unwrap_or(u32::MAX);
    if !(1..=MAX_MONTHS).contains(&months) {
        return Err(ApiError::bad(
            format!("`months` cannot be {months}"),
            format!("ask for 1 to {MAX_MONTHS} months"),
        ));
    }
    let publication = service.publication(None).await?;
    let work = async {
        let opened = service.open(&publication).await?;
        let table = async |id: &str| {
            let id: TableId = id.parse().map_err(ApiError::internal)?;
            opened.table(&id).await
        };
        let reporting = table("mart.reporting_month").await?;
        let organizations = table("reference.organization").await?;
        let now = service.now();
        Ok(Lateness::read(reporting, organizations, now, months).await?)
    };
    let body = LatenessBody {
        lateness: service.within_deadline(work).await?,
        publication: publication.as_ref().into(),
    };
    Ok((NOT_KEPT, Json(body)))
}

/// Lists refused rows, newest first. What quotes a source is empty where the reader may not see every column
/// of the table the row was meant for.
#[utoipa::path(get, path = "/api/v1/operations/quarantine", tag = "operations", operation_id = "list_quarantine",
    params(
        ("table" = Option<String>, Query, description = "only rows meant for this table"),
        ("job" = Option<String>, Query, description = "only rows this job read"),
        ("rule" = Option<String>, Query, description = "only rows that broke this rule"),
        ("run_id" = Option<String>, Query, description = "only rows this run refused"),
        ("status" = Option<String>, Query, description = "`open`, `replayed` or `all`; `open` unless told"),
        Paging,
    ),
    responses(NewestRows, Faults))]
pub(crate) async fn quarantine(
    State(service): State<Service>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&[
        "table", "job", "rule", "run_id", "status", "limit", "offset",
    ])?;
    let page = Page::of(&params)?;
    let status = params.get("status").unwrap_or("open");
    if !STATES.contains(&status) {
        return Err(ApiError::bad(
            format!("`status` cannot be `{status}`"),
            format!("write one of {}", STATES.join(", ")),
        ));
    }
    let table = service.refused_rows().await?;
    let ask = Ask::new("operations/quarantine", &params, &headers);
    let compute = async |table: Newest<'_>| {
        let mut frame = table.frame;
        let wanted = [
            ("table_name", params.get("table")),
            ("job", params.get("job")),
            ("rule", params.get("rule")),
            ("run_id", params.get("run_id")),
            ("status", Some(status).filter(|status| *status != "all")),
        ];
        for (column, value) in wanted {
            if let Some(value) = value {
                frame = frame.filter(ident(column).eq(lit(value)))?;
            }
        }
        let order = vec![
            ident("first_seen_at").sort(false, false),
            ident("file_name").sort(true, false),
            ident("row").sort(true, false),
            ident("rule").sort(true, false),
            ident("column_name").sort(true, false),
        ];
        page.answer("quarantine", frame, table.contract, order)
            .await
    };
    service.newest_rows(ask, table, compute).await
}

/// Runs a job, again or for the first time. Needs the header `x-jieyue-operate` and a service that was
/// started for operators.
#[utoipa::path(post, path = "/api/v1/operations/runs", tag = "operations", operation_id = "run_job",
    request_body = RunRequest,
    responses((status = 202, body = Begun, description = "the run has begun; its id is in the answer"), Refusals, Faults))]
pub(crate) async fn run_job(
    Operator(operate): Operator,
    JsonBody(request): JsonBody<RunRequest>,
) -> Result<Response, ApiError> {
    let run_id = operate.run_job(&request.job)?;
    Ok(begun(run_id))
}

/// Replays refused rows of a job through the job and contract as they are now. Needs the header
/// `x-jieyue-operate` and a service that was started for operators.
#[utoipa::path(post, path = "/api/v1/operations/replays", tag = "operations", operation_id = "replay_rows",
    request_body = ReplayRequest,
    responses((status = 202, body = Begun, description = "the replay has begun; its run's id is in the answer"), Refusals, Faults))]
pub(crate) async fn replay(
    State(service): State<Service>,
    Operator(operate): Operator,
    JsonBody(request): JsonBody<ReplayRequest>,
) -> Result<Response, ApiError> {
    let table: TableId = request
        .table
        .parse()
        .map_err(|error: contracts::NameError| {
            ApiError::bad(error.to_string(), "write schema.table")
        })?;
    // A replay of nothing leaves no run, so nobody could ask what became of it.
    let status = service.status().await?;
    let rule = request.rule.as_deref();
    let waits = status.tables.iter().any(|status| {
        let mut counts = status.quarantine.iter();
        status.table == table
            && counts
                .any(|count| count.job == request.job && rule.is_none_or(|rule| rule == count.rule))
    });
    if !waits {
        return Err(ApiError::NothingWaits { job: request.job });
    }
    let run_id = operate.replay(&request.job, &table, rule)?;
    Ok(begun(run_id))
}

fn begun(run_id: String) -> Response {
    (StatusCode::ACCEPTED, NOT_KEPT, Json(Begun { run_id })).into_response()
}

impl Service {
    /// How the lake stands, read once for all who ask at the same time.
    pub(crate) async fn status(&self) -> Result<Arc<Status>, ApiError> {
        let read = async {
            let runs = self.newest_table(RUNS).await?;
            let quarantine = self.newest_table(QUARANTINE).await?;
            let warehouse = &self.shared.warehouse;
            let status = Status::of(
                warehouse,
                Some(runs.frame),
                Some(quarantine.frame),
                self.now(),
            );
            Ok(Arc::new(
                self.within_deadline(async { Ok(status.await?) }).await?,
            ))
        };
        let status = self.shared.status.try_get_with((), read).await;
        status.map_err(|error: Arc<ApiError>| ApiError::clone(&error))
    }
}
