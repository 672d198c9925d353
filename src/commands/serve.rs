//! `jieyue serve`: the pages and the API over the newest publication.

use std::process::ExitCode;

use contracts::Fault;
use server::{Service, ServiceOptions};
use tokio::net::TcpListener;
use warehouse::Warehouse;

use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report;

/// Serves until the process is asked to stop (Ctrl-C or SIGTERM); answers under way are finished.
///
/// # Errors
/// The declared files are wrong; the lake or the address cannot be had.
pub async fn serve(context: &Context) -> Outcome<ExitCode> {
    let project = context.project()?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    serve_lake(context, lake).await
}

/// Serves an open lake; one that is made up is marked so on every page.
///
/// # Errors
/// As [`serve`].
pub async fn serve_lake(context: &Context, lake: Warehouse) -> Outcome<ExitCode> {
    let files = context.files()?;
    let project = context.project()?;
    let boards = server::board::parse(files.boards, &project.contracts, &project.metrics)?;
    let options = ServiceOptions {
        is_demo: lake.is_made_up().await?,
        region_code: context.settings.region.value.clone(),
        ..ServiceOptions::default()
    };
    let service = Service::new(lake, &project, boards, options)?;
    let address = &context.settings.listen.value;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::of(
            error,
            Some(format!(
                "`{address}` cannot be had: choose another with --listen, such as 127.0.0.1:8421"
            )),
            Fault::External,
        )
    })?;
    let bound = listener.local_addr().map_err(report::closed)?;
    report::line(&format!("serving http://{bound}/ (Ctrl-C ends it)"))?;
    server::serve(service, listener, asked_to_stop()).await?;
    report::note("stopped");
    Ok(ExitCode::SUCCESS)
}

async fn asked_to_stop() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
