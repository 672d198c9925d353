//! Boards and their panels.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{BothTitles, PublicationRef};
use crate::answers::Ask;
use crate::board::BoardFile;
use crate::board::resolve::{Choice, choices};
use crate::describe::{AsOf, Faults, PublishedFaults, Rows, Unchanged};
use crate::error::ApiError;
use crate::negotiate::AcceptsJson;
use crate::open::Opened;
use crate::panel;
use crate::params::{Names, Params};
use crate::service::Service;

/// A board in the list of boards.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardItem {
    /// Its name; the page's address.
    board: String,
    /// Its title.
    title: BothTitles,
    /// What it is for.
    purpose: Option<String>,
}

/// A board: what may be chosen and which panels it has.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardBody {
    /// Its name.
    board: String,
    /// Its title.
    title: BothTitles,
    /// The data is made up: every page must say so.
    is_demo: bool,
    /// The publication the panels are from.
    publication: PublicationRef,
    /// Every parameter as it was resolved, those worked out among them.
    parameters: BTreeMap<String, Option<String>>,
    /// What a reader may choose, by parameter.
    choices: BTreeMap<String, Vec<Choice>>,
    /// The panels in the order of the board.
    panels: Vec<PanelItem>,
}

/// A panel of a board.
#[derive(Serialize, ToSchema)]
pub(crate) struct PanelItem {
    /// Its name.
    panel: String,
    /// Its title.
    title: BothTitles,
    /// How the page draws it.
    kind: String,
    /// Where the numbers come from.
    source: Option<BothTitles>,
    /// What to say when no row matches.
    empty: Option<BothTitles>,
}

/// Lists the boards.
#[utoipa::path(get, path = "/api/v1/boards", tag = "boards", operation_id = "list_boards",
    responses((status = 200, body = Vec<BoardItem>, description = "the boards by name"), Faults))]
pub(crate) async fn list(
    State(service): State<Service>,
    params: Params,
    _: AcceptsJson,
) -> Result<Json<Vec<BoardItem>>, ApiError> {
    params.only(&[])?;
    let boards = service.shared.boards.all().map(|board| BoardItem {
        board: board.board.value.clone(),
        title: (&board.title).into(),
        purpose: board.purpose.clone(),
    });
    Ok(Json(boards.collect()))
}

/// One board with its parameters resolved.
#[utoipa::path(get, path = "/api/v1/boards/{board}", tag = "boards", operation_id = "show_board",
    params(
        ("board" = String, Path, description = "the board's name"),
        ("region_code" = Option<String>, Query, description = "the region and all below it; unless told, the one that holds all"),
        ("year" = Option<String>, Query, description = "a year, such as 2025; a board tells in `choices` which parameters it takes"),
        AsOf,
    ),
    responses((status = 200, body = BoardBody, description = "the board"), Unchanged, PublishedFaults))]
pub(crate) async fn show(
    State(service): State<Service>,
    Names(name): Names<String>,
    params: Params,
    headers: HeaderMap,
    _: AcceptsJson,
) -> Result<Response, ApiError> {
    let board = find(&service, &name)?;
    let options = &service.shared.options;
    let ask = Ask::new(&format!("boards/{name}"), &params, &headers);
    let compute = async |opened: Arc<Opened>| {
        let top = &options.region_code;
        let parameters = opened.values(board, &params.others, top).await?;
        let choices = choices(board, &opened, top).await?;
        Ok(BoardBody {
            board: name.clone(),
            title: (&board.title).into(),
            is_demo: options.is_demo,
            publication: (&opened.publication).into(),
            parameters: parameters.as_ref().clone(),
            choices,
            panels: panels(board),
        })
    };
    service.document(ask, compute).await
}

/// The rows of one panel.
#[utoipa::path(get, path = "/api/v1/boards/{board}/panels/{panel}", tag = "boards", operation_id = "show_panel",
    params(
        ("board" = String, Path, description = "the board's name"),
        ("panel" = String, Path, description = "the panel's name"),
        ("region_code" = Option<String>, Query, description = "the region and all below it; unless told, the one that holds all"),
        ("year" = Option<String>, Query, description = "a year, such as 2025; a board tells in `choices` which parameters it takes"),
        AsOf,
    ),
    responses(Rows, PublishedFaults))]
pub(crate) async fn panel(
    State(service): State<Service>,
    Names((board_name, panel_name)): Names<(String, String)>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let board = find(&service, &board_name)?;
    let panel = board.panel(&panel_name).ok_or_else(|| {
        ApiError::unknown(
            "panel",
            &panel_name,
            board.panels.iter().map(|panel| panel.panel.value.as_str()),
        )
    })?;
    let options = &service.shared.options;
    let what = format!("boards/{board_name}/panels/{panel_name}");
    let ask = Ask::new(&what, &params, &headers);
    let compute = async |opened: Arc<Opened>| {
        let top = &options.region_code;
        let values = opened.values(board, &params.others, top).await?;
        panel::answer(panel, &values, &opened, &service.shared.metrics).await
    };
    service.rows(ask, compute).await
}

fn find<'a>(service: &'a Service, name: &str) -> Result<&'a BoardFile, ApiError> {
    let boards = &service.shared.boards;
    boards
        .get(name)
        .ok_or_else(|| ApiError::unknown("board", name, boards.iter()))
}

fn panels(board: &BoardFile) -> Vec<PanelItem> {
    let panels = board.panels.iter().map(|panel| PanelItem {
        panel: panel.panel.value.clone(),
        title: (&panel.title).into(),
        kind: panel.kind.clone(),
        source: panel.source.as_ref().map(BothTitles::from),
        empty: panel.empty.as_ref().map(BothTitles::from),
    });
    panels.collect()
}
