//! Tables: what the warehouse holds, by contract.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use contracts::TableId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{BothTitles, PublicationRef};
use crate::answers::Ask;
use crate::describe::{AsOf, PublishedFaults, Unchanged};
use crate::error::ApiError;
use crate::negotiate::AcceptsJson;
use crate::open::{Opened, Principal};
use crate::params::{Names, Params};
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
#[utoipa::path(get, path = "/api/v1/tables", tag = "tables", operation_id = "list_tables",
    params(AsOf),
    responses((status = 200, body = TablesBody, description = "the tables by name"), Unchanged, PublishedFaults))]
pub(crate) async fn list(
    State(service): State<Service>,
    params: Params,
    headers: HeaderMap,
    _: AcceptsJson,
) -> Result<Response, ApiError> {
    params.only(&["as_of"])?;
    let ask = Ask::new("tables", &params, &headers);
    let compute = async |opened: Arc<Opened>| {
        let mut tables = Vec::new();
        for (id, version) in &opened.publication.tables {
            let contract = opened.contract(id)?;
            tables.push(TableItem {
                table: id.to_string(),
                title: (&contract.title).into(),
                purpose: contract.purpose.clone(),
                version: *version,
            });
        }
        Ok(TablesBody {
            publication: (&opened.publication).into(),
            tables,
        })
    };
    service.document(ask, compute).await
}

/// One table with its columns.
#[utoipa::path(get, path = "/api/v1/tables/{table}", tag = "tables", operation_id = "show_table",
    params(("table" = String, Path, description = "schema.table"), AsOf),
    responses((status = 200, body = TableBody, description = "the table"), Unchanged, PublishedFaults))]
pub(crate) async fn show(
    State(service): State<Service>,
    Names(table): Names<String>,
    params: Params,
    headers: HeaderMap,
    _: AcceptsJson,
) -> Result<Response, ApiError> {
    params.only(&["as_of"])?;
    let id: TableId = table.parse().map_err(|_| {
        ApiError::bad(
            format!("`{table}` is not a table's name"),
            "write schema.table, such as mart.energy_month",
        )
    })?;
    let ask = Ask::new(&format!("tables/{id}"), &params, &headers);
    let compute = async |opened: Arc<Opened>| table_body(&id, &opened);
    service.document(ask, compute).await
}

fn table_body(id: &TableId, opened: &Opened) -> Result<TableBody, ApiError> {
    let contract = opened.contract(id)?;
    let columns = contract.columns.iter().map(|column| TableColumn {
        name: column.name.to_string(),
        title: (&column.title).into(),
        description: column.description.clone(),
        unit: match (&column.unit, &column.row_unit) {
            (Some(unit), _) => Some(unit.to_string()),
            (None, row_unit) => row_unit.as_ref().map(ToString::to_string),
        },
        share_type: column.share.as_str(),
        is_served: Principal::Anonymous.may_see(column),
    });
    let publication = &opened.publication;
    Ok(TableBody {
        table: id.to_string(),
        title: (&contract.title).into(),
        purpose: contract.purpose.clone(),
        limitations: contract.limitations.clone(),
        publication: publication.into(),
        version: publication.tables.get(id).copied().unwrap_or_default(),
        key: contract.key.iter().map(ToString::to_string).collect(),
        columns: columns.collect(),
    })
}
