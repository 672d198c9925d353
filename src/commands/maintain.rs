//! `jieyue maintain`: compact, checkpoint and clean without breaking a kept publication.

use std::process::ExitCode;

use chrono::TimeDelta;
use warehouse::MaintainOptions;

use crate::cli::{Format, Maintain};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report::{self, Listing};

/// Maintains every table of the lake.
///
/// # Errors
/// The retention is not a duration; the lake fails.
pub async fn maintain(context: &Context, arguments: Maintain) -> Outcome<ExitCode> {
    let lake = context.existing_lake(context.contracts()?).await?;
    let options = MaintainOptions {
        retention: parse_duration(&arguments.retention)?,
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

fn parse_duration(text: &str) -> Outcome<TimeDelta> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let number: Option<i64> = text[..digits].parse().ok();
    let duration = match (number, text[digits..].trim()) {
        (Some(days), "d") => TimeDelta::try_days(days),
        (Some(hours), "h") => TimeDelta::try_hours(hours),
        _ => None,
    };
    duration.ok_or_else(|| {
        Failure::user(
            format!("`{text}` is not a duration"),
            "write whole days or hours, such as 7d or 36h",
        )
    })
}
