//! Board files as they are written. The header of `dashboard/boards/overview.yaml` tells the language.

use std::collections::BTreeMap;

use contracts::yaml::{At, Scalar};
use schemars::JsonSchema;
use serde::Deserialize;

/// A board.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Board", deny_unknown_fields)]
pub(crate) struct BoardFile {
    /// Its name, unique among boards; the page's address.
    pub board: At<String>,
    /// Its title.
    pub title: TitlesFile,
    /// What it is for.
    #[serde(default)]
    pub purpose: Option<String>,
    /// What a reader may choose, and what follows from it.
    #[serde(default)]
    pub parameters: Vec<ParameterFile>,
    /// Its panels.
    pub panels: Vec<PanelFile>,
}

/// A text in both languages.
#[derive(Clone, Deserialize, JsonSchema)]
#[schemars(rename = "Titles", deny_unknown_fields)]
pub(crate) struct TitlesFile {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A parameter: chosen by the reader, or worked out.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Parameter", deny_unknown_fields)]
pub(crate) struct ParameterFile {
    /// Its name, without `$`.
    pub parameter: At<String>,
    /// Its title, for whoever reads the file; the pages have their own words for choosers.
    #[serde(default)]
    #[expect(dead_code, reason = "a key of the file that is not sent")]
    pub title: Option<TitlesFile>,
    /// What it is.
    pub kind: ParameterKind,
    /// What a reader may choose from.
    #[serde(default)]
    pub choices: Option<ChoicesFile>,
    /// Used when the request gives none.
    #[serde(default)]
    pub default: Option<Scalar>,
    /// How it is worked out; a request cannot give it.
    #[serde(default)]
    pub value: Option<ValueFile>,
}

/// What a parameter is.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ParameterKind {
    /// A region's code.
    Region,
    /// A year.
    Year,
    /// A month, `YYYY-MM`.
    Month,
    /// Any text.
    Text,
}

/// The values of a column of a mart.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Choices", deny_unknown_fields)]
pub(crate) struct ChoicesFile {
    /// The mart.
    pub from: At<String>,
    /// The column.
    pub values_of: At<String>,
}

/// How a parameter is worked out: the greatest value of a column, or another one moved by years.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Value", deny_unknown_fields)]
pub(crate) struct ValueFile {
    /// The column whose greatest value is taken.
    #[serde(default)]
    pub latest: Option<At<String>>,
    /// The mart it is in.
    #[serde(default)]
    pub from: Option<At<String>>,
    /// Which of its rows.
    #[serde(default, rename = "where")]
    pub filters: BTreeMap<String, ConditionFile>,
    /// The parameter that is moved, with `$`.
    #[serde(default)]
    pub of: Option<At<String>>,
    /// By so many years.
    #[serde(default)]
    pub add_years: Option<i32>,
}

/// What a column must be: this value, or a test.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum ConditionFile {
    /// Equal to a literal or `$parameter`.
    Equal(Scalar),
    /// A test.
    Test(TestFile),
}

/// Exactly one test; `from` and `to` go together.
#[derive(Clone, Deserialize, JsonSchema)]
#[schemars(rename = "Test", deny_unknown_fields)]
pub(crate) struct TestFile {
    /// One of these.
    #[serde(default, rename = "in")]
    pub one_of: Option<Vec<Scalar>>,
    /// This region or one below it.
    #[serde(default)]
    pub within: Option<Scalar>,
    /// The smallest value.
    #[serde(default)]
    pub from: Option<Scalar>,
    /// The largest value.
    #[serde(default)]
    pub to: Option<Scalar>,
    /// Whether there is a value.
    #[serde(default)]
    pub is: Option<Presence>,
}

/// Whether there is a value.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Presence {
    /// Not null.
    Present,
    /// Null.
    Absent,
}

/// A panel: one question, with what must be read beside the answer.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Panel", deny_unknown_fields)]
pub(crate) struct PanelFile {
    /// Its name, unique in the board.
    pub panel: At<String>,
    /// Its title.
    pub title: TitlesFile,
    /// How the page draws it.
    pub kind: String,
    /// The question.
    pub query: QueryFile,
    /// What must be read beside the answer.
    #[serde(default)]
    pub notes: Vec<NoteFile>,
    /// Where the numbers come from.
    #[serde(default)]
    pub source: Option<TitlesFile>,
    /// What to say when no row matches.
    #[serde(default)]
    pub empty: Option<TitlesFile>,
}

/// A question to a mart.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Query", deny_unknown_fields)]
pub(crate) struct QueryFile {
    /// The mart.
    pub from: At<String>,
    /// Which rows.
    #[serde(default, rename = "where")]
    pub filters: BTreeMap<String, ConditionFile>,
    /// Rows as they are.
    #[serde(default)]
    pub columns: Vec<At<String>>,
    /// What the answer is broken down by.
    #[serde(default)]
    pub dimensions: Vec<At<String>>,
    /// What is measured.
    #[serde(default)]
    pub measures: Vec<MeasureFile>,
    /// Codes that get a column of names.
    #[serde(default)]
    pub names: Vec<At<String>>,
    /// Which rows of the answer, by measures.
    #[serde(default)]
    pub having: BTreeMap<String, ConditionFile>,
    /// The order of rows.
    #[serde(default)]
    pub order: Vec<OrderFile>,
    /// At most so many rows.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// A measure: exactly one of metric, sum, max, min, any, count, share, change.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "BoardMeasure", deny_unknown_fields)]
pub(crate) struct MeasureFile {
    /// The column of the answer.
    pub measure: At<String>,
    /// A metric of `sql/metrics`.
    #[serde(default)]
    pub metric: Option<At<String>>,
    /// Add a column.
    #[serde(default)]
    pub sum: Option<At<String>>,
    /// The largest of a column.
    #[serde(default)]
    pub max: Option<At<String>>,
    /// The smallest of a column.
    #[serde(default)]
    pub min: Option<At<String>>,
    /// Whether any row is true.
    #[serde(default)]
    pub any: Option<At<String>>,
    /// `rows`.
    #[serde(default)]
    pub count: Option<CountWord>,
    /// 100 × part / whole of measures named before.
    #[serde(default)]
    pub share: Option<ShareFile>,
    /// 100 × (to − from) / from of measures named before.
    #[serde(default)]
    pub change: Option<ChangeFile>,
    /// Only these rows count.
    #[serde(default, rename = "where")]
    pub filters: BTreeMap<String, ConditionFile>,
    /// Instead of the metric's or contract's title.
    #[serde(default)]
    pub title: Option<TitlesFile>,
    /// Instead of the metric's or contract's unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// How many decimals a reader wants.
    #[serde(default)]
    pub format: Option<String>,
}

/// What is counted.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CountWord {
    /// Rows.
    Rows,
}

/// 100 × part / whole.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Share", deny_unknown_fields)]
pub(crate) struct ShareFile {
    /// A measure named before.
    pub part: At<String>,
    /// A measure named before.
    pub whole: At<String>,
}

/// 100 × (to − from) / from.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Change", deny_unknown_fields)]
pub(crate) struct ChangeFile {
    /// A measure named before.
    pub from: At<String>,
    /// A measure named before.
    pub to: At<String>,
}

/// A column to order by.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "BoardOrder", deny_unknown_fields)]
pub(crate) struct OrderFile {
    /// The column.
    pub column: At<String>,
    /// Largest first.
    #[serde(default)]
    pub descending: bool,
}

/// Something that must be read beside the numbers.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Note", deny_unknown_fields)]
pub(crate) struct NoteFile {
    /// What kind of remark it is; left out for factors and settings, whose grade decides.
    #[serde(default)]
    pub kind: Option<NoteKindFile>,
    /// The remark.
    #[serde(default)]
    pub text: Option<TitlesFile>,
    /// Where it is from.
    #[serde(default)]
    pub source: Option<String>,
    /// How sure it is, A to D.
    #[serde(default)]
    pub grade: Option<String>,
    /// Shown only if a row meets these.
    #[serde(default)]
    pub when: BTreeMap<String, ConditionFile>,
    /// A column with ids of emission factors.
    #[serde(default)]
    pub factors: Option<At<String>>,
    /// Names of rows of `reference.setting`.
    #[serde(default)]
    pub settings: Vec<At<String>>,
    /// Another mart for the factors.
    #[serde(default)]
    pub from: Option<At<String>>,
    /// Which of its rows.
    #[serde(default, rename = "where")]
    pub filters: BTreeMap<String, ConditionFile>,
    /// The column it belongs to.
    #[serde(default)]
    pub of: Option<String>,
}

/// What kind of remark a note is.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoteKindFile {
    /// A factor that was used.
    Factor,
    /// To be kept in mind.
    Caveat,
    /// A value that the city has to confirm.
    Placeholder,
    /// A factor of an earlier year.
    CarriedForward,
    /// Something is not there.
    Missing,
}
