//! `jieyue build`: the marts whose inputs changed, and their audits.

use std::process::ExitCode;

use transform::{BuildOptions, BuildReport, MartReport, PublishOptions, Range};

use crate::cli::{Build, Format};
use crate::commands::publish;
use crate::commands::watch::Watch;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report::{self, Listing};

/// Builds, audits and, if asked, publishes.
///
/// # Errors
/// A mart cannot be built; an audit of severity error fails; the lake fails.
pub async fn build(context: &Context, arguments: Build) -> Outcome<ExitCode> {
    let project = context.project()?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    let options = BuildOptions {
        select: arguments.marts.clone(),
        full: arguments.full,
        range: range(arguments.from.as_deref(), arguments.to.as_deref())?,
        now: context.now,
    };
    let progress = context.progress("build");
    let report = transform::build(&lake, &project.models, &options, progress.as_ref()).await?;
    let watch = Watch::of(context)?;
    watch.built(&lake, &report, context.now).await;
    print(context.format, &report)?;
    if arguments.publish {
        let options = PublishOptions {
            now: context.now,
            note: None,
        };
        let published =
            transform::publish(&lake, &project.models, &options, progress.as_ref()).await?;
        publish::print(context.format, &published)?;
        watch.look(&lake, context.now).await;
        return Ok(ExitCode::SUCCESS);
    }
    let audits =
        transform::audit(&lake, &project.models, &arguments.marts, progress.as_ref()).await?;
    let failed: Vec<_> = audits.iter().filter(|audit| !audit.passed()).collect();
    for audit in &failed {
        report::note(&audit.to_string());
    }
    if failed.iter().any(|audit| audit.forbids_publication()) {
        return Err(Failure::user(
            "an audit of severity error failed",
            "look at the rows with `jieyue query --unpublished`, mend the source or the model, and build again",
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The months asked for.
///
/// # Errors
/// A text that is no month; a range that is empty or too long.
pub fn range(from: Option<&str>, to: Option<&str>) -> Outcome<Option<Range>> {
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(None);
    };
    let range = Range::new(from, to);
    range
        .map(Some)
        .map_err(|error| Failure::usage(error.to_string(), error.hint()))
}

/// Tells what became of each mart.
///
/// # Errors
/// Standard output is closed.
pub fn print(format: Format, report: &BuildReport) -> Outcome {
    if format == Format::Json {
        return report::print_json(report);
    }
    let columns = ["mart", "outcome", "rows", "version", "seconds", "why"];
    let listing = Listing::of(&columns, &report.marts, |mart| {
        vec![
            mart.mart.to_string(),
            format!("{:?}", mart.outcome).to_lowercase(),
            mart.rows.to_string(),
            mart.version.to_string(),
            format!("{:.2}", mart.seconds),
            why(mart),
        ]
    })?;
    listing.print(format)
}

/// Why a mart was built, and which of its partitions if not all.
fn why(mart: &MartReport) -> String {
    match mart.partitions.as_deref() {
        None => mart.reason.clone(),
        Some([]) => format!("{}, in nothing it reads", mart.reason),
        Some(partitions) => format!("{}: {}", mart.reason, some_of(partitions)),
    }
}

/// The first few of many.
pub fn some_of(partitions: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown = partitions.iter().take(SHOWN).cloned().collect::<Vec<_>>();
    match partitions.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}
