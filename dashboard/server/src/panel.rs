//! Panels: a declared question over a publication, compiled with DataFusion's expressions, and what
//! must be read beside the answer. No SQL text is made here.

pub(crate) mod condition;
mod measures;
mod notes;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use contracts::Contract;
use contracts::yaml::At;
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::{DataFrame, ident};
use models::metric::Metrics;

use crate::answer::{Answer, BothTitles, Column};
use crate::board::PanelFile;
use crate::board::file::QueryFile;
use crate::error::ApiError;
use crate::open::Opened;
use condition::{Values, all, all_over};
use measures::Measures;

/// Rows of a panel that names no limit.
const DEFAULT_LIMIT: usize = 1000;

/// Answers a panel.
pub(crate) async fn answer(
    panel: &PanelFile,
    values: &Values,
    opened: &Opened,
    metrics: &Metrics,
) -> Result<Answer, ApiError> {
    let query = &panel.query;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let (columns, frame) = if query.columns.is_empty() {
        aggregated(query, values, opened, metrics).await?
    } else {
        listed(query, values, opened).await?
    };
    let schema = std::sync::Arc::new(frame.schema().as_arrow().clone());
    let batches = ordered(frame, query)?.collect().await?;
    let rows = concat_batches(&schema, &batches)?;
    let total_rows = rows.num_rows();
    let rows = rows.slice(0, total_rows.min(limit));
    let (columns, rows) = with_names(columns, rows, query, opened)?;
    let notes = notes::notes(panel, values, opened, metrics).await?;
    Ok(Answer {
        name: panel.panel.value.clone(),
        title: BothTitles::from(&panel.title),
        columns,
        rows,
        notes,
        total_rows,
        limit: Some(limit),
        offset: None,
    })
}

/// Rows of a mart as they are.
async fn listed(
    query: &QueryFile,
    values: &Values,
    opened: &Opened,
) -> Result<(Vec<Column>, DataFrame), ApiError> {
    let (frame, contract) = asked_rows(query, values, opened).await?;
    let (columns, shown) = of_contract(&query.columns, contract);
    Ok((columns, frame.select(shown)?))
}

/// Measures by dimensions.
async fn aggregated(
    query: &QueryFile,
    values: &Values,
    opened: &Opened,
    metrics: &Metrics,
) -> Result<(Vec<Column>, DataFrame), ApiError> {
    let (frame, contract) = asked_rows(query, values, opened).await?;
    let (mut columns, mut shown) = of_contract(&query.dimensions, contract);
    let measures = Measures::new(query, contract, values, opened, metrics)?;
    let mut frame = frame.aggregate(shown.clone(), measures.aggregates())?;
    for (column, expression) in measures.finished(frame.schema())? {
        frame = frame.with_column(&column.name, expression)?;
        shown.push(ident(&column.name));
        columns.push(column);
    }
    let frame = frame.select(shown)?;
    let schema = frame.schema().clone();
    let types = |name: &str| {
        schema
            .field_with_unqualified_name(name)
            .ok()
            .map(|field| field.data_type().clone())
    };
    let having = all_over(&query.having, types, values, &opened.regions)?;
    Ok((columns, filtered(frame, having)?))
}

/// The rows of the query's mart that its conditions let through.
async fn asked_rows<'a>(
    query: &QueryFile,
    values: &Values,
    opened: &'a Opened,
) -> Result<(DataFrame, &'a Contract), ApiError> {
    let (frame, contract) = opened.mart(&query.from.value).await?;
    let condition = all(&query.filters, contract, values, &opened.regions)?;
    Ok((filtered(frame, condition)?, contract))
}

/// Columns of a mart: what they mean, and the expressions that give them.
fn of_contract(names: &[At<String>], contract: &Contract) -> (Vec<Column>, Vec<Expr>) {
    let columns = names.iter().filter_map(|name| contract.column(&name.value));
    let shown = names.iter().map(|name| ident(&name.value));
    (columns.map(Column::of_contract).collect(), shown.collect())
}

/// The rows that meet a condition; none when it cannot be met.
fn filtered(frame: DataFrame, condition: Option<Expr>) -> Result<DataFrame, ApiError> {
    Ok(frame.filter(condition.unwrap_or_else(|| lit(false)))?)
}

fn ordered(frame: DataFrame, query: &QueryFile) -> Result<DataFrame, ApiError> {
    if query.order.is_empty() {
        return Ok(frame);
    }
    let order = query
        .order
        .iter()
        .map(|order| ident(&order.column.value).sort(!order.descending, false))
        .collect();
    Ok(frame.sort(order)?)
}

/// Adds a column of names behind each code the board asks names for.
fn with_names(
    columns: Vec<Column>,
    rows: RecordBatch,
    query: &QueryFile,
    opened: &Opened,
) -> Result<(Vec<Column>, RecordBatch), ApiError> {
    use arrow::array::{ArrayRef, StringArray};
    let mut named_columns = Vec::new();
    let mut arrays: Vec<(String, ArrayRef)> = Vec::new();
    for (index, column) in columns.into_iter().enumerate() {
        let code = column.name.clone();
        arrays.push((code.clone(), rows.column(index).clone()));
        let title = column.title.clone();
        named_columns.push(column);
        if !query.names.iter().any(|name| name.value == code) {
            continue;
        }
        let titles = match code.as_str() {
            "region_code" => &opened.regions.titles,
            "organization_id" => &opened.organizations,
            _ => &opened.cost_groups,
        };
        let stem = code
            .trim_end_matches("_code")
            .trim_end_matches("_id")
            .to_owned();
        for (suffix, is_chinese) in [("name", true), ("name_en", false)] {
            let names = (0..rows.num_rows())
                .map(|row| {
                    let code = crate::open::text_cell(&rows, index, row)?;
                    let found = code.as_ref().and_then(|code| titles.get(code));
                    Ok(found
                        .map(|found| {
                            if is_chinese {
                                found.zh.clone()
                            } else {
                                found.en.clone()
                            }
                        })
                        .or(code))
                })
                .collect::<Result<StringArray, ApiError>>()?;
            let name = format!("{stem}_{suffix}");
            arrays.push((name.clone(), std::sync::Arc::new(names)));
            named_columns.push(Column::text(&name, title.clone()));
        }
    }
    if arrays.is_empty() {
        return Ok((named_columns, rows));
    }
    let with_nulls = arrays.into_iter().map(|(name, array)| (name, array, true));
    Ok((
        named_columns,
        RecordBatch::try_from_iter_with_nullable(with_nulls)?,
    ))
}
