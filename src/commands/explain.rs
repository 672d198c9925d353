//! `jieyue explain`: a metric's value, opened down to the rows it was loaded from.

use std::collections::BTreeSet;
use std::process::ExitCode;

use ingest::job::Jobs;
use ingest::{IngestError, LandedPlace};
use transform::Regions;
use transform::explain::{
    Explainer, Explanation, ListedColumn, Making, Mark, Page, Part, Question, RawRow, Source,
    SourceRow,
};
use warehouse::Warehouse;

use crate::cli::{self, Format};
use crate::commands::ledger::with_thousands;
use crate::commands::published;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report;

/// Explains one value.
///
/// # Errors
/// The metric does not have what is asked; there is no such publication; a landed file is gone.
pub async fn explain(context: &Context, arguments: cli::Explain) -> Outcome<ExitCode> {
    if !matches!(context.format, Format::Table | Format::Json) {
        return Err(Failure::usage(
            "an explanation is not rows of one form",
            "use --format json, or leave it out to read it",
        ));
    }
    let project = context.project()?;
    let metric = published::known(&project.metrics, &arguments.metric)?;
    let lake = context.existing_lake(project.contracts.clone()).await?;
    let publication = published::find(&lake, arguments.which.as_of).await?;
    let models = &project.models;
    let explainer = Explainer::of_mart(&lake, models, &publication, &metric.mart).await?;
    let regions = Regions::of(explainer.session()).await?;
    let question = Question {
        query: published::question(&arguments.metric, &arguments.which, &regions)?,
        page: Page {
            limit: arguments.limit,
            offset: arguments.offset,
        },
        table: arguments.table,
        may_show: &|_| true,
    };
    let mut explanation = explainer.explain(&project.metrics, &question).await?;
    if arguments.raw {
        let jobs = context.jobs(&project.contracts, None)?;
        for source in explanation.sources_mut() {
            look_up(&lake, &jobs, source).await?;
        }
    }
    match context.format {
        Format::Json => report::print_json(&explanation)?,
        _ => print(&explanation)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts beside each row the text it was landed as.
///
/// # Errors
/// A landed file is gone or cannot be decoded any more.
pub async fn look_up(
    lake: &Warehouse,
    jobs: &Jobs,
    source: &mut Source,
) -> Result<(), IngestError> {
    let place = |row: &SourceRow| {
        row.place.as_ref().map(|place| LandedPlace {
            object: place.object.clone(),
            sheet: place.sheet.clone(),
            row: place.row,
        })
    };
    let places: BTreeSet<LandedPlace> = source.rows.iter().filter_map(place).collect();
    let found = ingest::landed_rows(lake, jobs, &source.table, &places).await?;
    for row in &mut source.rows {
        row.raw = place(row)
            .and_then(|place| found.get(&place))
            .map(|raw| RawRow {
                object: raw.object.clone(),
                file: raw.file.clone(),
                cells: raw.cells.clone(),
            });
    }
    Ok(())
}

fn print(explanation: &Explanation) -> Outcome {
    let value = match (&explanation.value, &explanation.reason) {
        (Some(value), _) => format!("{value} {}", explanation.unit),
        (None, Some(reason)) => format!("— ({reason})"),
        (None, None) => "—".to_owned(),
    };
    report::line(&format!(
        "{} ({})\n  {value}",
        explanation.title.zh, explanation.metric
    ))?;
    if !explanation.filters.is_empty() {
        report::line(&format!("  {}", explanation.filters.join("; ")))?;
    }
    report::line(&format!(
        "  publication {}\n  {}\n  {}",
        explanation.publication, explanation.formula.words.zh, explanation.formula.symbols
    ))?;
    if let Some(caveat) = &explanation.caveat {
        report::line(&format!("  {}", caveat.zh))?;
    }
    for (name, part) in [
        ("numerator", Some(&explanation.numerator)),
        ("denominator", explanation.denominator.as_ref()),
    ] {
        if let Some(part) = part {
            print_part(name, part)?;
        }
    }
    for note in &explanation.notes {
        report::line(&format!("\nnote: {}", note.en))?;
    }
    Ok(())
}

fn print_part(name: &str, part: &Part) -> Outcome {
    let total = part.total.as_deref().unwrap_or("—");
    let unit = part.unit.as_deref().unwrap_or_default();
    report::line(&format!("\n{name}: {} = {total} {unit}", part.symbols))?;
    let rows = &part.mart_rows;
    report::line(&format!(
        "  {} of {}",
        shown(rows.rows.len(), rows.total_rows),
        part.mart
    ))?;
    let cells = rows.rows.iter().map(|row| row.iter().map(cell).collect());
    print_rows(rows.columns.iter().map(heading).collect(), cells.collect())?;
    for source in part.sources.iter().chain(&part.references) {
        print_source(source)?;
    }
    Ok(())
}

fn print_source(source: &Source) -> Outcome {
    let sum = source.sum.as_deref().unwrap_or("0");
    let others: Vec<String> = source
        .together_with
        .iter()
        .map(ToString::to_string)
        .collect();
    let with = if others.is_empty() {
        String::new()
    } else {
        format!(" and with those of {}", others.join(", "))
    };
    let verdict = match (source.making, source.agrees) {
        (Making::Sum, Some(true)) => format!("come to {sum}{with}, exactly the number above"),
        (Making::Sum, _) => format!("come to {sum}{with}, which is not the number above"),
        (Making::Used, _) => {
            "were used; what is done with them has no parts, so they do not add up".to_owned()
        }
    };
    report::line(&format!(
        "\n  {} of {} ({}) {verdict}",
        shown(source.rows.len(), source.total_rows),
        source.table,
        source.title.zh
    ))?;
    for step in &source.steps {
        report::line(&format!("    {step}"))?;
    }
    let last = match source.making {
        Making::Sum => ["adds", "", "landed"],
        Making::Used => ["value", "", "landed"],
    };
    let columns = source.columns.iter().map(heading);
    let columns = columns.chain(last.map(str::to_owned)).collect();
    let rows = source.rows.iter().map(|row| {
        let cells = row.cells.iter().map(cell);
        cells
            .chain([cell(&row.part), marks(row), landed(row)])
            .collect()
    });
    print_rows(columns, rows.collect())?;
    for row in &source.rows {
        let Some(raw) = &row.raw else { continue };
        let cells: Vec<String> = raw
            .cells
            .iter()
            .filter_map(|(name, cell)| Some(format!("{name}={}", cell.as_ref()?)))
            .collect();
        report::line(&format!(
            "    {} ({}): {}",
            raw.file,
            landed(row),
            cells.join(", ")
        ))?;
    }
    Ok(())
}

fn print_rows(columns: Vec<String>, rows: Vec<Vec<String>>) -> Outcome {
    if rows.is_empty() {
        return Ok(());
    }
    let mut table = report::plain_table();
    table.set_header(columns);
    table.add_rows(rows);
    let text = table.to_string();
    let indented: Vec<String> = text.lines().map(|line| format!("   {line}")).collect();
    report::line(&indented.join("\n"))
}

fn shown(rows: usize, total: u64) -> String {
    let total_rows = with_thousands(total);
    match u64::try_from(rows) {
        Ok(rows) if rows == total => format!("{total_rows} rows"),
        _ => format!("{rows} of {total_rows} rows"),
    }
}

fn heading(column: &ListedColumn) -> String {
    column.name.clone()
}

fn cell(cell: &Option<String>) -> String {
    cell.clone().unwrap_or_else(|| "—".to_owned())
}

fn marks(row: &SourceRow) -> String {
    let marks = row.marks.iter().map(|mark| match mark {
        Mark::Defaulted => "defaulted",
        Mark::Converted => "converted",
    });
    marks.collect::<Vec<_>>().join(", ")
}

fn landed(row: &SourceRow) -> String {
    match &row.place {
        None => "—".to_owned(),
        Some(place) => match &place.sheet {
            Some(sheet) => format!("{} {sheet} row {}", place.object, place.row),
            None => format!("{} row {}", place.object, place.row),
        },
    }
}
