//! Why a contract was refused.

mod hint;

use crate::fault::{Fault, Retry};
use crate::name::{ColumnName, TableId};
use crate::place::Place;
use crate::unit::Unit;
use crate::yaml::YamlFault;

/// Why a contract was refused, or a table is not known.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ContractError {
    /// The file's shape is wrong.
    #[error(transparent)]
    Shape(#[from] YamlFault),
    /// The file is not where its id says.
    #[error("contract `{id}` stands in {file}, not in a file `{expected}`", file = at.file)]
    WrongPath {
        /// Where the id stands.
        at: Place,
        /// The id.
        id: TableId,
        /// How the path must end.
        expected: String,
    },
    /// A name that is none.
    #[error("`{name}` at {at} is not a name of a {what}")]
    NotAName {
        /// Where it stands.
        at: Place,
        /// `table` or `column`.
        what: &'static str,
        /// The name as written.
        name: String,
    },
    /// Two of `id`, `domain` and the table's name disagree.
    #[error("`{key}` at {at} is `{found}`, but the id says `{expected}`")]
    IdDisagrees {
        /// Where the other one stands.
        at: Place,
        /// Its key.
        key: &'static str,
        /// Its value.
        found: String,
        /// What the id says.
        expected: String,
    },
    /// Not exactly one table in a file.
    #[error("`schema` at {at} has {count} tables; a contract is of one table")]
    NotOneTable {
        /// Where `schema` stands.
        at: Place,
        /// How many there are.
        count: usize,
    },
    /// The version is not three numbers.
    #[error("version `{version}` at {at} is not of the form `1.0.0`")]
    BadVersion {
        /// Where it stands.
        at: Place,
        /// As written.
        version: String,
    },
    /// Two files for one table.
    #[error("table `{id}` at {at} has a contract already, at {first}")]
    RepeatedTable {
        /// The second file.
        at: Place,
        /// The table.
        id: TableId,
        /// The first file.
        first: Place,
    },
    /// A table or column without its Chinese title.
    #[error("{of} at {at} has no Chinese title")]
    MissingTitle {
        /// Where the thing stands.
        at: Place,
        /// The table or column, in words.
        of: String,
        /// The key to add.
        key: &'static str,
    },
    /// A table without columns.
    #[error("the table at {at} has no columns")]
    NoColumns {
        /// Where `properties` stands.
        at: Place,
    },
    /// Two columns of one name.
    #[error("column `{column}` at {at} stands already at line {first_line}")]
    RepeatedColumn {
        /// The second one.
        at: Place,
        /// The name.
        column: ColumnName,
        /// The line of the first.
        first_line: u32,
    },
    /// A table without a key.
    #[error("the table at {at} has no key")]
    NoKey {
        /// Where the table stands.
        at: Place,
    },
    /// Positions that are not 1 to n.
    #[error("column `{column}` at {at} has {}, where {expected} is due", position(key, *found))]
    WrongPosition {
        /// Where the column or its position stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// `primaryKeyPosition` or `partitionKeyPosition`.
        key: &'static str,
        /// As written, if it is.
        found: Option<u32>,
        /// The position that is due.
        expected: u32,
    },
    /// A position without the flag it belongs to.
    #[error("column `{column}` at {at} has a `{key}` but is not `{flag}`")]
    StrayPosition {
        /// Where the position stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// The position's key.
        key: &'static str,
        /// The flag that is missing.
        flag: &'static str,
    },
    /// A key column that may be empty.
    #[error("key column `{column}` at {at} is not required")]
    KeyNotRequired {
        /// Where the column stands.
        at: Place,
        /// The column.
        column: ColumnName,
    },
    /// A partition column that a row's key does not decide: a corrected row would move to another
    /// partition and stand in both.
    #[error("partition column `{column}` at {at} does not follow from the key")]
    PartitionOutsideKey {
        /// Where the column stands.
        at: Place,
        /// The column.
        column: ColumnName,
    },
    /// A type that a key or partition column cannot have.
    #[error("column `{column}` at {at} cannot be a {role}: it is a {ty}")]
    WrongRole {
        /// Where the column stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// `partition column`, `derived column`, …
        role: &'static str,
        /// Its type.
        ty: &'static str,
    },
    /// A unit nobody knows.
    #[error("column `{column}` at {at} has unknown unit `{unit}`")]
    UnknownUnit {
        /// Where the unit stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// As written.
        unit: String,
        /// The nearest known unit.
        nearest: Option<String>,
    },
    /// A column whose name ends in a unit but that has none.
    #[error("column `{column}` at {at} has no unit, though its name ends in `{suffix}`")]
    MissingUnit {
        /// Where the column stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// The end of its name.
        suffix: String,
        /// The unit that the end stands for.
        unit: Box<Unit>,
    },
    /// A column whose name and unit disagree.
    #[error("column `{column}` at {at} is in `{unit}`, though its name ends in `{suffix}`")]
    UnitDisagrees {
        /// Where the unit stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// The end of its name.
        suffix: String,
        /// Its unit.
        unit: Box<Unit>,
        /// The unit that the end stands for.
        expected: Box<Unit>,
    },
    /// A physical type that does not go with the logical one.
    #[error("column `{column}` at {at} is a {ty}{}", physical(found.as_deref()))]
    WrongPhysicalType {
        /// Where the physical type stands, or the column when it is absent.
        at: Place,
        /// The column.
        column: ColumnName,
        /// Its logical type.
        ty: &'static str,
        /// As written, if it is.
        found: Option<String>,
        /// What may stand there.
        expected: &'static str,
    },
    /// A fact every column must state.
    #[error("column `{column}` at {at} does not say its {what}")]
    MissingFact {
        /// Where the column stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// The fact, in words.
        what: &'static str,
        /// What to add.
        add: &'static str,
    },
    /// A property given twice.
    #[error("property `{property}` of `{of}` at {at} is a repetition of line {first_line}")]
    RepeatedProperty {
        /// The second one.
        at: Place,
        /// The column or check.
        of: String,
        /// The property.
        property: String,
        /// The line of the first.
        first_line: u32,
    },
    /// A property whose value is none of the possible ones.
    #[error("property `{property}` of column `{column}` at {at} cannot be `{value}`")]
    WrongValue {
        /// Where the value stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// The property.
        property: &'static str,
        /// As written.
        value: String,
        /// What may stand there.
        known: Vec<String>,
    },
    /// A rule that says nothing about the column's type.
    #[error("`{rule}` at {at} is not for column `{column}`: it is a {ty}")]
    RuleNotForType {
        /// Where the rule stands.
        at: Place,
        /// The rule's key.
        rule: &'static str,
        /// The column.
        column: ColumnName,
        /// Its type.
        ty: &'static str,
    },
    /// A bound that values of the column cannot equal.
    #[error(
        "`{rule}` of column `{column}` at {at} is `{bound}`, which the column's type cannot hold"
    )]
    WrongBound {
        /// Where the bound stands.
        at: Place,
        /// `minimum`, `maxLength`, …
        rule: &'static str,
        /// The column.
        column: ColumnName,
        /// As written.
        bound: String,
    },
    /// Both of two rules of which only one can be.
    #[error("column `{column}` at {at} has both `{one}` and `{other}`")]
    BothBounds {
        /// Where the second stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// One rule.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// Bounds between which nothing lies.
    #[error("no value of column `{column}` can lie between the bounds at {at}")]
    EmptyBounds {
        /// Where the upper bound stands.
        at: Place,
        /// The column.
        column: ColumnName,
    },
    /// A pattern that is not a regular expression.
    #[error("pattern of column `{column}` at {at} is not a regular expression: {reason}")]
    BadPattern {
        /// Where it stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// What is wrong with it.
        reason: String,
    },
    /// A list of values without any.
    #[error("the valid values of column `{column}` at {at} are an empty list")]
    NoValidValues {
        /// Where the list stands.
        at: Place,
        /// The column.
        column: ColumnName,
    },
    /// A label of a value that is none of the valid ones.
    #[error("column `{column}` at {at} has a label of `{value}`, which is no valid value of it")]
    WrongLabel {
        /// Where the labels stand.
        at: Place,
        /// The column.
        column: ColumnName,
        /// The value.
        value: String,
        /// The valid values.
        known: Vec<String>,
    },
    /// A valid value without a label where others have one.
    #[error("column `{column}` at {at} has no label of its value `{value}`")]
    MissingLabel {
        /// Where the labels stand.
        at: Place,
        /// The column.
        column: ColumnName,
        /// The value.
        value: String,
    },
    /// An error count that is not 0.
    #[error("`mustBe` of column `{column}` at {at} is {found}; invalid values are never loaded")]
    WrongMustBe {
        /// Where it stands.
        at: Place,
        /// The column.
        column: ColumnName,
        /// As written.
        found: u64,
    },
    /// A row check without an expression or message.
    #[error("row check `{check}` at {at} has an empty `{key}`")]
    EmptyCheck {
        /// Where the empty text stands.
        at: Place,
        /// The check.
        check: String,
        /// The empty key.
        key: &'static str,
    },
    /// Two row checks of one name.
    #[error("row check `{check}` at {at} stands already at line {first_line}")]
    RepeatedCheck {
        /// The second one.
        at: Place,
        /// The name.
        check: String,
        /// The line of the first.
        first_line: u32,
    },
    /// A column that is not in the table.
    #[error("{role} at {at} names a column `{column}` that table `{table}` does not have")]
    UnknownColumn {
        /// Where it is named.
        at: Place,
        /// Who names it.
        role: String,
        /// The name.
        column: String,
        /// The table.
        table: Box<TableId>,
        /// The columns there are.
        known: Vec<String>,
    },
    /// A table without a contract.
    #[error("there is no contract of a table `{table}`{place}", place = named_at(at))]
    UnknownTable {
        /// Where a contract names it; nothing when it was asked for.
        at: Option<Place>,
        /// The name.
        table: String,
        /// The nearest table there is.
        nearest: Option<TableId>,
    },
}

impl ContractError {
    /// Where the fault is, when it is in a file.
    pub fn place(&self) -> Option<&Place> {
        use ContractError::*;
        match self {
            Shape(fault) => Some(fault.place()),
            UnknownTable { at, .. } => at.as_ref(),
            WrongPath { at, .. }
            | NotAName { at, .. }
            | IdDisagrees { at, .. }
            | NotOneTable { at, .. }
            | BadVersion { at, .. }
            | RepeatedTable { at, .. }
            | MissingTitle { at, .. }
            | NoColumns { at }
            | RepeatedColumn { at, .. }
            | NoKey { at }
            | WrongPosition { at, .. }
            | StrayPosition { at, .. }
            | KeyNotRequired { at, .. }
            | PartitionOutsideKey { at, .. }
            | WrongLabel { at, .. }
            | MissingLabel { at, .. }
            | WrongRole { at, .. }
            | UnknownUnit { at, .. }
            | MissingUnit { at, .. }
            | UnitDisagrees { at, .. }
            | WrongPhysicalType { at, .. }
            | MissingFact { at, .. }
            | RepeatedProperty { at, .. }
            | WrongValue { at, .. }
            | RuleNotForType { at, .. }
            | WrongBound { at, .. }
            | BothBounds { at, .. }
            | EmptyBounds { at, .. }
            | BadPattern { at, .. }
            | NoValidValues { at, .. }
            | WrongMustBe { at, .. }
            | EmptyCheck { at, .. }
            | RepeatedCheck { at, .. }
            | UnknownColumn { at, .. } => Some(at),
        }
    }

    /// Always the user's: contracts are declared.
    pub fn fault(&self) -> Fault {
        Fault::User
    }

    /// Never: the same files give the same faults.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

fn position(key: &str, found: Option<u32>) -> String {
    match found {
        Some(found) => format!("`{key}` {found}"),
        None => format!("no `{key}`"),
    }
}

fn physical(found: Option<&str>) -> String {
    match found {
        Some(found) => format!(", not a `{found}`"),
        None => " without a physical type".to_owned(),
    }
}

fn named_at(at: &Option<Place>) -> String {
    at.as_ref()
        .map(|at| format!(", named at {at}"))
        .unwrap_or_default()
}
