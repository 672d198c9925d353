//! Runs: what was loaded when, with ledgers. The warehouse keeps them of itself, so they are told as
//! they are now: a run that failed since the newest publication is what an operator looks for.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use datafusion::logical_expr::{SortExpr, ident, lit};

use super::page::Page;
use crate::answers::Ask;
use crate::describe::{Faults, NewestRows, Paging, PublishedFaults};
use crate::error::ApiError;
use crate::open::Newest;
use crate::params::{Names, Params};
use crate::service::Service;

const TABLE: &str = "ops.run";

/// Lists runs with their ledgers, newest first.
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs", operation_id = "list_runs",
    params(("job" = Option<String>, Query, description = "only runs of this job"), Paging),
    responses(NewestRows, Faults))]
pub(crate) async fn list(
    State(service): State<Service>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["job", "limit", "offset"])?;
    let page = Page::of(&params)?;
    let table = service.newest_table(TABLE).await?;
    let ask = Ask::new("runs", &params, &headers);
    let compute = async |table: Newest<'_>| {
        let mut frame = table.frame;
        if let Some(job) = params.get("job") {
            frame = frame.filter(ident("job").eq(lit(job)))?;
        }
        page.answer("runs", frame, table.contract, newest_first())
            .await
    };
    service.newest_rows(ask, table, compute).await
}

/// One run with its ledger.
#[utoipa::path(get, path = "/api/v1/runs/{run_id}", tag = "runs", operation_id = "show_run",
    params(("run_id" = String, Path, description = "the run's id")),
    responses(NewestRows, PublishedFaults))]
pub(crate) async fn show(
    State(service): State<Service>,
    Names(run_id): Names<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&[])?;
    let page = Page::of(&params)?;
    let table = service.newest_table(TABLE).await?;
    let ask = Ask::new(&format!("runs/{run_id}"), &params, &headers);
    let compute = async |table: Newest<'_>| {
        let frame = table
            .frame
            .filter(ident("run_id").eq(lit(run_id.as_str())))?;
        let answer = page
            .answer("run", frame, table.contract, newest_first())
            .await?;
        if answer.total_rows == 0 {
            return Err(ApiError::unknown("run", &run_id, []));
        }
        Ok(answer)
    };
    service.newest_rows(ask, table, compute).await
}

fn newest_first() -> Vec<SortExpr> {
    vec![
        ident("started_at").sort(false, false),
        ident("run_id").sort(false, false),
    ]
}
