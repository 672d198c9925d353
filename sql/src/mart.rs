//! What the folder asks of a model: a mart keeps its contract, a staging model cleans one source.

use std::ops::ControlFlow;

use contracts::text::nearest;
use contracts::{Contract, Contracts, Place, TableId};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::sql::sqlparser::ast::{GroupByExpr, Select, Spanned, Visit, Visitor};

use crate::error::ModelError;
use crate::model::Draft;
use crate::name::{Input, ModelName};
use crate::place;
use crate::statement::SqlFile;
use crate::value::{is_assignable, type_name};

/// The columns of the table `mart.<name>`; `None` when the model `name` has no such contract.
pub(crate) fn stored_schema(contracts: &Contracts, name: &ModelName) -> Option<SchemaRef> {
    contract_of(contracts, name).map(Contract::arrow_schema)
}

/// The contract of the table `mart.<name>`.
pub(crate) fn contract_of<'c>(contracts: &'c Contracts, name: &ModelName) -> Option<&'c Contract> {
    contracts.get(&TableId::new("mart", name.as_str()).ok()?)
}

/// Compares a mart's grain and output with its contract.
pub(crate) fn check_contract(
    contracts: &Contracts,
    draft: &Draft,
    output: &Schema,
    faults: &mut Vec<ModelError>,
) {
    let Some(contract) = contract_of(contracts, &draft.name) else {
        faults.push(ModelError::MartWithoutContract {
            at: draft.at.clone(),
            mart: draft.name.clone(),
        });
        return;
    };
    if let Some((grain, at)) = &draft.file.header.grain
        && *grain != contract.key
        // A grain column that is not there is a fault of its own.
        && grain.iter().all(|column| output.column_with_name(column.as_str()).is_some())
    {
        faults.push(ModelError::GrainIsNotKey {
            at: at.clone(),
            mart: draft.name.clone(),
            grain: grain.iter().map(ToString::to_string).collect(),
            key: contract.key.iter().map(ToString::to_string).collect(),
            contract: contract.path.clone(),
        });
    }
    check_columns(contract, draft, output, faults);
}

fn check_columns(
    contract: &Contract,
    draft: &Draft,
    output: &Schema,
    faults: &mut Vec<ModelError>,
) {
    let expected = contract.arrow_schema();
    let found_names: Vec<&str> = names(output).collect();
    let expected_names: Vec<&str> = names(&expected).collect();
    let extra: Vec<&str> = found_names
        .iter()
        .copied()
        .filter(|name| !expected_names.contains(name))
        .collect();
    for column in expected_names
        .iter()
        .filter(|name| !found_names.contains(name))
    {
        faults.push(ModelError::OutputMissing {
            at: draft.file.last_select_at(),
            mart: draft.name.clone(),
            column: (*column).to_owned(),
            contract: contract.path.clone(),
            nearest: nearest(column, extra.iter().copied()).map(str::to_owned),
        });
    }
    for column in extra {
        faults.push(ModelError::OutputExtra {
            at: draft.file.output_at(column),
            mart: draft.name.clone(),
            column: column.to_owned(),
            contract: contract.path.clone(),
        });
    }
    for field in output.fields() {
        let Some((_, wanted)) = expected.column_with_name(field.name()) else {
            continue;
        };
        if !is_assignable(field.data_type(), wanted.data_type()) {
            faults.push(ModelError::OutputType {
                at: draft.file.output_at(field.name()),
                mart: draft.name.clone(),
                column: field.name().clone(),
                found: type_name(field.data_type()),
                expected: type_name(wanted.data_type()),
                contract: contract.path.clone(),
            });
        }
    }
    let shared = |from: &[&str], other: &[&str]| -> Vec<String> {
        from.iter()
            .filter(|name| other.contains(name))
            .map(|name| (*name).to_owned())
            .collect()
    };
    let first_apart = shared(&found_names, &expected_names)
        .into_iter()
        .zip(shared(&expected_names, &found_names))
        .find(|(found, expected)| found != expected);
    if let Some((found, expected)) = first_apart {
        faults.push(ModelError::OutputOrder {
            at: draft.file.output_at(&found),
            mart: draft.name.clone(),
            found,
            expected,
            contract: contract.path.clone(),
        });
    }
}

fn names(schema: &Schema) -> impl Iterator<Item = &str> {
    schema.fields().iter().map(|field| field.name().as_str())
}

/// Staging is one-to-one with a source: one source table, no join, no grouping.
pub(crate) fn check_staging(
    model: &ModelName,
    file: &SqlFile,
    inputs: &[(Input, Place)],
    faults: &mut Vec<ModelError>,
) {
    let fault = |at: Place, what: String| ModelError::StagingShape {
        at,
        model: model.clone(),
        what,
    };
    let mut has_source = false;
    for (input, at) in inputs {
        match input {
            Input::Model(other) => {
                faults.push(fault(at.clone(), format!("reads the model `{other}`")));
            }
            Input::Source(other) if has_source => {
                faults.push(fault(
                    at.clone(),
                    format!("reads a second source, `{other}`"),
                ));
            }
            Input::Source(_) => has_source = true,
        }
    }
    let mut shapes = Shapes {
        path: &file.path,
        found: Vec::new(),
    };
    let _ = file.query.visit(&mut shapes);
    for (at, what) in shapes.found {
        faults.push(fault(at, what.to_owned()));
    }
}

struct Shapes<'a> {
    path: &'a str,
    found: Vec<(Place, &'static str)>,
}

impl Visitor for Shapes<'_> {
    type Break = ();

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let at = place::of_token(self.path, select.span().start);
        if select.from.iter().any(|from| !from.joins.is_empty()) {
            self.found.push((at.clone(), "joins"));
        }
        let groups = match &select.group_by {
            GroupByExpr::All(_) => true,
            GroupByExpr::Expressions(expressions, _) => !expressions.is_empty(),
        };
        if groups {
            self.found.push((at, "groups"));
        }
        ControlFlow::Continue(())
    }
}
