//! Explanations: one value of a metric, opened down to the rows it was loaded from.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use contracts::TableId;
use tokio::runtime::Handle;
use transform::explain::{Page, Question};

use crate::answers::Ask;
use crate::describe::{AsOf, Paging, PublishedFaults, Unchanged};
use crate::error::ApiError;
use crate::explanation::ExplanationBody;
use crate::negotiate::AcceptsJson;
use crate::open::Opened;
use crate::params::{Names, Params};
use crate::routes::metrics::query;
use crate::service::Service;

/// Parameters that ask for several values, which no explanation is of.
const SEVERAL: [&str; 3] = ["dimensions", "grain", "compare"];

/// One value of a metric, opened down to the rows it was loaded from.
#[utoipa::path(get, path = "/api/v1/metrics/{metric}/explain", tag = "metrics", operation_id = "explain_metric",
    params(
        ("metric" = String, Path, description = "the metric's name"),
        ("from" = Option<String>, Query, description = "the first time that counts, such as 2025 or 2025-03"),
        ("to" = Option<String>, Query, description = "the last time that counts"),
        ("filter.region_code" = Option<String>, Query, description = "regions with commas between: each and all below it. Every other dimension is filtered alike, such as `filter.carrier=electricity`"),
        ("table" = Option<String>, Query, description = "the only table whose rows are listed, such as energy.monthly"),
        Paging,
        AsOf,
    ),
    responses((status = 200, body = ExplanationBody, description = "the value and what it is made of"), Unchanged, PublishedFaults))]
pub(crate) async fn explain(
    State(service): State<Service>,
    Names(name): Names<String>,
    params: Params,
    headers: HeaderMap,
    _: AcceptsJson,
) -> Result<Response, ApiError> {
    let metrics = &service.shared.metrics;
    if metrics.get(&name).is_none() {
        let names = metrics.iter().map(|metric| metric.name.as_str());
        return Err(ApiError::unknown("metric", &name, names));
    }
    if let Some(several) = SEVERAL.iter().find(|known| params.get(known).is_some()) {
        return Err(ApiError::bad(
            format!("an explanation is of one value, so it takes no `{several}`"),
            "name the value by filters and time, such as filter.region_code=420800&from=2025&to=2025",
        ));
    }
    let table = params.get("table").map(str::parse::<TableId>).transpose();
    let table = table.map_err(|error| ApiError::bad(error.to_string(), "write schema.table"))?;
    let page = Page {
        limit: params.limit()?,
        offset: params.offset()?,
    };
    let ask = Ask::new(&format!("metrics/{name}/explain"), &params, &headers);
    let asked = asked(&params);
    let compute = async |opened: Arc<Opened>| {
        let question = (name.clone(), asked.clone(), page, table.clone());
        let service = service.clone();
        // The engine plans for seconds without a pause: not on the threads that answer everybody else.
        let explained = tokio::task::spawn_blocking(move || {
            let (name, asked, page, table) = question;
            let principal = opened.principal();
            let question = Question {
                query: query(&name, &asked, &opened)?,
                page,
                table,
                may_show: &|column| principal.may_see(column),
            };
            Handle::current().block_on(explained(&service, &opened, &question))
        });
        explained.await.map_err(ApiError::internal)?
    };
    service.document(ask, compute).await
}

async fn explained(
    service: &Service,
    opened: &Opened,
    question: &Question<'_>,
) -> Result<ExplanationBody, ApiError> {
    let explainer = service.explainer(&opened.publication).await?;
    let mut explanation = explainer.explain(&service.shared.metrics, question).await?;
    for source in explanation.sources_mut() {
        if opened.may_see_all(&source.table) {
            service.look_up(source).await;
        }
    }
    Ok(ExplanationBody::of(explanation, &opened.publication))
}

/// The parameters of the value, without those of the listing.
fn asked(params: &Params) -> Params {
    let others = params.others.iter();
    let others = others.filter(|(name, _)| !["table", "limit", "offset"].contains(&name.as_str()));
    Params {
        as_of: params.as_of.clone(),
        others: others
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<BTreeMap<_, _>>(),
    }
}
