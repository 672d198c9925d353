//! `jieyue schedule`: runs jobs when they are due, and asks that of a scheduler that runs.

mod ask;
mod list;
mod preview;

use std::process::ExitCode;
use std::sync::Arc;

use chrono_tz::Tz;
use contracts::Contracts;
use globset::Glob;
use ingest::job::Jobs;
use schedule::{
    Event, LakeWork, ScheduleError, ScheduleStore, Scheduler, SchedulerOptions, Schedules, Workdays,
};
use tokio_util::sync::CancellationToken;
use warehouse::Warehouse;

use crate::cli::{Format, Schedule, ScheduleVerb};
use crate::commands::{run, serve};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report;

/// The zone times are told in.
const CITY: Tz = Tz::Asia__Shanghai;

/// Runs jobs until it is asked to stop, or does what the words say.
///
/// # Errors
/// The declared files are wrong; the lake cannot be opened.
pub async fn schedule(context: &Context, arguments: Schedule) -> Outcome<ExitCode> {
    match &arguments.verb {
        Some(ScheduleVerb::List) => list::list(context).await,
        Some(verb) => ask::ask(context, verb).await,
        None if arguments.dry_run => preview::preview(context, &arguments).await,
        None => work(context, &arguments).await,
    }
}

async fn work(context: &Context, arguments: &Schedule) -> Outcome<ExitCode> {
    let lake = context.lake(context.contracts()?).await?;
    let scheduler = scheduler(context, &lake, arguments).await?;
    let asked = serve::asked_to_stop().map_err(|error| {
        Failure::outside(
            "cannot wait for signals",
            &error,
            "look at the limits of this account",
        )
    })?;
    let stop = CancellationToken::new();
    let stopping = {
        let stop = stop.clone();
        async move {
            asked.await;
            report::note("stopping: runs under way have a moment to end");
            stop.cancel();
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = scheduler.run(stop) => {}
        () = stopping => {}
    }
    report::note("stopped");
    Ok(ExitCode::SUCCESS)
}

/// A scheduler of the project's jobs over a lake.
///
/// # Errors
/// The declared files are wrong, or no job has a schedule.
pub async fn scheduler(
    context: &Context,
    lake: &Warehouse,
    arguments: &Schedule,
) -> Outcome<Scheduler> {
    let project = context.project()?;
    let (jobs, schedules) = declared(context, &project.contracts)?;
    let clock = context.clock;
    let work = LakeWork {
        warehouse: lake.clone(),
        jobs,
        models: project.models,
        options: run::options(context)?,
        workdays: calendar_file(context)?,
        clock: Arc::new(clock),
    };
    let mut options = SchedulerOptions::new(holder());
    options.capacity = usize::from(arguments.parallel);
    options.expiry = arguments.take_over_after;
    report::note(&format!("scheduling {} jobs", schedules.len()));
    let format = context.format;
    Ok(Scheduler::new(
        Arc::new(schedules),
        Arc::new(work),
        ScheduleStore::new(lake),
        options,
        Arc::new(clock),
        Arc::new(move |event| tell(event, format, clock)),
    ))
}

/// The jobs of the project, and the schedules of those that have one.
fn declared(context: &Context, contracts: &Contracts) -> Outcome<(Jobs, Schedules)> {
    let jobs = context.jobs(contracts, None)?;
    let schedules = Schedules::parse(&jobs)?;
    if schedules.is_empty() {
        return Err(Failure::user(
            "no job has a schedule",
            "add `schedule: { cron: \"30 6 * * *\" }` to the file of a job in pipelines/jobs",
        ));
    }
    Ok((jobs, schedules))
}

/// The working days of `schemas/reference/calendar.csv`; none when the project has no such file.
fn calendar_file(context: &Context) -> Outcome<Workdays> {
    let path = context
        .project_folder()
        .join("schemas/reference/calendar.csv");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Workdays::default());
        }
        Err(error) => {
            return Err(Failure::outside(
                format!("cannot read `{}`", path.display()),
                &error,
                "let this account read the file",
            ));
        }
    };
    Ok(Workdays::parse_csv(&text).map_err(ScheduleError::from)?)
}

/// The jobs that match the names or patterns given.
fn choose(schedules: &Schedules, names: &[String]) -> Outcome<Vec<String>> {
    let mut chosen = Vec::new();
    for name in names {
        if !name.contains('*') {
            chosen.push(schedules.require(name)?.job.clone());
            continue;
        }
        let glob = Glob::new(name)
            .map_err(|error| Failure::user(error.to_string(), "write energy.* or *.readings"))?;
        let matcher = glob.compile_matcher();
        let jobs = schedules.iter().map(|schedule| &schedule.job);
        let before = chosen.len();
        chosen.extend(jobs.filter(|job| matcher.is_match(job)).cloned());
        if chosen.len() == before {
            return Err(Failure::user(
                format!("no job that has a schedule matches `{name}`"),
                "`jieyue schedule list` lists them",
            ));
        }
    }
    Ok(chosen)
}

/// Who this is, for those who look for the lease.
fn holder() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "unknown host",
        host => host,
    };
    format!("{host}, process {}", std::process::id())
}

/// Tells what happens: data, so on standard output. That nobody reads it is no reason to stop.
fn tell(event: &Event, format: Format, clock: fn() -> chrono::DateTime<chrono::Utc>) {
    let text = match format {
        Format::Json => serde_json::to_string(event).unwrap_or_default(),
        _ => format!("{} {}", in_city(clock()), in_words(event)),
    };
    let _ = report::line(&text);
}

fn in_words(event: &Event) -> String {
    let or_nothing = |text: &Option<String>| match text {
        Some(text) => format!(": {text}"),
        None => String::new(),
    };
    match event {
        Event::StandsBy => "stands by: another scheduler has the lease".to_owned(),
        Event::Leads { epoch } => format!("has lease {epoch}"),
        Event::LostLease { message } => message.clone(),
        Event::Started {
            job,
            due,
            interval,
            attempt,
        } => {
            let interval = interval.map_or_else(String::new, |of| format!(" for {of}"));
            let again = match attempt {
                1 => String::new(),
                _ => format!(", attempt {attempt}"),
            };
            format!("{job} begins{interval}, due {}{again}", in_city(*due))
        }
        Event::Done { job, message, .. } => format!("{job} is done{}", or_nothing(message)),
        Event::Failed {
            job,
            message,
            try_again_at,
            ..
        } => {
            let then = match try_again_at {
                Some(at) => format!("; tried again at {}", in_city(*at)),
                None => "; not tried again".to_owned(),
            };
            format!("{job} failed{}{then}", or_nothing(message))
        }
        Event::Stopped { job, .. } => format!("{job} was stopped"),
        Event::Built { message } => message.clone(),
        Event::NotBuilt { message } => format!("models are not built: {message}"),
        Event::Trouble { message } => format!("trouble: {message}"),
    }
}

/// A moment in the city's time, with its offset.
fn in_city(at: chrono::DateTime<chrono::Utc>) -> String {
    at.with_timezone(&CITY)
        .format("%Y-%m-%d %H:%M:%S%:z")
        .to_string()
}
