//! `jieyue quarantine`: refused rows, with the raw value and its place.

use std::process::ExitCode;

use datafusion::prelude::{col, lit};

use crate::cli::{Format, Quarantine};
use crate::commands::listing;
use crate::context::Context;
use crate::failure::Outcome;

/// Lists quarantined rows, newest first.
///
/// # Errors
/// There is no such table; the lake fails.
pub async fn quarantine(context: &Context, arguments: Quarantine) -> Outcome<ExitCode> {
    let contracts = context.contracts()?;
    if let Some(table) = &arguments.table {
        contracts.require(table)?;
    }
    let lake = context.existing_lake(contracts).await?;
    let mut frame = listing::newest(&lake, "ops.quarantine").await?;
    if let Some(all) = frame {
        let mut rows = all;
        if !arguments.all {
            rows = rows.filter(col("status").eq(lit("open")))?;
        }
        if let Some(table) = &arguments.table {
            rows = rows.filter(col("table_name").eq(lit(table.to_string())))?;
        }
        if let Some(rule) = &arguments.rule {
            rows = rows.filter(col("rule").eq(lit(rule.clone())))?;
        }
        let order = vec![
            col("first_seen_at").sort(false, false),
            col("file_name").sort(true, false),
            col("row").sort(true, false),
        ];
        rows = rows.sort(order)?.limit(0, Some(arguments.limit))?;
        if context.format == Format::Table {
            rows = rows.select_columns(&[
                "table_name",
                "file_name",
                "sheet",
                "row",
                "rule",
                "column_name",
                "raw_value",
                "message",
            ])?;
        }
        frame = Some(rows);
    }
    listing::print(frame, context.format, "nothing is in quarantine").await?;
    Ok(ExitCode::SUCCESS)
}
