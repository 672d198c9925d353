//! Frames to rows: the few columns that are read, by name, with the types their contracts give them.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::TableId;
use datafusion::prelude::DataFrame;
use warehouse::Warehouse;

use crate::error::OperationsError;

/// A table as it is now, with all its columns; `None` while nothing was written to it.
///
/// # Errors
/// The storage fails.
pub async fn newest(
    warehouse: &Warehouse,
    id: &TableId,
) -> Result<Option<DataFrame>, OperationsError> {
    let Some(table) = warehouse.existing_table(id).await? else {
        return Ok(None);
    };
    let snapshot = table.snapshot().await?;
    let frame = warehouse.session().read_table(snapshot.provider());
    let frame = frame.map_err(|source| OperationsError::Asking {
        table: "the newest rows",
        source: Box::new(source),
    })?;
    Ok(Some(frame))
}

/// The batches of a frame.
pub(crate) async fn collect(
    table: &'static str,
    frame: datafusion::error::Result<DataFrame>,
) -> Result<Vec<Rows>, OperationsError> {
    let collected = async { frame?.collect().await };
    let batches = collected.await.map_err(|source| OperationsError::Asking {
        table,
        source: Box::new(source),
    })?;
    Ok(batches
        .into_iter()
        .map(|batch| Rows { table, batch })
        .collect())
}

/// A batch of rows whose columns are asked for by name.
pub(crate) struct Rows {
    table: &'static str,
    batch: RecordBatch,
}

impl Rows {
    pub(crate) fn count(&self) -> usize {
        self.batch.num_rows()
    }

    pub(crate) fn texts(
        &self,
        column: &'static str,
    ) -> Result<Vec<Option<String>>, OperationsError> {
        let values = self.column(column, |array| array.as_string_opt::<i32>())?;
        Ok(values
            .iter()
            .map(|value| value.map(str::to_owned))
            .collect())
    }

    pub(crate) fn numbers(
        &self,
        column: &'static str,
    ) -> Result<Vec<Option<i64>>, OperationsError> {
        let values = self.column(column, |array| array.as_primitive_opt::<Int64Type>())?;
        Ok(values.iter().collect())
    }

    pub(crate) fn truths(
        &self,
        column: &'static str,
    ) -> Result<Vec<Option<bool>>, OperationsError> {
        let values = self.column(column, |array| array.as_boolean_opt())?;
        Ok(values.iter().collect())
    }

    pub(crate) fn days(
        &self,
        column: &'static str,
    ) -> Result<Vec<Option<NaiveDate>>, OperationsError> {
        let values = self.column(column, |array| array.as_primitive_opt::<Date32Type>())?;
        let day = |days| Date32Type::to_naive_date_opt(days);
        Ok(values.iter().map(|days| days.and_then(day)).collect())
    }

    pub(crate) fn moments(
        &self,
        column: &'static str,
    ) -> Result<Vec<Option<DateTime<Utc>>>, OperationsError> {
        let values = self.column(column, |array| {
            array.as_primitive_opt::<TimestampMicrosecondType>()
        })?;
        Ok(values
            .iter()
            .map(|micros| micros.and_then(DateTime::from_timestamp_micros))
            .collect())
    }

    fn column<'a, A>(
        &'a self,
        column: &'static str,
        typed: impl Fn(&'a dyn Array) -> Option<&'a A>,
    ) -> Result<&'a A, OperationsError> {
        let array = self.batch.column_by_name(column);
        array
            .and_then(|array| typed(array.as_ref()))
            .ok_or(OperationsError::Shape {
                table: self.table,
                column,
            })
    }
}
