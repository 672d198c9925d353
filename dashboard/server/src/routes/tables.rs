//! Tables: what the warehouse holds, by contract.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{BothTitles, PublicationRef};
use crate::error::{ApiError, Problem};
use crate::open::Principal;
use crate::params::Params;
use crate::service::Service;

/// A table of a publication.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableItem {
    /// `schema.table`.
    table: String,
    /// Its title.
    title: BothTitles,
    /// What it is for.
    purpose: String,
    /// Its version in the publication.
    version: u64,
}

/// The tables of a publication.
#[derive(Serialize, ToSchema)]
pub(crate) struct TablesBody {
    /// The publication.
    publication: PublicationRef,
    /// Its tables by name.
    tables: Vec<TableItem>,
}

/// A table with its columns.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableBody {
    /// `schema.table`.
    table: String,
    /// Its title.
    title: BothTitles,
    /// What it is for.
    purpose: String,
    /// What to keep in mind.
    limitations: Option<String>,
    /// The publication.
    publication: PublicationRef,
    /// Its version in the publication.
    version: u64,
    /// Columns whose values are different in every row, taken together.
    key: Vec<String>,
    /// Its columns in order.
    columns: Vec<TableColumn>,
}

/// A column of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableColumn {
    /// Its name.
    name: String,
    /// Its title.
    title: BothTitles,
    /// What it holds.
    description: String,
    /// The unit of its values.
    unit: Option<String>,
    /// 共享类型: `unconditional`, `conditional` or `none`.
    share_type: &'static str,
    /// Whether this reader may ask for its values.
    is_served: bool,
}

/// Lists the tables of a publication.
#[utoipa::path(get, path = "/api/v1/tables", tag = "tables",
    params(("as_of" = Option<String>, Query, description = "a publication's number, or a date")),
    responses((status = 200, body = TablesBody), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(service): State<Service>,
    params: Params,
) -> Result<Json<TablesBody>, ApiError> {
    params.only(&[])?;
    let publication = service.publication(params.as_of.as_deref()).await?;
    let opened = service.open(&publication).await?;
    let mut tables = Vec::new();
    for (id, version) in &publication.tables {
        let contract = opened.contract(id)?;
        tables.push(TableItem {
            table: id.to_string(),
            title: (&contract.title).into(),
            purpose: contract.purpose.clone(),
            version: *version,
        });
    }
    Ok(Json(TablesBody {
        publication: publication.as_ref().into(),
        tables,
    }))
}

/// One table with its columns.
#[utoipa::path(get, path = "/api/v1/tables/{table}", tag = "tables",
    params(("table" = String, Path, description = "schema.table"),
        ("as_of" = Option<String>, Query, description = "a publication's number, or a date")),
    responses((status = 200, body = TableBody), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(table): Path<String>,
    params: Params,
) -> Result<Json<TableBody>, ApiError> {
    params.only(&[])?;
    let id = table.parse().map_err(|_| {
        ApiError::bad(
            format!("`{table}` is not a table's name"),
            "write schema.table, such as mart.energy_month",
        )
    })?;
    let publication = service.publication(params.as_of.as_deref()).await?;
    let opened = service.open(&publication).await?;
    let contract = opened.contract(&id)?;
    let columns = contract.columns.iter().map(|column| TableColumn {
        name: column.name.to_string(),
        title: (&column.title).into(),
        description: column.description.clone(),
        unit: column.unit.as_ref().map(ToString::to_string),
        share_type: column.share.as_str(),
        is_served: Principal::Anonymous.may_see(column),
    });
    Ok(Json(TableBody {
        table,
        title: (&contract.title).into(),
        purpose: contract.purpose.clone(),
        limitations: contract.limitations.clone(),
        publication: publication.as_ref().into(),
        version: publication.tables.get(&id).copied().unwrap_or_default(),
        key: contract.key.iter().map(ToString::to_string).collect(),
        columns: columns.collect(),
    }))
}
