//! `jieyue metrics` and `jieyue metric`: the semantic layer, listed and asked.

use std::process::ExitCode;
use std::sync::Arc;

use arrow::array::RecordBatch;
use contracts::Titles;
use contracts::text::nearest;
use models::metric::{Compare, Metric, MetricQuery, compile};
use serde::Serialize;
use transform::{Regions, SessionMarts};

use crate::cli;
use crate::cli::Format;
use crate::commands::published;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report::{self, Listing};

/// A metric, as programs read it.
#[derive(Serialize)]
struct Listed<'a> {
    metric: &'a str,
    title: &'a Titles,
    description: Option<&'a Titles>,
    caveat: Option<&'a Titles>,
    unit: String,
    format: Option<&'a str>,
    formula: String,
    mart: String,
    dimensions: Vec<String>,
    grain: Option<&'static str>,
    owner: Option<&'a str>,
}

impl<'a> Listed<'a> {
    fn of(metric: &'a Metric) -> Self {
        let time = metric.time.as_ref();
        Listed {
            metric: &metric.name,
            title: &metric.title,
            description: metric.description.as_ref(),
            caveat: metric.caveat.as_ref(),
            unit: metric.unit.to_string(),
            format: metric.format.as_deref(),
            formula: metric.formula(),
            mart: metric.mart.to_string(),
            dimensions: metric.dimensions.iter().map(ToString::to_string).collect(),
            grain: time.map(|time| time.grain.word()),
            owner: metric.owner.as_deref(),
        }
    }

    fn has(&self, part: &str) -> bool {
        [self.metric, &self.title.zh, &self.title.en, &self.mart]
            .iter()
            .any(|text| text.to_lowercase().contains(&part.to_lowercase()))
    }

    fn row(&self) -> Vec<String> {
        vec![
            self.metric.to_owned(),
            self.title.zh.clone(),
            self.unit.clone(),
            self.dimensions.join(", "),
            self.grain.unwrap_or("—").to_owned(),
            self.owner.unwrap_or("—").to_owned(),
            self.caveat.map_or("—", |caveat| &caveat.zh).to_owned(),
        ]
    }
}

/// Lists the metrics.
///
/// # Errors
/// The declared files are wrong; no metric has the text asked for.
pub fn metrics(context: &Context, arguments: cli::Metrics) -> Outcome<ExitCode> {
    let project = context.project()?;
    let mut listed: Vec<Listed<'_>> = project.metrics.iter().map(Listed::of).collect();
    if let Some(part) = &arguments.part {
        let names: Vec<String> = listed.iter().map(|one| one.metric.to_owned()).collect();
        listed.retain(|metric| metric.has(part));
        if listed.is_empty() {
            let near = nearest(part, names.iter().map(String::as_str));
            return Err(Failure::user(
                format!("no metric has `{part}` in its name, title or mart"),
                near.map_or_else(
                    || "`jieyue metrics` lists all".to_owned(),
                    |near| format!("write `{near}`"),
                ),
            ));
        }
    }
    let columns = [
        "metric",
        "title",
        "unit",
        "dimensions",
        "grain",
        "owner",
        "caveat",
    ];
    Listing::of(&columns, &listed, Listed::row)?.print(context.format)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks one metric of a publication, by the same compiler as the service.
///
/// # Errors
/// The metric does not have what is asked; there is no such publication.
pub async fn metric(context: &Context, arguments: cli::Metric) -> Outcome<ExitCode> {
    if context.format == Format::Parquet {
        return Err(Failure::usage(
            "a metric is not written as Parquet",
            "use --format json or csv; `jieyue query` writes Parquet",
        ));
    }
    let project = context.project()?;
    let metric = published::known(&project.metrics, &arguments.metric)?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    let publication = published::find(&lake, arguments.which.as_of).await?;
    let session = warehouse::open_publication(&lake, &publication).await?;
    let regions = Regions::of(&session).await?;
    let asked = published::question(&arguments.metric, &arguments.which, &regions)?;
    let query = MetricQuery {
        dimensions: arguments.by,
        grain: arguments.grain,
        compare: arguments.compare.unwrap_or(Compare::None),
        // One row more than the limit tells whether there was more.
        limit: Some(arguments.limit.saturating_add(1)),
        ..asked
    };
    let marts = SessionMarts::of(&session).await?;
    let compiled = compile(&query, &project.metrics, &project.contracts, &marts)?;
    let frame = session.execute_logical_plan(compiled.plan).await?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let rows = arrow::compute::concat_batches(&schema, &frame.collect().await?)
        .map_err(|error| Failure::of(error, None, contracts::Fault::Internal))?;
    let shown: RecordBatch = rows.slice(0, rows.num_rows().min(arguments.limit));
    report::write_batches(&[shown], context.format, &mut report::Output)?;
    if rows.num_rows() > arguments.limit {
        report::note(&format!(
            "only the first {} rows; raise --limit for more",
            arguments.limit
        ));
    }
    if context.format == Format::Table {
        report::note(&format!(
            "{} in {}, publication {}",
            metric.title.zh, metric.unit, publication.number
        ));
        if let Some(caveat) = &metric.caveat {
            report::note(&caveat.zh);
        }
    }
    Ok(ExitCode::SUCCESS)
}
