//! Loaded rows as they were landed: the text of the file a stored row came from.
//!
//! A stored row names its landed object, sheet and row. The table's log says which job loaded that
//! object, and the job says how its files are written; so the object is decoded once more, and the
//! text in the row's place is given as it stands there. Nothing is read from the source.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use contracts::TableId;
use serde_json::Value;
use warehouse::{ObjectPrefix, Warehouse};

use crate::decode::{OBJECT_COLUMN, ROW_COLUMN, SHEET_COLUMN};
use crate::error::IngestError;
use crate::intake::{IntakeFile, decode_plain};
use crate::job::Jobs;
use crate::runs;

/// How many commits are looked at for the one that loaded an object.
const COMMITS: usize = 10_000;

/// Where a row was landed, as rows carry it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LandedPlace {
    /// `_object`.
    pub object: String,
    /// `_sheet`.
    pub sheet: Option<String>,
    /// `_row`.
    pub row: i64,
}

/// A row as it was landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandedRow {
    /// The landed object's key in the lake.
    pub object: String,
    /// The file's name as its source gave it.
    pub file: String,
    /// The file's columns and the text in them; an empty field is `None`.
    pub cells: Vec<(String, Option<String>)>,
}

/// Reads the rows of `table` at `places` from what was landed. A place that is not found is not in
/// the answer: the job may be gone, or read its files otherwise today.
///
/// # Errors
/// A landed object is missing or cannot be decoded any more; the storage fails.
pub async fn landed_rows(
    warehouse: &Warehouse,
    jobs: &Jobs,
    table: &TableId,
    places: &BTreeSet<LandedPlace>,
) -> Result<BTreeMap<LandedPlace, LandedRow>, IngestError> {
    let mut by_object: BTreeMap<&str, BTreeSet<&LandedPlace>> = BTreeMap::new();
    for place in places {
        by_object.entry(&place.object).or_default().insert(place);
    }
    let mut found = BTreeMap::new();
    let loads = loads(warehouse, table, &by_object).await?;
    for (object, wanted) in by_object {
        let Some((job, file)) = loads.get(object) else {
            continue;
        };
        let Some(job) = jobs.get(job) else { continue };
        let prefix = ObjectPrefix::parse(object)?;
        let landed = warehouse.landed(table, &prefix).await?;
        let file = IntakeFile {
            name: file.clone(),
            object: object.to_owned(),
            landed: landed.key,
            local: None,
            bytes: 0,
            only: None,
        };
        let mut batches = decode_plain(warehouse, &file, &job.format).await?;
        let mut missing = wanted.len();
        while missing > 0
            && let Some(batch) = batches.recv().await
        {
            missing -= take(&batch?, &file, &wanted, &mut found);
        }
    }
    Ok(found)
}

/// The job and the file's name by which each object was loaded into the table.
async fn loads(
    warehouse: &Warehouse,
    table: &TableId,
    objects: &BTreeMap<&str, BTreeSet<&LandedPlace>>,
) -> Result<BTreeMap<String, (String, String)>, IngestError> {
    let mut loads = BTreeMap::new();
    let Some(table) = warehouse.existing_table(table).await? else {
        return Ok(loads);
    };
    for entry in table.history(COMMITS).await? {
        let Some(run) = entry.info.get(runs::COMMIT_KEY) else {
            continue;
        };
        let Some(job) = run["job"].as_str() else {
            continue;
        };
        for file in run["files"].as_array().into_iter().flatten() {
            if let (Some(object), Some(name)) = (file["object"].as_str(), file["name"].as_str())
                && objects.contains_key(object)
                && file["fault"] == Value::Null
            {
                loads.insert(object.to_owned(), (job.to_owned(), name.to_owned()));
            }
        }
    }
    Ok(loads)
}

/// Takes the wanted rows out of a decoded batch; answers how many.
fn take(
    batch: &RecordBatch,
    file: &IntakeFile,
    wanted: &BTreeSet<&LandedPlace>,
    found: &mut BTreeMap<LandedPlace, LandedRow>,
) -> usize {
    let schema = batch.schema();
    let Some(numbers) = batch.column_by_name(ROW_COLUMN) else {
        return 0;
    };
    let numbers = numbers.as_primitive::<Int64Type>();
    let sheets = batch
        .column_by_name(SHEET_COLUMN)
        .map(|column| column.as_string::<i32>());
    let mut taken = 0;
    for row in 0..batch.num_rows() {
        let place = LandedPlace {
            object: file.object.clone(),
            sheet: sheets
                .filter(|sheets| sheets.is_valid(row))
                .map(|sheets| sheets.value(row).to_owned()),
            row: numbers.value(row),
        };
        if !wanted.contains(&place) {
            continue;
        }
        let fields = schema.fields().iter().zip(batch.columns());
        let cells = fields
            .filter(|(field, _)| {
                ![OBJECT_COLUMN, SHEET_COLUMN, ROW_COLUMN].contains(&field.name().as_str())
            })
            .map(|(field, column)| {
                let column = column.as_string::<i32>();
                let cell = column.is_valid(row).then(|| column.value(row).to_owned());
                (field.name().clone(), cell)
            });
        let landed = LandedRow {
            object: file.landed.to_string(),
            file: file.name.clone(),
            cells: cells.collect(),
        };
        taken += usize::from(found.insert(place, landed).is_none());
    }
    taken
}
