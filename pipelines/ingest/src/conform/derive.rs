//! Derived columns: the month, day or year of a date, in the city's time.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, StringBuilder};
use arrow::datatypes::{Date32Type, TimestampMicrosecondType};
use contracts::parse::{Month, city_days, civil_of_days};
use contracts::{Contract, Derived};

use super::fault::Faults;
use super::read::raw;
use crate::error::{Doing, IngestError};

/// How one column is derived.
pub(super) struct Derive {
    /// The column it is derived from.
    source: usize,
    source_name: String,
    part: Part,
}

#[derive(Clone, Copy)]
enum Part {
    Month,
    Day,
    Year,
}

impl Derive {
    pub(super) fn new(derived: &Derived, contract: &Contract) -> Derive {
        let source = derived.source().as_str();
        Derive {
            source: contract
                .column_names()
                .position(|name| name == source)
                .expect("a contract derives columns from its own"),
            source_name: source.to_owned(),
            part: match derived {
                Derived::MonthOf(_) => Part::Month,
                Derived::DayOf(_) => Part::Day,
                Derived::YearOf(_) => Part::Year,
            },
        }
    }

    /// The derived column. Where the select gives it too (`given`), a value that is not the derived
    /// one is noted, and where there is nothing to derive it from, the given one stays.
    pub(super) fn column(
        &self,
        values: &[ArrayRef],
        given: Option<&ArrayRef>,
        column: usize,
        faults: &mut Faults,
    ) -> Result<ArrayRef, IngestError> {
        let derived = self.derive(&values[self.source]);
        let Some(given) = given else {
            return Ok(derived);
        };
        let differs = arrow::compute::kernels::cmp::neq(given, &derived)
            .map_err(Doing::Conforming.failed())?;
        for (row, differs) in differs.iter().enumerate() {
            if differs == Some(true) {
                let detail = format!(
                    "{} is not that of `{}`, {}",
                    raw(given, row).unwrap_or_default(),
                    self.source_name,
                    raw(&derived, row).unwrap_or_default(),
                );
                faults.add(row, Some(column), "derived", detail);
            }
        }
        match derived.null_count() {
            0 => Ok(derived),
            _ => {
                let is_derived =
                    arrow::compute::is_not_null(&derived).map_err(Doing::Conforming.failed())?;
                arrow::compute::kernels::zip::zip(&is_derived, &derived, given)
                    .map_err(Doing::Conforming.failed())
            }
        }
    }

    fn derive(&self, source: &ArrayRef) -> ArrayRef {
        let days: Date32Array = match source.as_primitive_opt::<Date32Type>() {
            Some(days) => days.clone(),
            None => source
                .as_primitive::<TimestampMicrosecondType>()
                .unary(city_days),
        };
        match self.part {
            Part::Day => Arc::new(days),
            Part::Year => Arc::new(
                days.unary::<_, arrow::datatypes::Int64Type>(|day| i64::from(civil_of_days(day).0))
                    as Int64Array,
            ),
            Part::Month => months(&days),
        }
    }
}

/// Readings come in the order of time, so the text of one day serves for many rows.
fn months(days: &Date32Array) -> ArrayRef {
    let mut months = StringBuilder::with_capacity(days.len(), days.len() * 7);
    let mut last: Option<i32> = None;
    let mut text = String::new();
    for day in days {
        let Some(day) = day else {
            months.append_null();
            continue;
        };
        if last != Some(day) {
            text = Month::of_days(day).to_string();
            last = Some(day);
        }
        months.append_value(&text);
    }
    Arc::new(months.finish())
}
