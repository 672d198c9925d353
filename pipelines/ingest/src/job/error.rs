//! Why a job was refused.

use contracts::yaml::YamlFault;
use contracts::{Fault, Place, Retry, TableId};

use sources::ConfigFault;

use crate::format::{FormatFault, Kind};
use crate::select::SelectFaultKind;

/// Why a job was refused: what and where; [`hint`](Self::hint) says how to mend it.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum JobError {
    #[error(transparent)]
    Shape(#[from] YamlFault),
    #[error("`{name}` at {at} is not a name of a job")]
    NotAName { at: Place, name: String },
    #[error("job `{name}` at {at} has the name of the one at {first}")]
    Repeated {
        at: Place,
        name: String,
        first: Place,
    },
    #[error("there is no contract for the table `{table}` named at {at}")]
    UnknownTable {
        at: Place,
        table: String,
        nearest: Option<String>,
    },
    #[error("`{table}` at {at} is written by this program itself and cannot be loaded by a job")]
    OwnTable { at: Place, table: TableId },
    #[error("the source at {at} does not say where rows come from")]
    NoSource { at: Place },
    #[error("the source at {at} says both {}", .keys.join(" and "))]
    SeveralSources { at: Place, keys: Vec<String> },
    #[error("`{key}` at {at} means nothing for a source of `{source_key}`")]
    NotOfSource {
        at: Place,
        key: &'static str,
        source_key: &'static str,
    },
    #[error("{} (source at {at})", fault.message)]
    Source { at: Place, fault: ConfigFault },
    #[error(
        "the source at {at} gives only what has changed, and mode `{mode}` removes what is not given"
    )]
    Incremental { at: Place, mode: &'static str },
    #[error("the job has a `format`, and the source at {at} is a database, which has its own")]
    FormatOfDatabase { at: Place },
    #[error("`kind: {kind}` at {at} does not fit a source that gives {given}")]
    KindOfSource {
        at: Place,
        kind: Kind,
        given: &'static str,
    },
    #[error("the format at {at}: {fault}")]
    Format { at: Place, fault: FormatFault },
    #[error("`{glob}` at {at} is not a pattern of column names: {reason}")]
    BadGlob {
        at: Place,
        glob: String,
        reason: String,
    },
    #[error("`unpivot` at {at} names no column")]
    NoColumns { at: Place },
    #[error("{fault} (at {at})")]
    Select { at: Place, fault: SelectFault },
    #[error("the select at {at} gives `{column}`, which `{table}` does not have")]
    UnknownOutput {
        at: Place,
        column: String,
        table: TableId,
        nearest: Option<String>,
    },
    #[error("the select at {at} gives no `{column}`, which `{table}` requires")]
    MissingOutput {
        at: Place,
        column: String,
        table: TableId,
    },
    #[error("mode `replace_period` at {at} needs a `period`")]
    PeriodMissing { at: Place },
    #[error("`period` at {at} means nothing with mode `{mode}`")]
    PeriodUnused { at: Place, mode: &'static str },
    #[error("`{key}` at {at} names `{column}`, which `{table}` does not have")]
    UnknownColumn {
        at: Place,
        key: &'static str,
        column: String,
        table: TableId,
        nearest: Option<String>,
    },
    #[error("`{word}` at {at} is not a way dates are written: {reason}")]
    DateFormat {
        at: Place,
        word: String,
        reason: String,
        hint: String,
    },
    #[error("`two_digit_years_until` at {at} is {year}, no year of four digits")]
    TwoDigitYears { at: Place, year: i32 },
    #[error("`{word}` at {at} is not a time zone")]
    TimeZone {
        at: Place,
        word: String,
        nearest: Option<String>,
    },
    #[error("`{unit}` at {at} is not a unit")]
    UnknownUnit {
        at: Place,
        unit: String,
        nearest: Option<String>,
    },
    #[error("`{column}` of `{table}`, named at {at}, has no unit to convert to")]
    NoUnit {
        at: Place,
        column: String,
        table: TableId,
    },
    #[error("`{unit}` at {at} cannot be converted to `{expected}`, the unit of `{column}`")]
    OtherDimension {
        at: Place,
        unit: String,
        column: String,
        expected: String,
    },
}

/// What is wrong with a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectFault(pub(crate) SelectFaultKind);

impl std::fmt::Display for SelectFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl JobError {
    /// How to mend it, when that can be said.
    pub fn hint(&self) -> Option<String> {
        let write = |nearest: &Option<String>, otherwise: &str| match nearest {
            Some(nearest) => format!("write `{nearest}`"),
            None => otherwise.to_owned(),
        };
        let hint = match self {
            Self::Shape(fault) => return fault.hint(),
            Self::NotAName { .. } => {
                "write lower-case words with a dot between, such as `energy.monthly_forms`".into()
            }
            Self::Repeated { .. } => "give each job a name of its own".into(),
            Self::UnknownTable { nearest, .. } => write(
                nearest,
                "add a contract for it, or name a table that has one",
            ),
            Self::OwnTable { .. } => "name a source table".into(),
            Self::NoSource { .. } => {
                "add `files: \"folder/*.csv\"`, `project_files: …`, `http: { url: … }`, `postgres: { host: … }` or `mysql: { host: … }`".into()
            }
            Self::SeveralSources { .. } => "keep one of them; a job has one source".into(),
            Self::NotOfSource { .. } => "remove it".into(),
            Self::Source { fault, .. } => fault.hint.clone(),
            Self::Incremental { .. } => {
                "write `mode: upsert` (or `append`), or let the source give everything".into()
            }
            Self::FormatOfDatabase { .. } => "remove `format`".into(),
            Self::KindOfSource { .. } => "remove `kind`".into(),
            Self::Format { fault, .. } => fault.hint(),
            Self::BadGlob { .. } => "write a pattern such as `month_*`".into(),
            Self::NoColumns { .. } => {
                "name the columns that become rows: `columns: [\"month_*\"]`".into()
            }
            Self::Select { fault, .. } => fault.0.hint(),
            Self::UnknownOutput { nearest, .. } => write(
                nearest,
                "take it out of the select, or add it to the contract",
            ),
            Self::MissingOutput { column, .. } => format!("add `… as {column}` to the select"),
            Self::PeriodMissing { .. } => {
                "add `period: month`, or the column that names the period".into()
            }
            Self::PeriodUnused { .. } => "remove it, or write `mode: replace_period`".into(),
            Self::UnknownColumn { nearest, .. } => write(nearest, "name a column of the contract"),
            Self::DateFormat { hint, .. } => hint.clone(),
            Self::TwoDigitYears { .. } => {
                "write the last year a date of these files can have, such as `2015`".into()
            }
            Self::TimeZone { nearest, .. } => {
                write(nearest, "write `UTC`, `+08:00` or `Asia/Shanghai`")
            }
            Self::UnknownUnit { nearest, .. } => write(nearest, "write a unit the contracts know"),
            Self::NoUnit { .. } => "remove it, or give the column a unit in its contract".into(),
            Self::OtherDimension { expected, .. } => {
                format!("name the unit the file has, which must measure the same as `{expected}`")
            }
        };
        Some(hint)
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        match self {
            Self::Shape(fault) => fault.place(),
            Self::NotAName { at, .. }
            | Self::Repeated { at, .. }
            | Self::UnknownTable { at, .. }
            | Self::OwnTable { at, .. }
            | Self::NoSource { at }
            | Self::SeveralSources { at, .. }
            | Self::NotOfSource { at, .. }
            | Self::Source { at, .. }
            | Self::Incremental { at, .. }
            | Self::FormatOfDatabase { at }
            | Self::KindOfSource { at, .. }
            | Self::Format { at, .. }
            | Self::BadGlob { at, .. }
            | Self::NoColumns { at }
            | Self::Select { at, .. }
            | Self::UnknownOutput { at, .. }
            | Self::MissingOutput { at, .. }
            | Self::PeriodMissing { at }
            | Self::PeriodUnused { at, .. }
            | Self::UnknownColumn { at, .. }
            | Self::DateFormat { at, .. }
            | Self::TwoDigitYears { at, .. }
            | Self::TimeZone { at, .. }
            | Self::UnknownUnit { at, .. }
            | Self::NoUnit { at, .. }
            | Self::OtherDimension { at, .. } => at,
        }
    }

    /// Always the user's: a job is declared.
    pub fn fault(&self) -> Fault {
        Fault::User
    }

    /// Never: the same files give the same faults.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}
