//! The pages, from the binary: nothing is read from disk and nothing from outside.

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::error::ApiError;

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Dist;

/// Shown when the binary was built without the pages.
const NO_PAGES: &str = "The pages are not in this binary.\n\nBuild them first (make web), then the binary again (cargo build).\nThe API is at /api/v1/openapi.json.\n";

/// A file of the pages; every other address is a page of the single-page application.
pub(crate) async fn page(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiError::NoSuchPage.into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        let allowed = [(header::ALLOW, "GET, HEAD")];
        return (allowed, ApiError::MethodNotAllowed).into_response();
    }
    if let Some(file) = Dist::get(path) {
        // Vite puts a hash of the content into the names under assets/.
        let control = if path.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        return send(file, control);
    }
    let looks_like_file = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    match Dist::get("index.html") {
        _ if looks_like_file => ApiError::NoSuchPage.into_response(),
        Some(file) => send(file, "no-cache"),
        None => (StatusCode::SERVICE_UNAVAILABLE, NO_PAGES).into_response(),
    }
}

fn send(file: rust_embed::EmbeddedFile, control: &'static str) -> Response {
    let mut response = Body::from(file.data).into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(file.metadata.mimetype()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
    response
}
