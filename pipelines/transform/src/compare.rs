//! Compares the rows a case expects with the rows a model gave, and says how they differ.
//!
//! Values are compared in the type of the model's column, so `2.5` is `2.5000` and nothing else is.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, ScalarValue};
use models::Rows;

use crate::show;

/// How many rows of one kind a message lists.
const LISTED: usize = 10;

/// The rows a model gave.
pub(crate) struct Found {
    names: Vec<String>,
    rows: Vec<Vec<ScalarValue>>,
}

impl Found {
    pub fn new(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Self, DataFusionError> {
        let names = schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let mut rows = Vec::new();
        for batch in batches {
            for index in 0..batch.num_rows() {
                let mut row = Vec::with_capacity(batch.num_columns());
                for column in batch.columns() {
                    row.push(ScalarValue::try_from_array(column, index)?);
                }
                rows.push(row);
            }
        }
        Ok(Self { names, rows })
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| own == name)
    }
}

/// One line for each way in which `found` is not `expected`; none when they are the same.
///
/// Only the columns that `expected` names are compared. Rows of one `grain` are shown side by side.
pub(crate) fn differences(
    expected: &Rows,
    found: &Found,
    grain: &[String],
    is_ordered: bool,
) -> Result<Vec<String>, DataFusionError> {
    let mut lines = broken_grain(found, grain);
    let mut positions = Vec::with_capacity(expected.columns.len());
    for name in &expected.columns {
        match found.position(name) {
            Some(position) => positions.push(position),
            None => {
                lines.push(format!("column `{name}` is expected and not given"));
                return Ok(lines);
            }
        }
    }
    let mut given: Vec<Vec<ScalarValue>> = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        given.push(
            positions
                .iter()
                .map(|&position| row[position].clone())
                .collect(),
        );
    }
    let mut wanted: Vec<Vec<ScalarValue>> = Vec::with_capacity(expected.rows.len());
    for row in &expected.rows {
        wanted.push(in_types_of(row, given.first())?);
    }
    if is_ordered && wanted != given && same_multiset(&wanted, &given) {
        lines.push("the rows are right and in another order:".to_owned());
        lines.extend(list(&expected.columns, &given, "gives"));
        return Ok(lines);
    }
    let (mut missing, mut extra) = set_apart(wanted, given);
    lines.extend(side_by_side(
        &expected.columns,
        grain,
        &mut missing,
        &mut extra,
    ));
    lines.extend(list(&expected.columns, &missing, "misses"));
    lines.extend(list(
        &expected.columns,
        &extra,
        "gives beyond what is expected",
    ));
    Ok(lines)
}

/// Rows that share a grain, or lack one.
fn broken_grain(found: &Found, grain: &[String]) -> Vec<String> {
    let positions: Option<Vec<usize>> = grain.iter().map(|name| found.position(name)).collect();
    let Some(positions) = positions.filter(|positions| !positions.is_empty()) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let mut keys: Vec<Vec<&ScalarValue>> = Vec::new();
    for row in &found.rows {
        let key: Vec<&ScalarValue> = positions.iter().map(|&position| &row[position]).collect();
        let shown = || {
            let values: Vec<ScalarValue> = key.iter().map(|value| (*value).clone()).collect();
            cells(grain, &values)
        };
        if key.iter().any(|value| value.is_null()) {
            lines.push(format!("a row has a null in its grain: {}", shown()));
        } else if keys.contains(&key) {
            lines.push(format!("the grain is broken, a second row of {}", shown()));
        }
        keys.push(key);
    }
    lines
}

/// Expected values in the types of the rows given: the engine may widen what the planner foresaw.
fn in_types_of(
    row: &[ScalarValue],
    given: Option<&Vec<ScalarValue>>,
) -> Result<Vec<ScalarValue>, DataFusionError> {
    let Some(given) = given else {
        return Ok(row.to_vec());
    };
    let mut values = Vec::with_capacity(row.len());
    for (value, given) in row.iter().zip(given) {
        let data_type = given.data_type();
        if value.data_type() == data_type {
            values.push(value.clone());
            continue;
        }
        let array = cast(&value.to_array()?, &data_type)?;
        values.push(ScalarValue::try_from_array(&array, 0)?);
    }
    Ok(values)
}

fn same_multiset(left: &[Vec<ScalarValue>], right: &[Vec<ScalarValue>]) -> bool {
    let (missing, extra) = set_apart(left.to_vec(), right.to_vec());
    missing.is_empty() && extra.is_empty()
}

/// Takes out what both have, as often as both have it.
fn set_apart(
    mut wanted: Vec<Vec<ScalarValue>>,
    mut given: Vec<Vec<ScalarValue>>,
) -> (Vec<Vec<ScalarValue>>, Vec<Vec<ScalarValue>>) {
    wanted.retain(|row| match given.iter().position(|other| other == row) {
        Some(position) => {
            given.remove(position);
            false
        }
        None => true,
    });
    (wanted, given)
}

/// Rows of one grain that differ in some columns: each difference by itself.
fn side_by_side(
    columns: &[String],
    grain: &[String],
    missing: &mut Vec<Vec<ScalarValue>>,
    extra: &mut Vec<Vec<ScalarValue>>,
) -> Vec<String> {
    let keys: Option<Vec<usize>> = grain
        .iter()
        .map(|name| columns.iter().position(|column| column == name))
        .collect();
    let Some(keys) = keys.filter(|keys| !keys.is_empty()) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    missing.retain(|wanted| {
        let same_key = |row: &Vec<ScalarValue>| keys.iter().all(|&key| row[key] == wanted[key]);
        let Some(position) = extra.iter().position(same_key) else {
            return true;
        };
        let given = extra.remove(position);
        let key: Vec<ScalarValue> = keys.iter().map(|&key| wanted[key].clone()).collect();
        for (index, column) in columns.iter().enumerate() {
            if wanted[index] != given[index] {
                lines.push(format!(
                    "{}: `{column}` is {}, expected {}",
                    cells(grain, &key),
                    show::scalar(&given[index]),
                    show::scalar(&wanted[index]),
                ));
            }
        }
        false
    });
    lines
}

fn list(columns: &[String], rows: &[Vec<ScalarValue>], verb: &str) -> Vec<String> {
    let mut lines: Vec<String> = rows
        .iter()
        .take(LISTED)
        .map(|row| format!("the model {verb}: {}", cells(columns, row)))
        .collect();
    if rows.len() > LISTED {
        lines.push(format!("… and {} more rows", rows.len() - LISTED));
    }
    lines
}

fn cells(columns: &[String], row: &[ScalarValue]) -> String {
    let cells: Vec<String> = columns
        .iter()
        .zip(row)
        .map(|(column, value)| format!("{column} = {}", show::scalar(value)))
        .collect();
    cells.join(", ")
}
