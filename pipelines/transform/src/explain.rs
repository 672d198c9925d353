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
//! - [`Explainer`]: a publication, opened for explaining (`opening`)
//! - `trace`, `grouped`, `terms`, `strand`: from a column to the stored rows it is made of
//! - `sources`: those rows, listed and added up; `page`: a page of rows and their sum in one reading
//! - `formula`: how a value is computed, for people
//! - `answer`: what is said in the end

mod answer;
mod error;
mod formula;
mod grouped;
mod opening;
mod page;
mod sources;
mod strand;
mod terms;
mod trace;

use std::collections::BTreeSet;

use contracts::{Contract, TableId, Titles};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, DataFusionError, ScalarValue};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, ident};
use models::metric::{Measure, MetricQuery, Metrics, Parts, QueryError, TOTAL, compile, parts};

use error::following;
use page::paged;
use sources::{Listing, collect, is_reference, listed_column};
use strand::Covers;
use trace::{Needed, Tracer};

pub use answer::{
    Explanation, ListedColumn, Making, Mark, MartRows, Part, Place, RawRow, Source, SourceRow,
};
pub use error::ExplainError;
pub use formula::Formula;
pub use opening::Explainer;
pub use page::Page;
pub use sources::MayShow;
pub(crate) use sources::text;

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

impl Explainer {
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
        let covers = covers.or_else(|error| {
            notes.push(not_followed(&what, error)?);
            Ok::<_, ExplainError>(Covers::new())
        })?;
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
            let found = found.or_else(|error| {
                notes.push(not_followed(&what, error)?);
                Ok::<_, ExplainError>(Vec::new())
            })?;
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
        let key = contract.key.iter().map(|column| (column.as_str(), false));
        let order = [(measure.column.as_str(), true)].into_iter().chain(key);
        let order: Vec<(&str, bool)> = order.collect();
        let needed = columns.iter().map(|column| column.name.as_str());
        let needed: BTreeSet<&str> = needed.chain(order.iter().map(|(name, _)| *name)).collect();
        let rows = LogicalPlanBuilder::from(rows).project(needed.into_iter().map(ident))?;
        let paged = paged(&self.lake.session, rows.build()?, &order, page, None).await?;
        let batch = paged.batch;
        let mut cells = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let shown = columns.iter().map(|column| {
                let index = batch.schema().index_of(&column.name)?;
                text(&batch, index, row)
            });
            cells.push(shown.collect::<Result<Vec<_>, DataFusionError>>()?);
        }
        Ok(MartRows {
            columns,
            rows: cells,
            total_rows: paged.total_rows,
            offset: page.offset,
        })
    }

    fn note<'a>(&self, parts: impl Iterator<Item = &'a Part>, notes: &mut Vec<Titles>) {
        if !self.same_models {
            notes.push(Titles {
                zh: "发布之后模型有改动：明细按现在的模型追溯，可能与发布的数不一致。".to_owned(),
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
                    "{}：{} 各行合计 {}，与 {} 不相等。",
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

/// The mart's rows still say what a number is made of when the way below them cannot be followed. Why
/// it cannot is logged, and not said: the engine's words may hold values that are not for this reader.
///
/// # Errors
/// What fails for other reasons than the way itself.
fn not_followed(what: &str, error: DataFusionError) -> Result<Titles, ExplainError> {
    let (zh, en) = match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => ("计算步骤太多", "it is too long"),
        DataFusionError::Plan(_)
        | DataFusionError::NotImplemented(_)
        | DataFusionError::SchemaError(..)
        | DataFusionError::ArrowError(..)
        | DataFusionError::Execution(_) => {
            ("其中的计算无法逐行拆分", "what it computes has no parts")
        }
        _ => return Err(following(what)(error)),
    };
    tracing::warn!(measure = what, %error, "the way of {what} is not followed: {error}");
    Ok(Titles {
        zh: format!("{what}：未能向下追溯（{zh}），只列到数据集市的行。"),
        en: format!(
            "{what}: the way down could not be followed, {en}; the rows of the mart are listed, and \
             nothing below them."
        ),
    })
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
