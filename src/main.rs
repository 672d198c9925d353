//! `jieyue`: the command line of the warehouse.
//!
//! Begin with [`cli`], which is what may be typed; each verb is a file in [`commands`]. Data goes to
//! standard output and everything else to standard error. Only this file leaves the process and
//! only this file reads the clock.

mod cli;
mod commands;
mod context;
mod failure;
mod progress;
mod report;
mod settings;

use std::io::IsTerminal;
use std::panic::UnwindSafe;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Parser;
use contracts::Fault;

use cli::{Cli, Command};
use context::Context;
use failure::Outcome;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(report::defect));
    guarded(start)
}

/// The exit code of `work`, or that of a defect when it panics; the hook has told which.
fn guarded(work: impl FnOnce() -> ExitCode + UnwindSafe) -> ExitCode {
    std::panic::catch_unwind(work).unwrap_or(ExitCode::from(failure::code_of(Fault::Internal)))
}

fn start() -> ExitCode {
    let cli = Cli::parse();
    start_logging(cli.global.quiet);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            report::note(&format!("error: cannot start the runtime: {error}"));
            return ExitCode::from(3);
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(failure) => {
            let code = failure.exit_code();
            report::tell(failure);
            code
        }
    }
}

async fn run(cli: Cli) -> Outcome<ExitCode> {
    let listen = match &cli.command {
        Command::Demo(demo) => demo.listen.as_deref(),
        Command::Serve(serve) => serve.listen.as_deref(),
        _ => None,
    };
    let context = Context::new(&cli.global, listen, clock)?;
    match cli.command {
        Command::Demo(arguments) => commands::demo::demo(context, arguments).await,
        Command::Check(arguments) => commands::check::check(&context, arguments).await,
        Command::Run(arguments) => commands::run::run(&context, arguments).await,
        Command::Schedule(arguments) => commands::schedule::schedule(&context, arguments).await,
        Command::Build(arguments) => commands::build::build(&context, arguments).await,
        Command::Plan(arguments) => commands::plan::plan(&context, arguments).await,
        Command::Apply(arguments) => commands::plan::apply(&context, arguments).await,
        Command::Publish(arguments) => commands::publish::publish(&context, arguments).await,
        Command::Close(arguments) => commands::periods::close(&context, arguments).await,
        Command::Restate(arguments) => commands::periods::restate(&context, arguments).await,
        Command::Serve(arguments) => commands::serve::serve(&context, arguments).await,
        Command::Query(arguments) => commands::query::query(&context, arguments).await,
        Command::Metrics(arguments) => commands::metrics::metrics(&context, arguments),
        Command::Metric(arguments) => commands::metrics::metric(&context, arguments).await,
        Command::Explain(arguments) => commands::explain::explain(&context, arguments).await,
        Command::Status(arguments) => commands::status::status(&context, arguments).await,
        Command::Runs(arguments) => commands::runs::runs(&context, arguments).await,
        Command::Quarantine(arguments) => {
            commands::quarantine::quarantine(&context, arguments).await
        }
        Command::Replay(arguments) => commands::replay::replay(&context, arguments).await,
        Command::Review(arguments) => commands::review::review(&context, arguments).await,
        Command::Maintain(arguments) => commands::maintain::maintain(&context, arguments).await,
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
fn clock() -> DateTime<Utc> {
    Utc::now()
}

/// Logs go to standard error: warnings by default, more by `JIEYUE_LOG` (`info`, `warehouse=debug`).
/// `JIEYUE_LOG_FORMAT=json` writes them as JSON, a line each, for programs; what a run logs carries its run id.
/// The Delta kernel tells at ERROR that a table does not exist yet, which is how tables begin, and
/// that a commit failed, which whoever commits tells with its place and mend.
fn start_logging(quiet: bool) {
    let default = if quiet { "error" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("JIEYUE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    let filter = [
        "delta_kernel=off",
        "buoyant_kernel=off",
        "deltalake_core::kernel::transaction=off",
    ]
    .into_iter()
    .filter_map(|directive| directive.parse().ok())
    .fold(filter, tracing_subscriber::EnvFilter::add_directive);
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        // A log that nobody reads (`2>&1 | head`) is no reason to panic.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    if std::env::var("JIEYUE_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().init();
    } else {
        log.init();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_ends_with_a_code_of_its_own() {
        assert_eq!(guarded(|| panic!("a defect")), ExitCode::from(70));
        assert_eq!(guarded(|| ExitCode::from(3)), ExitCode::from(3));
    }
}
