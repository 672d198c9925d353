//! Time: grains, bounds, and the expressions that take a time column to a coarser grain.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::common::ScalarValue;
use datafusion::functions::expr_fn::{concat, substring};
use datafusion::logical_expr::{Expr, cast, lit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::QueryError;

/// A grain of time, finest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A day.
    Day,
    /// A month, `2026-03`.
    Month,
    /// A quarter, `2026-Q1`.
    Quarter,
    /// A year, `2026`.
    Year,
}

impl Grain {
    /// The grain in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// A year, a month or a day, as people write the ends of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: NaiveDate,
    grain: Grain,
}

impl FromStr for Period {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let (grain, whole) = match text.len() {
            4 => (Grain::Year, format!("{text}-01-01")),
            7 => (Grain::Month, format!("{text}-01")),
            _ => (Grain::Day, text.to_owned()),
        };
        match NaiveDate::parse_from_str(&whole, "%Y-%m-%d") {
            Ok(first) => Ok(Self { first, grain }),
            Err(_) => Err(QueryError::BadPeriod {
                value: text.to_owned(),
            }),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.grain {
            Grain::Year => "%Y",
            Grain::Month | Grain::Quarter => "%Y-%m",
            Grain::Day => "%Y-%m-%d",
        };
        write!(f, "{}", self.first.format(form))
    }
}

impl Period {
    /// The grain it is written at.
    pub fn grain(&self) -> Grain {
        self.grain
    }

    /// Its first day.
    pub fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    pub fn last_day(&self) -> NaiveDate {
        let months = match self.grain {
            Grain::Day => return self.first,
            Grain::Month => 1,
            Grain::Quarter => 3,
            Grain::Year => 12,
        };
        (self.first + Months::new(months))
            .pred_opt()
            .unwrap_or(self.first)
    }
}

/// Days from `from` to `to`, both included; an open end is `None`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Range {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Range {
    /// The same range a year before; 29 February becomes 28.
    pub fn a_year_before(self) -> Self {
        let back = |day: NaiveDate| day.checked_sub_months(Months::new(12)).unwrap_or(day);
        Self {
            from: self.from.map(back),
            // The end of a month stays the end of its month.
            to: self.to.map(|day| match day.succ_opt() {
                Some(next) if next.day() == 1 => back(next).pred_opt().unwrap_or(day),
                _ => back(day),
            }),
        }
    }

    /// The condition on a time column of `grain`.
    pub fn condition(self, column: &Expr, grain: Grain) -> Option<Expr> {
        let from = self
            .from
            .map(|day| column.clone().gt_eq(literal(day, grain)));
        let to = self.to.map(|day| column.clone().lt_eq(literal(day, grain)));
        match (from, to) {
            (Some(from), Some(to)) => Some(from.and(to)),
            (from, to) => from.or(to),
        }
    }
}

/// `day` as a value of a time column of `grain`.
fn literal(day: NaiveDate, grain: Grain) -> Expr {
    match grain {
        Grain::Day => lit(ScalarValue::Date32(Some(Date32Type::from_naive_date(day)))),
        Grain::Year => lit(i64::from(day.year())),
        Grain::Month | Grain::Quarter => lit(day.format("%Y-%m").to_string()),
    }
}

/// 1 January of the day's year.
pub(crate) fn first_of_year(day: NaiveDate) -> NaiveDate {
    day.with_ordinal(1).unwrap_or(day)
}

/// A time column of `grain` one year later: what lays last year's values over this year's.
pub(crate) fn a_year_later(column: Expr, grain: Grain) -> Expr {
    match grain {
        Grain::Year => column + lit(1_i64),
        Grain::Day => column + lit(ScalarValue::IntervalYearMonth(Some(12))),
        Grain::Month | Grain::Quarter => {
            let next = year_of(column.clone(), grain) + lit(1_i64);
            concat(vec![
                cast(next, DataType::Utf8),
                lit("-"),
                substr_of(month_text(column, grain), 6, 2),
            ])
        }
    }
}

/// A time column of grain `has` at the coarser grain `wanted`.
pub(crate) fn at_grain(column: Expr, has: Grain, wanted: Grain) -> Expr {
    if has == wanted {
        return column;
    }
    match wanted {
        Grain::Day => column,
        Grain::Month => month_text(column, has),
        Grain::Year => year_of(column, has),
        Grain::Quarter => {
            let quarter = (month_number(column.clone(), has) + lit(2_i64)) / lit(3_i64);
            concat(vec![
                cast(year_of(column, has), DataType::Utf8),
                lit("-Q"),
                cast(quarter, DataType::Utf8),
            ])
        }
    }
}

/// What a day or month is within its year, `06-15` or `06`: compares as the calendar does.
pub(crate) fn part_of_year(column: Expr, grain: Grain) -> Expr {
    match grain {
        Grain::Day => substr_of(cast(column, DataType::Utf8), 6, 5),
        Grain::Month | Grain::Quarter => substr_of(column, 6, 2),
        Grain::Year => lit(""),
    }
}

/// The month's number, 1 to 12, of a time column of `grain`.
fn month_number(column: Expr, grain: Grain) -> Expr {
    cast(substr_of(month_text(column, grain), 6, 2), DataType::Int64)
}

/// The year as a whole number of a time column of `grain`.
pub(crate) fn year_of(column: Expr, grain: Grain) -> Expr {
    match grain {
        Grain::Year => column,
        _ => cast(substr_of(month_text(column, grain), 1, 4), DataType::Int64),
    }
}

/// `2026-03` of a month or a day: both are written with the month first.
fn month_text(column: Expr, grain: Grain) -> Expr {
    match grain {
        Grain::Day => substr_of(cast(column, DataType::Utf8), 1, 7),
        _ => column,
    }
}

fn substr_of(text: Expr, start: i64, length: i64) -> Expr {
    substring(text, lit(start), lit(length))
}
