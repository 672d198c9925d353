//! Which views a build computes once instead of in every plan that reads them.
//!
//! A view stands in the plan of each mart that reads it, once for every place that names it, and so
//! does what the view reads. A build therefore looks at all plans it will run before it runs the
//! first, and keeps the rows of a view when
//!
//! 1. they are read at least twice, counted through the views between, and
//! 2. the view does more than rename, cast and filter one table: reading a table again costs no more
//!    than keeping a copy of it.
//!
//! A view below a kept one counts once, since the kept one reads it once. No view is named anywhere:
//! a model that begins to be read twice is kept from then on. Where rows go is [`kept`]'s.

mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::datasource::empty::EmptyTable;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use models::{Input, Model, ModelName, Models};

use crate::session::register_input;

pub(crate) use kept::KeptRows;

/// What a model's plan does with the rows it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effort {
    /// Renames, casts and filters one table.
    Reads,
    /// Joins or unites, row after row.
    Streams,
    /// Groups, ranks or sorts: takes in all rows before it gives the first.
    Gathers,
}

/// What the plans of some models read, each by its own SQL.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    by_reader: BTreeMap<ModelName, OwnReads>,
}

#[derive(Debug)]
struct OwnReads {
    views: BTreeMap<ModelName, usize>,
    effort: Effort,
}

impl Reads {
    /// Plans the statements of `marts` and of all views below them, without reading anything.
    ///
    /// # Errors
    /// A statement that cannot be planned; checked models can.
    pub async fn of(
        session: SessionContext,
        models: &Models,
        marts: &BTreeSet<ModelName>,
        schema_of: impl Fn(&Input) -> Option<SchemaRef>,
    ) -> Result<Self, DataFusionError> {
        let mut views = BTreeSet::new();
        let mut tables = BTreeSet::new();
        for mart in marts {
            views.extend(models.views_below(mart));
            tables.extend(models.tables_below(mart));
        }
        for table in &tables {
            if let Some(schema) = schema_of(table) {
                register_input(&session, table, Arc::new(EmptyTable::new(schema)))?;
            }
        }
        let mut reads = Self::default();
        for model in models.in_order() {
            let is_view = views.contains(&model.name);
            if !is_view && !marts.contains(&model.name) {
                continue;
            }
            let plan = session.sql(model.sql()).await?.into_unoptimized_plan();
            reads
                .by_reader
                .insert(model.name.clone(), own_reads(&plan, &views)?);
            if is_view {
                // A table without a plan of its own: a scan of it stays one in the plans above.
                let schema = Arc::new(plan.schema().as_arrow().clone());
                session.register_table(model.name.as_str(), Arc::new(EmptyTable::new(schema)))?;
            }
        }
        Ok(reads)
    }

    /// The views to keep when `marts` are computed, with what each of them does.
    pub fn shared(
        &self,
        models: &Models,
        marts: &BTreeSet<ModelName>,
    ) -> BTreeMap<ModelName, Effort> {
        let mut shared = BTreeMap::new();
        let mut times: BTreeMap<&ModelName, usize> = BTreeMap::new();
        let readers_first: Vec<&Model> = models.in_order().collect();
        for model in readers_first.into_iter().rev() {
            let Some((name, own)) = self.by_reader.get_key_value(&model.name) else {
                continue;
            };
            let mut runs = if model.is_mart() {
                usize::from(marts.contains(name))
            } else {
                times.get(name).copied().unwrap_or(0)
            };
            if !model.is_mart() && runs > 1 && own.effort > Effort::Reads {
                shared.insert(name.clone(), own.effort);
                runs = 1;
            }
            for (view, scans) in &own.views {
                *times.entry(view).or_default() += scans * runs;
            }
        }
        shared
    }
}

/// What a plan reads of `views`, and how hard it works.
fn own_reads(plan: &LogicalPlan, views: &BTreeSet<ModelName>) -> Result<OwnReads, DataFusionError> {
    let mut read: BTreeMap<ModelName, usize> = BTreeMap::new();
    let mut effort = Effort::Reads;
    let mut scans = 0;
    plan.apply_with_subqueries(|node| {
        effort = effort.max(effort_of(node));
        if let LogicalPlan::TableScan(scan) = node {
            scans += 1;
            if let TableReference::Bare { table } = &scan.table_name
                && let Some(view) = views.get(table.as_ref())
            {
                *read.entry(view.clone()).or_default() += 1;
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    if scans > 1 {
        effort = effort.max(Effort::Streams);
    }
    Ok(OwnReads {
        views: read,
        effort,
    })
}

fn effort_of(node: &LogicalPlan) -> Effort {
    match node {
        LogicalPlan::TableScan(_)
        | LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Values(_) => Effort::Reads,
        LogicalPlan::Aggregate(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::RecursiveQuery(_) => Effort::Gathers,
        _ => Effort::Streams,
    }
}
