//! How each fault of a contract is mended.

use super::ContractError;
use crate::yaml::write_one_of;

impl ContractError {
    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        use ContractError::*;
        let hint = match self {
            Shape(fault) => return fault.hint(),
            WrongPath { expected, .. } => {
                format!("move the file to `{expected}`, or mend `id`")
            }
            NotAName { .. } => {
                "use lower-case letters, digits and underscores, beginning with a letter".to_owned()
            }
            IdDisagrees { expected, .. } => format!("write `{expected}`, or mend `id`"),
            NotOneTable { .. } => "give each table a file of its own".to_owned(),
            BadVersion { .. } => "write three numbers with full stops between them".to_owned(),
            RepeatedTable { .. } => "remove one of the two".to_owned(),
            MissingTitle { key, .. } => format!("add `{key}`"),
            NoColumns { .. } => "list the columns under `properties`".to_owned(),
            RepeatedColumn { .. } | RepeatedProperty { .. } => "keep one of the two".to_owned(),
            RepeatedCheck { .. } => "rename one of the two".to_owned(),
            NoKey { .. } => {
                "mark the columns that tell rows apart with `primaryKey: true` and `primaryKeyPosition`"
                    .to_owned()
            }
            WrongPosition { key, expected, .. } => format!("write `{key}: {expected}`"),
            StrayPosition { flag, .. } => format!("add `{flag}: true`, or remove the position"),
            KeyNotRequired { .. } => "add `required: true`".to_owned(),
            PartitionOutsideKey { .. } => {
                "partition by a key column or one derived from it, or do not partition the table".to_owned()
            }
            WrongRole { role, .. } => match *role {
                "partition column" => "partition by a text, whole number or date".to_owned(),
                _ => "`month(…)` gives a string, `day(…)` a date, `year(…)` an integer, each from a date or timestamp"
                    .to_owned(),
            },
            UnknownUnit { unit, nearest, .. } => match nearest {
                Some(nearest) => format!("write `{nearest}`"),
                None => format!("write a known unit, or add `{unit}` to schemas/src/unit/table.rs"),
            },
            MissingUnit { unit, .. } => {
                format!("add `{{ property: unit, value: {unit} }}` to its customProperties")
            }
            UnitDisagrees {
                column,
                suffix,
                unit,
                expected,
                ..
            } => {
                let stem = column.as_str().strip_suffix(suffix.as_str()).unwrap_or(column.as_str());
                match unit.name_suffix() {
                    Some(own) => format!("write the unit `{expected}`, or name the column `{stem}{own}`"),
                    None => format!("write the unit `{expected}`, or rename the column"),
                }
            }
            WrongPhysicalType { expected, .. } => format!("write `physicalType: {expected}`"),
            MissingFact { add, .. } => format!("add `{add}`"),
            WrongValue { known, .. } if known.is_empty() => "write a single value".to_owned(),
            WrongValue { value, known, .. } => write_one_of(value, known),
            RuleNotForType { rule, .. } => format!("remove `{rule}`, or mend the type"),
            WrongBound { .. } => {
                "write a number with no more digits than the column's type has".to_owned()
            }
            BothBounds { one, other, .. } => format!("keep `{one}` or `{other}`"),
            EmptyBounds { .. } => "exchange the bounds, or widen them".to_owned(),
            BadPattern { .. } => return None,
            NoValidValues { .. } => "list the values under `validValues`".to_owned(),
            WrongLabel { known, .. } if known.is_empty() => {
                "list the valid values under `quality`, or remove `labelsZh`".to_owned()
            }
            WrongLabel { value, known, .. } => write_one_of(value, known),
            MissingLabel { value, .. } => format!("add `{value}: …` to `labelsZh`"),
            WrongMustBe { .. } => "write `mustBe: 0`".to_owned(),
            EmptyCheck { key, .. } => match *key {
                "implementation" => "write a boolean SQL expression over the columns".to_owned(),
                _ => "say what the rule demands".to_owned(),
            },
            UnknownColumn { column, known, .. } => write_one_of(column, known),
            UnknownTable { nearest, .. } => match nearest {
                Some(nearest) => format!("write `{nearest}`"),
                None => "see `jieyue check` for the tables there are".to_owned(),
            },
        };
        Some(hint)
    }
}
