//! Contracts from files: read, validate, convert, and report every fault found.

mod checks;
mod column;
mod key;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::contract::Contract;
use crate::error::ContractError;
use crate::name::TableId;
use crate::odcs::ContractFile;
use crate::place::Place;
use crate::text;
use crate::yaml::{self, At};

/// All contracts of a deployment, by table.
#[derive(Debug, Clone, Default)]
pub struct Contracts {
    tables: BTreeMap<TableId, Contract>,
}

impl Contracts {
    /// Reads contracts from (path, text) pairs.
    ///
    /// A path must end in `<schema>/<table>.yaml`, as the contract's id says.
    ///
    /// # Errors
    /// Every fault of every file, in the order of path and line, each with its place, what is wrong and
    /// (by [`ContractError::hint`]) how to mend it.
    pub fn parse(
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Contracts, Vec<ContractError>> {
        let mut faults = Vec::new();
        let mut tables = BTreeMap::<TableId, Contract>::new();
        for (path, text) in files {
            let mut reader = Reader::new(&path);
            let read = yaml::read::<ContractFile>(&path, &text);
            reader
                .faults
                .extend(read.faults.into_iter().map(ContractError::Shape));
            let contract = read
                .value
                .and_then(|file| table::convert(file, &text, &mut reader));
            faults.append(&mut reader.faults);
            let Some(contract) = contract else { continue };
            match tables.get(&contract.id) {
                Some(first) => faults.push(ContractError::RepeatedTable {
                    at: Place::new(path, 0),
                    id: contract.id,
                    first: Place::new(first.path.as_str(), 0),
                }),
                None => {
                    tables.insert(contract.id.clone(), contract);
                }
            }
        }
        let contracts = Contracts { tables };
        // A reference into a file that was refused is not known to be wrong.
        if faults.is_empty() {
            contracts.check_references(&mut faults);
        }
        if faults.is_empty() {
            return Ok(contracts);
        }
        faults.sort_by(|a, b| a.place().cmp(&b.place()));
        Err(faults)
    }

    /// The contract of a table.
    pub fn get(&self, id: &TableId) -> Option<&Contract> {
        self.tables.get(id)
    }

    /// The contract of a table that must have one.
    ///
    /// # Errors
    /// [`ContractError::UnknownTable`] with the nearest table there is.
    pub fn require(&self, id: &TableId) -> Result<&Contract, ContractError> {
        self.get(id)
            .ok_or_else(|| self.unknown(&id.to_string(), None))
    }

    /// All contracts, by table.
    pub fn iter(&self) -> impl Iterator<Item = &Contract> {
        self.tables.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.tables.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    fn unknown(&self, table: &str, at: Option<Place>) -> ContractError {
        let names: Vec<String> = self.tables.keys().map(TableId::to_string).collect();
        let nearest = text::nearest(table, names.iter().map(String::as_str));
        ContractError::UnknownTable {
            at,
            table: table.to_owned(),
            nearest: nearest.and_then(|nearest| nearest.parse().ok()),
        }
    }

    fn check_references(&self, faults: &mut Vec<ContractError>) {
        for contract in self.iter() {
            for column in &contract.columns {
                let Some(reference) = &column.references else {
                    continue;
                };
                match self.get(&reference.table) {
                    None => faults.push(
                        self.unknown(&reference.table.to_string(), Some(column.place.clone())),
                    ),
                    Some(target) if target.column(reference.column.as_str()).is_none() => {
                        faults.push(ContractError::UnknownColumn {
                            at: column.place.clone(),
                            role: format!("the relationship of column `{}`", column.name),
                            column: reference.column.to_string(),
                            table: Box::new(reference.table.clone()),
                            known: target.column_names().map(str::to_owned).collect(),
                        });
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

/// One file being read, and what was found wrong in it.
struct Reader {
    file: Arc<str>,
    faults: Vec<ContractError>,
}

impl Reader {
    fn new(path: &str) -> Reader {
        Reader {
            file: Arc::from(path),
            faults: Vec::new(),
        }
    }

    fn refuse(&mut self, fault: ContractError) {
        self.faults.push(fault);
    }

    fn place<T>(&self, at: &At<T>) -> Place {
        self.line(at.line)
    }

    fn line(&self, line: u32) -> Place {
        Place::new(Arc::clone(&self.file), line)
    }
}

#[cfg(test)]
mod tests;
