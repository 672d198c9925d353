//! Explain: any number, opened down to the rows it was loaded from.
//!
//! A metric's value is taken apart into numerator and denominator, those into the mart's rows that
//! count, and those into the stored rows behind them: each with what it adds, where it landed, and
//! what was done to it on the way. Where parts add up, the sum of all of them is held against the
//! total, and the answer says whether it agrees; where they cannot (a mean, a maximum, a count of
//! different values), the rows used are listed and the answer says so.
//!
//! Nobody writes down what comes from where. The lineage is read from the models' own plans: `trace`
//! runs them backwards from the mart's column to the scans, through any chain of views and marts.
//!
//! - [`Explainer`]: a publication, opened for explaining
//! - `trace`, `grouped`, `terms`, `strand`: from a column to the stored rows it is made of
//! - `sources`: those rows, listed and added up
//! - `formula`: how a value is computed, for people
//! - `answer`: what is said in the end

mod answer;
mod formula;
mod grouped;
mod sources;
mod strand;
mod terms;
mod trace;

use contracts::{Contract, Contracts, Fault, Retry, TableId, Titles};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, DataFusionError, ScalarValue};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, ident};
use datafusion::prelude::SessionContext;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use models::metric::{Measure, MetricQuery, Metrics, Parts, QueryError, TOTAL, compile, parts};
use models::{Input, ModelName, Models};
use std::collections::{BTreeMap, BTreeSet};
use warehouse::{Publication, Snapshot, Warehouse, WarehouseError};

use crate::error::TransformError;
use crate::marts::SessionMarts;
use crate::session::{Lake, contract_columns, mart_table, table_of};
use sources::{Listing, collect, is_reference, listed_column};
use strand::Covers;
use trace::{Needed, Tracer};

pub use answer::{
    Explanation, ListedColumn, Making, Mark, MartRows, Part, Place, RawRow, Source, SourceRow,
};
pub use formula::Formula;
pub(crate) use sources::text;
pub use sources::{MayShow, Page};

/// Logs read at once: each is a few small objects.
const CONCURRENT_LOGS: usize = 8;

/// Why there is no explanation.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The question does not fit the metric.
    #[error(transparent)]
    Question(#[from] QueryError),
    /// The publication cannot be opened.
    #[error(transparent)]
    Lake(#[from] TransformError),
    /// The rows of a part could not be computed.
    #[error("cannot follow `{what}` down to its rows")]
    Follow {
        /// What was followed.
        what: String,
        /// What the engine says.
        #[source]
        source: Box<DataFusionError>,
    },
}

impl ExplainError {
    /// How to mend it, when that is more than the message already says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Question(error) => error.hint(),
            Self::Lake(error) => error.hint(),
            Self::Follow { .. } => Some(
                "the SQL of the project may have changed since the publication: build and publish"
                    .to_owned(),
            ),
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Question(error) => error.fault(),
            Self::Lake(error) => error.fault(),
            Self::Follow { .. } => Fault::Internal,
        }
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Question(error) => error.retry(),
            Self::Lake(error) => error.retry(),
            Self::Follow { .. } => Retry::Never,
        }
    }
}

/// What is to be explained, and how much of it is shown.
pub struct Question<'a> {
    /// One value of one metric.
    pub query: MetricQuery,
    /// Rows of each listing.
    pub page: Page,
    /// The only table whose rows are listed; all of them when absent.
    pub table: Option<TableId>,
    /// Which columns may be shown.
    pub may_show: MayShow<'a>,
}

/// A publication, opened for explaining: its tables, and the models over them as views.
pub struct Explainer {
    publication: Publication,
    warehouse: Warehouse,
    lake: Lake,
    tables: SessionMarts,
    /// The plan of each mart, in the form of its contract.
    marts: BTreeMap<TableId, LogicalPlan>,
    /// Whether the models are those the publication was built with.
    same_models: bool,
}

impl Explainer {
    /// Opens `publication` with the models of the project, for every metric.
    ///
    /// # Errors
    /// The publication is retired; a table or version is gone; a model no longer fits.
    pub async fn open(
        warehouse: &Warehouse,
        models: &Models,
        publication: &Publication,
    ) -> Result<Self, ExplainError> {
        let all = models.iter().map(|model| model.name.clone()).collect();
        Self::with(warehouse, models, publication, &all).await
    }

    /// Opens `publication` for the metrics of one mart: what the mart is not computed from is left alone.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn of_mart(
        warehouse: &Warehouse,
        models: &Models,
        publication: &Publication,
        mart: &TableId,
    ) -> Result<Self, ExplainError> {
        let marts = models.marts().map(|model| &model.name);
        let of_mart = marts.filter(|name| mart_table(name) == *mart);
        let needed = of_mart.flat_map(|name| {
            let below = models.models_below(name).into_iter();
            below.chain([name.clone()])
        });
        Self::with(warehouse, models, publication, &needed.collect()).await
    }

    async fn with(
        warehouse: &Warehouse,
        models: &Models,
        publication: &Publication,
        needed: &BTreeSet<ModelName>,
    ) -> Result<Self, ExplainError> {
        let inputs = tables_below(models, needed);
        let snapshots = published(warehouse, publication, &inputs).await?;
        let lake = Lake::at(warehouse, &inputs, snapshots)?;
        lake.add_views(models, needed).await?;
        let contracts = warehouse.contracts();
        let mut marts = BTreeMap::new();
        for model in models.marts().filter(|model| needed.contains(&model.name)) {
            let id = mart_table(&model.name);
            let failed = |source| ExplainError::from(TransformError::compute(model, source));
            let rows = lake.session.sql(model.sql()).await.map_err(failed)?;
            if let Some(contract) = contracts.get(&id) {
                let rows = rows.select(contract_columns(contract)).map_err(failed)?;
                marts.insert(id, rows.into_unoptimized_plan());
            }
        }
        let tables = SessionMarts::of(&lake.session).await;
        Ok(Self {
            publication: publication.clone(),
            warehouse: warehouse.clone(),
            tables: tables.map_err(following("the marts"))?,
            lake,
            marts,
            same_models: publication.models_hash == models.hash(),
        })
    }

    /// Explains one value.
    ///
    /// # Errors
    /// [`ExplainError::Question`]: the metric does not have what is asked; else the lake or a plan
    /// fails.
    pub async fn explain(
        &self,
        metrics: &Metrics,
        question: &Question<'_>,
    ) -> Result<Explanation, ExplainError> {
        let mut parts = parts(&question.query, metrics, &self.tables)?;
        let (value, reason) = self.value(metrics, &question.query).await?;
        if let Some(plan) = parts.last_time()? {
            let last = self.collect(plan, "the last time").await?;
            let time = ScalarValue::try_from_array(last.column(0), 0);
            parts.at(time.map_err(following("the last time"))?);
        }
        let metric = parts.metric;
        let contract =
            self.contracts()
                .get(&metric.mart)
                .ok_or_else(|| QueryError::MartNotPublished {
                    mart: metric.mart.table().to_owned(),
                })?;
        let mut notes = Vec::new();
        let numerator = self.part(&parts, &metric.numerator, contract, question, &mut notes);
        let numerator = numerator.await?;
        let denominator = match &metric.denominator {
            Some(measure) => {
                let part = self.part(&parts, measure, contract, question, &mut notes);
                Some(part.await?)
            }
            None => None,
        };
        self.note([&numerator].into_iter().chain(&denominator), &mut notes);
        Ok(Explanation {
            metric: metric.name.clone(),
            title: metric.title.clone(),
            caveat: metric.caveat.clone(),
            unit: metric.unit.to_string(),
            format: metric.format.clone(),
            publication: self.publication.number,
            filters: asked(&question.query),
            value,
            reason,
            formula: Formula::of(metric, contract),
            notes,
            numerator,
            denominator,
        })
    }

    /// The session with the publication's tables.
    pub fn session(&self) -> &SessionContext {
        &self.lake.session
    }

    fn contracts(&self) -> &Contracts {
        self.warehouse.contracts()
    }

    /// The value as everybody else gets it.
    async fn value(
        &self,
        metrics: &Metrics,
        query: &MetricQuery,
    ) -> Result<(Option<String>, Option<String>), ExplainError> {
        let compiled = compile(query, metrics, self.contracts(), &self.tables)?;
        let batch = self.collect(compiled.plan, "the value").await?;
        let failed = following("the value");
        let value = text(&batch, 0, 0).map_err(&failed)?;
        let reason = text(&batch, 1, 0).map_err(&failed)?;
        Ok((value, reason))
    }

    async fn part(
        &self,
        parts: &Parts<'_>,
        measure: &Measure,
        contract: &Contract,
        question: &Question<'_>,
        notes: &mut Vec<Titles>,
    ) -> Result<Part, ExplainError> {
        let what = measure.to_string();
        let total = self.collect(parts.total(measure)?, &what).await?;
        let total_text = text(&total, 0, 0).map_err(following(&what))?;
        let scale = match total.column(0).data_type() {
            DataType::Decimal128(_, scale) => *scale,
            _ => 0,
        };
        let plan = parts.sum_of_rows(measure)?;
        let tracer = Tracer::new(&self.marts);
        let covers = tracer.covers(&plan, &Column::from_name(TOTAL), &Needed::new());
        tracing::debug!(measure = %what, steps = tracer.steps(), "followed");
        let covers = covers.unwrap_or_else(|error| {
            notes.push(not_followed(&what, &error));
            Covers::new()
        });
        let listing = Listing {
            session: &self.lake.session,
            contracts: self.contracts(),
            may_show: question.may_show,
            scale,
            total: total_text.as_deref(),
            page: question.page,
        };
        let (mut sources, mut references) = (Vec::new(), Vec::new());
        for cover in different(covers) {
            let found = listing.sources(&cover, question.table.as_ref()).await;
            let found = found.unwrap_or_else(|error| {
                notes.push(not_followed(&what, &error));
                Vec::new()
            });
            for source in found {
                let kind = if is_reference(&source.table) {
                    &mut references
                } else {
                    &mut sources
                };
                kind.push(source);
            }
        }
        Ok(Part {
            symbols: what.clone(),
            words: formula::measure(measure, contract),
            total: total_text,
            unit: unit_of(measure, contract),
            mart: contract.id.clone(),
            column: measure.column.to_string(),
            mart_rows: self
                .mart_rows(parts.rows(measure)?, measure, contract, question)
                .await
                .map_err(following(&what))?,
            sources,
            references,
        })
    }

    /// The mart's rows that count, largest first.
    async fn mart_rows(
        &self,
        rows: LogicalPlan,
        measure: &Measure,
        contract: &Contract,
        question: &Question<'_>,
    ) -> Result<MartRows, DataFusionError> {
        let only = measure.only.iter().map(|filter| filter.column.as_str());
        let asked = question.query.filters.iter();
        let asked = asked.map(|filter| filter.column.as_str()).chain(only);
        let asked: Vec<&str> = asked.collect();
        let columns = contract.columns.iter().filter(|column| {
            let is_shown = contract.key.contains(&column.name)
                || asked.contains(&column.name.as_str())
                || column.name == measure.column;
            is_shown && (question.may_show)(column)
        });
        let columns: Vec<ListedColumn> = columns.map(listed_column).collect();
        let page = question.page;
        let shown = columns.iter().map(|column| ident(&column.name));
        let order = [ident(measure.column.as_str()).sort(false, false)].into_iter();
        let key = contract.key.iter();
        let order = order.chain(key.map(|column| ident(column.as_str()).sort(true, false)));
        let listed = LogicalPlanBuilder::from(rows.clone())
            .sort(order)?
            .limit(page.offset, Some(page.limit))?
            .project(shown)?;
        let batch = collect(&self.lake.session, listed.build()?).await?;
        let counted =
            datafusion::functions_aggregate::expr_fn::count(datafusion::logical_expr::lit(1_i64));
        let counted = LogicalPlanBuilder::from(rows).aggregate(Vec::<Expr>::new(), [counted])?;
        let total = collect(&self.lake.session, counted.build()?).await?;
        let mut cells = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let row = (0..batch.num_columns()).map(|column| text(&batch, column, row));
            cells.push(row.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(MartRows {
            columns,
            rows: cells,
            total_rows: text(&total, 0, 0)?
                .and_then(|rows| rows.parse().ok())
                .unwrap_or_default(),
            offset: page.offset,
        })
    }

    fn note<'a>(&self, parts: impl Iterator<Item = &'a Part>, notes: &mut Vec<Titles>) {
        if !self.same_models {
            notes.push(Titles {
                zh: "发布之后模型有改动:明细按现在的模型追溯,可能与发布的数不一致。".to_owned(),
                en: "The models have changed since the publication: rows are followed by the models \
                     of today and may not add up to what was published."
                    .to_owned(),
            });
        }
        for part in parts {
            let sources = part.sources.iter().chain(&part.references);
            let off = sources.filter(|source| source.agrees == Some(false));
            notes.extend(off.map(|source| Titles {
                zh: format!(
                    "{}:{} 各行合计 {},与 {} 不相等。",
                    part.words.zh,
                    source.table,
                    source.sum.as_deref().unwrap_or("—"),
                    part.total.as_deref().unwrap_or("—"),
                ),
                en: format!(
                    "{}: the rows of {} come to {}, which is not {}.",
                    part.words.en,
                    source.table,
                    source.sum.as_deref().unwrap_or("—"),
                    part.total.as_deref().unwrap_or("—"),
                ),
            }));
        }
    }

    async fn collect(
        &self,
        plan: LogicalPlan,
        what: &str,
    ) -> Result<datafusion::arrow::array::RecordBatch, ExplainError> {
        collect(&self.lake.session, plan)
            .await
            .map_err(following(what))
    }
}

/// The covers, those of the same tables once: where a sum is made of several tables, each of them leads
/// to the same rows.
fn different(covers: Covers) -> Covers {
    let mut different = Covers::new();
    for cover in covers {
        if !different
            .iter()
            .any(|known| known.tables() == cover.tables())
        {
            different.push(cover);
        }
    }
    different
}

/// The stored tables below `needed`, the marts among them, and the regions, by which questions are asked.
fn tables_below(models: &Models, needed: &BTreeSet<ModelName>) -> BTreeSet<Input> {
    let below = needed.iter().flat_map(|name| models.tables_below(name));
    let marts = models.marts().filter(|model| needed.contains(&model.name));
    let marts = marts.map(|model| Input::Model(model.name.clone()));
    let regions = TableId::new("reference", "region").map(Input::Source);
    below.chain(marts).chain(regions.ok()).collect()
}

/// The states of those of `tables` that a publication names.
async fn published(
    warehouse: &Warehouse,
    publication: &Publication,
    tables: &BTreeSet<Input>,
) -> Result<BTreeMap<TableId, Snapshot>, TransformError> {
    let number = publication.number;
    if !warehouse.publications().is_kept(number).await? {
        return Err(WarehouseError::PublicationRetired { number }.into());
    }
    let load = |(id, version): (TableId, u64)| async move {
        match warehouse.existing_table(&id).await? {
            Some(table) => Ok((id, table.snapshot_at(version).await?)),
            None => Err(WarehouseError::TableGone { table: id }),
        }
    };
    let wanted = tables.iter().map(table_of);
    let wanted = wanted.filter_map(|id| {
        let version = publication.tables.get(&id).copied()?;
        Some((id, version))
    });
    let snapshots = stream::iter(wanted.collect::<Vec<_>>());
    let snapshots = snapshots.map(load).buffered(CONCURRENT_LOGS);
    Ok(snapshots.try_collect().await?)
}

/// The mart's rows still say what a number is made of when the way below them cannot be followed.
fn not_followed(what: &str, error: &DataFusionError) -> Titles {
    tracing::warn!(measure = what, %error, "not followed");
    Titles {
        zh: format!("{what}：未能向下追溯（{error}），只列到数据集市的行。"),
        en: format!(
            "{what}: the way down could not be followed ({error}); the rows of the mart are listed, and \
             nothing below them."
        ),
    }
}

fn unit_of(measure: &Measure, contract: &Contract) -> Option<String> {
    use models::metric::Aggregate;
    if matches!(
        measure.aggregate,
        Aggregate::Count | Aggregate::CountDistinct
    ) {
        return None;
    }
    let column = contract.column(measure.column.as_str())?;
    column.unit.as_ref().map(ToString::to_string)
}

/// What was asked, for people.
fn asked(query: &MetricQuery) -> Vec<String> {
    let filters = query.filters.iter().map(ToString::to_string);
    let from = query.from.iter().map(|from| format!("from {from}"));
    let to = query.to.iter().map(|to| format!("to {to}"));
    filters.chain(from).chain(to).collect()
}

fn following(what: &str) -> impl Fn(DataFusionError) -> ExplainError + use<> {
    let what = what.to_owned();
    move |source| ExplainError::Follow {
        what: what.clone(),
        source: Box::new(source),
    }
}
