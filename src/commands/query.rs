//! `jieyue query`: SQL over a publication, or over the newest state.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use contracts::Fault;
use contracts::text::nearest;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::{DataFrame, SessionContext};
use futures::TryStreamExt;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use warehouse::{AsOf, Warehouse, WarehouseError};

use crate::cli::{Format, Query};
use crate::commands::ledger::with_thousands;
use crate::context::Context;
use crate::failure::{self, Failure, Outcome};
use crate::report;

/// Runs one query and writes its rows.
///
/// # Errors
/// The SQL is wrong; there is no such publication; the output cannot be written.
pub async fn query(context: &Context, arguments: Query) -> Outcome<ExitCode> {
    if context.format == Format::Parquet && arguments.output.is_none() {
        return Err(Failure::usage(
            "Parquet goes to a file",
            "give --output FILE.parquet",
        ));
    }
    let sql = read_sql(&arguments.sql)?;
    let lake = context.existing_lake(context.contracts()?).await?;
    let session = open(&lake, &arguments).await?;
    let failed = failed(&session);
    let options = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    let frame = session
        .sql_with_options(&sql, options)
        .await
        .map_err(&failed)?;
    if let (Format::Parquet, Some(path)) = (context.format, &arguments.output) {
        let rows = write_parquet(frame, path, &failed).await?;
        report::note(&format!(
            "{} rows written to {}",
            with_thousands(rows),
            path.display()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let schema = Arc::clone(frame.schema().inner());
    // One row more than the limit tells whether there was more.
    let batches = frame
        .limit(0, Some(arguments.limit + 1))?
        .collect()
        .await
        .map_err(&failed)?;
    let found: usize = batches.iter().map(|batch| batch.num_rows()).sum();
    let batches = first_rows(schema, &batches, arguments.limit);
    match &arguments.output {
        Some(path) => {
            let mut file = File::create(path).map_err(|error| cannot_write(path, error))?;
            report::write_batches(&batches, context.format, &mut file)?;
            file.flush().map_err(|error| cannot_write(path, error))?;
        }
        None => report::write_batches(&batches, context.format, &mut report::Output)?,
    }
    if found > arguments.limit {
        report::note(&format!(
            "only the first {} rows; raise --limit for more",
            arguments.limit
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(lake: &Warehouse, arguments: &Query) -> Outcome<SessionContext> {
    if arguments.unpublished {
        return Ok(warehouse::open_latest(lake).await?);
    }
    let as_of = arguments.as_of.unwrap_or(AsOf::Latest);
    let publication = lake.publications().as_of(as_of).await?;
    Ok(warehouse::open_publication(lake, &publication).await?)
}

fn read_sql(argument: &str) -> Outcome<String> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut sql = String::new();
    std::io::stdin().read_to_string(&mut sql).map_err(|error| {
        Failure::of(
            error,
            Some("standard input must be UTF-8 text".to_owned()),
            Fault::User,
        )
    })?;
    Ok(sql)
}

/// Writes all rows, as they come, to a file; answers how many.
async fn write_parquet(
    frame: DataFrame,
    path: &Path,
    failed: &impl Fn(DataFusionError) -> Failure,
) -> Outcome<u64> {
    let schema = Arc::clone(frame.schema().inner());
    let mut batches = frame.execute_stream().await.map_err(failed)?;
    let file = File::create(path).map_err(|error| cannot_write(path, error))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let unwritten = |error: ParquetError| cannot_write(path, error);
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(unwritten)?;
    let mut rows = 0;
    while let Some(batch) = batches.try_next().await.map_err(failed)? {
        rows += batch.num_rows() as u64;
        writer.write(&batch).map_err(unwritten)?;
    }
    writer.close().map_err(unwritten)?;
    Ok(rows)
}

/// The first rows; no rows are a batch without any, because its columns are worth telling.
fn first_rows(schema: SchemaRef, batches: &[RecordBatch], limit: usize) -> Vec<RecordBatch> {
    let mut left = limit;
    let mut kept = Vec::new();
    for batch in batches {
        let rows = batch.num_rows().min(left);
        kept.push(batch.slice(0, rows));
        left -= rows;
    }
    if kept.is_empty() {
        kept.push(RecordBatch::new_empty(schema));
    }
    kept
}

/// A query that failed: by its own words, unless the engine or the lake says otherwise.
fn failed(session: &SessionContext) -> impl Fn(DataFusionError) -> Failure {
    let tables = tables(session);
    move |error| {
        let error = match of_the_lake(error) {
            Ok(error) => return Failure::from(*error),
            Err(error) => error,
        };
        let (hint, fault) = failure::of_the_engine(&error)
            .unwrap_or_else(|| (Some(hint(&error, &tables)), Fault::User));
        Failure::of(error, hint, fault)
    }
}

/// The lake's own error, when a table that the query names could not be opened.
fn of_the_lake(error: DataFusionError) -> Result<Box<WarehouseError>, DataFusionError> {
    match error {
        DataFusionError::External(error) => error.downcast().map_err(DataFusionError::External),
        error => Err(error),
    }
}

/// Names by which the tables of a session may be asked.
fn tables(session: &SessionContext) -> Vec<String> {
    let catalogs = session.catalog_names().into_iter();
    let schemas = catalogs
        .filter_map(|name| session.catalog(&name))
        .flat_map(|catalog| {
            let names = catalog.schema_names();
            names.into_iter().filter_map(move |name| {
                let schema = catalog.schema(&name)?;
                Some((name, schema))
            })
        });
    schemas
        .flat_map(|(schema, tables)| {
            tables.table_names().into_iter().map(move |table| {
                if schema == "public" {
                    table
                } else {
                    format!("{schema}.{table}")
                }
            })
        })
        .collect()
}

fn hint(error: &DataFusionError, tables: &[String]) -> String {
    let text = error.strip_backtrace();
    if text.contains("not supported: ") {
        return "a query only reads; tables change by `jieyue run` and `jieyue build`".to_owned();
    }
    let wanted = text
        .split_once("table 'datafusion.")
        .and_then(|(_, rest)| rest.split_once('\''))
        .map(|(name, _)| name.strip_prefix("public.").unwrap_or(name));
    let near = wanted.and_then(|name| nearest(name, tables.iter().map(String::as_str)));
    match near {
        Some(near) => format!("write `{near}`"),
        None => "`jieyue status` lists the tables".to_owned(),
    }
}

fn cannot_write(path: &Path, error: impl std::error::Error) -> Failure {
    Failure::outside(
        format!("cannot write `{}`", path.display()),
        &error,
        "give another file with --output, or free some space",
    )
}
