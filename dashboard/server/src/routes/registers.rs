//! Registers: organisations and regions, a page at a time.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use datafusion::functions::expr_fn::strpos;
use datafusion::logical_expr::{ident, lit};
use datafusion::prelude::DataFrame;

use super::page::Page;
use crate::answers::Ask;
use crate::describe::{AsOf, Paging, PublishedFaults, Rows};
use crate::error::ApiError;
use crate::open::Opened;
use crate::params::Params;
use crate::service::Service;

/// Lists organisations: every name and region each has had, newest first.
#[utoipa::path(get, path = "/api/v1/organizations", tag = "registers", operation_id = "list_organizations",
    params(
        ("q" = Option<String>, Query, description = "part of the name or of the id"),
        ("region_code" = Option<String>, Query, description = "the region and all below it"),
        Paging, AsOf,
    ),
    responses(Rows, PublishedFaults))]
pub(crate) async fn organizations(
    State(service): State<Service>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["q", "region_code", "limit", "offset", "as_of"])?;
    let page = Page::of(&params)?;
    let ask = Ask::new("organizations", &params, &headers);
    let compute = async |opened: Arc<Opened>| {
        let (mut frame, contract) = opened.register("reference.organization").await?;
        if let Some(part) = params.get("q") {
            let has = |column: &str| strpos(ident(column), lit(part)).gt(lit(0));
            frame = frame.filter(has("name").or(has("organization_id")))?;
        }
        if let Some(region) = params.get("region_code") {
            frame = within(frame, region, &opened)?;
        }
        let order = vec![
            ident("organization_id").sort(true, false),
            ident("from_date").sort(false, false),
        ];
        page.answer("organizations", frame, contract, order).await
    };
    service.rows(ask, compute).await
}

/// Lists regions.
#[utoipa::path(get, path = "/api/v1/regions", tag = "registers", operation_id = "list_regions",
    params(("within" = Option<String>, Query, description = "a region: it and all below it"),
        Paging, AsOf),
    responses(Rows, PublishedFaults))]
pub(crate) async fn regions(
    State(service): State<Service>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["within", "limit", "offset", "as_of"])?;
    let page = Page::of(&params)?;
    let ask = Ask::new("regions", &params, &headers);
    let compute = async |opened: Arc<Opened>| {
        let (mut frame, contract) = opened.register("reference.region").await?;
        if let Some(region) = params.get("within") {
            frame = within(frame, region, &opened)?;
        }
        let order = vec![ident("region_code").sort(true, false)];
        page.answer("regions", frame, contract, order).await
    };
    service.rows(ask, compute).await
}

/// The rows of a region and all below it.
fn within(frame: DataFrame, region: &str, opened: &Opened) -> Result<DataFrame, ApiError> {
    let codes = opened.within(region)?.into_iter().map(lit).collect();
    Ok(frame.filter(ident("region_code").in_list(codes, false))?)
}
