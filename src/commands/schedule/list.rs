//! `jieyue schedule list`: the jobs that have a schedule, and where each of them stands.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use schedule::{Ended, JobState, Schedule, ScheduleStore, State, Workdays};
use serde::Serialize;

use super::{calendar_file, declared, in_city};
use crate::cli::Format;
use crate::context::Context;
use crate::failure::Outcome;
use crate::report::{self, Listing};

/// One job of the listing.
#[derive(Debug, Serialize)]
struct Scheduled {
    job: String,
    schedule: String,
    next_due: Option<DateTime<Utc>>,
    /// Why there is none, if it cannot be told.
    next_due_unknown: Option<String>,
    is_paused: bool,
    running: usize,
    waiting: usize,
    waits_for: Option<String>,
    last: Option<Ended>,
}

/// Lists the jobs that have a schedule.
pub(super) async fn list(context: &Context) -> Outcome<ExitCode> {
    let contracts = context.contracts()?;
    let (_, schedules) = declared(context, &contracts)?;
    let lake = context.existing_lake(contracts).await?;
    let store = ScheduleStore::new(&lake);
    let state = store.foreseen(context.now).await?;
    let workdays = calendar_file(context)?;
    let now = context.now;
    let rows: Vec<Scheduled> = schedules
        .iter()
        .map(|schedule| row(schedule, &state, &workdays, now))
        .collect();
    let columns = ["job", "schedule", "next due", "runs", "last run"];
    let listing = Listing::of(&columns, &rows, |row| {
        vec![
            row.job.clone(),
            row.schedule.clone(),
            next_in_words(row),
            runs_in_words(row),
            row.last
                .as_ref()
                .map_or_else(|| "—".to_owned(), last_in_words),
        ]
    })?;
    listing.print(context.format)?;
    if context.format == Format::Table {
        if let Some(trouble) = &state.build.trouble {
            report::note(&format!("the models were not built: {trouble}"));
        }
        match schedule::lease::newest(&store).await? {
            Some(lease) if !lease.is_released => {
                report::note(&format!(
                    "lease {} is held by {}",
                    lease.epoch, lease.holder
                ));
            }
            _ => report::note("no scheduler works on this lake: jieyue schedule"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(schedule: &Schedule, state: &State, workdays: &Workdays, now: DateTime<Utc>) -> Scheduled {
    let nothing = JobState::default();
    let job = state.jobs.get(&schedule.job).unwrap_or(&nothing);
    let next = schedule
        .timing
        .as_ref()
        .map(|timing| timing.next(workdays, now));
    let (next_due, next_due_unknown) = match next {
        None => (None, None),
        Some(Ok(due)) => (due.map(|due| due.at), None),
        Some(Err(gap)) => (None, Some(gap.to_string())),
    };
    let waiting = job.tasks.iter().filter(|task| !task.is_running);
    let mut reasons = waiting
        .clone()
        .filter_map(|task| state.waits_for(schedule, task.id, None));
    Scheduled {
        job: schedule.job.clone(),
        schedule: schedule.described.clone(),
        next_due,
        next_due_unknown,
        is_paused: job.is_paused,
        running: job.tasks.len() - waiting.count(),
        waiting: job.tasks.iter().filter(|task| !task.is_running).count(),
        waits_for: reasons.next(),
        last: job.last.clone(),
    }
}

fn next_in_words(row: &Scheduled) -> String {
    match (row.is_paused, row.next_due, &row.next_due_unknown) {
        (true, ..) => "paused".to_owned(),
        (_, Some(at), _) => in_city(at),
        (_, None, Some(why)) => format!("unknown: {why}"),
        (_, None, None) => "follows".to_owned(),
    }
}

fn runs_in_words(row: &Scheduled) -> String {
    let mut words = Vec::new();
    if row.running > 0 {
        words.push("runs".to_owned());
    }
    if row.waiting > 0 {
        words.push(format!("{} waiting", row.waiting));
    }
    words.extend(row.waits_for.clone());
    match words.is_empty() {
        true => "—".to_owned(),
        false => words.join(", "),
    }
}

fn last_in_words(last: &Ended) -> String {
    let end = match last.is_ok {
        true => "ok",
        false => "failed",
    };
    format!("{end} {}", in_city(last.at))
}
