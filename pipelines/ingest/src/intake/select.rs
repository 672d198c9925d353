//! A job's select against the columns of one file.

use std::sync::{Arc, Mutex};

use arrow::datatypes::SchemaRef;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, SchemaError};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::{ExecutionPlan, execute_stream_partitioned};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use futures::{TryStreamExt, stream};

use contracts::text::nearest;

use super::by_name::by_name;
use crate::conform::Conform;
use crate::error::{Doing, IngestError, unwrap};
use crate::job::{Job, Selection};
use crate::select::DECODED;
use crate::spool::{Spool, Spooled};

/// Plans the select of `job` over the rows of `file`.
///
/// # Errors
/// When the file does not have the columns the select reads, or the select does not fit them.
pub(super) async fn plan(
    job: &Job,
    conform: &Conform,
    file: &str,
    rows: SendableRecordBatchStream,
    session: &SessionContext,
) -> Result<Planned, IngestError> {
    let schema = rows.schema();
    let columns: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .filter(|name| !name.starts_with('_'))
        .collect();
    let mut note = None;
    let query = match &job.select {
        Selection::Query(select) => select.query.clone(),
        Selection::ByName => {
            let by_name = by_name(job, conform.contract(), file, &columns)?;
            note = by_name.note;
            by_name.select.query
        }
    };
    let source = Arc::new(Source::new(rows));
    let planned = async {
        let table = StreamingTable::try_new(Arc::clone(&schema), vec![Arc::clone(&source) as _])?;
        let state = session.state();
        session.register_table(DECODED, Arc::new(table))?;
        let statement = Statement::Statement(Box::new(ast::Statement::Query(query)));
        let logical = state.statement_to_plan(statement).await?;
        let readings = count_readings(&logical)?;
        Ok((state.create_physical_plan(&logical).await?, readings))
    };
    let planned = planned.await;
    let deregistered = session.deregister_table(DECODED);
    let (plan, readings) = planned.map_err(|error| unfit(job, file, columns, error))?;
    deregistered.map_err(Doing::Conforming.failed())?;
    if readings > 1 {
        let set_aside = source.set_aside(&session.task_ctx()).await;
        set_aside.map_err(|error| failed(job, file, error))?;
    }
    Ok(Planned { plan, note })
}

/// The way of a file's rows.
pub(super) struct Planned {
    pub(super) plan: Arc<dyn ExecutionPlan>,
    /// What should be known of how the file's columns were taken.
    pub(super) note: Option<String>,
}

/// How often a query reads the file: a join or union of it reads it several times.
fn count_readings(plan: &LogicalPlan) -> Result<usize, DataFusionError> {
    let mut readings = 0;
    plan.apply_with_subqueries(|node| {
        readings += usize::from(matches!(node, LogicalPlan::TableScan(_)));
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(readings)
}

/// The rows of a file as the input of a plan. They come once, as the decoder makes them; for a query
/// that reads them several times they are set aside first.
struct Source {
    schema: SchemaRef,
    rows: Mutex<Rows>,
}

enum Rows {
    Coming(SendableRecordBatchStream),
    SetAside(Arc<Spooled>),
    Gone,
}

impl Source {
    fn new(rows: SendableRecordBatchStream) -> Source {
        Source {
            schema: rows.schema(),
            rows: Mutex::new(Rows::Coming(rows)),
        }
    }

    async fn set_aside(&self, context: &TaskContext) -> Result<(), DataFusionError> {
        let Rows::Coming(mut rows) = self.replace(Rows::Gone) else {
            return Ok(());
        };
        let mut spool = Spool::new(Arc::clone(&self.schema), context);
        while let Some(batch) = rows.try_next().await? {
            spool.push(batch)?;
        }
        self.replace(Rows::SetAside(Arc::new(spool.finish())));
        Ok(())
    }

    fn replace(&self, rows: Rows) -> Rows {
        let mut own = self
            .rows
            .lock()
            .expect("no thread fails while it holds this lock");
        std::mem::replace(&mut *own, rows)
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source")
    }
}

impl PartitionStream for Source {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        match self.replace(Rows::Gone) {
            Rows::Coming(rows) => rows,
            Rows::SetAside(spooled) => {
                let rows = spooled.stream();
                self.replace(Rows::SetAside(spooled));
                rows
            }
            // Counted wrongly, the rows of a file would be lost in silence.
            Rows::Gone => {
                let error = stream::iter([Err(IngestError::Stopped.into())]);
                Box::pin(RecordBatchStreamAdapter::new(
                    Arc::clone(&self.schema),
                    error,
                ))
            }
        }
    }
}

/// Runs a plan; its partitions come out side by side.
pub(super) fn execute(
    plan: &Arc<dyn ExecutionPlan>,
    session: &SessionContext,
) -> Result<Vec<SendableRecordBatchStream>, IngestError> {
    execute_stream_partitioned(Arc::clone(plan), session.task_ctx())
        .map_err(Doing::Conforming.failed())
}

/// An error while rows go through the select: the decoder's, or an expression's that fails on a row.
pub(super) fn failed(job: &Job, file: &str, error: DataFusionError) -> IngestError {
    match unwrap(error) {
        Ok(own) => own,
        Err(source) if is_of_the_machine(&source) => IngestError::Engine {
            doing: Doing::Conforming,
            source: Box::new(source),
        },
        Err(source) => IngestError::SelectFailed {
            file: file.to_owned(),
            job: job.name.to_string(),
            source: Box::new(source),
        },
    }
}

fn is_of_the_machine(error: &DataFusionError) -> bool {
    matches!(
        error.find_root(),
        DataFusionError::ResourcesExhausted(_)
            | DataFusionError::IoError(_)
            | DataFusionError::ObjectStore(_)
    )
}

fn unfit(job: &Job, file: &str, columns: Vec<String>, error: DataFusionError) -> IngestError {
    if let DataFusionError::SchemaError(fault, _) = error.find_root()
        && let SchemaError::FieldNotFound { field, .. } = fault.as_ref()
    {
        return IngestError::ColumnMissing {
            file: file.to_owned(),
            job: job.name.to_string(),
            nearest: nearest(&field.name, columns.iter().map(String::as_str)).map(str::to_owned),
            column: field.name.clone(),
            columns,
        };
    }
    match unwrap(error) {
        Ok(own) => own,
        Err(source) => IngestError::SelectUnfit {
            file: file.to_owned(),
            job: job.name.to_string(),
            source: Box::new(source),
        },
    }
}
