//! Metric files as they are written.

use contracts::yaml::At;
use schemars::JsonSchema;
use serde::Deserialize;

use super::filter::Values;
use crate::yaml::Pairs;

/// The metrics of one area.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Metrics", deny_unknown_fields)]
pub(crate) struct MetricsFile {
    /// The metrics, in the order they are listed to people.
    pub metrics: Vec<MetricFile>,
}

/// One metric.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Metric", deny_unknown_fields)]
pub(crate) struct MetricFile {
    /// Its name, unique in the deployment: lower-case letters, digits and underscores.
    pub metric: At<String>,
    /// Its title.
    pub title: TitlesFile,
    /// What it means.
    #[serde(default)]
    pub description: Option<TitlesFile>,
    /// What to keep in mind when reading it.
    #[serde(default)]
    pub caveat: Option<TitlesFile>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<String>,
    /// The unit of its values; compared with that of the measure.
    pub unit: At<String>,
    /// The mart it is over, without `mart.`.
    pub mart: At<String>,
    /// What is measured.
    pub numerator: At<MeasureFile>,
    /// What it is divided by; left out when the measure adds up by itself.
    #[serde(default)]
    pub denominator: Option<At<MeasureFile>>,
    /// The columns it may be broken down and filtered by.
    pub dimensions: Vec<At<String>>,
    /// The column of time: a month, a year or a date.
    #[serde(default)]
    pub time: Option<At<String>>,
    /// How values at several times become one: `aggregate` for flows, `last` for stocks.
    #[serde(default)]
    pub over_time: OverTimeFile,
    /// How its values are printed, such as `0.00`.
    #[serde(default)]
    pub format: Option<String>,
    /// The reason given when the denominator is nothing or zero.
    #[serde(default)]
    pub reason_when_empty: Option<String>,
}

/// A text in both languages.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Titles", deny_unknown_fields)]
pub(crate) struct TitlesFile {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Exactly one aggregate over a column, with conditions.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Measure", deny_unknown_fields)]
pub(crate) struct MeasureFile {
    /// Add the values of this column.
    #[serde(default)]
    pub sum: Option<At<String>>,
    /// Count the values of this column that are not null.
    #[serde(default)]
    pub count: Option<At<String>>,
    /// Count the different values of this column.
    #[serde(default)]
    pub count_distinct: Option<At<String>>,
    /// Take the smallest value of this column.
    #[serde(default)]
    pub min: Option<At<String>>,
    /// Take the largest value of this column.
    #[serde(default)]
    pub max: Option<At<String>>,
    /// Only rows whose column is this value, or one of these.
    #[serde(default, rename = "where")]
    pub only: Pairs<At<Values>>,
}

/// How values at several times become one.
#[derive(Deserialize, JsonSchema, Clone, Copy, Default)]
#[schemars(rename = "OverTime")]
#[serde(rename_all = "snake_case")]
pub(crate) enum OverTimeFile {
    /// Aggregated together: flows such as energy and cost.
    #[default]
    Aggregate,
    /// Those of the last time in the group: stocks such as people and vehicles.
    Last,
}
