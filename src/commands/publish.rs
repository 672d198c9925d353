//! `jieyue publish`: the newest state becomes what readers see, if its audits pass.

use std::process::ExitCode;

use transform::{PublishOptions, Published};

use crate::cli::{Format, Publish};
use crate::context::Context;
use crate::failure::Outcome;
use crate::report;

/// Audits and publishes.
///
/// # Errors
/// A mart is stale or unbuilt; an audit fails; the lake fails.
pub async fn publish(context: &Context, arguments: Publish) -> Outcome<ExitCode> {
    let project = context.project()?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    let options = PublishOptions {
        now: context.now,
        note: arguments.note,
    };
    let progress = context.progress("publish");
    let published = transform::publish(&lake, &project.models, &options, progress.as_ref()).await?;
    print(context.format, &published)?;
    Ok(ExitCode::SUCCESS)
}

/// Tells which publication readers see now, and which warnings it carries.
///
/// # Errors
/// Standard output is closed.
pub fn print(format: Format, published: &Published) -> Outcome {
    let publication = &published.publication;
    if format == Format::Json {
        return report::print_json(publication);
    }
    let what = if published.is_new {
        "published"
    } else {
        "nothing new; readers keep"
    };
    report::line(&format!(
        "{what} publication {} of {} with {} tables, {} audits",
        publication.number,
        publication.created_at.format("%Y-%m-%d %H:%M UTC"),
        publication.tables.len(),
        publication.audits.len(),
    ))?;
    for audit in publication.audits.iter().filter(|audit| !audit.passed()) {
        let message = audit.message.as_deref().unwrap_or("no message");
        report::line(&format!(
            "warning: {} of {}: {} rows; {message}",
            audit.audit, audit.model, audit.rows
        ))?;
    }
    Ok(())
}
