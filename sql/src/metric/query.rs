//! What can be asked of the metrics.

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::period::Grain;

/// Metrics by dimensions, filters, time and comparison.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct MetricQuery {
    /// The metrics, in the order of the answer's columns.
    pub metrics: Vec<String>,
    /// The columns the answer is broken down by; every metric must have them.
    pub dimensions: Vec<String>,
    /// Which rows count, by dimensions.
    pub filters: Vec<Filter>,
    /// The grain of time the answer is broken down by; `None` for one value over the whole range.
    pub grain: Option<Grain>,
    /// The first time that counts, `2026`, `2026-03` or `2026-03-15`.
    pub from: Option<String>,
    /// The last time that counts, included.
    pub to: Option<String>,
    /// The order of rows; ties, and a query without an order, go by time and dimensions.
    pub order: Vec<Order>,
    /// At most this many rows.
    pub limit: Option<usize>,
    /// What each value is compared with.
    pub compare: Compare,
}

/// A column of the answer to order by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The column.
    pub by: String,
    /// Largest first.
    #[serde(default)]
    pub descending: bool,
}

/// What each value is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// Nothing.
    #[default]
    None,
    /// 同比: the same time a year before.
    Yoy,
    /// 同期累计: the year up to the last month with data against the same months a year before.
    ///
    /// By month, each value is the total from January; otherwise only months up to the last one with
    /// data in the last year count, in every year.
    YtdYoy,
}

impl Compare {
    /// Whether there is a year before to compare with.
    pub fn is_some(self) -> bool {
        self != Self::None
    }
}
