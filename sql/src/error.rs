//! What can be wrong with the SQL tree, its cases, audits and metrics: one fault each, with its place.

use contracts::text::nearest;
use contracts::yaml::YamlFault;
use contracts::{Fault, Place, Retry};

use crate::name::ModelName;

/// A fault in a file under `sql/`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    // --- files ---------------------------------------------------------------------------------
    /// A `.sql` or `.yaml` file that is none of the known kinds, or stands in the wrong folder.
    #[error("{at} is neither a model, its cases, an audit nor metrics")]
    UnknownFile {
        /// The file.
        at: Place,
    },
    /// A file name that is no model name.
    #[error("`{name}` of {at} is not a model's name")]
    BadName {
        /// The file.
        at: Place,
        /// The name it asks for.
        name: String,
    },
    /// A name that does not begin as its folder's models do.
    #[error("model `{name}` at {at} is in `sql/{folder}` and does not begin with `{prefix}`")]
    WrongPrefix {
        /// The file.
        at: Place,
        /// The model.
        name: ModelName,
        /// `staging` or `intermediate`.
        folder: &'static str,
        /// `stg_` or `int_`.
        prefix: &'static str,
    },
    /// Two files with one model's name.
    #[error("model `{name}` at {at} is already at {first}")]
    DuplicateModel {
        /// The second file.
        at: Place,
        /// The model.
        name: ModelName,
        /// The first file.
        first: Place,
    },
    /// YAML that does not have the form asked for.
    #[error(transparent)]
    Yaml(YamlFault),

    // --- the statement -------------------------------------------------------------------------
    /// The SQL does not parse.
    #[error("cannot parse the SQL at {at}: {message}")]
    Syntax {
        /// Where the parser stopped.
        at: Place,
        /// What it expected and found.
        message: String,
    },
    /// Not exactly one select in a file.
    #[error("{at} holds {found}, where one select is expected")]
    NotOneSelect {
        /// The statement, or the file.
        at: Place,
        /// What was found instead.
        found: String,
    },
    /// SQL that is not lower case.
    #[error("`{word}` at {at} is not lower case")]
    UpperCase {
        /// The word.
        at: Place,
        /// As written.
        word: String,
    },
    /// A `*` in the last select.
    #[error("the last select has a `*` at {at}")]
    SelectStar {
        /// The star.
        at: Place,
    },
    /// A subquery in `from`.
    #[error("a subquery stands in `from` at {at}")]
    DerivedTable {
        /// The subquery.
        at: Place,
    },
    /// A join written with a comma.
    #[error("tables are joined by a comma at {at}")]
    CommaJoin {
        /// The second table.
        at: Place,
    },
    /// `group by 1`.
    #[error("grouping by position {position} at {at}")]
    GroupByPosition {
        /// The position.
        at: Place,
        /// As written.
        position: String,
    },
    /// `with a (x, y) as`.
    #[error("step `{cte}` at {at} names its columns before its select")]
    CteColumnList {
        /// The step.
        at: Place,
        /// Its name.
        cte: String,
    },
    /// A step nobody reads.
    #[error("step `{cte}` at {at} is never read")]
    UnusedStep {
        /// The step.
        at: Place,
        /// Its name.
        cte: String,
    },

    // --- the header ----------------------------------------------------------------------------
    /// A header line that is missing.
    #[error("the header at {at} does not say `-- {word}: …`")]
    MissingHeader {
        /// The file.
        at: Place,
        /// `grain`, `purpose` or `severity`.
        word: &'static str,
    },
    /// A header word that is nearly one of ours.
    #[error("unknown header word `{word}` at {at}")]
    UnknownHeader {
        /// The line.
        at: Place,
        /// As written.
        word: String,
        /// The word meant.
        nearest: String,
    },
    /// A header word given twice.
    #[error("header word `{word}` at {at} is a repetition")]
    HeaderTwice {
        /// The second line.
        at: Place,
        /// The word.
        word: String,
    },
    /// A word in the grain that is no column name.
    #[error("`{word}` in the grain at {at} is not a column name")]
    GrainNotAName {
        /// The header line.
        at: Place,
        /// As written.
        word: String,
    },
    /// An audit severity other than the two.
    #[error("severity at {at} cannot be `{severity}`")]
    BadSeverity {
        /// The header line.
        at: Place,
        /// As written.
        severity: String,
    },

    // --- names the statement uses ----------------------------------------------------------------
    /// A table or model that does not exist.
    #[error("unknown table or model `{table}` at {at}")]
    UnknownTable {
        /// Where it is named.
        at: Place,
        /// As written.
        table: String,
        /// The right name nearest to it.
        nearest: Option<String>,
    },
    /// A column that does not exist.
    #[error("unknown column `{column}`{} at {at}", of_table(.table))]
    UnknownColumn {
        /// Where it is named.
        at: Place,
        /// As written.
        column: String,
        /// The table it was looked for in, when the text says which.
        table: Option<String>,
        /// The right name nearest to it.
        nearest: Option<String>,
        /// The columns there are.
        choices: Vec<String>,
    },
    /// A column that two tables in reach have.
    #[error("column `{column}` at {at} is in more than one of the joined tables")]
    AmbiguousColumn {
        /// Where it is named.
        at: Place,
        /// Its name.
        column: String,
    },
    /// Any other refusal of the planner: types that do not go together, an unknown function.
    #[error("cannot plan the statement at {at}: {message}")]
    Plan {
        /// The place the planner tells, or the step.
        at: Place,
        /// The planner's sentence.
        message: String,
        /// What the planner proposes.
        advice: Option<String>,
    },
    /// Models that read each other.
    #[error("models read each other in a circle at {at}: {}", arrows(.circle))]
    Cycle {
        /// Where the last of them reads the first.
        at: Place,
        /// The circle, the first model again at its end.
        circle: Vec<ModelName>,
    },
    /// A staging model that does more than clean one source.
    #[error("staging model `{model}` {what} at {at}")]
    StagingShape {
        /// Where it does.
        at: Place,
        /// The model.
        model: ModelName,
        /// What it does.
        what: String,
    },

    // --- the model against its contract ----------------------------------------------------------
    /// A grain column the model does not give.
    #[error("grain column `{column}` at {at} is not in the model's output")]
    GrainNotInOutput {
        /// The header line.
        at: Place,
        /// The column.
        column: String,
        /// The output column nearest to it.
        nearest: Option<String>,
    },
    /// A mart without a contract.
    #[error("mart `{mart}` at {at} has no contract")]
    MartWithoutContract {
        /// The model.
        at: Place,
        /// Its name.
        mart: ModelName,
    },
    /// A contract of a mart without a model.
    #[error("contract `mart.{mart}` at {at} has no model")]
    ContractWithoutMart {
        /// The contract.
        at: Place,
        /// The table's name.
        mart: String,
        /// The mart nearest to it.
        nearest: Option<String>,
    },
    /// A grain that is not the contract's key.
    #[error("the grain of mart `{mart}` at {at} is ({}), but the key in {contract} is ({})", .grain.join(", "), .key.join(", "))]
    GrainIsNotKey {
        /// The header line.
        at: Place,
        /// The mart.
        mart: ModelName,
        /// As the header says.
        grain: Vec<String>,
        /// As the contract says.
        key: Vec<String>,
        /// The contract's file.
        contract: String,
    },
    /// A column of the contract the model does not give.
    #[error("mart `{mart}` at {at} does not give column `{column}` of {contract}")]
    OutputMissing {
        /// The last select.
        at: Place,
        /// The mart.
        mart: ModelName,
        /// The column.
        column: String,
        /// The contract's file.
        contract: String,
        /// A column it gives instead, near in name.
        nearest: Option<String>,
    },
    /// A column the contract does not have.
    #[error("mart `{mart}` at {at} gives column `{column}`, which {contract} does not have")]
    OutputExtra {
        /// The column.
        at: Place,
        /// The mart.
        mart: ModelName,
        /// The column.
        column: String,
        /// The contract's file.
        contract: String,
    },
    /// Right columns in another order.
    #[error("mart `{mart}` at {at} gives `{found}` where {contract} has `{expected}`")]
    OutputOrder {
        /// The first column out of order.
        at: Place,
        /// The mart.
        mart: ModelName,
        /// The column found there.
        found: String,
        /// The column expected there.
        expected: String,
        /// The contract's file.
        contract: String,
    },
    /// A column whose type would have to be changed with a loss.
    #[error(
        "column `{column}` of mart `{mart}` at {at} is {found}, but {contract} says {expected}"
    )]
    OutputType {
        /// The column.
        at: Place,
        /// The mart.
        mart: ModelName,
        /// The column.
        column: String,
        /// The type the model gives.
        found: String,
        /// The type of the contract.
        expected: String,
        /// The contract's file.
        contract: String,
    },
    /// A mart no case shows.
    #[error("mart `{mart}` at {at} has no cases")]
    NoCases {
        /// The model.
        at: Place,
        /// The mart.
        mart: ModelName,
    },

    // --- cases and audits ------------------------------------------------------------------------
    /// Cases or an audit of a model that does not exist.
    #[error("{at} belongs to an unknown model `{model}`")]
    UnknownModel {
        /// The file.
        at: Place,
        /// The name in the file's name.
        model: String,
        /// The model nearest to it.
        nearest: Option<String>,
    },
    /// Two cases with one name.
    #[error("case `{case}` at {at} is already at {first}")]
    DuplicateCase {
        /// The second case.
        at: Place,
        /// The name.
        case: String,
        /// The first case.
        first: Place,
    },
    /// Rows given for something the model does not read.
    #[error("the case gives rows of `{table}` at {at}, which the model does not read")]
    GivenNotRead {
        /// Where it is named.
        at: Place,
        /// The table or model.
        table: String,
        /// What the model reads.
        choices: Vec<String>,
    },
    /// A step the model does not have.
    #[error("unknown step `{step}` at {at}")]
    UnknownStep {
        /// Where it is named.
        at: Place,
        /// As written.
        step: String,
        /// The steps it has.
        choices: Vec<String>,
    },
    /// A cell that is no value of its column's type.
    #[error("`{value}` at {at} is no {expected}, which column `{column}` is")]
    CaseValue {
        /// The cell.
        at: Place,
        /// The column.
        column: String,
        /// As written.
        value: String,
        /// The column's type.
        expected: String,
        /// How to write it.
        reason: String,
    },

    // --- metrics ---------------------------------------------------------------------------------
    /// Two metrics with one name.
    #[error("metric `{metric}` at {at} is already at {first}")]
    DuplicateMetric {
        /// The second one.
        at: Place,
        /// The name.
        metric: String,
        /// The first one.
        first: Place,
    },
    /// A metric over a mart that does not exist.
    #[error("metric `{metric}` at {at} is over an unknown mart `{mart}`")]
    UnknownMart {
        /// Where it is named.
        at: Place,
        /// The metric.
        metric: String,
        /// As written.
        mart: String,
        /// The mart nearest to it.
        nearest: Option<String>,
    },
    /// A column that cannot be summed.
    #[error("metric `{metric}` at {at} sums column `{column}`, which is {found}")]
    NotSummable {
        /// Where it is named.
        at: Place,
        /// The metric.
        metric: String,
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// A time column that is neither a month, a year nor a date.
    #[error("time column `{column}` of metric `{metric}` at {at} is {found}")]
    BadTime {
        /// Where it is named.
        at: Place,
        /// The metric.
        metric: String,
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// A unit that is none.
    #[error("`{unit}` at {at} is not a unit")]
    BadUnit {
        /// Where it is written.
        at: Place,
        /// As written.
        unit: String,
        /// Why.
        reason: String,
    },
    /// A column without a unit in a measure.
    #[error(
        "metric `{metric}` at {at} measures column `{column}`, which has no unit in {contract}"
    )]
    ColumnWithoutUnit {
        /// Where it is named.
        at: Place,
        /// The metric.
        metric: String,
        /// The column.
        column: String,
        /// The contract's file.
        contract: String,
    },
    /// A declared unit that the measure does not come to.
    #[error(
        "metric `{metric}` at {at} is declared in `{declared}`, but its measure is in `{found}`"
    )]
    UnitMismatch {
        /// Where the unit is declared.
        at: Place,
        /// The metric.
        metric: String,
        /// The declared unit.
        declared: String,
        /// What numerator and denominator give.
        found: String,
    },
    /// A measure that says not exactly one thing to do.
    #[error("the {part} of metric `{metric}` at {at} names {found} aggregates")]
    BadMeasure {
        /// The measure.
        at: Place,
        /// The metric.
        metric: String,
        /// `numerator` or `denominator`.
        part: &'static str,
        /// How many it names.
        found: usize,
    },
    /// A filter value that is no value of its column.
    #[error("`{value}` at {at} is no {expected}, which column `{column}` is")]
    FilterValue {
        /// Where it is written.
        at: Place,
        /// The column.
        column: String,
        /// As written.
        value: String,
        /// The column's type.
        expected: String,
    },
}

impl ModelError {
    pub(crate) fn unknown_table(at: Place, table: String, choices: Vec<String>) -> Self {
        let near = nearest(&table, choices.iter().map(String::as_str)).map(str::to_owned);
        // `monthly` for `energy.monthly`: the schema was left out.
        let of_schema = || {
            let ending = format!(".{table}");
            choices
                .iter()
                .find(|choice| choice.ends_with(&ending))
                .cloned()
        };
        // `mart.energy_month` for `energy_month`: models go by their bare names.
        let bare = || {
            let (_, bare) = table.split_once('.')?;
            choices.iter().find(|choice| *choice == bare).cloned()
        };
        let nearest = bare().or_else(of_schema).or(near);
        Self::UnknownTable { at, table, nearest }
    }

    pub(crate) fn unknown_column(
        at: Place,
        column: String,
        table: Option<String>,
        choices: Vec<String>,
    ) -> Self {
        let nearest = nearest(&column, choices.iter().map(String::as_str)).map(str::to_owned);
        Self::UnknownColumn {
            at,
            column,
            table,
            nearest,
            choices,
        }
    }

    /// Where the fault stands.
    pub fn place(&self) -> &Place {
        match self {
            Self::UnknownFile { at }
            | Self::BadName { at, .. }
            | Self::WrongPrefix { at, .. }
            | Self::DuplicateModel { at, .. }
            | Self::Syntax { at, .. }
            | Self::NotOneSelect { at, .. }
            | Self::UpperCase { at, .. }
            | Self::SelectStar { at }
            | Self::DerivedTable { at }
            | Self::CommaJoin { at }
            | Self::GroupByPosition { at, .. }
            | Self::CteColumnList { at, .. }
            | Self::UnusedStep { at, .. }
            | Self::MissingHeader { at, .. }
            | Self::UnknownHeader { at, .. }
            | Self::HeaderTwice { at, .. }
            | Self::GrainNotAName { at, .. }
            | Self::BadSeverity { at, .. }
            | Self::UnknownTable { at, .. }
            | Self::UnknownColumn { at, .. }
            | Self::AmbiguousColumn { at, .. }
            | Self::Plan { at, .. }
            | Self::Cycle { at, .. }
            | Self::StagingShape { at, .. }
            | Self::GrainNotInOutput { at, .. }
            | Self::MartWithoutContract { at, .. }
            | Self::ContractWithoutMart { at, .. }
            | Self::GrainIsNotKey { at, .. }
            | Self::OutputMissing { at, .. }
            | Self::OutputExtra { at, .. }
            | Self::OutputOrder { at, .. }
            | Self::OutputType { at, .. }
            | Self::NoCases { at, .. }
            | Self::UnknownModel { at, .. }
            | Self::DuplicateCase { at, .. }
            | Self::GivenNotRead { at, .. }
            | Self::UnknownStep { at, .. }
            | Self::CaseValue { at, .. }
            | Self::DuplicateMetric { at, .. }
            | Self::UnknownMart { at, .. }
            | Self::NotSummable { at, .. }
            | Self::BadTime { at, .. }
            | Self::BadUnit { at, .. }
            | Self::ColumnWithoutUnit { at, .. }
            | Self::UnitMismatch { at, .. }
            | Self::BadMeasure { at, .. }
            | Self::FilterValue { at, .. } => at,
            Self::Yaml(fault) => fault.place(),
        }
    }

    /// How to mend it, when that is more than the message already says.
    pub fn hint(&self) -> Option<String> {
        crate::hint::of(self)
    }

    /// Always the author's: nothing here touches the world.
    pub fn fault(&self) -> Fault {
        Fault::User
    }

    /// Never: the same files give the same faults.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
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
