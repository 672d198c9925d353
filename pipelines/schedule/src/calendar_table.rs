//! The calendar as it is loaded: the rows of `reference.calendar`.

use arrow::array::{AsArray as _, RecordBatch};
use arrow::datatypes::Date32Type;
use chrono::{Days, NaiveDate};
use contracts::TableId;
use warehouse::{Warehouse, WarehouseError};

use crate::error::ScheduleError;
use crate::workdays::Workdays;

/// The days of `reference.calendar`; none when it was never loaded.
pub(crate) async fn read(warehouse: &Warehouse) -> Result<Workdays, ScheduleError> {
    let id = TableId::new("reference", "calendar").expect("a schema and a table");
    let Some(table) = warehouse.existing_table(&id).await? else {
        return Ok(Workdays::default());
    };
    let rows = async {
        let snapshot = table.snapshot().await?;
        let calendar = warehouse.session().read_table(snapshot.provider());
        let calendar =
            calendar.and_then(|rows| rows.select_columns(&["calendar_date", "is_workday"]));
        let batches = match calendar {
            Ok(rows) => rows.collect().await,
            Err(error) => Err(error),
        };
        batches.map_err(|source| WarehouseError::Compute {
            table: id.clone(),
            source: Box::new(source),
        })
    };
    let batches: Vec<RecordBatch> = rows.await?;
    let mut workdays = Workdays::default();
    for batch in &batches {
        let days = batch.column(0).as_primitive::<Date32Type>();
        let works = batch.column(1).as_boolean();
        for (day, is_workday) in days.iter().zip(works) {
            let day = day.and_then(|days| u64::try_from(days).ok());
            let day = day.and_then(|days| NaiveDate::default().checked_add_days(Days::new(days)));
            if let Some((day, is_workday)) = day.zip(is_workday) {
                workdays.set(day, is_workday);
            }
        }
    }
    Ok(workdays)
}
