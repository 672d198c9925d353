//! Columns that say their unit: in their name, in the header, in the contract of a mart.

use std::collections::HashMap;

use contracts::unit::Unit;
use contracts::{Contract, LogicalType, Place};
use datafusion::logical_expr::Expr;

use super::fact::{Fact, Measure, is_counted};
use super::fault::UnitFault;
use super::formula::{Formula, Name, unit_by_name};
use super::plan::Deriver;
use super::table::{by_row, calendar_year};

impl Deriver<'_> {
    /// The fact of an output of a select, held against what its name and the header say.
    pub fn named(&mut self, expr: &Expr, fact: Fact) -> Fact {
        let Expr::Alias(alias) = expr else {
            return fact;
        };
        if let Some(unit) = self.declared.of(&alias.name) {
            let unit = unit.clone();
            return self.declared_in_header(&alias.name, &unit, expr, fact);
        }
        let accepted = demanded(&alias.name);
        let Some(first) = accepted.first() else {
            return fact;
        };
        match &fact {
            // Of several units the name admits, a null is in none yet.
            Fact::Fits if accepted.len() > 1 => fact,
            Fact::Fits => Fact::measure(
                Formula::of(first.clone()),
                super::fact::Origins::of(format!("the name `{}`", alias.name)),
            ),
            Fact::Measure(measure) => {
                let found = accepted.iter().find(|unit| {
                    let is_year = measure.is_number && is_year(unit);
                    is_year || measure.is_in(&Formula::of((*unit).clone()))
                });
                if let Some(unit) = found {
                    return Fact::measure(Formula::of(unit.clone()), measure.origins.clone());
                }
                let fault = output_fault(
                    self.output_place_of(expr),
                    &alias.name,
                    measure,
                    &Formula::of(first.clone()),
                    "its name",
                );
                self.fault(fault);
                Fact::Fits
            }
            Fact::Unknown(why) => {
                let fault = UnitFault::NotDerived {
                    at: self.output_place_of(expr),
                    column: alias.name.clone(),
                    why: why.to_string(),
                };
                self.fault(fault);
                Fact::Fits
            }
            Fact::Undeclared(origins) => {
                let at = self.output_place_of(expr);
                self.no_unit("gives a unit by name to", origins, &at);
                Fact::Fits
            }
            _ => fact,
        }
    }

    /// A header's word counts where the unit cannot be derived or differs from row to row; where it can be
    /// derived, the two must agree.
    fn declared_in_header(&mut self, name: &str, unit: &Unit, expr: &Expr, fact: Fact) -> Fact {
        let declared = Formula::of(unit.clone());
        if let Fact::Measure(measure) = &fact
            && !measure.is_number
            && measure.unit.is_fixed()
            && !measure.is_in(&declared)
        {
            let at = self.output_place_of(expr);
            let fault = output_fault(at, name, measure, &declared, "the header");
            self.fault(fault);
        }
        match fact {
            Fact::Text { .. } | Fact::Other => fact,
            _ => Fact::measure(
                declared,
                super::fact::Origins::of(format!(
                    "`{name}` as the header of {} declares",
                    self.file
                )),
            ),
        }
    }

    fn output_place_of(&self, expr: &Expr) -> Place {
        self.place_of(&[expr])
    }

    /// Where an output column stands; the step, when only the engine knows its expression.
    pub fn output_place(&self, _name: &str) -> Place {
        self.at.clone()
    }
}

/// The units a column's name accepts, the first being the one it demands; empty when it demands none.
fn demanded(name: &str) -> Vec<Unit> {
    if let Some((suffix, unit)) = Unit::of_column_name(name) {
        let mut accepted = vec![unit];
        // A mass of carbon dioxide may be named by its mass alone.
        for gas in ["kgCO2", "tCO2"] {
            if let Ok(gas) = Unit::parse(gas)
                && gas.goes_with_suffix(&suffix)
                && !accepted.contains(&gas)
            {
                accepted.push(gas);
            }
        }
        return accepted;
    }
    unit_by_name(name).into_iter().collect()
}

fn is_year(unit: &Unit) -> bool {
    Unit::parse("year").is_ok_and(|year| year == *unit)
}

fn output_fault(
    at: Place,
    column: &str,
    found: &Measure,
    declared: &Formula,
    says: &str,
) -> UnitFault {
    let factor = found
        .unit
        .same_names(declared)
        .then(|| found.unit.fixed.factor_to(&declared.fixed))
        .flatten();
    UnitFault::Output {
        at,
        column: column.to_owned(),
        found: shown(found),
        found_from: found.origins.to_string(),
        declared: super::expression::distinct(&found.unit, declared),
        says: says.to_owned(),
        factor: factor
            .filter(|_| !found.is_number)
            .map(|factor| factor.to_string()),
        is_number: found.is_number,
    }
}

/// The unit, and what it was multiplied by so far.
fn shown(measure: &Measure) -> String {
    let unit = measure.unit.to_string();
    match measure.factor.is_one() || measure.is_number {
        true => unit,
        false => format!("{unit}` times `{}", measure.factor),
    }
}

/// Holds the derived outputs of a mart against its contract.
pub(super) fn check_contract(
    contract: &Contract,
    outputs: &[(String, Fact)],
    place_of: impl Fn(&str) -> Place,
    faults: &mut Vec<UnitFault>,
) {
    let texts: HashMap<&str, Name> = outputs
        .iter()
        .filter_map(|(name, fact)| match fact {
            Fact::Text { names, .. } => Some((name.as_str(), names.as_name()?.clone())),
            _ => None,
        })
        .collect();
    let fixed_texts: HashMap<&str, &Formula> = outputs
        .iter()
        .filter_map(|(name, fact)| match fact {
            Fact::Text { names, .. } if names.as_name().is_none() => Some((name.as_str(), names)),
            _ => None,
        })
        .collect();
    for column in &contract.columns {
        let is_number = matches!(
            column.ty,
            LogicalType::Integer | LogicalType::Decimal { .. }
        );
        let found = outputs.iter().find(|(name, _)| column.name == **name);
        let Some((_, fact)) = found.filter(|_| is_number) else {
            continue;
        };
        let of_row =
            column
                .row_unit
                .as_ref()
                .and_then(|unit| match fixed_texts.get(unit.column.as_str()) {
                    Some(told) => Formula::of(unit.fixed.clone()).mul(&told.pow(unit.power)?),
                    None => by_row(unit, &texts),
                });
        let declared = of_row
            .or_else(|| column.unit.clone().map(Formula::of))
            .or_else(|| calendar_year(column).map(Formula::of));
        let at = place_of(column.name.as_str());
        if let Some(fault) = contract_fault(contract, column.name.as_str(), fact, declared, at) {
            faults.push(fault);
        }
    }
}

fn contract_fault(
    contract: &Contract,
    column: &str,
    fact: &Fact,
    declared: Option<Formula>,
    at: Place,
) -> Option<UnitFault> {
    match (fact, declared) {
        (Fact::Measure(found), Some(declared)) => {
            let is_count = found.is_number
                && declared.is_fixed()
                && is_counted(&declared.fixed)
                && Unit::parse("count").is_ok_and(|count| count == declared.fixed);
            if is_count || found.is_in(&declared) {
                return None;
            }
            Some(output_fault(at, column, found, &declared, &contract.path))
        }
        (Fact::Measure(found), None) if !found.is_number => Some(UnitFault::OutputUndeclared {
            at,
            column: column.to_owned(),
            found: found.unit.to_string(),
            found_from: found.origins.to_string(),
            contract: contract.path.clone(),
        }),
        (Fact::Undeclared(origins), Some(_)) => Some(UnitFault::NoUnit {
            at,
            what: "gives to a column with a unit",
            columns: origins.to_string(),
        }),
        (Fact::Unknown(why), _) => Some(UnitFault::NotDerived {
            at,
            column: column.to_owned(),
            why: why.to_string(),
        }),
        _ => None,
    }
}
