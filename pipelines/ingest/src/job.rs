//! Jobs: what is loaded into which table, from where, and how.
//!
//! Begin with [`parse()`], which takes (path, text) pairs and answers all jobs or every fault in them;
//! [`parse_sound`] answers the sound ones beside the faults.
//! A [`Job`] holds valid values only: its table has a contract, its select keeps the place of rows and
//! gives the contract's columns, its units convert. What depends on the files themselves (their
//! columns) is found when they are read.
//!
//! The JSON Schema of a job file is [`json_schema`]; editors complete from it.

mod error;
mod file;
mod parse;
mod schedule;

use std::collections::BTreeMap;
use std::fmt;

use contracts::parse::{Ambiguity, DateFormat, Missing, TwoDigitYears, Zone};
use contracts::text::nearest;
use contracts::unit::Unit;
use contracts::yaml::At;
use contracts::{ColumnName, TableId};
use sources::SourceConfig;

use crate::error::IngestError;
use crate::format::Format;
use crate::select::Select;
use crate::unpivot::Unpivot;

pub use error::JobError;
pub use file::OnConflict;
pub use parse::{parse, parse_sound};
pub use schedule::{CatchUp, RetriesFile, ScheduleFile};

/// All jobs of a deployment, by name.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    jobs: BTreeMap<JobName, Job>,
}

/// The name of a job: two or more lower-case words with dots between, `energy.monthly_forms`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobName(String);

/// A job whose every part is valid.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub name: JobName,
    /// The table it loads.
    pub table: TableId,
    /// The file it was read from.
    pub path: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where its rows come from.
    pub source: SourceConfig,
    /// How its files are written.
    pub format: Format,
    /// What its rows do to the table.
    pub mode: Mode,
    /// What two different rows of one key in one file come to.
    pub on_conflict: OnConflict,
    /// When it runs by itself, as the file says it.
    pub schedule: Option<At<ScheduleFile>>,
    pub(crate) unpivot: Option<Unpivot>,
    pub(crate) select: Selection,
    pub(crate) reading: Reading,
    /// What decides what a row comes to, hashed: when it changes, sources that remember begin anew.
    pub(crate) fingerprint: String,
}

/// What the rows of a run do to the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// New keys are added; a known key with other values is set aside.
    Append,
    /// New keys are added, known ones are replaced.
    Upsert,
    /// As upsert, and what is not offered goes.
    Snapshot,
    /// As snapshot, for the periods offered: the values of this column.
    ReplacePeriod(ColumnName),
}

/// What is taken from a file's columns.
#[derive(Debug, Clone)]
pub(crate) enum Selection {
    /// What the job's query gives.
    Query(Select),
    /// The columns that have the contract's names.
    ByName,
}

/// How text becomes values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    pub dates: Vec<DateFormat>,
    pub years: TwoDigitYears,
    /// For columns that are neither text nor numbers.
    pub missing: Missing,
    /// For columns of numbers.
    pub missing_numbers: Missing,
    pub decimal_comma: bool,
    pub currency: Vec<String>,
    /// By column of the contract.
    pub units: BTreeMap<String, Unit>,
    pub zone: Zone,
    pub ambiguity: Ambiguity,
}

impl Jobs {
    /// The job called `name`.
    pub fn get(&self, name: &str) -> Option<&Job> {
        self.jobs.values().find(|job| job.name.as_str() == name)
    }

    /// The job called `name`.
    ///
    /// # Errors
    /// [`IngestError::UnknownJob`] with the nearest name.
    pub fn require(&self, name: &str) -> Result<&Job, IngestError> {
        self.get(name).ok_or_else(|| IngestError::UnknownJob {
            job: name.to_owned(),
            nearest: nearest(name, self.jobs.keys().map(JobName::as_str)).map(str::to_owned),
        })
    }

    /// All jobs, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }
}

impl Job {
    /// The columns of a file that an output column of the select is made of; `None` when that cannot
    /// be told from the query's text.
    pub(crate) fn columns_behind(&self, output: &str) -> Option<Vec<String>> {
        match &self.select {
            _ if self.unpivot.is_some() => None,
            Selection::ByName => Some(vec![output.to_owned()]),
            Selection::Query(select) => select.columns_behind(output),
        }
    }
}

impl JobName {
    /// A name, or nothing when the text is not one.
    pub(crate) fn new(text: &str) -> Option<JobName> {
        let mut words = text.split('.');
        let is_word = |word: &str| {
            word.starts_with(|letter: char| letter.is_ascii_lowercase())
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        (text.contains('.') && words.all(is_word)).then(|| JobName(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Mode {
    /// The word jobs use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Mode::Append => "append",
            Mode::Upsert => "upsert",
            Mode::Snapshot => "snapshot",
            Mode::ReplacePeriod(_) => "replace_period",
        }
    }

    /// Whether rows of the table go when they are not offered again.
    pub fn removes(&self) -> bool {
        matches!(self, Mode::Snapshot | Mode::ReplacePeriod(_))
    }
}

/// The JSON Schema of a job file.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(file::JobFile).to_value()
}

#[cfg(test)]
mod tests;
