//! Measures of one mart, grouped: the panels of a board, whose measures are written in the board.
//!
//! A measure is an aggregate over a column, with conditions of its own, or is computed from measures
//! named before it: `ratio` divides, `share` gives per cent of a whole, `change` the per cent by which
//! one is more than the other. Both are aggregated first, so a region's ratio is sum over sum; over
//! nothing or zero there is no value. A sum to which no row belongs is null, a count is 0.

mod compile;

use contracts::Titles;
use datafusion::arrow::datatypes::DataType;
use serde::Serialize;

use super::filter::Filter;
use super::query::Order;

pub use compile::compile_group;

/// Measures of one mart by some of its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GroupQuery {
    /// The mart, without `mart.`.
    pub from: String,
    /// Which rows count.
    pub filters: Vec<Filter>,
    /// The columns grouped by; none gives one row over everything.
    pub dimensions: Vec<String>,
    /// What is measured, in the order of the answer's columns.
    pub measures: Vec<GroupMeasure>,
    /// Which groups are shown, by dimensions and measures.
    pub having: Vec<Filter>,
    /// The order of rows; ties, and a query without an order, go by the dimensions.
    pub order: Vec<Order>,
    /// At most this many rows.
    pub limit: Option<usize>,
}

/// One measure of a [`GroupQuery`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupMeasure {
    /// Its name, which is the answer's column.
    pub name: String,
    /// What it is.
    pub compute: Compute,
    /// Its title; the contract's when left out.
    pub title: Option<Titles>,
    /// Its unit; worked out from the contract when left out.
    pub unit: Option<String>,
    /// How its values are printed, such as `0.0`.
    pub format: Option<String>,
    /// Computed for others, `having` or the order, and not shown.
    pub is_hidden: bool,
}

/// How a measure is computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compute {
    /// Rows of the mart, or the values of a column, become one value.
    Aggregate {
        /// What is done.
        how: GroupAggregate,
        /// Only rows that pass all of these count.
        only: Vec<Filter>,
    },
    /// One measure over another.
    Ratio {
        /// The measure above the line.
        numerator: String,
        /// The measure below it.
        denominator: String,
    },
    /// 100 × one measure over another.
    Share {
        /// The part.
        part: String,
        /// The whole.
        whole: String,
    },
    /// 100 × what one measure is more than another, over that other.
    Change {
        /// The measure before.
        from: String,
        /// The measure now.
        to: String,
    },
}

/// What an aggregate of a [`GroupMeasure`] does, and to which column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupAggregate {
    /// Adds the values of a column.
    Sum(String),
    /// Counts rows.
    CountRows,
    /// Counts the different values of a column.
    CountDistinct(String),
    /// Takes the largest value of a column.
    Max(String),
    /// Takes the smallest value of a column.
    Min(String),
    /// Whether a boolean column is true in any row.
    Any(String),
}

impl GroupAggregate {
    /// The column it is over.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::CountRows => None,
            Self::Sum(column)
            | Self::CountDistinct(column)
            | Self::Max(column)
            | Self::Min(column)
            | Self::Any(column) => Some(column),
        }
    }

    fn takes(&self, data_type: &DataType) -> bool {
        match self {
            Self::Sum(_) => data_type.is_numeric(),
            Self::Any(_) => *data_type == DataType::Boolean,
            _ => true,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Sum(_) => "sums",
            Self::CountRows | Self::CountDistinct(_) => "counts",
            Self::Max(_) | Self::Min(_) => "compares",
            Self::Any(_) => "asks whether any is true of",
        }
    }
}
