//! `jieyue close` and `jieyue restate`: months whose numbers stay, and what changes them all the same.

use std::process::ExitCode;

use serde::Serialize;
use transform::RestateOptions;
use warehouse::{AsOf, Closing, Restated, Restates, Warehouse};

use crate::cli::{Close, Format, Restate};
use crate::context::Context;
use crate::failure::Outcome;
use crate::report::{self, Listing};

/// Closes a month, or lists what is closed.
///
/// # Errors
/// Nothing is published yet; the lake fails.
pub async fn close(context: &Context, arguments: Close) -> Outcome<ExitCode> {
    let lake = context.existing_lake(context.contracts()?).await?;
    let Some(month) = arguments.month else {
        let closings = lake.periods().closings().await?;
        list(context.format, &closings)?;
        return Ok(ExitCode::SUCCESS);
    };
    let publication = lake.publications().as_of(AsOf::Latest).await?;
    // What is closed will be cited: its publication is not to be retired.
    lake.publications().pin(publication.number).await?;
    let asked = Closing {
        month,
        closed_at: context.now,
        publication: publication.number,
    };
    let closing = lake.periods().close(asked.clone()).await?;
    if context.format != Format::Table {
        list(context.format, &[closing])?;
        return Ok(ExitCode::SUCCESS);
    }
    let what = if closing == asked {
        "closed"
    } else {
        "was closed already:"
    };
    report::line(&format!(
        "{what} {} and every month before it, with the numbers of publication {}",
        closing.month, closing.publication
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn list(format: Format, closings: &[Closing]) -> Outcome {
    Listing::of(&["month", "closed", "publication"], closings, |closing| {
        vec![
            closing.month.to_string(),
            closing.closed_at.format("%Y-%m-%d %H:%M UTC").to_string(),
            closing.publication.to_string(),
        ]
    })?
    .print(format)
}

/// A restatement, as programs read it.
#[derive(Serialize)]
struct Told {
    publication: u64,
    #[serde(flatten)]
    restates: Restates,
    listed: Vec<Restated>,
}

/// Publishes what is built although numbers of closed months change, or lists what was restated.
///
/// # Errors
/// The months are open; other closed months would change; nothing would; an audit fails.
pub async fn restate(context: &Context, arguments: Restate) -> Outcome<ExitCode> {
    let (Some(reason), false) = (arguments.reason, arguments.months.is_empty()) else {
        let lake = context.existing_lake(context.contracts()?).await?;
        return restated(context, &lake).await;
    };
    let project = context.project()?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    let options = RestateOptions {
        now: context.now,
        note: arguments.note,
        months: arguments.months,
        reason,
    };
    let progress = context.progress("restate");
    let restated = transform::restate(&lake, &project.models, &options, progress.as_ref());
    let (published, restatement) = restated.await?;
    let Some(restates) = published.publication.restates.clone() else {
        return Ok(ExitCode::SUCCESS);
    };
    let told = Told {
        publication: published.publication.number,
        restates,
        listed: restatement.changes,
    };
    if context.format == Format::Table {
        report::line(&format!(
            "published {}: {} numbers of closed months are others than in publication {} ({})",
            told.publication, told.restates.changes, told.restates.previous, told.restates.reason
        ))?;
        print_changes(&told.listed, told.restates.changes)?;
    } else {
        match context.format {
            Format::Json => report::print_json(&told)?,
            format => changes(&told.listed)?.print(format)?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print_changes(listed: &[Restated], total: u64) -> Outcome {
    for change in listed {
        report::line(&format!("  {change}"))?;
    }
    if u64::try_from(listed.len()).is_ok_and(|listed| listed < total) {
        report::note("only the first of each mart are listed");
    }
    Ok(())
}

fn changes(listed: &[Restated]) -> Outcome<Listing> {
    let columns = ["mart", "key", "column", "from", "to"];
    Listing::of(&columns, listed, |change| {
        let shown = |value: &Option<String>| value.clone().unwrap_or_default();
        vec![
            change.mart.clone(),
            change.key.clone(),
            shown(&change.column),
            shown(&change.from),
            shown(&change.to),
        ]
    })
}

/// Lists every restatement with its reason.
async fn restated(context: &Context, lake: &Warehouse) -> Outcome<ExitCode> {
    let mut told = Vec::new();
    for restatement in lake.periods().restatements().await? {
        let publication = lake.publications().get(restatement.publication).await?;
        if let Some(restates) = publication.restates {
            told.push(Told {
                publication: restatement.publication,
                restates,
                listed: restatement.changes,
            });
        }
    }
    let columns = ["publication", "instead of", "months", "numbers", "reason"];
    Listing::of(&columns, &told, |told| {
        let months: Vec<String> = told
            .restates
            .months
            .iter()
            .map(ToString::to_string)
            .collect();
        vec![
            told.publication.to_string(),
            told.restates.previous.to_string(),
            months.join(", "),
            told.restates.changes.to_string(),
            told.restates.reason.clone(),
        ]
    })?
    .print(context.format)?;
    Ok(ExitCode::SUCCESS)
}
