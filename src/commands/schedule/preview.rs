//! `jieyue schedule --dry-run`: what would run in a stretch of time.

use std::process::ExitCode;

use chrono::TimeDelta;
use schedule::{Cause, foresee};

use super::{calendar_file, declared, in_city};
use crate::cli::{Format, Schedule};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report::{self, Listing};

/// Prints what would run; looks at the project's files alone.
pub(super) async fn preview(context: &Context, arguments: &Schedule) -> Outcome<ExitCode> {
    let contracts = context.contracts()?;
    let (_, schedules) = declared(context, &contracts)?;
    let from = arguments.from.unwrap_or(context.now);
    let to = arguments.to.unwrap_or(from + TimeDelta::days(7));
    if to <= from {
        return Err(Failure::usage(
            "--to is not after --from",
            "name a later day or moment",
        ));
    }
    let foreseen = foresee(&schedules, &calendar_file(context)?, from, to)?;
    let listing = Listing::of(&["due", "job", "interval", "why"], &foreseen, |run| {
        let interval = run.interval.map(|interval| interval.to_string());
        let why = match run.cause {
            Cause::After => "after others",
            _ => "due",
        };
        vec![
            in_city(run.due),
            run.job.clone(),
            interval.unwrap_or_default(),
            why.to_owned(),
        ]
    })?;
    listing.print(context.format)?;
    if foreseen.is_empty() && context.format == Format::Table {
        report::note("nothing is due in this time");
    }
    Ok(ExitCode::SUCCESS)
}
