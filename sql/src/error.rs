//! What can be wrong with the SQL tree, its cases, audits and metrics: one fault each, with its place.

mod answer;

use contracts::Place;
use contracts::yaml::YamlFault;

use crate::name::ModelName;
use crate::units::UnitFault;

/// A fault in a file under `sql/`.
///
/// [`place`](Self::place) says where, [`hint`](Self::hint) how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum ModelError {
    // --- files ---------------------------------------------------------------------------------
    /// A `.sql` or `.yaml` file that is none of the known kinds, or stands in the wrong folder.
    #[error("{at} is neither a model, its cases, an audit nor metrics")]
    UnknownFile { at: Place },
    /// A file name that is no model name.
    #[error("`{name}` of {at} is not a model's name")]
    BadName { at: Place, name: String },
    /// A name that does not begin as its folder's models do.
    #[error("model `{name}` at {at} is in `sql/{folder}` and does not begin with `{prefix}`")]
    WrongPrefix {
        at: Place,
        name: ModelName,
        folder: &'static str,
        prefix: &'static str,
    },
    /// Two files with one model's name.
    #[error("model `{name}` at {at} is already at {first}")]
    DuplicateModel {
        at: Place,
        name: ModelName,
        first: Place,
    },
    /// YAML that does not have the form asked for.
    #[error(transparent)]
    Yaml(YamlFault),

    // --- the statement -------------------------------------------------------------------------
    /// The SQL does not parse.
    #[error("cannot parse the SQL at {at}: {message}")]
    Syntax { at: Place, message: String },
    /// Not exactly one select in a file.
    #[error("{at} holds {found}, where one select is expected")]
    NotOneSelect { at: Place, found: String },
    /// SQL that is not lower case.
    #[error("`{word}` at {at} is not lower case")]
    UpperCase { at: Place, word: String },
    /// A `*` in the last select.
    #[error("the last select has a `*` at {at}")]
    SelectStar { at: Place },
    /// A subquery in `from`.
    #[error("a subquery stands in `from` at {at}")]
    DerivedTable { at: Place },
    /// A join written with a comma.
    #[error("tables are joined by a comma at {at}")]
    CommaJoin { at: Place },
    /// `group by 1`.
    #[error("grouping by position {position} at {at}")]
    GroupByPosition { at: Place, position: String },
    /// `with a (x, y) as`.
    #[error("step `{cte}` at {at} names its columns before its select")]
    CteColumnList { at: Place, cte: String },
    /// A step nobody reads.
    #[error("step `{cte}` at {at} is never read")]
    UnusedStep { at: Place, cte: String },

    // --- the header ----------------------------------------------------------------------------
    /// A header line that is missing.
    #[error("the header at {at} does not say `-- {word}: …`")]
    MissingHeader { at: Place, word: &'static str },
    /// A header word that is nearly one of ours.
    #[error("unknown header word `{word}` at {at}")]
    UnknownHeader {
        at: Place,
        word: String,
        nearest: String,
    },
    /// A header word given twice.
    #[error("header word `{word}` at {at} is a repetition")]
    HeaderTwice { at: Place, word: String },
    /// A word in the grain that is no column name.
    #[error("`{word}` in the grain at {at} is not a column name")]
    GrainNotAName { at: Place, word: String },
    /// An audit severity other than the two.
    #[error("severity at {at} cannot be `{severity}`")]
    BadSeverity { at: Place, severity: String },

    // --- names the statement uses ----------------------------------------------------------------
    /// A table or model that does not exist.
    #[error("unknown table or model `{table}` at {at}")]
    UnknownTable {
        at: Place,
        table: String,
        nearest: Option<String>,
    },
    /// A column that does not exist.
    #[error("unknown column `{column}`{} at {at}", of_table(.table))]
    UnknownColumn {
        at: Place,
        column: String,
        table: Option<String>,
        nearest: Option<String>,
        choices: Vec<String>,
    },
    /// A column that two tables in reach have.
    #[error("column `{column}` at {at} is in more than one of the joined tables")]
    AmbiguousColumn { at: Place, column: String },
    /// Any other refusal of the planner: types that do not go together, an unknown function.
    #[error("cannot plan the statement at {at}: {message}")]
    Plan {
        at: Place,
        message: String,
        advice: Option<String>,
    },
    /// Models that read each other.
    #[error("models read each other in a circle at {at}: {}", arrows(.circle))]
    Cycle { at: Place, circle: Vec<ModelName> },
    /// A staging model that does more than clean one source.
    #[error("staging model `{model}` {what} at {at}")]
    StagingShape {
        at: Place,
        model: ModelName,
        what: String,
    },

    // --- the model against its contract ----------------------------------------------------------
    /// A grain column the model does not give.
    #[error("grain column `{column}` at {at} is not in the model's output")]
    GrainNotInOutput {
        at: Place,
        column: String,
        nearest: Option<String>,
    },
    /// A mart without a contract.
    #[error("mart `{mart}` at {at} has no contract")]
    MartWithoutContract { at: Place, mart: ModelName },
    /// A contract of a mart without a model.
    #[error("contract `mart.{mart}` at {at} has no model")]
    ContractWithoutMart {
        at: Place,
        mart: String,
        nearest: Option<String>,
    },
    /// A grain that is not the contract's key.
    #[error("the grain of mart `{mart}` at {at} is ({}), but the key in {contract} is ({})", .grain.join(", "), .key.join(", "))]
    GrainIsNotKey {
        at: Place,
        mart: ModelName,
        grain: Vec<String>,
        key: Vec<String>,
        contract: String,
    },
    /// A column of the contract the model does not give.
    #[error("mart `{mart}` at {at} does not give column `{column}` of {contract}")]
    OutputMissing {
        at: Place,
        mart: ModelName,
        column: String,
        contract: String,
        nearest: Option<String>,
    },
    /// A column the contract does not have.
    #[error("mart `{mart}` at {at} gives column `{column}`, which {contract} does not have")]
    OutputExtra {
        at: Place,
        mart: ModelName,
        column: String,
        contract: String,
    },
    /// Right columns in another order.
    #[error("mart `{mart}` at {at} gives `{found}` where {contract} has `{expected}`")]
    OutputOrder {
        at: Place,
        mart: ModelName,
        found: String,
        expected: String,
        contract: String,
    },
    /// A column whose type would have to be changed with a loss.
    #[error(
        "column `{column}` of mart `{mart}` at {at} is {found}, but {contract} says {expected}"
    )]
    OutputType {
        at: Place,
        mart: ModelName,
        column: String,
        found: String,
        expected: String,
        contract: String,
    },
    /// Units that do not go together or are not those of the contract.
    #[error(transparent)]
    Unit(UnitFault),
    /// A mart no case shows.
    #[error("mart `{mart}` at {at} has no cases")]
    NoCases { at: Place, mart: ModelName },

    // --- cases and audits ------------------------------------------------------------------------
    /// Cases or an audit of a model that does not exist.
    #[error("{at} belongs to an unknown model `{model}`")]
    UnknownModel {
        at: Place,
        model: String,
        nearest: Option<String>,
    },
    /// Two cases with one name.
    #[error("case `{case}` at {at} is already at {first}")]
    DuplicateCase {
        at: Place,
        case: String,
        first: Place,
    },
    /// Rows given for something the model does not read.
    #[error("the case gives rows of `{table}` at {at}, which the model does not read")]
    GivenNotRead {
        at: Place,
        table: String,
        choices: Vec<String>,
    },
    /// A step the model does not have.
    #[error("unknown step `{step}` at {at}")]
    UnknownStep {
        at: Place,
        step: String,
        choices: Vec<String>,
    },
    /// A cell that is no value of its column's type.
    #[error("`{value}` at {at} is no {expected}, which column `{column}` is")]
    CaseValue {
        at: Place,
        column: String,
        value: String,
        expected: String,
        reason: String,
    },

    // --- metrics ---------------------------------------------------------------------------------
    /// Two metrics with one name.
    #[error("metric `{metric}` at {at} is already at {first}")]
    DuplicateMetric {
        at: Place,
        metric: String,
        first: Place,
    },
    /// A metric over a mart that does not exist.
    #[error("metric `{metric}` at {at} is over an unknown mart `{mart}`")]
    UnknownMart {
        at: Place,
        metric: String,
        mart: String,
        nearest: Option<String>,
    },
    /// A column that cannot be summed.
    #[error("metric `{metric}` at {at} sums column `{column}`, which is {found}")]
    NotSummable {
        at: Place,
        metric: String,
        column: String,
        found: String,
    },
    /// A time column that is neither a month, a year nor a date.
    #[error("time column `{column}` of metric `{metric}` at {at} is {found}")]
    BadTime {
        at: Place,
        metric: String,
        column: String,
        found: String,
    },
    /// A unit that is none.
    #[error("`{unit}` at {at} is not a unit")]
    BadUnit {
        at: Place,
        unit: String,
        reason: String,
    },
    /// A column without a unit in a measure.
    #[error(
        "metric `{metric}` at {at} measures column `{column}`, which has no unit in {contract}"
    )]
    ColumnWithoutUnit {
        at: Place,
        metric: String,
        column: String,
        contract: String,
    },
    /// A declared unit that the measure does not come to.
    #[error(
        "metric `{metric}` at {at} is declared in `{declared}`, but its measure is in `{found}`"
    )]
    UnitMismatch {
        at: Place,
        metric: String,
        declared: String,
        found: String,
    },
    /// A measure that says not exactly one thing to do.
    #[error("the {part} of metric `{metric}` at {at} names {found} aggregates")]
    BadMeasure {
        at: Place,
        metric: String,
        part: &'static str,
        found: usize,
    },
    /// A filter value that is no value of its column.
    #[error("`{value}` at {at} is no {expected}, which column `{column}` is")]
    FilterValue {
        at: Place,
        column: String,
        value: String,
        expected: String,
    },
}

fn of_table(table: &Option<String>) -> String {
    match table {
        Some(table) => format!(" in `{table}`"),
        None => String::new(),
    }
}

fn arrows(circle: &[ModelName]) -> String {
    let names: Vec<&str> = circle.iter().map(ModelName::as_str).collect();
    names.join(" -> ")
}
