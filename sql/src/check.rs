//! The check of the whole tree: files to drafts, drafts to models, all faults on the way.

use std::collections::{BTreeMap, BTreeSet};

use contracts::text::nearest;
use contracts::{Contracts, Place, TableId};
use datafusion::arrow::datatypes::{Schema, SchemaRef};

use crate::case::{self, CaseScope};
use crate::error::ModelError;
use crate::graph::{self, Edges};
use crate::model::{Audit, AuditSeverity, Draft, Model};
use crate::models::Models;
use crate::name::{Input, Layer, ModelName};
use crate::planner::{Planner, Schemas};
use crate::references::{Reference, references};
use crate::statement::SqlFile;
use crate::tree::{Tree, TreeFile, model_name};
use crate::units::Units;
use crate::{mart, place, value};

pub(crate) struct Check<'a> {
    contracts: &'a Contracts,
    planner: Planner,
    schemas: Schemas,
    units: Units,
    unknown: BTreeSet<String>,
    names: BTreeSet<ModelName>,
    faults: Vec<ModelError>,
}

impl<'a> Check<'a> {
    pub fn new(contracts: &'a Contracts) -> Self {
        let schemas = contracts
            .iter()
            .filter(|contract| contract.id.schema() != "mart")
            .map(|contract| (contract.id.to_string(), contract.table_schema()))
            .collect();
        let mut units = Units::default();
        for contract in contracts.iter() {
            // Marts go by their bare names.
            match contract.id.schema() {
                "mart" => units.add_contract(contract.id.table(), contract),
                _ => units.add_contract(&contract.id.to_string(), contract),
            }
        }
        Self {
            contracts,
            planner: Planner::new(),
            schemas,
            units,
            unknown: BTreeSet::new(),
            names: BTreeSet::new(),
            faults: Vec::new(),
        }
    }

    pub fn run(
        mut self,
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Models, Vec<ModelError>> {
        let tree = Tree::sort(files, &mut self.faults);
        let mut drafts = self.drafts(&tree.models);
        let edges: Edges = drafts
            .iter()
            .map(|(name, draft)| (name.clone(), model_edges(draft)))
            .collect();
        let order = graph::order(&edges, &mut self.faults);

        let mut models = BTreeMap::new();
        for name in self.names.clone() {
            match mart::stored_schema(self.contracts, &name) {
                // What reads a mart reads the columns its contract promises.
                Some(schema) => {
                    self.schemas.insert(name.to_string(), schema);
                }
                // Without a schema until it is planned; for good when it is at fault.
                None => {
                    self.unknown.insert(name.to_string());
                }
            }
        }
        for name in &order {
            if let Some(model) = drafts.remove(name).and_then(|draft| self.model(draft)) {
                if self.unknown.remove(name.as_str()) {
                    self.schemas.insert(name.to_string(), model.output.clone());
                }
                models.insert(name.clone(), model);
            }
        }
        self.audits(tree.audits, &mut models);
        self.cases(tree.cases, &mut models);
        self.orphaned_contracts();

        if self.faults.is_empty() {
            return Ok(Models { models, order });
        }
        self.faults.sort_by(|a, b| a.place().cmp(b.place()));
        Err(self.faults)
    }

    fn drafts(&mut self, files: &[TreeFile]) -> BTreeMap<ModelName, Draft> {
        let mut named: BTreeMap<ModelName, &TreeFile> = BTreeMap::new();
        for file in files {
            let Some(name) = model_name(file, &mut self.faults) else {
                continue;
            };
            if let Some(first) = named.get(&name) {
                self.faults.push(ModelError::DuplicateModel {
                    at: file.at(),
                    name,
                    first: first.at(),
                });
                continue;
            }
            named.insert(name, file);
        }
        self.names = named.keys().cloned().collect();

        let mut drafts = BTreeMap::new();
        for (name, tree_file) in named {
            let Some(file) = SqlFile::parse(&tree_file.path, &tree_file.text, &mut self.faults)
            else {
                continue;
            };
            self.unused_steps(&file);
            let inputs = self.inputs(&file);
            if tree_file.layer == Layer::Staging {
                mart::check_staging(&name, &file, &inputs, &mut self.faults);
            }
            drafts.insert(
                name.clone(),
                Draft {
                    name,
                    layer: tree_file.layer,
                    at: tree_file.at(),
                    file,
                    inputs,
                },
            );
        }
        drafts
    }

    fn unused_steps(&mut self, file: &SqlFile) {
        let used = references(&file.path, &file.query).used_ctes;
        for (cte, at, _) in file.ctes() {
            if !used.contains(&cte) {
                self.faults.push(ModelError::UnusedStep { at, cte });
            }
        }
    }

    /// The tables a file reads, each once with the place it is first named; unknown ones are faults.
    fn inputs(&mut self, file: &SqlFile) -> Vec<(Input, Place)> {
        let mut inputs: Vec<(Input, Place)> = Vec::new();
        for reference in references(&file.path, &file.query).tables {
            match self.input(&reference.parts) {
                Some(input) => {
                    if !inputs.iter().any(|(known, _)| *known == input) {
                        inputs.push((input, reference.at));
                    }
                }
                None => self.unknown_table(reference),
            }
        }
        inputs
    }

    fn input(&self, parts: &[String]) -> Option<Input> {
        match parts {
            [name] => self.names.get(name.as_str()).cloned().map(Input::Model),
            [schema, table] => {
                let id = TableId::new(schema, table).ok()?;
                let is_source = schema != "mart" && self.contracts.get(&id).is_some();
                is_source.then_some(Input::Source(id))
            }
            _ => None,
        }
    }

    fn unknown_table(&mut self, reference: Reference) {
        let table = reference.name();
        self.unknown.insert(table.clone());
        let choices = self.all_names();
        self.faults
            .push(ModelError::unknown_table(reference.at, table, choices));
    }

    fn all_names(&self) -> Vec<String> {
        let sources = self
            .contracts
            .iter()
            .filter(|contract| contract.id.schema() != "mart")
            .map(|contract| contract.id.to_string());
        let models = self.names.iter().map(ToString::to_string);
        sources.chain(models).collect()
    }

    fn model(&mut self, draft: Draft) -> Option<Model> {
        let header = &draft.file.header;
        if header.grain.is_none() {
            self.faults.push(ModelError::MissingHeader {
                at: draft.at.clone(),
                word: "grain",
            });
        }
        if header.purpose.is_none() {
            self.faults.push(ModelError::MissingHeader {
                at: draft.at.clone(),
                word: "purpose",
            });
        }
        let planned =
            self.planner
                .plan_file(&draft.file, &self.schemas, &self.unknown, &mut self.faults)?;
        let (grain, grain_at) = header
            .grain
            .clone()
            .unwrap_or((Vec::new(), draft.at.clone()));
        for column in &grain {
            if planned.output.column_with_name(column.as_str()).is_none() {
                let columns = planned
                    .output
                    .fields()
                    .iter()
                    .map(|field| field.name().as_str());
                self.faults.push(ModelError::GrainNotInOutput {
                    at: grain_at.clone(),
                    column: column.to_string(),
                    nearest: nearest(column.as_str(), columns).map(str::to_owned),
                });
            }
        }
        if draft.layer == Layer::Mart {
            mart::check_contract(self.contracts, &draft, &planned.output, &mut self.faults);
        }
        self.units.derive(
            Some(draft.name.as_str()),
            &draft.file,
            &planned.plans,
            mart::contract_of(self.contracts, &draft.name),
            &mut self.faults,
        );
        Some(Model {
            name: draft.name,
            layer: draft.layer,
            grain,
            purpose: header.purpose.clone().unwrap_or_default(),
            inputs: draft.inputs.into_iter().map(|(input, _)| input).collect(),
            output: planned.output,
            steps: planned.steps,
            cases: Vec::new(),
            audits: Vec::new(),
            file: draft.file,
        })
    }

    fn audits(&mut self, files: Vec<TreeFile>, models: &mut BTreeMap<ModelName, Model>) {
        for tree_file in files {
            let is_known = self.knows_model(&tree_file);
            let Some(file) = SqlFile::parse(&tree_file.path, &tree_file.text, &mut self.faults)
            else {
                continue;
            };
            self.unused_steps(&file);
            let inputs = self.inputs(&file);
            let planned =
                self.planner
                    .plan_file(&file, &self.schemas, &self.unknown, &mut self.faults);
            if let Some(planned) = planned {
                self.units
                    .derive(None, &file, &planned.plans, None, &mut self.faults);
            }
            if file.header.purpose.is_none() {
                self.faults.push(ModelError::MissingHeader {
                    at: tree_file.at(),
                    word: "purpose",
                });
            }
            let severity = match &file.header.severity {
                None => {
                    self.faults.push(ModelError::MissingHeader {
                        at: tree_file.at(),
                        word: "severity",
                    });
                    continue;
                }
                Some((text, at)) => match AuditSeverity::parse(text) {
                    Some(severity) => severity,
                    None => {
                        self.faults.push(ModelError::BadSeverity {
                            at: at.clone(),
                            severity: text.clone(),
                        });
                        continue;
                    }
                },
            };
            if let Some(model) = models
                .get_mut(tree_file.model.as_str())
                .filter(|_| is_known)
            {
                model.audits.push(Audit {
                    model: model.name.clone(),
                    name: tree_file.audit,
                    path: tree_file.path,
                    severity,
                    purpose: file.header.purpose.clone().unwrap_or_default(),
                    sql: file.text,
                    inputs: inputs.into_iter().map(|(input, _)| input).collect(),
                });
            }
        }
    }

    fn cases(&mut self, files: Vec<TreeFile>, models: &mut BTreeMap<ModelName, Model>) {
        let mut with_cases = BTreeSet::new();
        for tree_file in files {
            if !self.knows_model(&tree_file) {
                continue;
            }
            let Some(read) = case::read(&tree_file.path, &tree_file.text, &mut self.faults) else {
                with_cases.insert(tree_file.model);
                continue;
            };
            if !read.is_empty() {
                with_cases.insert(tree_file.model.clone());
            }
            let Some(model) = models.get(tree_file.model.as_str()) else {
                continue;
            };
            let scope = ModelScope {
                check: self,
                model,
                below: below(model, models),
            };
            let mut faults = Vec::new();
            let cases = case::check(&tree_file.path, read, &scope, &mut faults);
            self.faults.append(&mut faults);
            if let Some(model) = models.get_mut(tree_file.model.as_str()) {
                model.cases = cases;
            }
        }
        for model in models.values() {
            if model.is_mart() && !with_cases.contains(model.name.as_str()) {
                self.faults.push(ModelError::NoCases {
                    at: place::start_of(model.path()),
                    mart: model.name.clone(),
                });
            }
        }
    }

    fn knows_model(&mut self, file: &TreeFile) -> bool {
        if self.names.contains(file.model.as_str()) {
            return true;
        }
        let names = self.names.iter().map(ModelName::as_str);
        self.faults.push(ModelError::UnknownModel {
            at: file.at(),
            model: file.model.clone(),
            nearest: nearest(&file.model, names).map(str::to_owned),
        });
        false
    }

    fn orphaned_contracts(&mut self) {
        for contract in self.contracts.iter() {
            let name = contract.id.table();
            if contract.id.schema() == "mart" && !self.names.contains(name) {
                let names = self.names.iter().map(ModelName::as_str);
                self.faults.push(ModelError::ContractWithoutMart {
                    at: place::start_of(&contract.path),
                    mart: name.to_owned(),
                    nearest: nearest(name, names).map(str::to_owned),
                });
            }
        }
    }
}

fn model_edges(draft: &Draft) -> Vec<(ModelName, Place)> {
    draft
        .inputs
        .iter()
        .filter_map(|(input, at)| match input {
            Input::Model(name) => Some((name.clone(), at.clone())),
            Input::Source(_) => None,
        })
        .collect()
}

/// Everything below a model that a case may give: what it reads, and what that reads.
fn below(model: &Model, models: &BTreeMap<ModelName, Model>) -> BTreeSet<Input> {
    let mut found = BTreeSet::new();
    let mut open = vec![model];
    while let Some(model) = open.pop() {
        for input in &model.inputs {
            if found.insert(input.clone())
                && let Input::Model(name) = input
            {
                open.extend(models.get(name));
            }
        }
    }
    found
}

struct ModelScope<'a> {
    check: &'a Check<'a>,
    model: &'a Model,
    below: BTreeSet<Input>,
}

impl CaseScope for ModelScope<'_> {
    fn input(&self, name: &str) -> Option<Result<(Input, Schema), Input>> {
        let parts: Vec<String> = name.split('.').map(str::to_owned).collect();
        let input = self.check.input(&parts)?;
        if !self.below.contains(&input) {
            return Some(Err(input));
        }
        let schema: &SchemaRef = self.check.schemas.get(name)?;
        Some(Ok((input, value::nullable(schema))))
    }

    fn input_names(&self) -> Vec<String> {
        self.below.iter().map(ToString::to_string).collect()
    }

    fn output(&self, cte: Option<&str>) -> Option<Schema> {
        match cte {
            None => Some(self.model.output.as_ref().clone()),
            Some(step) => self
                .model
                .steps
                .iter()
                .find(|(name, _)| name == step)
                .map(|(_, schema)| schema.as_ref().clone()),
        }
    }

    fn step_names(&self) -> Vec<String> {
        self.model
            .steps
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    }
}
