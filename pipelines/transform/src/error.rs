//! Why a build, an audit or a publication failed.

use contracts::text::nearest;
use contracts::{Fault, Retry};
use datafusion::arrow::error::ArrowError;
use datafusion::common::DataFusionError;
use models::{AuditSeverity, Model, ModelName};
use warehouse::{Period, Restated, WarehouseError};

use crate::audit::AuditReport;
use crate::build::{BuildReport, RangeError};

/// Why a build, an audit or a publication failed.
#[derive(Debug, thiserror::Error)]
pub enum TransformError {
    /// The lake could not be read or written.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    /// The session could not be set up: a mistake of this program.
    #[error("cannot set up the session")]
    Session(#[source] Box<DataFusionError>),
    /// A model's rows could not be computed.
    #[error("cannot compute model `{model}` ({path})")]
    Compute {
        /// The model.
        model: ModelName,
        /// Its file.
        path: String,
        /// What the engine says.
        #[source]
        source: Box<DataFusionError>,
    },
    /// A model divides by zero.
    #[error("model `{model}` ({path}) divides by zero")]
    DivideByZero {
        /// The model.
        model: ModelName,
        /// Its file.
        path: String,
    },
    /// A value of a mart does not fit its column.
    #[error("a value of mart `{model}` ({path}) does not fit its column: {reason}")]
    Overflow {
        /// The mart.
        model: ModelName,
        /// Its file.
        path: String,
        /// The value and the type.
        reason: String,
    },
    /// A mart whose columns are not those of its contract.
    #[error("mart `{model}` ({path}) gives ({found}), but {contract} says ({expected})")]
    OutputDiffers {
        /// The mart.
        model: ModelName,
        /// Its file.
        path: String,
        /// The contract's file.
        contract: String,
        /// Columns and types as given.
        found: String,
        /// Columns and types as declared.
        expected: String,
    },
    /// A mart with rows that have no key.
    #[error("mart `{model}` ({path}) has {} with a null in its key ({}); for example {}", counted(*.rows), .key.join(", "), .examples.join("; "))]
    NullKey {
        /// The mart.
        model: ModelName,
        /// Its file.
        path: String,
        /// The key.
        key: Vec<String>,
        /// How many rows.
        rows: u64,
        /// The keys of some of them.
        examples: Vec<String>,
    },
    /// A mart with two rows of one key.
    #[error("mart `{model}` ({path}) has {} beyond the first of their key ({}); for example {}", counted(*.rows), .key.join(", "), .examples.join("; "))]
    DuplicateKey {
        /// The mart.
        model: ModelName,
        /// Its file.
        path: String,
        /// The key.
        key: Vec<String>,
        /// How many rows too many.
        rows: u64,
        /// The keys of some of them.
        examples: Vec<String>,
    },
    /// A mart that kept being changed by others while it was built.
    #[error("mart `{model}` was changed by others {attempts} times while it was built")]
    Contended {
        /// The mart.
        model: ModelName,
        /// How often it was tried.
        attempts: usize,
    },
    /// Some marts could not be built; the others were.
    #[error("{} of {} marts could not be built: {}", .report.failed.len(), .report.failed.len() + .report.marts.len(), failed_names(.report))]
    Build {
        /// What was and what was not built.
        report: Box<BuildReport>,
    },
    /// A plan that no longer holds.
    #[error("nothing was built: the plan no longer holds: {}", .moved.join("; "))]
    PlanOutdated {
        /// What moved, in words.
        moved: Vec<String>,
    },
    /// A plan whose months are none.
    #[error("the plan has no range of months")]
    PlanRange {
        /// What is wrong with it.
        #[source]
        source: RangeError,
    },
    /// A name that is no model, or no mart where one is asked for.
    #[error("there is no {kind} `{name}`")]
    Unknown {
        /// `model` or `mart`.
        kind: &'static str,
        /// As given.
        name: String,
        /// The right name nearest to it.
        nearest: Option<String>,
    },
    /// An audit that could not be run.
    #[error("cannot run audit `{audit}` of `{model}` ({path})")]
    AuditUnrunnable {
        /// The model.
        model: ModelName,
        /// The audit.
        audit: String,
        /// Its file.
        path: String,
        /// What the engine says.
        #[source]
        source: Box<DataFusionError>,
    },
    /// Audits that forbid a publication.
    #[error("nothing was published: {}", audit_list(.failed))]
    AuditsFailed {
        /// Those that failed with severity error.
        failed: Vec<AuditReport>,
    },
    /// Marts that have never been built.
    #[error("nothing was published: not built yet: {}", names(.marts))]
    NotBuilt {
        /// The marts.
        marts: Vec<ModelName>,
    },
    /// Numbers of closed months that would change.
    #[error("nothing was published: {} of {}, closed through {through}, would change: {}", counted_numbers(*.total), .times.join(", "), first_of(.changes))]
    ClosedPeriods {
        /// The last closed month.
        through: Period,
        /// The months and years that would change.
        times: Vec<String>,
        /// How many numbers would.
        total: u64,
        /// The numbers; the first of them, when there are very many.
        changes: Vec<Restated>,
    },
    /// A restatement of a month that may change anyway.
    #[error("{month} is not closed{}", through_words(.through))]
    NotClosed {
        /// The month.
        month: Period,
        /// The last closed month.
        through: Option<Period>,
    },
    /// A restatement that changes nothing.
    #[error("nothing was restated: no published number of {} would change", listed(.months))]
    NothingToRestate {
        /// The months.
        months: Vec<Period>,
    },
    /// Marts that were built on other rows than those that would be published with them.
    #[error("nothing was published: built on older rows or other SQL: {}", names(.marts))]
    Stale {
        /// The marts.
        marts: Vec<ModelName>,
    },
}

impl TransformError {
    /// Sorts what the engine says of `model` into what its author can mend and what not.
    pub(crate) fn compute(model: &Model, source: DataFusionError) -> Self {
        let (name, path) = (model.name.clone(), model.path().to_owned());
        if is_divide_by_zero(&source) {
            return Self::DivideByZero { model: name, path };
        }
        if let Some(reason) = overflow(&source) {
            return Self::Overflow {
                model: name,
                path,
                reason,
            };
        }
        Self::Compute {
            model: name,
            path,
            source: Box::new(source),
        }
    }

    pub(crate) fn unknown<'a>(
        kind: &'static str,
        name: &str,
        choices: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::Unknown {
            kind,
            name: name.to_owned(),
            nearest: nearest(name, choices).map(str::to_owned),
        }
    }

    /// How to mend it, when that is more than the message already says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Warehouse(error) => error.hint(),
            Self::Session(_) => None,
            Self::Compute { .. } | Self::AuditUnrunnable { .. } | Self::OutputDiffers { .. } => {
                Some("`jieyue check` tells the line, if the SQL is at fault".to_owned())
            }
            Self::DivideByZero { .. } => Some(
                "divide by `nullif(x, 0)`, and say in a column of its own why there is no value"
                    .to_owned(),
            ),
            Self::Overflow { .. } => {
                Some("widen the column in its contract, or find the wrong value".to_owned())
            }
            Self::NullKey { key, .. } => Some(format!(
                "leave such rows out, or join them to what gives them ({})",
                key.join(", ")
            )),
            Self::DuplicateKey { .. } => {
                Some("group by the grain, or mend the join that multiplies rows".to_owned())
            }
            Self::Contended { .. } => Some("let one build run at a time".to_owned()),
            Self::Build { report } => {
                let mut hints = report.failed.iter().filter_map(|mart| mart.hint.clone());
                hints.next()
            }
            Self::PlanOutdated { .. } => {
                Some("make a new one with `jieyue plan`, look at it, and apply that".to_owned())
            }
            Self::PlanRange { source } => Some(source.hint()),
            Self::Unknown { nearest, .. } => nearest.as_ref().map(|name| format!("write `{name}`")),
            Self::AuditsFailed { .. } => Some(
                "look at the rows with `jieyue query --unpublished`; readers keep the last good \
                 publication"
                    .to_owned(),
            ),
            Self::ClosedPeriods { times, .. } => Some(format!(
                "if they are right, restate them: `jieyue restate {} --reason '…'`; else mend what \
                 was loaded",
                months_of(times).join(" ")
            )),
            Self::NotClosed { .. } => {
                Some("`jieyue publish` publishes months that are open".to_owned())
            }
            Self::NothingToRestate { .. } => Some(
                "load and build what is to be restated first; `jieyue publish` publishes the rest"
                    .to_owned(),
            ),
            Self::NotBuilt { .. } | Self::Stale { .. } => {
                Some("run `jieyue build`, then publish".to_owned())
            }
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Warehouse(error) => error.fault(),
            Self::Session(_) => Fault::Internal,
            Self::Contended { .. } => Fault::External,
            Self::Build { report } => report
                .failed
                .iter()
                .map(|mart| mart.fault)
                .find(|fault| *fault != Fault::User)
                .unwrap_or(Fault::User),
            _ => Fault::User,
        }
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Warehouse(error) => error.retry(),
            Self::Contended { .. } => Retry::Later,
            _ => Retry::Never,
        }
    }
}

/// What the engine's sentence says of a division by zero, however deep it is wrapped.
pub(crate) fn is_divide_by_zero(error: &DataFusionError) -> bool {
    matches!(
        error.find_root(),
        DataFusionError::ArrowError(arrow, _) if matches!(**arrow, ArrowError::DivideByZero)
    )
}

fn overflow(error: &DataFusionError) -> Option<String> {
    let DataFusionError::ArrowError(arrow, _) = error.find_root() else {
        return None;
    };
    match arrow.as_ref() {
        ArrowError::ArithmeticOverflow(reason) => Some(reason.clone()),
        ArrowError::InvalidArgumentError(reason) if reason.contains("too large to store") => {
            Some(reason.clone())
        }
        ArrowError::InvalidArgumentError(reason) if reason.contains("too small to store") => {
            Some(reason.clone())
        }
        _ => None,
    }
}

fn counted_numbers(numbers: u64) -> String {
    match numbers {
        1 => "1 number".to_owned(),
        numbers => format!("{numbers} numbers"),
    }
}

/// The first few changes; the whole list is the caller's to print.
fn first_of(changes: &[Restated]) -> String {
    let shown: Vec<String> = changes.iter().take(5).map(ToString::to_string).collect();
    shown.join("; ")
}

fn through_words(through: &Option<Period>) -> String {
    match through {
        Some(through) => format!("; {through} is the last month that is"),
        None => "; no month is".to_owned(),
    }
}

fn listed(months: &[Period]) -> String {
    let months: Vec<String> = months.iter().map(ToString::to_string).collect();
    months.join(", ")
}

/// The months to restate: a year by its December, which closes it.
fn months_of(times: &[String]) -> Vec<String> {
    let months = times.iter().filter(|time| time.len() == 7).cloned();
    let mut months: Vec<String> = months.collect();
    for year in times.iter().filter(|time| time.len() == 4) {
        if !months.iter().any(|month| month.starts_with(year.as_str())) {
            months.push(format!("{year}-12"));
        }
    }
    months.sort();
    months
}

fn counted(rows: u64) -> String {
    match rows {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    }
}

fn failed_names(report: &BuildReport) -> String {
    let names: Vec<String> = report
        .failed
        .iter()
        .map(|mart| format!("`{}` ({})", mart.mart, mart.message))
        .collect();
    names.join("; ")
}

fn names(marts: &[ModelName]) -> String {
    let quoted: Vec<String> = marts.iter().map(|mart| format!("`{mart}`")).collect();
    quoted.join(", ")
}

fn audit_list(failed: &[AuditReport]) -> String {
    let sentences: Vec<String> = failed
        .iter()
        .filter(|audit| audit.severity == AuditSeverity::Error)
        .map(ToString::to_string)
        .collect();
    sentences.join("; ")
}
