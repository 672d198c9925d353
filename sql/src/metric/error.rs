//! Why a query for metrics or rows was refused.

use contracts::text::nearest;
use contracts::{Fault, Retry};
use datafusion::common::DataFusionError;

use super::period::Grain;

/// Why a query for metrics or rows was refused.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// A query that asks for no metric.
    #[error("the query names no metric")]
    NoMetric,
    /// A metric that does not exist.
    #[error("unknown metric `{metric}`")]
    UnknownMetric {
        /// As asked.
        metric: String,
        /// The metric nearest to it.
        nearest: Option<String>,
    },
    /// A dimension a metric does not have.
    #[error("metric `{metric}` has no dimension `{dimension}`")]
    UnknownDimension {
        /// The metric.
        metric: String,
        /// As asked.
        dimension: String,
        /// The dimension nearest to it.
        nearest: Option<String>,
        /// The dimensions it has.
        choices: Vec<String>,
    },
    /// A mart that does not exist.
    #[error("unknown mart `{mart}`")]
    UnknownMart {
        /// As asked.
        mart: String,
        /// The mart nearest to it.
        nearest: Option<String>,
    },
    /// A mart that is not in the publication that is read.
    #[error("mart `{mart}` is not in what was published")]
    MartNotPublished {
        /// The mart.
        mart: String,
    },
    /// A column a mart does not have.
    #[error("mart `{mart}` has no column `{column}`")]
    UnknownColumn {
        /// The mart.
        mart: String,
        /// As asked.
        column: String,
        /// The column nearest to it.
        nearest: Option<String>,
    },
    /// An order or condition on something that is not in the answer.
    #[error("the answer has no column `{column}`")]
    UnknownOrder {
        /// As asked.
        column: String,
        /// The columns of the answer.
        choices: Vec<String>,
    },
    /// A filter value that is no value of its column.
    #[error("`{value}` is no {expected}, which column `{column}` is")]
    BadValue {
        /// The column.
        column: String,
        /// As given.
        value: String,
        /// The column's type.
        expected: String,
        /// How to write it.
        reason: String,
    },
    /// A beginning asked of a column that is not text.
    #[error("column `{column}` is {found}, so it has no beginning to compare")]
    NotText {
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// A time that is none.
    #[error("`{value}` is not a time")]
    BadPeriod {
        /// As given.
        value: String,
    },
    /// A time finer than the metric's.
    #[error("metric `{metric}` is by {}, so it has no {}", .has.word(), .asked.word())]
    TooFine {
        /// The metric.
        metric: String,
        /// The grain asked for.
        asked: Grain,
        /// The finest grain it has.
        has: Grain,
    },
    /// A time asked of a metric that has none.
    #[error("metric `{metric}` has no time")]
    NoTime {
        /// The metric.
        metric: String,
    },
    /// A comparison without the range that is compared.
    #[error("a comparison with the year before needs a range of time")]
    CompareNeedsRange,
    /// A running total of something that does not add up.
    #[error("metric `{metric}` counts different values, so it has no running total by month")]
    NotRunning {
        /// The metric.
        metric: String,
    },
    /// An explanation of more than one value.
    #[error("an explanation is of one value of one metric")]
    NotOneValue,
    /// The planner refuses what the query comes to: a mistake of this program.
    #[error("cannot plan the query")]
    Plan(#[from] DataFusionError),
}

impl QueryError {
    pub(crate) fn unknown_column<'a>(
        mart: &str,
        column: &str,
        choices: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::UnknownColumn {
            mart: mart.to_owned(),
            column: column.to_owned(),
            nearest: nearest(column, choices).map(str::to_owned),
        }
    }

    /// How to mend it, when that is more than the message already says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoMetric => Some("name at least one metric".to_owned()),
            Self::UnknownMetric { nearest, .. }
            | Self::UnknownMart { nearest, .. }
            | Self::UnknownColumn { nearest, .. } => {
                nearest.as_ref().map(|name| format!("write `{name}`"))
            }
            Self::UnknownDimension {
                nearest, choices, ..
            } => match nearest {
                Some(name) => Some(format!("write `{name}`")),
                None => list("its dimensions are", choices),
            },
            Self::MartNotPublished { .. } => {
                Some("build and publish, or ask for a later publication".to_owned())
            }
            Self::UnknownOrder { choices, .. } => list("its columns are", choices),
            Self::BadValue { reason, .. } => Some(reason.clone()),
            Self::NotText { .. } => Some("use a value or a range".to_owned()),
            Self::BadPeriod { .. } => Some("write `2026`, `2026-03` or `2026-03-15`".to_owned()),
            Self::TooFine { has, .. } => Some(format!("ask for {} or coarser", has.word())),
            Self::NoTime { .. } => Some("leave out the time and the comparison".to_owned()),
            Self::CompareNeedsRange => Some("give both `from` and `to`".to_owned()),
            Self::NotRunning { .. } => Some("ask for the year or the whole range".to_owned()),
            Self::NotOneValue => Some(
                "leave out dimensions, grain and comparison; name the row by filters and time"
                    .to_owned(),
            ),
            Self::Plan(_) => None,
        }
    }

    /// The asker's, unless the plan itself is wrong.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Plan(_) => Fault::Internal,
            _ => Fault::User,
        }
    }

    /// Never: the same query gives the same answer.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

fn list(lead: &str, choices: &[String]) -> Option<String> {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
    (!quoted.is_empty()).then(|| format!("{lead} {}", quoted.join(", ")))
}
