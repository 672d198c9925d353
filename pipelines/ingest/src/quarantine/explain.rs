//! Refused rows looked up in their files.

use std::collections::HashSet;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use warehouse::Warehouse;

use super::Mask;
use crate::decode::{ROW_COLUMN, SHEET_COLUMN};
use crate::error::IngestError;
use crate::intake::{DecodedRows, IntakeFile, decode_plain};
use crate::job::Job;

/// What stands in the place of a value that is kept nowhere.
const WITHHELD: &str = "withheld";

/// Goes through files once, in the order in which rows are asked for.
pub(super) struct Explainer<'a> {
    warehouse: &'a Warehouse,
    job: &'a Job,
    files: &'a [IntakeFile],
    mask: &'a Mask,
    open: Option<Open>,
}

struct Open {
    file: u32,
    rows: DecodedRows,
    batch: Option<RecordBatch>,
    at: usize,
    sheets: HashSet<Option<String>>,
    /// The row found last: a row may be refused more than once.
    found: Option<(Option<String>, i64, Option<String>)>,
}

impl<'a> Explainer<'a> {
    pub(super) fn new(
        warehouse: &'a Warehouse,
        job: &'a Job,
        files: &'a [IntakeFile],
        mask: &'a Mask,
    ) -> Explainer<'a> {
        Explainer {
            warehouse,
            job,
            files,
            mask,
            open: None,
        }
    }

    /// The row as decoded, as a JSON object of the file's columns; `None` for a row the decoder itself
    /// refused, which has no columns.
    pub(super) async fn row(
        &mut self,
        file: u32,
        sheet: Option<&str>,
        row: i64,
    ) -> Result<Option<String>, IngestError> {
        if *self.mask == Mask::Everything {
            return Ok(None);
        }
        if self.open.as_ref().is_none_or(|open| open.file != file) {
            let rows =
                decode_plain(self.warehouse, &self.files[file as usize], &self.job.format).await?;
            self.open = Some(Open {
                file,
                rows,
                batch: None,
                at: 0,
                sheets: HashSet::new(),
                found: None,
            });
        }
        let Some(open) = &mut self.open else {
            return Ok(None);
        };
        if let Some((found_sheet, found_row, json)) = &open.found
            && found_sheet.as_deref() == sheet
            && *found_row == row
        {
            return Ok(json.clone());
        }
        let json = match open.find(sheet, row).await? {
            false => None,
            true => open
                .batch
                .as_ref()
                .map(|batch| to_json(batch, open.at, self.mask)),
        };
        open.found = Some((sheet.map(str::to_owned), row, json.clone()));
        Ok(json)
    }
}

impl Open {
    /// Moves to a row; answers whether there is such a row.
    async fn find(&mut self, sheet: Option<&str>, row: i64) -> Result<bool, IngestError> {
        loop {
            let Some(batch) = &self.batch else {
                match self.rows.recv().await {
                    None => return Ok(false),
                    Some(batch) => {
                        self.batch = Some(batch?);
                        self.at = 0;
                        continue;
                    }
                }
            };
            let sheets = batch
                .column_by_name(SHEET_COLUMN)
                .map(|sheets| sheets.as_string::<i32>());
            let rows = batch
                .column_by_name(ROW_COLUMN)
                .map(|rows| rows.as_primitive::<Int64Type>());
            let (Some(sheets), Some(rows)) = (sheets, rows) else {
                return Ok(false);
            };
            while self.at < batch.num_rows() {
                let here = sheets.is_valid(self.at).then(|| sheets.value(self.at));
                if here == sheet {
                    match rows.value(self.at).cmp(&row) {
                        std::cmp::Ordering::Less => {}
                        std::cmp::Ordering::Equal => return Ok(true),
                        std::cmp::Ordering::Greater => return Ok(false),
                    }
                } else if self.sheets.contains(&sheet.map(str::to_owned)) {
                    return Ok(false);
                }
                if !self.sheets.contains(&here.map(str::to_owned)) {
                    self.sheets.insert(here.map(str::to_owned));
                }
                self.at += 1;
            }
            self.batch = None;
        }
    }
}

/// Written by hand to keep the order of the file's columns.
fn to_json(batch: &RecordBatch, row: usize, mask: &Mask) -> String {
    let text = |value: &str| serde_json::Value::from(value).to_string();
    let mut members = Vec::new();
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        if field.name().starts_with('_')
            && matches!(field.name().as_str(), "_object" | "_sheet" | "_row")
        {
            continue;
        }
        let is_masked = match mask {
            Mask::Everything => true,
            Mask::Columns(columns) => columns.contains(field.name()),
        };
        let value = match column.as_string_opt::<i32>() {
            Some(values) if values.is_valid(row) && is_masked => text(WITHHELD),
            Some(values) if values.is_valid(row) => text(values.value(row)),
            _ => "null".to_owned(),
        };
        members.push(format!("{}:{value}", text(field.name())));
    }
    format!("{{{}}}", members.join(","))
}
