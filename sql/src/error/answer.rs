//! What a fault answers: where it is, how to mend it, whose it is and whether to try again.

use contracts::text::nearest;
use contracts::{Fault, Place, Retry};

use super::ModelError;

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
            Self::Unit(fault) => fault.place(),
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
