//! Lists over one table each: organisations, regions, runs.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use contracts::TableId;
use datafusion::functions::expr_fn::strpos;
use datafusion::logical_expr::{ident, lit};
use datafusion::prelude::DataFrame;

use crate::answer::{Answer, AnswerBody, BothTitles, Column};
use crate::error::{ApiError, Problem};
use crate::open::Opened;
use crate::params::Params;
use crate::service::{Ask, Service};

/// Lists organisations: every name and region each has had, newest first.
#[utoipa::path(get, path = "/api/v1/organizations", tag = "registers",
    params(
        ("q" = Option<String>, Query, description = "part of the name or of the id"),
        ("region_code" = Option<String>, Query, description = "the region and all below it"),
        ("limit" = Option<usize>, Query), ("offset" = Option<usize>, Query),
        ("as_of" = Option<String>, Query, description = "a publication's number, or a date"),
    ),
    responses((status = 200, body = AnswerBody), (status = 400, body = Problem)))]
pub(crate) async fn organizations(
    State(service): State<Service>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["q", "region_code", "limit", "offset"])?;
    let order = vec![
        ident("organization_id").sort(true, false),
        ident("from_date").sort(false, false),
    ];
    let list = List {
        name: "organizations",
        table: "reference.organization",
        order,
    };
    list.answer(&service, &params, &headers, |frame, opened| {
        let mut frame = frame;
        if let Some(part) = params.get("q") {
            let has = |column: &str| strpos(ident(column), lit(part)).gt(lit(0));
            frame = frame.filter(has("name").or(has("organization_id")))?;
        }
        if let Some(region) = params.get("region_code") {
            let within = opened.regions.within(region).into_iter().map(lit).collect();
            frame = frame.filter(ident("region_code").in_list(within, false))?;
        }
        Ok(frame)
    })
    .await
}

/// Lists regions.
#[utoipa::path(get, path = "/api/v1/regions", tag = "registers",
    params(("within" = Option<String>, Query, description = "a region: it and all below it"),
        ("limit" = Option<usize>, Query), ("offset" = Option<usize>, Query),
        ("as_of" = Option<String>, Query, description = "a publication's number, or a date")),
    responses((status = 200, body = AnswerBody), (status = 400, body = Problem)))]
pub(crate) async fn regions(
    State(service): State<Service>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["within", "limit", "offset"])?;
    let list = List {
        name: "regions",
        table: "reference.region",
        order: vec![ident("region_code").sort(true, false)],
    };
    list.answer(&service, &params, &headers, |frame, opened| {
        match params.get("within") {
            None => Ok(frame),
            Some(region) => {
                let within = opened.regions.within(region).into_iter().map(lit).collect();
                Ok(frame.filter(ident("region_code").in_list(within, false))?)
            }
        }
    })
    .await
}

/// Lists runs with their ledgers, newest first.
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs",
    params(("job" = Option<String>, Query, description = "only runs of this job"),
        ("limit" = Option<usize>, Query), ("offset" = Option<usize>, Query)),
    responses((status = 200, body = AnswerBody), (status = 400, body = Problem)))]
pub(crate) async fn runs(
    State(service): State<Service>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["job", "limit", "offset"])?;
    let list = List {
        name: "runs",
        table: "ops.run",
        order: newest_run_first(),
    };
    list.answer(&service, &params, &headers, |frame, _| {
        match params.get("job") {
            None => Ok(frame),
            Some(job) => Ok(frame.filter(ident("job").eq(lit(job)))?),
        }
    })
    .await
}

/// One run with its ledger and report.
#[utoipa::path(get, path = "/api/v1/runs/{run_id}", tag = "runs",
    params(("run_id" = String, Path, description = "the run's id")),
    responses((status = 200, body = AnswerBody), (status = 404, body = Problem)))]
pub(crate) async fn run(
    State(service): State<Service>,
    Path(run_id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&[])?;
    let id: TableId = "ops.run"
        .parse()
        .map_err(|error| ApiError::Internal(Box::new(error)))?;
    let publication = service.publication(params.as_of.as_deref()).await?;
    let opened = service.open(&publication).await?;
    let found = opened
        .table(&id)
        .await?
        .filter(ident("run_id").eq(lit(run_id.as_str())))?
        .count()
        .await?;
    if found == 0 {
        return Err(ApiError::Unknown {
            kind: "run",
            name: run_id,
            hint: Some("runs are listed at /api/v1/runs".to_owned()),
        });
    }
    let name = format!("runs/{run_id}");
    let list = List {
        name: &name,
        table: "ops.run",
        order: newest_run_first(),
    };
    list.answer(&service, &params, &headers, |frame, _| {
        Ok(frame.filter(ident("run_id").eq(lit(run_id.as_str())))?)
    })
    .await
}

fn newest_run_first() -> Vec<datafusion::logical_expr::SortExpr> {
    vec![
        ident("started_at").sort(false, false),
        ident("run_id").sort(false, false),
    ]
}

/// A list over one table.
struct List<'a> {
    name: &'a str,
    table: &'a str,
    order: Vec<datafusion::logical_expr::SortExpr>,
}

impl List<'_> {
    async fn answer(
        self,
        service: &Service,
        params: &Params,
        headers: &HeaderMap,
        narrow: impl FnOnce(DataFrame, &Opened) -> Result<DataFrame, ApiError>,
    ) -> Result<Response, ApiError> {
        let (limit, offset) = (params.limit()?, params.offset()?);
        let id: TableId = self
            .table
            .parse()
            .map_err(|error| ApiError::Internal(Box::new(error)))?;
        let name = self.name.to_owned();
        let ask = Ask {
            headers,
            as_of: params.as_of.as_deref(),
            what: self.name,
            parameters: &params.others,
        };
        let compute = async |opened: std::sync::Arc<Opened>| {
            let frame = narrow(opened.table(&id).await?, &opened)?;
            let contract = opened.contract(&id)?;
            let columns = frame.schema().field_names();
            let columns = columns
                .iter()
                .filter_map(|column| contract.column(column.rsplit('.').next().unwrap_or(column)));
            let columns: Vec<Column> = columns.map(Column::of_contract).collect();
            let total_rows = frame.clone().count().await?;
            let schema = std::sync::Arc::new(frame.schema().as_arrow().clone());
            let page = frame
                .sort(self.order)?
                .limit(offset, Some(limit))?
                .collect()
                .await?;
            Ok(Answer {
                name,
                title: Some(BothTitles::from(&contract.title)),
                columns,
                rows: arrow::compute::concat_batches(&schema, &page)?,
                notes: Vec::new(),
                total_rows,
                limit: Some(limit),
                offset: Some(offset),
            })
        };
        service.rows(ask, compute).await
    }
}
