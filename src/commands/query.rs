//! `jieyue query`: SQL over a publication, or over the newest state.

use std::fs::File;
use std::io::{Read, Write};
use std::process::ExitCode;

use contracts::Fault;
use datafusion::prelude::SessionContext;
use warehouse::{AsOf, Warehouse};

use crate::cli::{Format, Query};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report;

/// Runs one query and writes its rows.
///
/// # Errors
/// The SQL is wrong; there is no such publication; the output cannot be written.
pub async fn query(context: &Context, arguments: Query) -> Outcome<ExitCode> {
    let sql = read_sql(&arguments.sql)?;
    let lake = context.existing_lake(context.contracts()?).await?;
    let session = open(&lake, &arguments).await?;
    let options = datafusion::execution::context::SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    let frame = session
        .sql_with_options(&sql, options)
        .await
        .map_err(wrong_sql)?;
    if context.format == Format::Parquet {
        return write_parquet(frame, arguments).await;
    }
    // One row more than the limit tells whether there was more.
    let batches = frame
        .limit(0, Some(arguments.limit + 1))?
        .collect()
        .await
        .map_err(wrong_sql)?;
    let found: usize = batches.iter().map(|batch| batch.num_rows()).sum();
    let batches = first_rows(&batches, arguments.limit);
    match &arguments.output {
        Some(path) => {
            let mut file = File::create(path).map_err(|error| cannot_write(path, error))?;
            report::write_batches(&batches, context.format, &mut file)?;
            file.flush().map_err(report::closed)?;
        }
        None => report::write_batches(&batches, context.format, &mut std::io::stdout().lock())?,
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
    let as_of = match &arguments.as_of {
        None => AsOf::Latest,
        Some(text) => parse_as_of(text)?,
    };
    let publication = lake.publications().as_of(as_of).await?;
    Ok(warehouse::open_publication(lake, &publication).await?)
}

fn parse_as_of(text: &str) -> Outcome<AsOf> {
    if let Ok(number) = text.parse() {
        return Ok(AsOf::Number(number));
    }
    match text.parse() {
        Ok(date) => Ok(AsOf::Date(date)),
        Err(_) => Err(Failure::user(
            format!("`{text}` is neither a publication's number nor a date"),
            "write --as-of 12 or --as-of 2025-12-31",
        )),
    }
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

async fn write_parquet(
    frame: datafusion::dataframe::DataFrame,
    arguments: Query,
) -> Outcome<ExitCode> {
    let Some(path) = arguments.output else {
        return Err(Failure::user(
            "Parquet goes to a file",
            "give --output FILE.parquet",
        ));
    };
    let options = datafusion::dataframe::DataFrameWriteOptions::new().with_single_file_output(true);
    frame
        .write_parquet(&path.display().to_string(), options, None)
        .await
        .map_err(wrong_sql)?;
    report::note(&format!("written to {}", path.display()));
    Ok(ExitCode::SUCCESS)
}

fn first_rows(
    batches: &[arrow::array::RecordBatch],
    limit: usize,
) -> Vec<arrow::array::RecordBatch> {
    let mut left = limit;
    let mut kept = Vec::new();
    for batch in batches {
        let rows = batch.num_rows().min(left);
        kept.push(batch.slice(0, rows));
        left -= rows;
    }
    kept
}

fn wrong_sql(error: datafusion::error::DataFusionError) -> Failure {
    let hint =
        "tables are `energy.monthly`, `mart.energy_month` and so on; `jieyue status` lists them";
    Failure::of(error, Some(hint.to_owned()), Fault::User)
}

fn cannot_write(path: &std::path::Path, error: std::io::Error) -> Failure {
    Failure::of(
        error,
        Some(format!("choose another file than `{}`", path.display())),
        Fault::External,
    )
}
