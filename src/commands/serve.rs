//! `jieyue serve`: the pages and the API over the newest publication.

mod operator;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ingest::job::Jobs;
use server::{LandedText, LookUp, Service, ServiceOptions};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use transform::explain::Source;
use warehouse::Warehouse;

use crate::cli::{Schedule, Serve};
use crate::commands::explain::look_up;
use crate::commands::watch::Watch;
use crate::commands::{run, schedule};
use crate::context::{Context, stopped};
use crate::failure::{Failure, Outcome};
use crate::report;
use operator::Operator;

/// How often a lake that is served is looked at for alerts.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Serves until the process is asked to stop (Ctrl-C or SIGTERM); answers under way are finished.
///
/// # Errors
/// The declared files are wrong; the lake or the address cannot be had.
pub async fn serve(context: &Context, arguments: Serve) -> Outcome<ExitCode> {
    let project = context.project()?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    let may_operate = arguments.operate;
    if !arguments.schedule {
        return serve_lake(context, lake, may_operate).await;
    }
    let scheduler = schedule::scheduler(context, &lake, &Schedule::default()).await?;
    let stop = CancellationToken::new();
    let scheduling = tokio::spawn({
        let stop = stop.clone();
        async move { scheduler.run(stop).await }
    });
    let served = serve_lake(context, lake, may_operate).await;
    stop.cancel();
    scheduling.await.map_err(stopped)?;
    served
}

/// Serves an open lake; one that is made up is marked so on every page. `may_operate` lets the pages start
/// runs.
///
/// # Errors
/// As [`serve`].
pub async fn serve_lake(
    context: &Context,
    lake: Warehouse,
    may_operate: bool,
) -> Outcome<ExitCode> {
    let files = context.files()?;
    let project = context.project()?;
    let boards = server::board::parse(files.boards, &project.contracts, &project.metrics)?;
    let options = ServiceOptions {
        is_demo: lake.is_made_up().await?,
        region_code: context.settings.region.value.clone(),
        ..ServiceOptions::default()
    };
    let jobs = Arc::new(ingest::job::parse(files.jobs, &project.contracts)?);
    let landed = Landed {
        lake: lake.clone(),
        jobs: Arc::clone(&jobs),
    };
    let service = Service::new(lake.clone(), &project, boards, options)?;
    let mut service = service.with_landed_text(Arc::new(landed));
    if may_operate {
        let operator = Operator::new(lake.clone(), jobs, run::options(context)?);
        service = service.with_operations(Arc::new(operator));
    }
    let address = &context.settings.listen.value;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::outside(
            format!("cannot listen at `{address}`"),
            &error,
            "choose another address with --listen, such as 127.0.0.1:8421",
        )
    })?;
    let failed = |error: std::io::Error| {
        Failure::outside("cannot serve", &error, "look at the limits of this account")
    };
    let bound = listener.local_addr().map_err(failed)?;
    if may_operate && !bound.ip().is_loopback() {
        return Err(Failure::usage(
            format!(
                "`--operate` cannot be served at {bound}: other machines reach it, and nobody signs in"
            ),
            "listen at 127.0.0.1:8420, or leave --operate out",
        ));
    }
    let watching = watch(Watch::of(context)?, lake);
    // Before anybody is told that it serves, it knows how to stop.
    let stop = asked_to_stop().map_err(failed)?;
    report::line(&format!("serving http://{bound}/ (Ctrl-C ends it)"))?;
    server::serve(service, listener, stop).await?;
    watching.abort();
    report::note("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Looks at the lake again and again for whoever is told what is wrong with it.
fn watch(watch: Watch, lake: Warehouse) -> AbortHandle {
    let look = async move {
        let mut every = tokio::time::interval(LOOK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while watch.has_alerts() {
            every.tick().await;
            #[expect(
                clippy::disallowed_methods,
                reason = "a service runs for weeks: the clock of its start is not that of a look"
            )]
            let now = chrono::Utc::now();
            let (watch, lake) = (watch.clone(), lake.clone());
            let runtime = Handle::current();
            let looked =
                tokio::task::spawn_blocking(move || runtime.block_on(watch.look(&lake, now)));
            if let Err(error) = looked.await {
                tracing::error!(%error, "a look for alerts broke off: {error}");
            }
        }
    };
    tokio::spawn(look).abort_handle()
}

/// Looks up rows in what was landed, for explanations.
struct Landed {
    lake: Warehouse,
    jobs: Arc<Jobs>,
}

impl LandedText for Landed {
    fn look_up<'a>(&'a self, source: &'a mut Source) -> LookUp<'a> {
        Box::pin(async move {
            let looked_up = look_up(&self.lake, &self.jobs, source).await;
            looked_up.map_err(|error| error.to_string().into())
        })
    }
}

/// Listens for Ctrl-C and SIGTERM from now on; what it answers ends when one comes.
#[cfg(unix)]
pub fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C; what it answers ends when it comes.
#[cfg(not(unix))]
pub fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
