//! All models of a deployment: parsed, checked against the contracts, in order.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{Contracts, TableId};
use sha2::{Digest, Sha256};

use crate::check::Check;
use crate::error::ModelError;
use crate::model::Model;
use crate::name::{Input, ModelName};

/// The models of a deployment, every name in them looked up.
#[derive(Debug, Clone, Default)]
pub struct Models {
    pub(crate) models: BTreeMap<ModelName, Model>,
    pub(crate) order: Vec<ModelName>,
}

impl Models {
    /// Parses and checks the (path, text) pairs under `sql/`; `sql/metrics` is for
    /// [`Metrics`](crate::metric::Metrics) and passed over here.
    ///
    /// # Errors
    /// Every fault found, in the order of files and lines.
    pub fn parse(
        files: impl IntoIterator<Item = (String, String)>,
        contracts: &Contracts,
    ) -> Result<Models, Vec<ModelError>> {
        Check::new(contracts).run(files)
    }

    /// The model `name`.
    pub fn get(&self, name: &str) -> Option<&Model> {
        self.models.get(name)
    }

    /// All models by name.
    pub fn iter(&self) -> impl Iterator<Item = &Model> {
        self.models.values()
    }

    /// The names in build order: each after what it reads.
    pub fn order(&self) -> &[ModelName] {
        &self.order
    }

    /// The models in build order.
    pub fn in_order(&self) -> impl Iterator<Item = &Model> {
        self.order.iter().filter_map(|name| self.models.get(name))
    }

    /// The marts in build order.
    pub fn marts(&self) -> impl Iterator<Item = &Model> {
        self.in_order().filter(|model| model.is_mart())
    }

    /// What the model `name` names itself; empty when there is no such model.
    pub fn inputs_of(&self, name: &ModelName) -> &[Input] {
        self.models.get(name).map_or(&[], |model| &model.inputs)
    }

    /// The source tables below the model `name`, through any chain of models.
    pub fn sources_below(&self, name: &ModelName) -> BTreeSet<TableId> {
        self.below(name, true)
            .into_iter()
            .filter_map(|input| match input {
                Input::Source(table) => Some(table),
                Input::Model(_) => None,
            })
            .collect()
    }

    /// The models below the model `name`, through any chain of models.
    pub fn models_below(&self, name: &ModelName) -> BTreeSet<ModelName> {
        self.below(name, true)
            .into_iter()
            .filter_map(|input| match input {
                Input::Model(model) => Some(model),
                Input::Source(_) => None,
            })
            .collect()
    }

    /// The stored tables the model `name` is computed from: source tables and marts, seen through the
    /// views between.
    pub fn tables_below(&self, name: &ModelName) -> BTreeSet<Input> {
        self.below(name, false)
            .into_iter()
            .filter(|input| match input {
                Input::Source(_) => true,
                Input::Model(model) => self.is_mart(model),
            })
            .collect()
    }

    /// The views the model `name` is computed through: staging and intermediate models below it.
    pub fn views_below(&self, name: &ModelName) -> BTreeSet<ModelName> {
        self.below(name, false)
            .into_iter()
            .filter_map(|input| match input {
                Input::Model(model) if !self.is_mart(&model) => Some(model),
                _ => None,
            })
            .collect()
    }

    /// The views a query over `inputs` is computed through.
    pub fn views_below_all(&self, inputs: &[Input]) -> BTreeSet<ModelName> {
        let mut views = BTreeSet::new();
        for input in inputs {
            if let Input::Model(model) = input
                && !self.is_mart(model)
            {
                views.extend(self.views_below(model));
                views.insert(model.clone());
            }
        }
        views
    }

    /// The stored tables an audit or another query over `inputs` reads.
    pub fn tables_below_all(&self, inputs: &[Input]) -> BTreeSet<Input> {
        let mut tables = BTreeSet::new();
        for input in inputs {
            match input {
                Input::Model(model) if !self.is_mart(model) => {
                    tables.extend(self.tables_below(model));
                }
                stored => {
                    tables.insert(stored.clone());
                }
            }
        }
        tables
    }

    /// A hash of everything in the tree that decides the rows of the model `name`: its statement and
    /// those of the views below it, in one spelling, so that comments and layout do not count.
    pub fn hash_of(&self, name: &ModelName) -> String {
        let mut hasher = Sha256::new();
        self.add_statement(name, &mut hasher);
        for input in self.below(name, false) {
            if let Input::Model(view) = input
                && !self.is_mart(&view)
            {
                self.add_statement(&view, &mut hasher);
            }
        }
        hex(&hasher.finalize())
    }

    /// A hash of the whole tree: what a publication records.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (name, model) in &self.models {
            self.add_statement(name, &mut hasher);
            for audit in &model.audits {
                hasher.update(audit.sql.as_bytes());
                hasher.update([0]);
            }
        }
        hex(&hasher.finalize())
    }

    fn is_mart(&self, name: &ModelName) -> bool {
        self.models.get(name).is_some_and(Model::is_mart)
    }

    fn add_statement(&self, name: &ModelName, hasher: &mut Sha256) {
        if let Some(model) = self.models.get(name) {
            hasher.update(name.as_str().as_bytes());
            hasher.update([0]);
            hasher.update(model.file.normal_text().as_bytes());
            hasher.update([0]);
        }
    }

    /// Everything below `name`; through marts as well when `through_marts`.
    fn below(&self, name: &ModelName, through_marts: bool) -> BTreeSet<Input> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&ModelName> = vec![name];
        while let Some(model) = open.pop().and_then(|name| self.models.get(name)) {
            for input in &model.inputs {
                if !found.insert(input.clone()) {
                    continue;
                }
                if let Input::Model(next) = input
                    && (through_marts || !self.is_mart(next))
                {
                    open.push(next);
                }
            }
        }
        found
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
