//! The routes as a readable list, and what happens to every request.

use std::any::Any;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{
    MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{AnswerBody, RowsBody};
use crate::error::{ApiError, Problem};
use crate::measures;
use crate::pages;
use crate::routes::{
    boards, explanations, metrics, operations, publications, registers, runs, service, tables,
};
use crate::service::Service;

/// The description of the API, before its routes.
#[derive(OpenApi)]
#[openapi(info(
    title = "Jieyue 节约",
    description = "Operating cost, energy and carbon of a city's government offices. Every answer names the publication it is from; `as_of` asks an earlier one. Errors are problem+json with a stable `code` and a `hint`.",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
),
tags(
    (name = "service", description = "whether it lives, whether it can answer, how it is asked"),
    (name = "publications", description = "the states that can be cited"),
    (name = "boards", description = "declared pages and their panels"),
    (name = "metrics", description = "what is measured, by any of its dimensions"),
    (name = "registers", description = "organisations and regions"),
    (name = "operations", description = "how tables, jobs and quarantine stand now; starting runs where that is allowed"),
    (name = "runs", description = "what was loaded when, as it is now"),
    (name = "tables", description = "what the warehouse holds, by contract"),
),
components(schemas(AnswerBody, RowsBody, Problem)))]
struct Api;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Charts and components set inline styles; scripts, fonts and data come from here alone.
const CONTENT_SECURITY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// The few addresses that take a body take a few words.
const MAX_BODY_BYTES: usize = 64 << 10;

pub(crate) fn router(service: Service) -> Router {
    let measures = service.measures.clone();
    let (router, _) = api().split_for_parts();
    let router = router
        .route("/metrics", get(measures::show))
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .fallback(pages::page)
        .with_state(service);
    around(router).layer(middleware::from_fn_with_state(measures, measures::measure))
}

/// What happens to every request and answer; the last layer is the outermost.
pub(crate) fn around(router: Router) -> Router {
    router
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(finish))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
}

/// The description of the API as JSON.
pub fn openapi() -> String {
    let api = api().into_openapi();
    let text = api.to_pretty_json();
    text.expect("the description has text keys only") + "\n"
}

fn api() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(service::health))
        .routes(routes!(service::ready))
        .routes(routes!(service::description))
        .routes(routes!(publications::list))
        .routes(routes!(publications::show))
        .routes(routes!(boards::list))
        .routes(routes!(boards::show))
        .routes(routes!(boards::panel))
        .routes(routes!(metrics::list))
        .routes(routes!(metrics::show))
        .routes(routes!(explanations::explain))
        .routes(routes!(registers::organizations))
        .routes(routes!(registers::regions))
        .routes(routes!(operations::status))
        .routes(routes!(operations::lateness))
        .routes(routes!(operations::quarantine))
        .routes(routes!(operations::run_job))
        .routes(routes!(operations::replay))
        .routes(routes!(runs::list))
        .routes(routes!(runs::show))
        .routes(routes!(tables::list))
        .routes(routes!(tables::show))
}

/// Gives every answer its security headers and every problem the id of its request.
async fn finish(request: Request, next: Next) -> Response {
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .map(str::to_owned);
    let mut response = next.run(request).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        // The layer that limits bodies has words of its own.
        let limit = MAX_BODY_BYTES;
        response = ApiError::BodyTooLarge { limit }.into_response();
    }
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        problem.request_id = request_id;
        let allowed = response.headers_mut().remove(header::ALLOW);
        response = problem.into_response();
        response
            .headers_mut()
            .extend(allowed.map(|allowed| (header::ALLOW, allowed)));
    }
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let words = words
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    ApiError::internal(format!("a handler panicked: {words}")).into_response()
}
