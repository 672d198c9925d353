//! Metrics: what is measured, and its values.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use models::metric::{Compare, Filter, FilterTest, Grain, MetricQuery, compile};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Answer, BothTitles, Column, Note, NoteKind};
use crate::answers::Ask;
use crate::describe::{AsOf, Faults, PublishedFaults, Rows};
use crate::error::ApiError;
use crate::negotiate::AcceptsJson;
use crate::open::Opened;
use crate::params::{Names, Params};
use crate::service::Service;

/// A metric and how to read it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricBody {
    /// Its name.
    metric: String,
    /// Its title.
    title: BothTitles,
    /// What it means.
    description: Option<BothTitles>,
    /// What to keep in mind.
    caveat: Option<BothTitles>,
    /// The unit of its values.
    unit: String,
    /// How its values are printed.
    format: Option<String>,
    /// What is summed and divided.
    formula: String,
    /// The mart it is over.
    mart: String,
    /// What it may be broken down and filtered by.
    dimensions: Vec<String>,
    /// The column of time.
    time: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
}

/// Lists the metrics.
#[utoipa::path(get, path = "/api/v1/metrics", tag = "metrics", operation_id = "list_metrics",
    responses((status = 200, body = Vec<MetricBody>, description = "the metrics by name"), Faults))]
pub(crate) async fn list(
    State(service): State<Service>,
    params: Params,
    _: AcceptsJson,
) -> Result<Json<Vec<MetricBody>>, ApiError> {
    params.only(&[])?;
    let metrics = service.shared.metrics.iter().map(|metric| MetricBody {
        metric: metric.name.clone(),
        title: (&metric.title).into(),
        description: metric.description.as_ref().map(BothTitles::from),
        caveat: metric.caveat.as_ref().map(BothTitles::from),
        unit: metric.unit.to_string(),
        format: metric.format.clone(),
        formula: metric.formula(),
        mart: metric.mart.to_string(),
        dimensions: metric.dimensions.iter().map(ToString::to_string).collect(),
        time: metric.time.as_ref().map(|time| time.column.to_string()),
        owner: metric.owner.clone(),
    });
    Ok(Json(metrics.collect()))
}

/// The values of a metric by dimensions and time.
#[utoipa::path(get, path = "/api/v1/metrics/{metric}", tag = "metrics", operation_id = "show_metric",
    params(
        ("metric" = String, Path, description = "the metric's name"),
        ("dimensions" = Option<String>, Query, description = "columns with commas between"),
        ("grain" = Option<String>, Query, description = "day, month, quarter or year"),
        ("from" = Option<String>, Query, description = "the first time that counts, such as 2025 or 2025-03"),
        ("to" = Option<String>, Query, description = "the last time that counts"),
        ("compare" = Option<String>, Query, description = "none, yoy or ytd_yoy"),
        ("filter.region_code" = Option<String>, Query, description = "regions with commas between: each and all below it. Every other column of the mart is filtered alike, such as `filter.carrier=electricity,water`"),
        ("limit" = Option<usize>, Query, description = "rows at the most, 100 unless told"),
        AsOf,
    ),
    responses(Rows, PublishedFaults))]
pub(crate) async fn show(
    State(service): State<Service>,
    Names(name): Names<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let metrics = &service.shared.metrics;
    let Some(metric) = metrics.get(&name) else {
        return Err(ApiError::unknown(
            "metric",
            &name,
            metrics.iter().map(|metric| metric.name.as_str()),
        ));
    };
    let limit = params.limit()?;
    let ask = Ask::new(&format!("metrics/{name}"), &params, &headers);
    let compute = async |opened: Arc<Opened>| {
        let query = query(&name, &params, &opened)?;
        let compiled = compile(&query, metrics, &service.shared.contracts, opened.as_ref())?;
        let frame = opened.session.execute_logical_plan(compiled.plan).await?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let page = frame.clone().limit(0, Some(limit))?.collect().await?;
        let rows = arrow::compute::concat_batches(&schema, &page)?;
        let total_rows = match rows.num_rows() {
            all if all < limit => all,
            _ => frame.count().await?,
        };
        let columns = compiled.columns.into_iter().map(|column| Column {
            name: column.name,
            title: (&column.title).into(),
            unit: column.unit,
            format: column.format,
        });
        let caveat = metric.caveat.iter().map(|text| Note {
            kind: NoteKind::Caveat,
            text: text.into(),
            source: None,
            grade: None,
            column: Some(name.clone()),
        });
        Ok(Answer {
            name: name.clone(),
            title: (&metric.title).into(),
            columns: columns.collect(),
            total_rows,
            rows,
            notes: caveat.collect(),
            limit: Some(limit),
            offset: None,
        })
    };
    service.rows(ask, compute).await
}

/// The question that the parameters put to a metric.
pub(super) fn query(
    metric: &str,
    params: &Params,
    opened: &Opened,
) -> Result<MetricQuery, ApiError> {
    let mut query = MetricQuery {
        metrics: vec![metric.to_owned()],
        dimensions: params.list("dimensions"),
        from: params.get("from").map(str::to_owned),
        to: params.get("to").map(str::to_owned),
        ..MetricQuery::default()
    };
    for (name, value) in &params.others {
        match (name.as_str(), name.strip_prefix("filter.")) {
            (_, Some("region_code")) => {
                let mut within = BTreeSet::new();
                for code in value.split(',') {
                    within.extend(opened.within(code.trim())?);
                }
                query.filters.push(Filter {
                    column: "region_code".to_owned(),
                    test: FilterTest::In(within.into_iter().collect()),
                });
            }
            (_, Some(column)) => {
                query
                    .filters
                    .push(Filter::is_in(column, value.split(',').map(str::trim)));
            }
            ("grain", _) => {
                query.grain = Some(word::<Grain>(
                    "grain",
                    value,
                    "day, month, quarter or year",
                )?)
            }
            ("compare", _) => {
                query.compare = word::<Compare>("compare", value, "none, yoy or ytd_yoy")?
            }
            ("dimensions" | "from" | "to" | "limit", _) => {}
            (unknown, _) => {
                let known = [
                    "dimensions",
                    "grain",
                    "from",
                    "to",
                    "compare",
                    "limit",
                    "as_of",
                ];
                return Err(ApiError::unknown("parameter", unknown, known));
            }
        }
    }
    Ok(query)
}

fn word<T: serde::de::DeserializeOwned>(
    name: &str,
    value: &str,
    choices: &str,
) -> Result<T, ApiError> {
    serde_json::from_value(value.into()).map_err(|_| {
        ApiError::bad(
            format!("`{name}` cannot be `{value}`"),
            format!("write {choices}"),
        )
    })
}
