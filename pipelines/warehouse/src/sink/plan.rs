//! The plan that brings rows into the order of the files.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::error::Result;
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, Partitioning, PhysicalSortExpr};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties as _};

use crate::table::Layout;

/// `plan`, whose columns are the table's, in at most `partitions` streams, each sorted by
/// partition, then key; a partition is in one stream only.
///
/// Without partition columns there is one stream, so that the files' key ranges do not overlap; the
/// sort itself still runs on all cores.
pub(super) fn sorted(
    layout: &Layout,
    plan: Arc<dyn ExecutionPlan>,
    partitions: usize,
) -> Result<Arc<dyn ExecutionPlan>> {
    let Some(ordering) = ordering(layout, &plan)? else {
        return Ok(Arc::new(CoalescePartitionsExec::new(plan)));
    };
    let is_single = plan.output_partitioning().partition_count() <= 1;
    let sort =
        |plan| Arc::new(SortExec::new(ordering.clone(), plan).with_preserve_partitioning(true));
    if layout.partition_by.is_empty() {
        let plan = if is_single && partitions > 1 {
            let rounds = Partitioning::RoundRobinBatch(partitions);
            Arc::new(RepartitionExec::try_new(plan, rounds)?)
        } else {
            plan
        };
        return Ok(Arc::new(SortPreservingMergeExec::new(
            ordering.clone(),
            sort(plan),
        )));
    }
    if is_single && partitions <= 1 {
        return Ok(sort(plan));
    }
    let schema = plan.schema();
    let by = layout.partition_by.iter().map(|name| col(name, &schema));
    let by = Partitioning::Hash(by.collect::<Result<_>>()?, partitions);
    Ok(sort(Arc::new(RepartitionExec::try_new(plan, by)?)))
}

fn ordering(layout: &Layout, plan: &Arc<dyn ExecutionPlan>) -> Result<Option<LexOrdering>> {
    let schema = plan.schema();
    let key = layout
        .key
        .iter()
        .filter(|name| !layout.partition_by.contains(name));
    let columns = layout.partition_by.iter().chain(key);
    let columns = columns.map(|name| {
        Ok(PhysicalSortExpr {
            expr: col(name, &schema)?,
            options: SortOptions {
                descending: false,
                nulls_first: false,
            },
        })
    });
    Ok(LexOrdering::new(columns.collect::<Result<Vec<_>>>()?))
}
