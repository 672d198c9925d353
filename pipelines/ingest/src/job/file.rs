//! The text form of a job: what may stand in `pipelines/jobs/<source>/<job>.yaml`.
//!
//! These types only describe the file (its JSON Schema is derived from them); [`super::parse()`] turns
//! them into a [`super::Job`], which holds valid values only.

use std::collections::BTreeMap;

use contracts::yaml::At;
use schemars::JsonSchema;
use serde::Deserialize;

use sources::files::Patterns;
use sources::{ByteSize, DatabaseConfig, HttpConfig, Wait};

use super::schedule::ScheduleFile;
use crate::format::Format;

/// A job: what is loaded into which table, from where, and how.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "Jieyue job")]
pub struct JobFile {
    /// The job's id, unique among all jobs: `energy.monthly_forms`.
    pub job: At<String>,
    /// The table it loads, `schema.table`, which must have a contract.
    pub table: At<String>,
    /// What the job is for, in a sentence.
    #[serde(default)]
    pub description: Option<String>,
    /// Where the rows come from.
    pub source: At<SourceFile>,
    /// How the files are written; what is not said is detected and reported.
    #[serde(default)]
    pub format: Option<At<Format>>,
    /// Columns to turn into rows before the select: one row for each column named.
    #[serde(default)]
    pub unpivot: Option<UnpivotFile>,
    /// A query over `decoded`, the file's columns as text, that gives the contract's columns.
    /// Without it the columns that have the contract's names are taken as they are.
    #[serde(default)]
    pub select: Option<At<String>>,
    /// How text is read as numbers, dates and units.
    #[serde(default)]
    pub parse: ParseFile,
    /// What the rows do to the table: add, change, or replace.
    pub mode: At<ModeWord>,
    /// With `replace_period`: the column whose values name the periods that a run replaces.
    #[serde(default)]
    pub period: Option<At<String>>,
    /// What to do with two different rows of one key in one file.
    #[serde(default)]
    pub on_conflict: OnConflict,
    /// When the job runs by itself; without it, when somebody runs it.
    #[serde(default)]
    pub schedule: Option<At<ScheduleFile>>,
}

/// Where a job's rows come from: one of `files`, `project_files`, `inbox`, `http`, `postgres` and
/// `mysql`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceFile {
    /// Patterns below the data folder, or `s3://bucket/prefix/*.csv`.
    #[serde(default)]
    pub files: Option<Patterns>,
    /// Patterns below the project's own folder, for data kept beside the jobs.
    #[serde(default)]
    pub project_files: Option<Patterns>,
    /// Patterns below the data folder, or in object storage, where files are dropped now and then: only
    /// those are read that are new or have changed, and it is no fault that there is none.
    #[serde(default)]
    pub inbox: Option<Patterns>,
    /// A REST service or a download.
    #[serde(default)]
    pub http: Option<Box<HttpConfig>>,
    /// A table or query of PostgreSQL.
    #[serde(default)]
    pub postgres: Option<Box<DatabaseConfig>>,
    /// A table or query of MySQL or MariaDB.
    #[serde(default)]
    pub mysql: Option<Box<DatabaseConfig>>,
    /// With files: which of a zip are read, as a pattern of their names. Without it a zip holds one file.
    #[serde(default)]
    pub entry: Option<String>,
    /// With files: most bytes one may hold after it is expanded, `"20 GiB"` when not said.
    #[serde(default)]
    pub max_expanded: Option<ByteSize>,
    /// With `inbox`: how long a file must have been left alone before it is read, `"30 s"` when not said.
    #[serde(default)]
    pub settle: Option<Wait>,
}

/// Which columns become rows, and what the two new columns are called.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UnpivotFile {
    /// Globs on the file's column names: `month_*`, `*月`.
    pub columns: At<Vec<String>>,
    /// The new column that holds the name of the column a value came from.
    pub name: At<String>,
    /// The new column that holds the value.
    pub value: At<String>,
}

/// How text cells become values.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ParseFile {
    /// Forms of dates and timestamps beside those with the year first, tried in this order: `D/M/Y`,
    /// `M/D/Y`, `excel`, `excel1904`, or a pattern such as `%d.%m.%Y %H:%M`. A year of two digits is
    /// taken as POSIX does: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068.
    #[serde(default)]
    pub dates: Vec<At<String>>,
    /// The last year that a year of two digits can mean, where POSIX's rule does not fit: with `2015`
    /// they are those of 1916 to 2015, as in a register of that year that holds no later day.
    #[serde(default)]
    pub two_digit_years_until: Option<At<i32>>,
    /// Texts that mean "no value" in columns that are not text, beside the empty cell: `-`, `N/A`.
    #[serde(default)]
    pub missing: Vec<String>,
    /// How numbers are written.
    #[serde(default)]
    pub numbers: NumbersFile,
    /// The unit a column is delivered in, where it is not the contract's: `electricity_kwh: 万kWh`.
    #[serde(default)]
    pub units: BTreeMap<String, At<String>>,
    /// The time zone of timestamps that name none: `UTC`, `+08:00`, `Europe/London`. Without it the
    /// city's, `Asia/Shanghai`.
    #[serde(default)]
    pub time_zone: Option<At<String>>,
    /// Which moment a local time means that occurs twice; without it such a row is set aside.
    #[serde(default)]
    pub ambiguous_time: Option<AmbiguousTime>,
}

/// Which of the two moments a local time means that occurs twice, when clocks are put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AmbiguousTime {
    /// The first, still in summer time.
    Earliest,
    /// The second.
    Latest,
}

/// How numbers are written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NumbersFile {
    /// Texts that mean "no value" in columns of numbers, beside the empty cell: `-`, `—`, `N/A`.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The mark before the fraction: `.` when not said, or `,`. The other one may separate thousands.
    #[serde(default)]
    pub decimal: DecimalMark,
    /// Signs of currency that are left out, beside those of the yuan: `$`, `£`.
    #[serde(default)]
    pub currency: Vec<String>,
}

/// The mark before the fraction of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum DecimalMark {
    /// `1,234.5`
    #[default]
    #[serde(rename = ".")]
    Point,
    /// `1.234,5`
    #[serde(rename = ",")]
    Comma,
}

/// What the rows of a run do to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModeWord {
    /// Rows with new keys are added; a row whose key is there with other values is set aside.
    Append,
    /// Rows with new keys are added, rows with known keys take the place of the old ones.
    Upsert,
    /// As upsert, and rows of the table that are not offered again go: the files are the whole table.
    Snapshot,
    /// As snapshot, for the periods that the files hold rows of.
    ReplacePeriod,
}

/// What happens to two different rows of one key in one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// Both are set aside.
    #[default]
    Quarantine,
    /// The later row of the file counts.
    Last,
}
