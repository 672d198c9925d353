//! Units in the plan: what every column of a model is measured in, derived from its expression.
//!
//! The contracts say the units of the columns a model reads; this walk says those of what it gives.
//! Sums, extremes, joins, branches and unions keep a unit and refuse unlike ones; products and quotients
//! multiply and divide them. A literal number converts only where the name, header or contract of the
//! column says another unit and the number is exactly the factor between the two. Long tables, whose
//! unit differs from row to row, are followed by the column that tells it.
//!
//! See `docs/decisions/0009-units-in-the-plan.md`.

mod aggregate;
mod case;
mod condition;
mod declared;
mod expression;
mod fact;
mod fault;
mod formula;
mod function;
mod named;
mod plan;
mod table;

use contracts::{Contract, Place};
use datafusion::logical_expr::LogicalPlan;

use crate::error::ModelError;
use crate::statement::SqlFile;

pub use fault::UnitFault;

use declared::Declarations;
#[cfg(test)]
use fact::Fact;
use plan::Deriver;
use table::{Names, Table, Tables};

/// A step of a file, planned by itself over the steps before it; the last select has no name.
pub(crate) struct StepPlan {
    pub name: Option<String>,
    pub at: Place,
    pub plan: LogicalPlan,
}

/// What is known of all tables and models so far.
#[derive(Default)]
pub(crate) struct Units {
    tables: Tables,
    names: Names,
}

impl Units {
    /// Takes in what a contract says of the table `key`.
    pub fn add_contract(&mut self, key: &str, contract: &Contract) {
        let table = Table::of_contract(contract, &mut self.names);
        self.tables.insert(key.to_owned(), table);
    }

    /// Derives the units of `file` from the plans of its steps, as the model `key` when it is one.
    ///
    /// `contract` is what a mart promises: its outputs are held against it, and readers see what it says.
    pub fn derive(
        &mut self,
        key: Option<&str>,
        file: &SqlFile,
        plans: &[StepPlan],
        contract: Option<&Contract>,
        faults: &mut Vec<ModelError>,
    ) {
        let mut found = Vec::new();
        let declared = Declarations::read(file.header.unit.as_ref(), &mut found);
        let mut outputs = Vec::new();
        let mut deriver = Deriver {
            file: &file.path,
            at: file.last_select_at(),
            tables: &self.tables,
            steps: Tables::new(),
            names: &mut self.names,
            declared: &declared,
            faults: &mut found,
            is_audit: key.is_none(),
            outer: Vec::new(),
            siblings: Vec::new(),
        };
        for step in plans {
            deriver.at = step.at.clone();
            let facts = deriver.plan(&step.plan);
            let table = plan::table_of(step.plan.schema(), &facts).settled(deriver.names);
            match &step.name {
                Some(name) => {
                    deriver.steps.insert(name.clone(), table);
                }
                None => outputs = table.columns,
            }
        }
        found.extend(declared.unused());
        if let Some(contract) = contract {
            let place_of = |column: &str| file.output_at(column);
            named::check_contract(contract, &outputs, place_of, &mut found);
        } else if let Some(key) = key {
            let columns = outputs;
            self.tables.insert(key.to_owned(), Table { columns });
        }
        faults.extend(found.into_iter().map(ModelError::Unit));
    }

    /// The numbers of the table `key`, a line each, with their units.
    #[cfg(test)]
    pub fn shown(&self, key: &str) -> String {
        let columns = self.tables.get(key).map(|table| table.columns.as_slice());
        let mut text = String::new();
        for (name, fact) in columns.unwrap_or_default() {
            let shown = match fact {
                Fact::Measure(number) if number.is_number => "a number".to_owned(),
                Fact::Measure(measure) if measure.factor.is_one() => measure.unit.to_string(),
                Fact::Measure(measure) => format!("{} times {}", measure.unit, measure.factor),
                Fact::Undeclared(_) => "no unit".to_owned(),
                Fact::Fits => "any".to_owned(),
                Fact::Unknown(why) => format!("unknown: {why}"),
                Fact::Text { .. } | Fact::Other => continue,
            };
            text.push_str(&format!("{name}: {shown}\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests;
