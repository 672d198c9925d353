//! Files of a job without a select: a file's columns are the table's by their names.

use contracts::text::nearest;
use contracts::{Column, Contract};

use crate::error::IngestError;
use crate::job::Job;
use crate::select::Select;

/// The select that takes the columns of `contract` from a file's `columns`.
pub(super) struct ByName {
    pub(super) select: Select,
    /// What should be known: columns of the table that the file does not have.
    pub(super) note: Option<String>,
}

/// Looks which columns of the table a file has.
///
/// # Errors
/// None of them; a required one is missing; a missing one seems to be there under another name; one is
/// there several times. Loading such a file would put nothing in the place of what is known.
pub(super) fn by_name(
    job: &Job,
    contract: &Contract,
    file: &str,
    columns: &[String],
) -> Result<ByName, IngestError> {
    let is_here = |column: &Column| columns.iter().any(|name| name == column.name.as_str());
    let known: Vec<&str> = columns
        .iter()
        .map(String::as_str)
        .filter(|column| contract.column(column).is_some())
        .collect();
    let nothing_fits = || IngestError::NoColumnFits {
        file: file.to_owned(),
        job: job.name.to_string(),
        table: job.table.clone(),
        columns: columns.to_vec(),
    };
    if known.is_empty() {
        return Err(nothing_fits());
    }
    let is_unknown = |name: &&str| contract.column(name).is_none();
    let unknown = || columns.iter().map(String::as_str).filter(is_unknown);
    for name in &known {
        // The decoder numbers the second of two equal names.
        let second = format!("{name}_2");
        if unknown().any(|other| other == second) {
            return Err(IngestError::ColumnDoubled {
                file: file.to_owned(),
                job: job.name.to_string(),
                column: (*name).to_owned(),
                second,
            });
        }
    }
    let mut left_empty = Vec::new();
    let missing = contract
        .columns
        .iter()
        .filter(|column| !is_here(column) && column.derived.is_none());
    for column in missing {
        let name = column.name.as_str();
        let nearest = nearest(name, unknown());
        if column.required || nearest.is_some() {
            return Err(IngestError::TableColumnMissing {
                file: file.to_owned(),
                job: job.name.to_string(),
                table: Box::new(job.table.clone()),
                column: name.to_owned(),
                nearest: nearest.map(str::to_owned),
                columns: columns.into(),
            });
        }
        left_empty.push(format!("`{name}`"));
    }
    let note = (!left_empty.is_empty()).then(|| {
        format!(
            "the file has no column {}, which is left empty",
            left_empty.join(", ")
        )
    });
    let select = Select::of_columns(&known).map_err(|_| nothing_fits())?;
    Ok(ByName { select, note })
}
