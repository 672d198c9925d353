//! `jieyue status`: every table with its version, rows and age against what its contract promises.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use serde::Serialize;
use warehouse::Warehouse;

use crate::cli::{Format, Status};
use crate::commands::ledger::with_thousands;
use crate::context::Context;
use crate::failure::Outcome;
use crate::report::{self, Listing};

/// One table of the listing.
#[derive(Debug, Serialize)]
struct TableStatus {
    table: String,
    title: String,
    version: Option<u64>,
    published_version: Option<u64>,
    rows: Option<u64>,
    files: usize,
    changed_at: Option<DateTime<Utc>>,
}

/// Lists the tables, or the settings in force.
///
/// # Errors
/// The contracts are wrong; the lake fails.
pub async fn status(context: &Context, arguments: Status) -> Outcome<ExitCode> {
    if arguments.settings {
        let listing = Listing::of(
            &["setting", "value", "from"],
            &context.settings.rows(),
            |row| row.to_vec(),
        )?;
        listing.print(context.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let lake = context.existing_lake(context.contracts()?).await?;
    let tables = tables(&lake).await?;
    let columns = [
        "table",
        "title",
        "rows",
        "files",
        "version",
        "published",
        "changed",
    ];
    let listing = Listing::of(&columns, &tables, |table| {
        vec![
            table.table.clone(),
            table.title.clone(),
            table.rows.map_or_else(|| "—".to_owned(), with_thousands),
            table.files.to_string(),
            or_dash(table.version),
            or_dash(table.published_version),
            table.changed_at.map_or_else(
                || "never".to_owned(),
                |at| at.format("%Y-%m-%d %H:%M UTC").to_string(),
            ),
        ]
    })?;
    listing.print(context.format)?;
    if context.format == Format::Table {
        match lake.publications().latest().await? {
            Some(publication) => report::note(&format!(
                "readers see publication {} of {}",
                publication.number,
                publication.created_at.format("%Y-%m-%d %H:%M UTC")
            )),
            None => report::note("nothing is published yet: jieyue build --publish"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn tables(lake: &Warehouse) -> Outcome<Vec<TableStatus>> {
    let published = lake.publications().latest().await?;
    let mut tables = Vec::new();
    for contract in lake.contracts().iter() {
        let mut row = TableStatus {
            table: contract.id.to_string(),
            title: contract.title.zh.clone(),
            version: None,
            published_version: published
                .as_ref()
                .and_then(|published| published.tables.get(&contract.id))
                .copied(),
            rows: None,
            files: 0,
            changed_at: None,
        };
        if let Some(table) = lake.existing_table(&contract.id).await? {
            let snapshot = table.snapshot().await?;
            row.version = Some(snapshot.version());
            row.rows = snapshot.num_rows();
            row.files = snapshot.files().len();
            row.changed_at = snapshot
                .history(1)
                .await?
                .first()
                .map(|entry| entry.committed_at);
        }
        tables.push(row);
    }
    Ok(tables)
}

fn or_dash(version: Option<u64>) -> String {
    version.map_or_else(|| "—".to_owned(), |version| version.to_string())
}
