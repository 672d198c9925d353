//! `jieyue maintain`: compact, checkpoint and clean without breaking a kept publication.

use std::process::ExitCode;

use warehouse::MaintainOptions;

use crate::cli::{Format, Maintain};
use crate::context::Context;
use crate::failure::Outcome;
use crate::report::{self, Listing};

/// Maintains every table of the lake.
///
/// # Errors
/// The lake fails.
pub async fn maintain(context: &Context, arguments: Maintain) -> Outcome<ExitCode> {
    let lake = context.existing_lake(context.contracts()?).await?;
    let options = MaintainOptions {
        retention: arguments.retention,
        dry_run: arguments.dry_run,
        ..MaintainOptions::new(context.now)
    };
    let progress = context.progress("maintain");
    let done = warehouse::maintain(&lake, options, progress.as_ref()).await?;
    if context.format == Format::Json {
        report::print_json(&done)?;
    } else {
        let columns = [
            "table",
            "compacted",
            "files",
            "checkpoint",
            "removed",
            "bytes",
            "remark",
        ];
        let listing = Listing::of(&columns, &done.tables, |table| {
            vec![
                table.table.to_string(),
                table.compacted_partitions.to_string(),
                format!("{} → {}", table.files_before, table.files_after),
                table
                    .checkpoint
                    .map_or_else(|| "—".to_owned(), |version| version.to_string()),
                table.removed.files.to_string(),
                table.removed.bytes.to_string(),
                table.problem.clone().unwrap_or_default(),
            ]
        })?;
        listing.print(context.format)?;
        if done.is_dry_run {
            report::note("nothing was changed (--dry-run)");
        }
    }
    Ok(ExitCode::SUCCESS)
}
