//! The pass through the marts of one build: views registered when a mart needs them, those that
//! several marts read computed once, marts built, failures carried on to what reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use contracts::{Contract, Fault, TableId};
use models::{Input, Model, ModelName, Models};
use warehouse::progress::Progress;
use warehouse::{Snapshot, Warehouse};

use super::decide::{Judge, Work, inputs};
use super::info::BuildInfo;
use super::mart::Rebuild;
use super::{BuildOptions, BuildReport, MartFailure, MartOutcome, MartReport, with_causes};
use crate::error::TransformError;
use crate::session::{Lake, mart_table, newest_of, register_view, schema_of, table_of};
use crate::shared::{Effort, KeptRows, Reads};

/// How often a mart is built anew because somebody else committed to it meanwhile.
const ATTEMPTS: usize = 3;

/// What is expected of a mart.
pub(crate) struct Foreseen {
    pub mart: ModelName,
    /// Its state before the build; `None` when it is not stored.
    pub snapshot: Option<Snapshot>,
    pub expected: Expected,
}

/// What will be done for a mart.
pub(crate) enum Expected {
    /// This.
    Work(Work),
    /// What follows from the rows of marts that are built before it.
    After {
        /// These.
        marts: Vec<ModelName>,
        /// Whether it will be computed whole, whatever they hold.
        is_whole: bool,
    },
}

impl Foreseen {
    fn is_built(&self) -> bool {
        !matches!(self.expected, Expected::Work(Work::Nothing))
    }

    fn is_whole(&self) -> bool {
        matches!(
            self.expected,
            Expected::Work(Work::Whole { .. }) | Expected::After { is_whole: true, .. }
        )
    }

    /// What was decided, and for which version of the mart.
    fn decided(self) -> Option<(u64, Work)> {
        match (self.snapshot, self.expected) {
            (Some(snapshot), Expected::Work(work)) => Some((snapshot.version(), work)),
            _ => None,
        }
    }
}

/// One build under way.
pub(crate) struct Run<'a> {
    warehouse: &'a Warehouse,
    models: &'a Models,
    options: &'a BuildOptions,
    lake: Lake,
    /// What was expected of each mart before the first was built.
    foreseen: BTreeMap<ModelName, Foreseen>,
    /// The views to compute once.
    shared: BTreeMap<ModelName, Effort>,
    /// Those computed and still to be read.
    kept: BTreeMap<ModelName, KeptRows>,
    /// The views that have a name in the session.
    registered: BTreeSet<ModelName>,
    /// For each view the last mart that is expected to read it.
    last_reader: BTreeMap<ModelName, ModelName>,
    /// Models that cannot be read, because they or what they read failed.
    broken: BTreeMap<ModelName, ModelName>,
    report: BuildReport,
}

impl<'a> Run<'a> {
    /// Pins what the marts `selected` read and finds out which views to compute once.
    pub async fn prepare(
        warehouse: &'a Warehouse,
        models: &'a Models,
        options: &'a BuildOptions,
        selected: &BTreeSet<ModelName>,
    ) -> Result<Self, TransformError> {
        let tables: BTreeSet<Input> = selected
            .iter()
            .flat_map(|mart| models.tables_below(mart))
            .collect();
        let mut run = Self {
            warehouse,
            models,
            options,
            lake: Lake::pin(warehouse, &tables).await?,
            foreseen: BTreeMap::new(),
            shared: BTreeMap::new(),
            kept: BTreeMap::new(),
            registered: BTreeSet::new(),
            last_reader: BTreeMap::new(),
            broken: BTreeMap::new(),
            report: BuildReport {
                marts: Vec::new(),
                failed: Vec::new(),
                seconds: 0.0,
            },
        };
        run.foreseen = run.foresee(selected).await?;
        run.share().await;
        Ok(run)
    }

    /// What will be done for each mart, as far as can be told before the first is built.
    async fn foresee(
        &self,
        selected: &BTreeSet<ModelName>,
    ) -> Result<BTreeMap<ModelName, Foreseen>, TransformError> {
        let mut stored = newest_of(self.warehouse, selected.iter().map(mart_table)).await?;
        let mut foreseen: BTreeMap<ModelName, Foreseen> = BTreeMap::new();
        let models = self.models;
        for model in models
            .in_order()
            .filter(|model| selected.contains(&model.name))
        {
            let contract = self.warehouse.contract(&mart_table(&model.name))?;
            let snapshot = stored.remove(&mart_table(&model.name));
            let below = models.tables_below(&model.name);
            let built: Vec<&Foreseen> = foreseen
                .iter()
                .filter(|(name, one)| {
                    one.is_built() && below.contains(&Input::Model((*name).clone()))
                })
                .map(|(_, one)| one)
                .collect();
            let expected = match &snapshot {
                None => Expected::Work(Work::Whole {
                    reason: "it was not built before".to_owned(),
                }),
                Some(_) if !built.is_empty() && !self.options.full => Expected::After {
                    is_whole: contract.partition_by.is_empty()
                        || built.iter().any(|one| one.is_whole()),
                    marts: built.iter().map(|one| one.mart.clone()).collect(),
                },
                Some(snapshot) => Expected::Work(self.work(model, contract, snapshot).await?),
            };
            let one = Foreseen {
                mart: model.name.clone(),
                snapshot,
                expected,
            };
            foreseen.insert(model.name.clone(), one);
        }
        Ok(foreseen)
    }

    async fn work(
        &self,
        model: &Model,
        contract: &Contract,
        snapshot: &Snapshot,
    ) -> Result<Work, TransformError> {
        let judge = Judge {
            warehouse: self.warehouse,
            models: self.models,
            full: self.options.full,
            range: self.options.range.as_ref(),
        };
        let current = self.current(model);
        judge
            .work(model, contract, snapshot, &current, &self.lake)
            .await
    }

    /// Finds the views that the plans of the marts computed whole read more than once.
    async fn share(&mut self) {
        let whole = self.foreseen.values().filter(|one| one.is_whole());
        let expected: BTreeSet<ModelName> = whole.map(|one| one.mart.clone()).collect();
        let marts = self.models.marts();
        for mart in marts.filter(|model| expected.contains(&model.name)) {
            for view in self.models.views_below(&mart.name) {
                self.last_reader.insert(view, mart.name.clone());
            }
        }
        let contracts = self.warehouse.contracts();
        let schema = |input: &Input| schema_of(contracts, &table_of(input));
        let session = self.warehouse.session();
        match Reads::of(session, self.models, &expected, schema).await {
            Ok(reads) => self.shared = reads.shared(self.models, &expected),
            // Nothing is lost but time: what cannot be planned will say so when it is built.
            Err(error) => tracing::debug!(
                error = &error as &dyn std::error::Error,
                "cannot look for shared views",
            ),
        }
    }

    /// What will be done, by mart.
    pub fn foreseen(&self) -> &BTreeMap<ModelName, Foreseen> {
        &self.foreseen
    }

    /// The views that will be computed once.
    pub fn shared(&self) -> impl Iterator<Item = &ModelName> {
        self.shared.keys()
    }

    /// The version of every table the build stands on: what marts read, and the marts themselves.
    pub fn versions(&self) -> BTreeMap<TableId, Option<u64>> {
        let mut versions = BTreeMap::new();
        for one in self.foreseen.values() {
            for input in self.models.tables_below(&one.mart) {
                let id = table_of(&input);
                let version = self.lake.snapshots.get(&id).map(Snapshot::version);
                versions.insert(id, version);
            }
            let version = one.snapshot.as_ref().map(Snapshot::version);
            versions.insert(mart_table(&one.mart), version);
        }
        versions
    }

    /// What was done.
    pub fn into_report(self) -> BuildReport {
        self.report
    }

    /// Builds `model` if it has to be.
    pub async fn mart(&mut self, model: &Model, progress: &dyn Progress) {
        if !self.stands_on_broken(model) {
            match self.build(model).await {
                Ok(Some(report)) => {
                    progress.advance(report.rows, report.bytes);
                    tracing::info!(
                        mart = %report.mart,
                        version = report.version,
                        rows = report.rows,
                        "mart {} is at version {}: {}",
                        report.mart,
                        report.version,
                        report.reason
                    );
                    self.report.marts.push(report);
                }
                // One of its views failed, and that has been told.
                Ok(None) => {}
                Err(error) => self.fail(model, &error),
            }
        }
        self.release(&model.name);
    }

    async fn build(&mut self, model: &Model) -> Result<Option<MartReport>, TransformError> {
        let started = Instant::now();
        let table = self
            .warehouse
            .table_to_rebuild(&mart_table(&model.name))
            .await?;
        let contract = self.warehouse.contract(&mart_table(&model.name))?;
        let mut decided = self
            .foreseen
            .remove(&model.name)
            .and_then(Foreseen::decided);
        let report = |outcome, reason, partitions, newest: &Snapshot, bytes| MartReport {
            mart: model.name.clone(),
            outcome,
            reason,
            partitions,
            version: newest.version(),
            rows: newest.num_rows().unwrap_or_default(),
            bytes,
            seconds: started.elapsed().as_secs_f64(),
        };
        for _ in 0..ATTEMPTS {
            let snapshot = table.snapshot().await?;
            let work = match decided.take() {
                Some((version, work)) if version == snapshot.version() => work,
                _ => self.work(model, contract, &snapshot).await?,
            };
            let (reason, rebuild) = match work {
                Work::Nothing => {
                    let reason = "inputs and SQL are unchanged".to_owned();
                    let report = report(MartOutcome::Unchanged, reason, None, &snapshot, 0);
                    self.lake.replace(&model.name, snapshot)?;
                    return Ok(Some(report));
                }
                Work::Whole { reason } => {
                    if !self.ready_views(model).await {
                        return Ok(None);
                    }
                    (reason, Rebuild::whole(model, contract, &self.lake).await?)
                }
                Work::Some { reason, part } => {
                    let rebuild = Rebuild::part(model, contract, &self.lake, &part, &snapshot)?;
                    (reason, rebuild)
                }
            };
            let (current, partitions) = (self.current(model), rebuild.partitions.clone());
            let written = rebuild
                .write_and_commit(&table, &snapshot, model, contract, current)
                .await?;
            if let Some(written) = written {
                let newest = table.snapshot_at(written.version).await?;
                let report = report(
                    MartOutcome::Built,
                    reason,
                    partitions,
                    &newest,
                    written.bytes,
                );
                self.lake.replace(&model.name, newest)?;
                return Ok(Some(report));
            }
        }
        Err(TransformError::Contended {
            model: model.name.clone(),
            attempts: ATTEMPTS,
        })
    }

    /// Gives the views below `model` their names, computing those that are shared; whether all of them
    /// can be read.
    async fn ready_views(&mut self, model: &Model) -> bool {
        let below = self.models.views_below(&model.name);
        let models = self.models;
        for view in models.in_order().filter(|one| below.contains(&one.name)) {
            let is_known =
                self.registered.contains(&view.name) || self.broken.contains_key(&view.name);
            if is_known || self.stands_on_broken(view) {
                continue;
            }
            match self.register(view).await {
                Ok(()) => {
                    self.registered.insert(view.name.clone());
                }
                Err(error) => self.fail(view, &error),
            }
        }
        !self.stands_on_broken(model)
    }

    async fn register(&mut self, view: &Model) -> Result<(), TransformError> {
        let failed = |source| TransformError::compute(view, source);
        let session = &self.lake.session;
        if let Some(effort) = self.shared.get(&view.name) {
            let taken = self.kept.values().map(KeptRows::memory).sum();
            let plan = session.sql(view.sql()).await.map_err(failed)?;
            let plan = plan.into_unoptimized_plan();
            match KeptRows::compute(session, plan, *effort, taken).await {
                Ok(Some(kept)) => {
                    tracing::debug!(
                        view = %view.name,
                        rows = kept.rows(),
                        bytes = kept.memory(),
                        is_in_file = kept.is_in_file(),
                        "computed {} once",
                        view.name
                    );
                    session
                        .register_table(view.name.as_str(), kept.table())
                        .map_err(failed)?;
                    self.kept.insert(view.name.clone(), kept);
                    return Ok(());
                }
                Ok(None) => {}
                // The marts may never read the row at fault; if they do, they say so themselves.
                Err(error) => tracing::debug!(
                    view = %view.name,
                    error = &error as &dyn std::error::Error,
                    "cannot compute {} once; its readers compute it",
                    view.name
                ),
            }
        }
        register_view(session, view).await.map_err(failed)
    }

    /// Forgets the views that no mart is expected to read after `mart`, and their rows.
    fn release(&mut self, mart: &ModelName) {
        let last_reader = &self.last_reader;
        let done = |view: &ModelName| last_reader.get(view).is_none_or(|last| last == mart);
        let views: Vec<ModelName> = self
            .registered
            .iter()
            .filter(|view| done(view))
            .cloned()
            .collect();
        for view in views {
            // A name that was registered can be taken back.
            let _ = self.lake.session.deregister_table(view.as_str());
            self.registered.remove(&view);
            self.kept.remove(&view);
        }
    }

    /// Whether something `model` reads failed; then it fails for that reason.
    fn stands_on_broken(&mut self, model: &Model) -> bool {
        let root = model.inputs.iter().find_map(|input| match input {
            Input::Model(below) => self.broken.get(below).cloned(),
            Input::Source(_) => None,
        });
        let Some(root) = root else {
            return false;
        };
        self.broken.insert(model.name.clone(), root.clone());
        if model.is_mart() {
            self.report.failed.push(MartFailure {
                mart: model.name.clone(),
                message: format!("it reads `{root}`, which failed"),
                hint: None,
                fault: Fault::User,
            });
        }
        true
    }

    fn fail(&mut self, model: &Model, error: &TransformError) {
        self.broken.insert(model.name.clone(), model.name.clone());
        self.report.failed.push(MartFailure {
            mart: model.name.clone(),
            message: with_causes(error),
            hint: error.hint(),
            fault: error.fault(),
        });
    }

    /// What a build of `model` on the state of the lake writes into its commit.
    fn current(&self, model: &Model) -> BuildInfo {
        BuildInfo {
            mart: model.name.to_string(),
            model_hash: self.models.hash_of(&model.name),
            inputs: inputs(self.models, model, &self.lake),
            rows: 0,
            partitions: None,
            built_at: self.options.now,
        }
    }
}
