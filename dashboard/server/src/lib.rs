//! The service: an API and pages over a publication.
//!
//! Begin with [`Service`] and [`serve`]. `router` lists the routes; `routes` has a file a resource;
//! `operate` starts runs where that is allowed; `open` is the one place where tables are opened for a reader; `board` and `panel` turn declared
//! questions into plans; `answer` writes rows as JSON, CSV or Arrow; `answers` keeps what is written.
//!
//! Not here on purpose: numbers. A board declares a question, a mart or metric holds the answer.

pub mod board;

mod answer;
mod answers;
mod describe;
mod error;
mod explanation;
mod landed;
mod measures;
mod negotiate;
mod open;
mod operate;
mod pages;
mod panel;
mod params;
mod router;
mod routes;
mod service;

#[cfg(test)]
mod tests;

use std::future::Future;

use axum::Router;
use tokio::net::TcpListener;

pub use error::ServerError;
pub use landed::{LandedText, LookUp};
pub use operate::{NotBegun, Operate};
pub use router::openapi;
pub use service::{Service, ServiceOptions};

impl Service {
    /// The routes over this service.
    pub fn router(&self) -> Router {
        router::router(self.clone())
    }
}

/// Serves until `shutdown`; answers under way are finished first.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    service: Service,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServerError> {
    serve_router(service.router(), listener, shutdown).await
}

async fn serve_router(
    router: Router,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServerError> {
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await
        .map_err(ServerError::Listen)
}
