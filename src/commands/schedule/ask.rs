//! The verbs that ask something of a scheduler: pause, resume, run, backfill, cancel.

use std::process::ExitCode;

use schedule::{Backfill, Request, ScheduleStore, backfill};
use warehouse::Warehouse;

use super::{calendar_file, choose, declared};
use crate::cli::{Format, Only, ScheduleBackfill, ScheduleVerb};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report;

/// Leaves in the lake what is asked for, and tells it.
pub(super) async fn ask(context: &Context, verb: &ScheduleVerb) -> Outcome<ExitCode> {
    let contracts = context.contracts()?;
    let (_, schedules) = declared(context, &contracts)?;
    let lake = context.existing_lake(contracts).await?;
    let (request, told) = match verb {
        ScheduleVerb::Pause(named) => {
            let jobs = choose(&schedules, &named.jobs)?;
            let told = format!("pause {}", jobs.join(", "));
            (Request::Pause { jobs }, told)
        }
        ScheduleVerb::Resume(named) => {
            let jobs = choose(&schedules, &named.jobs)?;
            let told = format!("resume {}", jobs.join(", "));
            (Request::Resume { jobs }, told)
        }
        ScheduleVerb::Run(named) => {
            let jobs = choose(&schedules, &named.jobs)?;
            let told = format!("run {}", jobs.join(", "));
            (Request::Run { jobs }, told)
        }
        ScheduleVerb::Cancel(named) => {
            let jobs = choose(&schedules, &named.jobs)?;
            let told = format!("cancel {}", jobs.join(", "));
            (Request::Cancel { jobs }, told)
        }
        ScheduleVerb::Backfill(arguments) => {
            return ask_for_the_past(context, &lake, arguments).await;
        }
        ScheduleVerb::List => return super::list::list(context).await,
    };
    ScheduleStore::new(&lake).ask(&request, context.now).await?;
    tell(context, &request, &told)?;
    Ok(ExitCode::SUCCESS)
}

async fn ask_for_the_past(
    context: &Context,
    lake: &Warehouse,
    arguments: &ScheduleBackfill,
) -> Outcome<ExitCode> {
    if arguments.to <= arguments.from {
        return Err(Failure::usage(
            "--to is not after --from",
            "name a later day or moment",
        ));
    }
    let (_, schedules) = declared(context, lake.contracts())?;
    let schedule = schedules.require(&arguments.job)?;
    let which = match arguments.only {
        Only::Missing => Backfill::Missing,
        Only::Failed => Backfill::Failed,
        Only::All => Backfill::All,
    };
    let stretch = (arguments.from, arguments.to);
    let workdays = calendar_file(context)?;
    let intervals = backfill(lake, schedule, &workdays, stretch, which, context.now).await?;
    if intervals.is_empty() {
        report::note("no interval fits: nothing to do");
        return Ok(ExitCode::SUCCESS);
    }
    let told: Vec<String> = intervals.iter().map(ToString::to_string).collect();
    let told = format!("run {} for {}", arguments.job, told.join(", "));
    let request = Request::Backfill {
        job: arguments.job.clone(),
        intervals,
        again: which == Backfill::All,
    };
    if !arguments.dry_run {
        ScheduleStore::new(lake).ask(&request, context.now).await?;
    }
    tell(context, &request, &told)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(context: &Context, request: &Request, told: &str) -> Outcome {
    match context.format {
        Format::Json => report::print_json(request),
        _ => report::line(&format!("asked: {told}")),
    }
}
