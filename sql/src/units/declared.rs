//! What the header of a model declares of units: `-- unit: months_reported month, distance km`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use contracts::Place;
use contracts::unit::Unit;

use super::fault::UnitFault;

/// The units a header declares.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    units: Vec<(String, Unit)>,
    at: Option<Place>,
    used: RefCell<BTreeSet<String>>,
}

impl Declarations {
    /// Reads `column unit, column unit`.
    pub fn read(written: Option<&(String, Place)>, faults: &mut Vec<UnitFault>) -> Self {
        let Some((text, at)) = written else {
            return Self::default();
        };
        let mut units = Vec::new();
        for word in text.split(',').map(str::trim) {
            let declared = word
                .split_once(char::is_whitespace)
                .map(|(column, unit)| (column, unit.trim()));
            match declared.map(|(column, unit)| (column, Unit::parse(unit), unit)) {
                Some((column, Ok(unit), _)) => units.push((column.to_owned(), unit)),
                Some((column, Err(_), unit)) => faults.push(UnitFault::BadDeclaration {
                    at: at.clone(),
                    word: word.to_owned(),
                    nearest: Unit::nearest(unit).map(|unit| format!("{column} {unit}")),
                }),
                None => faults.push(UnitFault::BadDeclaration {
                    at: at.clone(),
                    word: word.to_owned(),
                    nearest: None,
                }),
            }
        }
        Self {
            units,
            at: Some(at.clone()),
            used: RefCell::default(),
        }
    }

    /// The declared unit of the column `name`, in any step of the file.
    pub fn of(&self, name: &str) -> Option<&Unit> {
        let (column, unit) = self.units.iter().find(|(column, _)| column == name)?;
        self.used.borrow_mut().insert(column.clone());
        Some(unit)
    }

    /// Declarations nothing asked for.
    pub fn unused(&self) -> impl Iterator<Item = UnitFault> {
        let used = self.used.borrow().clone();
        self.units
            .iter()
            .filter(move |(column, _)| !used.contains(column))
            .filter_map(|(column, _)| {
                Some(UnitFault::UnusedDeclaration {
                    at: self.at.clone()?,
                    column: column.clone(),
                })
            })
    }
}
