//! `jieyue runs`: the ledgers of what was run.

use std::process::ExitCode;

use datafusion::prelude::{col, lit};

use crate::cli::Runs;
use crate::commands::listing;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report;

/// Lists runs, newest first, or shows the whole report of one.
///
/// # Errors
/// There is no such run; the lake fails.
pub async fn runs(context: &Context, arguments: Runs) -> Outcome<ExitCode> {
    let lake = context.existing_lake(context.contracts()?).await?;
    let Some(mut frame) = listing::newest(&lake, "ops.run").await? else {
        report::note("nothing was run yet");
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(run_id) = &arguments.run_id {
        let batches = frame
            .filter(col("run_id").eq(lit(run_id.clone())))?
            .select_columns(&["report_json"])?
            .collect()
            .await?;
        return print_one(run_id, &batches);
    }
    if let Some(job) = &arguments.job {
        frame = frame.filter(col("job").eq(lit(job.clone())))?;
    }
    let columns = [
        "run_id",
        "job",
        "status",
        "started_at",
        "read_rows",
        "inserted",
        "updated",
        "unchanged",
        "duplicate",
        "quarantined",
        "deleted",
        "seconds",
        "message",
    ];
    let frame = frame
        .sort(vec![
            col("started_at").sort(false, false),
            col("run_id").sort(false, false),
        ])?
        .limit(0, Some(arguments.limit))?
        .select_columns(&columns)?;
    listing::print(Some(frame), context.format, "no run fits").await?;
    Ok(ExitCode::SUCCESS)
}

fn print_one(run_id: &str, batches: &[arrow::array::RecordBatch]) -> Outcome<ExitCode> {
    let found = batches.iter().find(|batch| batch.num_rows() > 0);
    let Some(batch) = found else {
        return Err(Failure::user(
            format!("there is no run `{run_id}`"),
            "`jieyue runs` lists them",
        ));
    };
    let text = arrow::util::display::array_value_to_string(batch.column(0), 0)
        .map_err(|error| Failure::of(error, None, contracts::Fault::Internal))?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| Failure::of(error, None, contracts::Fault::Internal))?;
    report::print_json(&value)?;
    Ok(ExitCode::SUCCESS)
}
