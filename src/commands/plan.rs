//! `jieyue plan` and `jieyue apply`: what a build will do, and doing exactly that.

use std::path::Path;
use std::process::ExitCode;

use contracts::Fault;
use transform::{Action, BuildOptions, ColumnChange, Plan, PlannedMart};

use crate::cli::{self, Format};
use crate::commands::build;
use crate::commands::ledger::with_thousands;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report::{self, Listing};

/// Works out what a build would do and tells it; nothing is built.
///
/// # Errors
/// A model cannot be planned; the lake fails; the file cannot be written.
pub async fn plan(context: &Context, arguments: cli::Plan) -> Outcome<ExitCode> {
    let project = context.project()?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    let options = BuildOptions {
        select: arguments.marts,
        full: arguments.full,
        range: build::range(arguments.from.as_deref(), arguments.to.as_deref())?,
        now: context.now,
    };
    let plan = transform::plan(&lake, &project.models, &options).await?;
    if let Some(path) = &arguments.output {
        write(&plan, path)?;
    }
    print(context.format, &plan)?;
    if let Some(path) = &arguments.output {
        let next = format!(
            "written; `jieyue apply {}` does exactly this",
            path.display()
        );
        report::note(&next);
    }
    Ok(ExitCode::SUCCESS)
}

/// Does what a plan says.
///
/// # Errors
/// The file is no plan; the plan no longer holds; a mart cannot be built; the lake fails.
pub async fn apply(context: &Context, arguments: cli::Apply) -> Outcome<ExitCode> {
    let plan = read(&arguments.plan)?;
    let project = context.project()?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    let progress = context.progress("apply");
    let (models, now) = (&project.models, context.now);
    let built = transform::apply(&lake, models, &plan, now, progress.as_ref()).await?;
    build::print(context.format, &built)?;
    Ok(ExitCode::SUCCESS)
}

fn print(format: Format, plan: &Plan) -> Outcome {
    if format == Format::Json {
        return report::print_json(plan);
    }
    let columns = ["mart", "action", "partitions", "rows now", "why"];
    let listing = Listing::of(&columns, &plan.marts, |mart| {
        vec![
            mart.mart.clone(),
            action(mart.action).to_owned(),
            partitions(mart),
            mart.rows.map(with_thousands).unwrap_or_default(),
            mart.reason.clone(),
        ]
    })?;
    listing.print(format)?;
    for mart in &plan.marts {
        for change in &mart.columns {
            report::note(&format!("{}: {}", mart.mart, told(change)));
        }
    }
    if !plan.shared_views.is_empty() {
        report::note(&format!("computed once: {}", plan.shared_views.join(", ")));
    }
    if plan.is_empty() {
        report::note("nothing to build");
    }
    Ok(())
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Keep => "keep",
        Action::Partitions => "partitions",
        Action::Whole => "whole",
        Action::AsNeeded => "as needed",
    }
}

fn partitions(mart: &PlannedMart) -> String {
    match mart.partitions.as_deref() {
        None => String::new(),
        Some([]) => "none".to_owned(),
        Some(partitions) => build::some_of(partitions),
    }
}

fn told(change: &ColumnChange) -> String {
    let column = &change.column;
    match (&change.stored, &change.planned) {
        (Some(stored), Some(planned)) => format!("`{column}` is {stored}, will be {planned}"),
        (None, Some(planned)) => format!("`{column}` comes, {planned}"),
        (Some(stored), None) => format!("`{column}` goes, {stored}"),
        (None, None) => format!("`{column}` stays"),
    }
}

fn write(plan: &Plan, path: &Path) -> Outcome {
    let text = serde_json::to_string_pretty(plan)
        .map_err(|error| Failure::of(error, None, Fault::Internal))?;
    std::fs::write(path, format!("{text}\n")).map_err(|error| {
        Failure::outside(
            format!("cannot write `{}`", path.display()),
            &error,
            "choose another file with --output, or free some space",
        )
    })
}

fn read(path: &Path) -> Outcome<Plan> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::outside(
            format!("cannot read `{}`", path.display()),
            &error,
            "name the file that `jieyue plan --output` wrote",
        )
    })?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::user(
            format!("`{}` is no plan: {error}", path.display()),
            "name the file that `jieyue plan --output` wrote",
        )
    })
}
