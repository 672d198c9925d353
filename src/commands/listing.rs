//! Listings that are queries over the lake's own tables, built as plans, never as pasted text.

use arrow::array::RecordBatch;
use datafusion::prelude::{DataFrame, SessionContext};
use warehouse::Warehouse;

use crate::cli::Format;
use crate::failure::Outcome;
use crate::report;

/// One table of the newest state as a frame; none if nothing was written to it yet.
///
/// # Errors
/// The lake fails.
pub async fn newest(lake: &Warehouse, table: &str) -> Outcome<Option<DataFrame>> {
    let id = table
        .parse()
        .map_err(|error| crate::failure::Failure::user(format!("{error}"), "name schema.table"))?;
    let Some(table) = lake.existing_table(&id).await? else {
        return Ok(None);
    };
    let session: SessionContext = lake.session();
    Ok(Some(
        session.read_table(table.snapshot().await?.provider())?,
    ))
}

/// Runs a frame and prints its rows; says `empty` when there is none.
///
/// # Errors
/// The lake fails; standard output is closed.
pub async fn print(
    frame: Option<DataFrame>,
    format: Format,
    empty: &str,
) -> Outcome<Vec<RecordBatch>> {
    let batches = match frame {
        Some(frame) => frame.collect().await?,
        None => Vec::new(),
    };
    if batches.iter().all(|batch| batch.num_rows() == 0) && format == Format::Table {
        report::note(empty);
        return Ok(batches);
    }
    report::write_batches(&batches, format, &mut report::Output)?;
    Ok(batches)
}
