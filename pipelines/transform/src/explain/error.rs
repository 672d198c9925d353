//! Why there is no explanation.

use contracts::{Fault, Retry};
use datafusion::common::DataFusionError;
use models::metric::QueryError;

use crate::error::TransformError;

/// Why there is no explanation.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The question does not fit the metric.
    #[error(transparent)]
    Question(#[from] QueryError),
    /// The publication cannot be opened.
    #[error(transparent)]
    Lake(#[from] TransformError),
    /// The rows of a part could not be computed.
    #[error("cannot follow `{what}` down to its rows")]
    Follow {
        /// What was followed.
        what: String,
        /// What the engine says.
        #[source]
        source: Box<DataFusionError>,
    },
}

impl ExplainError {
    /// How to mend it, when that is more than the message already says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Question(error) => error.hint(),
            Self::Lake(error) => error.hint(),
            Self::Follow { .. } => Some(
                "the SQL of the project may have changed since the publication: build and publish"
                    .to_owned(),
            ),
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Question(error) => error.fault(),
            Self::Lake(error) => error.fault(),
            Self::Follow { .. } => Fault::Internal,
        }
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Question(error) => error.retry(),
            Self::Lake(error) => error.retry(),
            Self::Follow { .. } => Retry::Never,
        }
    }
}

/// Says of the engine's failure what was followed.
pub(super) fn following(what: &str) -> impl Fn(DataFusionError) -> ExplainError + use<> {
    let what = what.to_owned();
    move |source| ExplainError::Follow {
        what: what.clone(),
        source: Box::new(source),
    }
}
