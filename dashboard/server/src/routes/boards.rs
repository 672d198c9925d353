//! Boards and their panels.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{AnswerBody, BothTitles, PublicationRef};
use crate::board::BoardFile;
use crate::board::resolve::{Choice, choices, resolve};
use crate::error::{ApiError, Problem};
use crate::panel;
use crate::params::Params;
use crate::service::{Ask, Service};

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
#[utoipa::path(get, path = "/api/v1/boards", tag = "boards", responses((status = 200, body = Vec<BoardItem>)))]
pub(crate) async fn list(State(service): State<Service>) -> Json<Vec<BoardItem>> {
    let boards = service.shared.boards.all().map(|board| BoardItem {
        board: board.board.value.clone(),
        title: (&board.title).into(),
        purpose: board.purpose.clone(),
    });
    Json(boards.collect())
}

/// One board with its parameters resolved.
#[utoipa::path(get, path = "/api/v1/boards/{board}", tag = "boards",
    params(
        ("board" = String, Path, description = "the board's name"),
        ("region_code" = Option<String>, Query, description = "and every other parameter of the board"),
        ("year" = Option<String>, Query, description = "a year, such as 2025"),
        ("as_of" = Option<String>, Query, description = "a publication's number, or a date"),
    ),
    responses((status = 200, body = BoardBody), (status = 304, description = "the reader has it"),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(name): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let board = find(&service, &name)?;
    let options = &service.shared.options;
    let what = format!("boards/{name}");
    let ask = Ask {
        headers: &headers,
        as_of: params.as_of.as_deref(),
        what: &what,
        parameters: &params.others,
    };
    let compute = async |opened: std::sync::Arc<crate::open::Opened>| {
        let parameters = resolve(board, &params.others, &opened, &options.region_code).await?;
        let choices = choices(board, &opened, &options.region_code).await?;
        Ok(BoardBody {
            board: name.clone(),
            title: (&board.title).into(),
            is_demo: options.is_demo,
            publication: (&opened.publication).into(),
            parameters,
            choices,
            panels: panels(board),
        })
    };
    service.document(ask, compute).await
}

/// The rows of one panel.
#[utoipa::path(get, path = "/api/v1/boards/{board}/panels/{panel}", tag = "boards",
    params(
        ("board" = String, Path, description = "the board's name"),
        ("panel" = String, Path, description = "the panel's name"),
        ("region_code" = Option<String>, Query, description = "and every other parameter of the board"),
        ("year" = Option<String>, Query, description = "a year, such as 2025"),
        ("as_of" = Option<String>, Query, description = "a publication's number, or a date"),
    ),
    responses(
        (status = 200, content((AnswerBody = "application/json"), (String = "text/csv"), (String = "application/vnd.apache.arrow.stream"))),
        (status = 304, description = "the reader has it"), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 406, body = Problem)))]
pub(crate) async fn panel(
    State(service): State<Service>,
    Path((board_name, panel_name)): Path<(String, String)>,
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
    let ask = Ask {
        headers: &headers,
        as_of: params.as_of.as_deref(),
        what: &what,
        parameters: &params.others,
    };
    let compute = async |opened: std::sync::Arc<crate::open::Opened>| {
        let values = resolve(board, &params.others, &opened, &options.region_code).await?;
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
