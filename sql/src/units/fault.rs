//! What can be wrong with the units of a model.

use contracts::Place;

/// A fault in the units of a model: what, where, both units and where they come from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum UnitFault {
    /// Unlike units are added, compared or in one column.
    #[error("{at} {what} `{left}` and `{right}`: {}", sides(.left, .left_from, .right, .right_from))]
    Unlike {
        at: Place,
        /// `adds`, `compares`, `has branches in`.
        what: &'static str,
        left: String,
        left_from: String,
        right: String,
        right_from: String,
        /// What the left has to be multiplied by to be in the unit of the right, when that is all.
        factor: Option<String>,
    },
    /// A column in another unit than its contract, name or header says.
    #[error("column `{column}` at {at} is in `{found}`{}, but {says} says `{declared}`", from(.found_from))]
    Output {
        at: Place,
        column: String,
        found: String,
        found_from: String,
        declared: String,
        /// The contract's path, `its name` or `the header`.
        says: String,
        factor: Option<String>,
        is_number: bool,
    },
    /// A column with a unit that the contract says nothing of.
    #[error("column `{column}` at {at} is in `{found}`{}, but {contract} gives it no unit", from(.found_from))]
    OutputUndeclared {
        at: Place,
        column: String,
        found: String,
        found_from: String,
        contract: String,
    },
    /// A unit that cannot be derived.
    #[error("the unit of column `{column}` at {at} cannot be told: {why}")]
    NotDerived {
        at: Place,
        column: String,
        why: String,
    },
    /// A unit that cannot be derived and would have to be known.
    #[error("{at} {what} numbers whose unit cannot be told: {why}")]
    NotKnown {
        at: Place,
        what: &'static str,
        why: String,
    },
    /// A column without a unit where a unit is needed.
    #[error("{at} {what} {columns}, whose contract gives no unit")]
    NoUnit {
        at: Place,
        what: &'static str,
        columns: String,
    },
    /// Values in different units drawn together.
    #[error(
        "{at} takes the {function} of values in `{unit}`, a unit that differs from row to row: {from}"
    )]
    MixedRows {
        at: Place,
        function: String,
        unit: String,
        from: String,
        column: String,
    },
    /// A function of plain numbers applied to a measure.
    #[error("{at} applies `{function}` to numbers in `{unit}`: {from}")]
    NotANumber {
        at: Place,
        function: String,
        unit: String,
        from: String,
    },
    /// A product whose unit is too large or small.
    #[error("the unit of a product at {at} is too large or small to be kept exactly")]
    TooLarge { at: Place },
    /// A header line that declares no unit.
    #[error("`{word}` in the units of the header at {at} is not `column unit`")]
    BadDeclaration {
        at: Place,
        word: String,
        nearest: Option<String>,
    },
    /// A declared unit of a column that is not there.
    #[error(
        "the header at {at} declares the unit of `{column}`, which no select of the file names"
    )]
    UnusedDeclaration { at: Place, column: String },
}

fn sides(left: &str, left_from: &str, right: &str, right_from: &str) -> String {
    format!("`{left}` is {left_from}, `{right}` is {right_from}")
}

fn from(from: &str) -> String {
    match from {
        "" => String::new(),
        from => format!(" ({from})"),
    }
}

impl UnitFault {
    /// Where it stands.
    pub fn place(&self) -> &Place {
        match self {
            Self::Unlike { at, .. }
            | Self::Output { at, .. }
            | Self::OutputUndeclared { at, .. }
            | Self::NotDerived { at, .. }
            | Self::NotKnown { at, .. }
            | Self::NoUnit { at, .. }
            | Self::MixedRows { at, .. }
            | Self::NotANumber { at, .. }
            | Self::TooLarge { at }
            | Self::BadDeclaration { at, .. }
            | Self::UnusedDeclaration { at, .. } => at,
        }
    }

    /// How to mend it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unlike {
                left,
                right,
                factor: Some(factor),
                ..
            } => format!("multiply what is in `{left}` by {factor}, and it is in `{right}`"),
            Self::Unlike { left, right, .. } if left == "1" || right == "1" => format!(
                "read the number from a column in `{}`, such as a setting whose name ends in the unit",
                if left == "1" { right } else { left }
            ),
            Self::Unlike { left, right, .. } if left.contains('{') || right.contains('{') => {
                row_hint(if left.contains('{') { left } else { right })
            }
            Self::Unlike { left, right, .. } => format!(
                "only a coefficient leads from the one to the other: multiply what is in `{left}` by a \
                 column in `{right}/{left}`, or take the wrong column out"
            ),
            Self::Output {
                factor: Some(factor),
                declared,
                ..
            } => format!("multiply by {factor} to have it in `{declared}`, or declare the other unit"),
            Self::Output {
                column,
                declared,
                is_number: true,
                ..
            } => format!(
                "if each one counted, or the number itself, is one `{declared}`, declare \
                 `-- unit: {column} {declared}` in the header"
            ),
            Self::Output {
                found,
                declared,
                says,
                ..
            } if says == "its name" && !found.contains('{') => format!(
                "end its name in `{found}` if that is what is meant, or select the column that is in \
                 `{declared}`"
            ),
            Self::Output { declared, .. } if declared.contains('{') => format!(
                "select the column that tells the unit from the row the number comes from, so that it is in \
                 `{declared}`"
            ),
            Self::Output {
                found, declared, ..
            } => format!(
                "select the column that is in `{declared}`, or declare `{found}` if that is what is meant"
            ),
            Self::OutputUndeclared { found, .. } => format!(
                "add `{{ property: unit, value: \"{found}\" }}` to the column in its contract"
            ),
            Self::NotDerived { column, .. } => {
                format!("declare `-- unit: {column} <unit>` in the header of the model that computes it")
            }
            Self::NotKnown { .. } => {
                "give it a name in a step and declare `-- unit: <name> <unit>` in the header".to_owned()
            }
            Self::NoUnit { .. } => "add `{ property: unit, value: … }` to the column in its contract: \
                 `1` if it is a plain number, `\"{column}\"` if another column of the row tells the unit"
                .to_owned(),
            Self::MixedRows { unit, column, .. } => format!(
                "group or partition by `{column}`, keep one unit with `case when {column} = '…' then`, or multiply by a \
                 coefficient per `{unit}` before"
            ),
            Self::NotANumber { .. } => {
                "divide by something in the same unit first, so that it is a plain number".to_owned()
            }
            Self::TooLarge { .. } => "divide before multiplying".to_owned(),
            Self::BadDeclaration { nearest, .. } => match nearest {
                Some(nearest) => format!("write `{nearest}`"),
                None => "write `-- unit: months_reported month, distance km`".to_owned(),
            },
            Self::UnusedDeclaration { .. } => "take it out, or mend the name".to_owned(),
        }
    }
}

fn row_hint(unit: &str) -> String {
    format!(
        "`{unit}` differs from row to row: join or filter on the column in braces, or name the unit in the \
         `case when`, so that both sides are known to be the same"
    )
}
