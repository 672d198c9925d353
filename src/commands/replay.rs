//! `jieyue replay`: rows that have become valid leave quarantine.

use std::process::ExitCode;

use ingest::ReplayOptions;

use crate::cli::Replay;
use crate::commands::ledger;
use crate::context::Context;
use crate::failure::Outcome;
use crate::report;

/// Replays quarantined rows through the present jobs and contracts.
///
/// # Errors
/// The declared files are wrong; the lake fails.
pub async fn replay(context: &Context, arguments: Replay) -> Outcome<ExitCode> {
    let contracts = context.contracts()?;
    let jobs = context.jobs(&contracts, arguments.jobs_dir.as_deref())?;
    let lake = context.existing_lake(contracts.clone()).await?;
    let mut options = ReplayOptions::new(context.now);
    if let Some(table) = arguments.table {
        contracts.require(&table)?;
        options.table = Some(table);
    }
    options.rule = arguments.rule;
    options.pseudonym_key = context.pseudonym_key()?;
    let progress = context.progress("replay");
    let reports = ingest::replay(&lake, &jobs, options, progress.as_ref()).await?;
    progress.done();
    if reports.is_empty() {
        report::note("nothing waits in quarantine");
    }
    ledger::print(context.format, &reports)?;
    Ok(ExitCode::SUCCESS)
}
