//! `jieyue status`: every table with its age against what its contract promises, its last run and what waits
//! in quarantine; and who owes which month's form.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use operations::{Freshness, FreshnessState, Lateness, TableStatus};
use warehouse::{Warehouse, open_publication};

use crate::cli::{Format, Status};
use crate::commands::ledger::with_thousands;
use crate::context::Context;
use crate::failure::Outcome;
use crate::report::{self, Listing};

/// Lists the tables, who is late, or the settings in force.
///
/// # Errors
/// The contracts are wrong; the lake fails.
pub async fn status(context: &Context, arguments: Status) -> Outcome<ExitCode> {
    if arguments.settings {
        let listing = Listing::of(
            &["setting", "value", "from"],
            &context.settings.rows(),
            |row| row.to_vec(),
        )?;
        listing.print(context.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let lake = context.existing_lake(context.contracts()?).await?;
    if arguments.late {
        return late(context, &lake, arguments.months).await;
    }
    let status = operations::Status::read(&lake, context.now).await?;
    let listing = tables(&status.tables)?;
    listing.print(context.format)?;
    if context.format == Format::Table {
        tell(&status);
    }
    Ok(ExitCode::SUCCESS)
}

fn tables(tables: &[TableStatus]) -> Outcome<Listing> {
    let mut columns = vec![
        "table",
        "title",
        "rows",
        "age",
        "promised",
        "state",
        "last run",
        "outcome",
        "waiting",
        "version",
        "published",
    ];
    // Where nobody keeps a schedule there is nothing to say of the next run.
    let is_scheduled = tables.iter().any(|table| table.next_due.is_some());
    if is_scheduled {
        columns.push("next run");
    }
    Listing::of(&columns, tables, |table| {
        let run = table.last_run.as_ref();
        let promise = table.freshness.as_ref();
        let mut row = vec![
            table.table.to_string(),
            table.title.zh.clone(),
            table.rows.map_or_else(dash, with_thousands),
            promise
                .and_then(|promise| promise.age_seconds)
                .map_or_else(dash, span),
            promise.map_or_else(dash, |promise| span(promise.within_seconds)),
            promise.map_or_else(dash, |promise| promise.state.as_str().to_owned()),
            run.map_or_else(dash, |run| moment(run.started_at)),
            run.map_or_else(dash, |run| run.status.clone()),
            match table.waiting() {
                0 => dash(),
                waiting => with_thousands(waiting),
            },
            table
                .version
                .map_or_else(dash, |version| version.to_string()),
            table
                .published_version
                .map_or_else(dash, |version| version.to_string()),
        ];
        if is_scheduled {
            row.push(table.next_due.map_or_else(dash, moment));
        }
        row
    })
}

/// Tells on standard error what a reader of the table should not miss.
fn tell(status: &operations::Status) {
    match &status.publication {
        Some(publication) => report::note(&format!(
            "readers see publication {} of {}",
            publication.number,
            moment(publication.created_at)
        )),
        None => report::note("nothing is published yet: jieyue build --publish"),
    }
    let is_stale = |promise: &Freshness| promise.state == FreshnessState::Stale;
    let promised = status
        .tables
        .iter()
        .filter(|table| table.freshness.is_some());
    let stale = promised.filter(|table| table.freshness.as_ref().is_some_and(is_stale));
    let stale: Vec<_> = stale.map(|table| table.table.to_string()).collect();
    if !stale.is_empty() {
        report::note(&format!("older than promised: {}", stale.join(", ")));
    }
    for job in status.jobs.iter().filter(|job| job.failures > 0) {
        let runs = if job.failures == 1 { "run" } else { "runs" };
        report::note(&format!(
            "job `{}` failed in its last {} {runs}: jieyue runs {}",
            job.job, job.failures, job.last_run.run_id
        ));
    }
    let waiting: u64 = status.tables.iter().map(TableStatus::waiting).sum();
    if waiting > 0 {
        report::note(&format!(
            "{} refused rows wait: jieyue quarantine",
            with_thousands(waiting)
        ));
    }
}

/// Lists the organisations that owe forms.
async fn late(context: &Context, lake: &Warehouse, months: u32) -> Outcome<ExitCode> {
    let lateness = match lake.publications().latest().await? {
        Some(publication) => {
            let session = open_publication(lake, &publication).await?;
            let reporting = session.table("mart.reporting_month").await?;
            let organizations = session.table("reference.organization").await?;
            Lateness::read(reporting, organizations, context.now, months).await?
        }
        None => {
            report::note("nothing is published yet: jieyue build --publish");
            Lateness::default()
        }
    };
    if context.format == Format::Json {
        report::print_json(&lateness)?;
        return Ok(ExitCode::SUCCESS);
    }
    let columns = ["organization", "name", "region", "owed", "late", "months"];
    let listing = Listing::of(&columns, &lateness.organizations, |organization| {
        let months = organization.owed.iter().map(|owed| owed.month.as_str());
        vec![
            organization.organization_id.clone(),
            organization.name.clone().unwrap_or_else(dash),
            organization.region_code.clone().unwrap_or_else(dash),
            organization.owed.len().to_string(),
            organization.late_forms.to_string(),
            months.collect::<Vec<_>>().join(" "),
        ]
    })?;
    listing.print(context.format)?;
    if context.format == Format::Table {
        for month in lateness.months.iter().filter(|month| month.owed > 0) {
            report::note(&format!(
                "{}: {} of {} forms are owed since {}{}",
                month.month,
                month.owed,
                month.expected,
                month.due_date,
                if month.is_unheard { ", none came" } else { "" },
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn dash() -> String {
    "—".to_owned()
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Whole days, or hours where it is less than two days.
fn span(seconds: u64) -> String {
    const HOUR: u64 = 3_600;
    match seconds {
        0..HOUR => format!("{} min", seconds / 60),
        HOUR..172_800 => format!("{} h", seconds / HOUR),
        _ => format!("{} d", seconds / 86_400),
    }
}
