//! `jieyue review`: the list a reviewer of the statistics works through.

use std::process::ExitCode;

use arrow::array::AsArray;
use arrow::record_batch::RecordBatch;
use contracts::text::nearest;
use datafusion::prelude::{DataFrame, col, lit};
use serde_json::json;
use warehouse::Warehouse;

use crate::cli::{Format, Review, ReviewAccept, ReviewList};
use crate::commands::{listing, run};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report;

/// The mart the list is read from.
const LIST: &str = "mart.review_flag";
/// The job that loads an acceptance. It is not among the project's jobs: its file is made here.
const JOB: &str = include_str!("review/acceptance.yaml");
/// Its file, below a folder of its own.
const FILE: &str = "acceptance.ndjson";

/// Lists review flags, or accepts one.
///
/// # Errors
/// There is no list yet, or no such flag; the lake fails.
pub async fn review(context: &Context, arguments: Review) -> Outcome<ExitCode> {
    match arguments {
        Review::List(arguments) => list(context, arguments).await,
        Review::Accept(arguments) => accept(context, arguments).await,
    }
}

async fn list(context: &Context, arguments: ReviewList) -> Outcome<ExitCode> {
    let lake = context.existing_lake(context.contracts()?).await?;
    let mut rows = newest_list(&lake).await?;
    if !arguments.all {
        rows = rows.filter(col("status").eq(lit("open")))?;
    }
    let wanted = [
        ("rule", &arguments.rule),
        ("organization_id", &arguments.organization),
    ];
    for (column, value) in wanted {
        if let Some(value) = value {
            rows = rows.filter(col(column).eq(lit(value.clone())))?;
        }
    }
    if let Some(year) = arguments.year {
        rows = rows.filter(col("year").eq(lit(year)))?;
    }
    let order = vec![
        col("year").sort(false, false),
        col("rank_in_year").sort(true, false),
    ];
    rows = rows.sort(order)?.limit(0, Some(arguments.limit))?;
    if context.format == Format::Table {
        rows = rows.select_columns(&[
            "year",
            "rank_in_year",
            "flag_id",
            "severity",
            "value",
            "expectation",
            "unit",
            "deviation_pct",
            "impact_yuan",
            "impact_kgce",
            "accepted_reason",
        ])?;
    }
    listing::print(Some(rows), context.format, "no flag waits for a reviewer").await?;
    Ok(ExitCode::SUCCESS)
}

async fn accept(context: &Context, arguments: ReviewAccept) -> Outcome<ExitCode> {
    let contracts = context.contracts()?;
    let lake = context.existing_lake(contracts.clone()).await?;
    let fingerprint = fingerprint_of(&lake, &arguments.flag_id).await?;
    let acceptance = json!({
        "flag_id": arguments.flag_id,
        "fingerprint": fingerprint,
        "reason": arguments.reason.trim(),
        "accepted_by": arguments.by.trim(),
        "accepted_at": context.now.to_rfc3339(),
    });
    let folder = tempfile::tempdir().map_err(cannot_write)?;
    std::fs::write(folder.path().join(FILE), format!("{acceptance}\n")).map_err(cannot_write)?;
    let declared = [("review/acceptance.yaml".to_owned(), JOB.to_owned())];
    let jobs = ingest::job::parse(declared, &contracts)?;
    let mut options = run::options(context)?;
    options.root = folder.path().to_owned();
    let jobs: Vec<_> = jobs.iter().collect();
    let code = run::run_all(context, &lake, &jobs, &options).await?;
    if code == 0 {
        report::note("accepted; `jieyue build --publish` takes it off the open list");
    }
    Ok(ExitCode::from(code))
}

/// The newest review list.
async fn newest_list(lake: &Warehouse) -> Outcome<DataFrame> {
    listing::newest(lake, LIST).await?.ok_or_else(|| {
        Failure::user(
            "there is no review list yet",
            "load the sources with `jieyue run`, then `jieyue build review_flag`",
        )
    })
}

/// The figures a flag stands for now.
async fn fingerprint_of(lake: &Warehouse, flag_id: &str) -> Outcome<String> {
    let rows = newest_list(lake).await?;
    let rows = rows.select_columns(&["flag_id", "fingerprint"])?;
    let found = rows
        .clone()
        .filter(col("flag_id").eq(lit(flag_id)))?
        .collect()
        .await?;
    if let Some(fingerprint) = texts(&found, 1).next() {
        return Ok(fingerprint.to_owned());
    }
    let all = rows.collect().await?;
    let hint = match nearest(flag_id, texts(&all, 0)) {
        Some(near) => format!("did you mean `{near}`? `jieyue review list` shows what is flagged"),
        None => "`jieyue review list` shows what is flagged".to_owned(),
    };
    Err(Failure::user(format!("no review flag `{flag_id}`"), hint))
}

/// The texts of a column.
fn texts(batches: &[RecordBatch], column: usize) -> impl Iterator<Item = &str> {
    batches
        .iter()
        .flat_map(move |batch| batch.column(column).as_string::<i32>().iter().flatten())
}

fn cannot_write(error: std::io::Error) -> Failure {
    Failure::outside(
        "cannot write the acceptance into the folder for temporary files",
        &error,
        "make room there, or name another folder in TMPDIR",
    )
}
