//! A job's select against the columns of one file.

use std::sync::Arc;

use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::{DataFusionError, SchemaError};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::{ExecutionPlan, execute_stream_partitioned};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;

use contracts::text::nearest;

use crate::conform::Conform;
use crate::error::{IngestError, unwrap};
use crate::job::{Job, Selection};
use crate::load::sort::Once;
use crate::select::{DECODED, Select};

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
) -> Result<Arc<dyn ExecutionPlan>, IngestError> {
    let schema = rows.schema();
    let columns: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .filter(|name| !name.starts_with('_'))
        .collect();
    let query = match &job.select {
        Selection::Query(select) => select.query.clone(),
        Selection::ByName => by_name(job, conform, file, &columns)?.query,
    };
    let planned = async {
        let table = StreamingTable::try_new(Arc::clone(&schema), vec![Arc::new(Once::new(rows))])?;
        let state = session.state();
        session.deregister_table(DECODED)?;
        session.register_table(DECODED, Arc::new(table))?;
        let statement = Statement::Statement(Box::new(ast::Statement::Query(query)));
        let logical = state.statement_to_plan(statement).await?;
        state.create_physical_plan(&logical).await
    };
    planned
        .await
        .map_err(|error| unfit(job, file, columns, error))
}

/// Runs a plan; its partitions come out side by side.
pub(super) fn execute(
    plan: &Arc<dyn ExecutionPlan>,
    session: &SessionContext,
) -> Result<Vec<SendableRecordBatchStream>, IngestError> {
    execute_stream_partitioned(Arc::clone(plan), session.task_ctx())
        .map_err(crate::error::Doing::Conforming.failed())
}

/// An error while rows go through the select: the decoder's, or an expression's that fails on a row.
pub(super) fn failed(job: &Job, file: &str, error: DataFusionError) -> IngestError {
    match unwrap(error) {
        Ok(own) => own,
        Err(source) if is_of_the_machine(&source) => IngestError::Engine {
            doing: crate::error::Doing::Conforming,
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

fn by_name(
    job: &Job,
    conform: &Conform,
    file: &str,
    columns: &[String],
) -> Result<Select, IngestError> {
    let known: Vec<&str> = columns
        .iter()
        .map(String::as_str)
        .filter(|column| conform.contract().column(column).is_some())
        .collect();
    let nothing_fits = || IngestError::NoColumnFits {
        file: file.to_owned(),
        job: job.name.to_string(),
        table: job.table.clone(),
        columns: columns.to_vec(),
    };
    if known.is_empty() {
        return Err(nothing_fits());
    }
    Select::of_columns(&known).map_err(|_| nothing_fits())
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
