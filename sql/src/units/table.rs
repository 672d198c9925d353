//! What is known of the columns of tables: from their contracts, or derived for a view.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use contracts::unit::Unit;
use contracts::{Column, Contract, LogicalType};

use super::fact::{Fact, Origins};
use super::formula::{Formula, Name, Substitution};

/// The columns of a table by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub columns: Vec<(String, Fact)>,
}

/// Tables by name: sources as `schema.table`, models by bare name.
pub(crate) type Tables = HashMap<String, Table>;

/// Numbers the names of units as they are met.
#[derive(Debug, Default)]
pub(crate) struct Names {
    last: u32,
}

impl Names {
    pub fn new_name(&mut self, column: &str) -> Name {
        self.last += 1;
        Name {
            id: self.last,
            column: Rc::from(column),
            by_value: None,
        }
    }
}

impl Table {
    /// What the contract says of its columns.
    pub fn of_contract(contract: &Contract, names: &mut Names) -> Self {
        let mut texts: HashMap<&str, Name> = contract
            .columns
            .iter()
            .filter(|column| column.ty == LogicalType::Text)
            .map(|column| {
                let mut name = names.new_name(column.name.as_str());
                if !column.units_by_value.is_empty() {
                    name.by_value = Some(Rc::new(column.units_by_value.clone()));
                }
                (column.name.as_str(), name)
            })
            .collect();
        // Two columns that tell the same unit are two spellings of one name.
        for column in &contract.columns {
            let of = column.unit_of.as_ref();
            if let Some(name) = of.and_then(|of| texts.get(of.as_str()).cloned()) {
                texts.insert(column.name.as_str(), name);
            }
        }
        let columns = contract.columns.iter().map(|column| {
            let fact = fact_of(contract, column, &texts);
            (column.name.to_string(), fact)
        });
        Self {
            columns: columns.collect(),
        }
    }

    /// One reading of this table: the same facts under new names, because two readings of a table
    /// need not be of the same row.
    pub fn read(&self, names: &mut Names) -> Self {
        let mut renamed: Substitution = BTreeMap::new();
        let mut rename = |formula: &Formula| {
            for name in formula.names() {
                renamed.entry(name.clone()).or_insert_with(|| {
                    let new = names.new_name(&name.column);
                    Formula::named(Name {
                        by_value: name.by_value.clone(),
                        ..new
                    })
                });
            }
        };
        for (_, fact) in &self.columns {
            match fact {
                Fact::Measure(measure) => rename(&measure.unit),
                Fact::Text { names, value } => {
                    rename(names);
                    value.iter().for_each(&mut rename);
                }
                _ => {}
            }
        }
        let columns = self
            .columns
            .iter()
            .map(|(column, fact)| (column.clone(), fact.substitute(&renamed)));
        Self {
            columns: columns.collect(),
        }
    }

    /// This with a name of its own for each text that names a product: `numerator_unit` over
    /// `denominator_unit` is from here on what `unit` says.
    pub fn settled(mut self, names: &mut Names) -> Self {
        let products: Vec<(usize, Formula, Formula)> = self
            .columns
            .iter()
            .enumerate()
            .filter_map(|(index, (column, fact))| match fact {
                Fact::Text { names: told, .. } if !told.is_fixed() && told.as_name().is_none() => {
                    let name = Formula::named(names.new_name(column));
                    Some((index, told.clone(), name))
                }
                _ => None,
            })
            .collect();
        for (index, product, name) in products {
            for (_, fact) in &mut self.columns {
                if let Fact::Measure(measure) = fact
                    && let Some(unit) = by_name(&measure.unit, &product, &name)
                {
                    measure.unit = unit;
                }
            }
            self.columns[index].1 = Fact::Text {
                names: name,
                value: None,
            };
        }
        self
    }

    pub fn get(&self, column: &str) -> Option<&Fact> {
        let found = self.columns.iter().find(|(name, _)| name == column)?;
        Some(&found.1)
    }
}

/// `unit` with `name` in the place of `product` or its inverse; `None` when neither is in it.
fn by_name(unit: &Formula, product: &Formula, name: &Formula) -> Option<Formula> {
    let is_left = |rest: &Formula| product.names().any(|part| rest.names().any(|n| n == part));
    [1, -1].into_iter().find_map(|power| {
        let rest = unit.div(&product.pow(power)?)?;
        if is_left(&rest) {
            return None;
        }
        rest.mul(&name.pow(power)?)
    })
}

fn fact_of(contract: &Contract, column: &Column, texts: &HashMap<&str, Name>) -> Fact {
    let by_row = column
        .row_unit
        .as_ref()
        .and_then(|unit| by_row(unit, texts));
    match column.ty {
        LogicalType::Text => match texts.get(column.name.as_str()) {
            Some(name) => Fact::Text {
                names: Formula::named(name.clone()),
                value: by_row,
            },
            None => Fact::Other,
        },
        LogicalType::Integer | LogicalType::Decimal { .. } => {
            let fixed = column.unit.clone().map(Formula::of);
            let year = || calendar_year(column).map(Formula::of);
            match by_row.or(fixed).or_else(year) {
                Some(unit) => Fact::measure(unit, origin(contract, column)),
                None => Fact::Undeclared(origin(contract, column)),
            }
        }
        _ => Fact::Other,
    }
}

/// The unit of each row as the text column names it; `None` when there is no such column.
pub(super) fn by_row(
    unit: &contracts::unit::RowUnit,
    texts: &HashMap<&str, Name>,
) -> Option<Formula> {
    let name = texts.get(unit.column.as_str())?;
    let named = Formula::named(name.clone()).pow(unit.power)?;
    Formula::of(unit.fixed.clone()).mul(&named)
}

/// Years of the calendar need no unit in their contract: their difference is in years.
pub(super) fn calendar_year(column: &Column) -> Option<Unit> {
    column.is_year().then(|| Unit::parse("year").ok()).flatten()
}

fn origin(contract: &Contract, column: &Column) -> Origins {
    Origins::of(format!(
        "`{}` of {} ({})",
        column.name, contract.id, column.place
    ))
}
