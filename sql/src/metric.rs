//! Metrics: the semantic layer over the marts.
//!
//! `sql/metrics/<area>.yaml` declares what is measured, in which unit, over which mart and dimensions.
//! [`MetricQuery`] asks for metrics by dimensions, time and comparison, [`RowQuery`] for rows of a
//! mart; both compile to a DataFusion plan through the expression API, never to text.
//!
//! A ratio is the sum of its numerators over the sum of its denominators at whatever level it is
//! asked for, divided at a raised scale and rounded once. A value that cannot be computed is null, and
//! the column `<metric>__reason` beside it says why.

mod asked;
mod branch;
mod check;
mod compile;
pub mod divide;
mod error;
mod file;
mod filter;
mod measure;
mod output;
mod parts;
mod period;
mod query;
mod rows;
mod values;

use std::collections::BTreeMap;

use contracts::unit::{Ratio, Unit};
use contracts::{ColumnName, Contracts, Place, TableId, Titles};

use crate::error::ModelError;

pub use compile::compile;
pub use error::QueryError;
pub(crate) use file::MetricsFile;
pub use filter::{Filter, FilterTest};
pub use output::{Compiled, MartTables, OutputColumn, OutputKind};
pub use parts::{Parts, TOTAL, parts};
pub use period::{Grain, Period};
pub use query::{Compare, MetricQuery, Order};
pub use rows::{RowQuery, compile_rows};

/// The metrics of a deployment.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    metrics: BTreeMap<String, Metric>,
}

/// One metric, checked against the contract of its mart.
#[derive(Debug, Clone)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub at: Place,
    /// Its title.
    pub title: Titles,
    /// What it means.
    pub description: Option<Titles>,
    /// What to keep in mind when reading it.
    pub caveat: Option<Titles>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The unit of its values.
    pub unit: Unit,
    /// The mart it is over: `mart.<name>`.
    pub mart: TableId,
    /// What is measured.
    pub numerator: Measure,
    /// What it is divided by; `None` when the measure adds up by itself.
    pub denominator: Option<Measure>,
    /// The columns it may be broken down and filtered by.
    pub dimensions: Vec<ColumnName>,
    /// The column of time, with its grain; `None` for a state without time.
    pub time: Option<TimeColumn>,
    /// How values at several times become one.
    pub over_time: OverTime,
    /// How its values are printed, such as `0.00`.
    pub format: Option<String>,
    /// The reason given when the denominator is nothing or zero.
    pub reason_when_empty: String,
    /// What measure ÷ measure is multiplied with to be in [`Metric::unit`].
    pub factor: Ratio,
}

/// An aggregate over a column of a mart.
#[derive(Debug, Clone)]
pub struct Measure {
    /// What is done with the column's values.
    pub aggregate: Aggregate,
    /// The column.
    pub column: ColumnName,
    /// Only rows that pass all of these count.
    pub only: Vec<Filter>,
}

/// What a measure does with the values of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// Adds them.
    Sum,
    /// Counts those that are not null.
    Count,
    /// Counts the different ones.
    CountDistinct,
    /// Takes the smallest.
    Min,
    /// Takes the largest.
    Max,
}

/// The column that says when.
#[derive(Debug, Clone)]
pub struct TimeColumn {
    /// Its name.
    pub column: ColumnName,
    /// The grain of its values.
    pub grain: Grain,
}

/// How values at several times become one when a query is coarser than the mart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OverTime {
    /// They are aggregated together: flows such as energy and cost.
    #[default]
    Aggregate,
    /// Those of the last time in the group count: stocks such as people and vehicles.
    Last,
}

impl Metrics {
    /// Parses and checks the (path, text) pairs under `sql/metrics/`; other paths are passed over.
    ///
    /// # Errors
    /// Every fault found, in the order of files and lines.
    pub fn parse(
        files: impl IntoIterator<Item = (String, String)>,
        contracts: &Contracts,
    ) -> Result<Metrics, Vec<ModelError>> {
        check::parse(files, contracts)
    }

    /// The metric `name`.
    pub fn get(&self, name: &str) -> Option<&Metric> {
        self.metrics.get(name)
    }

    /// All metrics by name.
    pub fn iter(&self) -> impl Iterator<Item = &Metric> {
        self.metrics.values()
    }
}

impl Metric {
    /// Whether the metric may be broken down or filtered by `column`: a dimension or its time.
    pub fn has_dimension(&self, column: &str) -> bool {
        self.dimensions.iter().any(|name| name.as_str() == column)
            || self
                .time
                .as_ref()
                .is_some_and(|time| time.column.as_str() == column)
    }

    /// Its formula in words: `sum(energy_kgce) / sum(people)`.
    pub fn formula(&self) -> String {
        match &self.denominator {
            Some(denominator) => format!("{} / {denominator}", self.numerator),
            None => self.numerator.to_string(),
        }
    }
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = match self.aggregate {
            Aggregate::Sum => "sum",
            Aggregate::Count => "count",
            Aggregate::CountDistinct => "count_distinct",
            Aggregate::Min => "min",
            Aggregate::Max => "max",
        };
        write!(f, "{word}({})", self.column)?;
        for (index, filter) in self.only.iter().enumerate() {
            let lead = if index == 0 { " where " } else { " and " };
            write!(f, "{lead}{filter}")?;
        }
        Ok(())
    }
}
