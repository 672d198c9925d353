//! Panels: a declared question over a publication, compiled with DataFusion's expressions, and what
//! must be read beside the answer. No SQL text is made here.

pub(crate) mod condition;
mod measures;
mod notes;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
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
        title: Some(BothTitles::from(&panel.title)),
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
    let (frame, contract) = opened.mart(&query.from.value).await?;
    let frame = filtered(
        frame,
        all(&query.filters, contract, values, &opened.regions)?,
    )?;
    let names: Vec<&str> = query
        .columns
        .iter()
        .map(|column| column.value.as_str())
        .collect();
    let columns = names
        .iter()
        .filter_map(|name| contract.column(name))
        .map(Column::of_contract)
        .collect();
    Ok((
        columns,
        frame.select(names.iter().map(|name| ident(*name)).collect::<Vec<_>>())?,
    ))
}

/// Measures by dimensions.
async fn aggregated(
    query: &QueryFile,
    values: &Values,
    opened: &Opened,
    metrics: &Metrics,
) -> Result<(Vec<Column>, DataFrame), ApiError> {
    let (frame, contract) = opened.mart(&query.from.value).await?;
    let frame = filtered(
        frame,
        all(&query.filters, contract, values, &opened.regions)?,
    )?;
    let dimensions: Vec<&str> = query
        .dimensions
        .iter()
        .map(|column| column.value.as_str())
        .collect();
    let measures = Measures::new(query, contract, values, opened, metrics)?;
    let groups = dimensions.iter().map(|name| ident(*name)).collect();
    let mut frame = frame.aggregate(groups, measures.aggregates())?;
    let mut shown: Vec<_> = dimensions.iter().map(|name| ident(*name)).collect();
    let mut columns: Vec<Column> = dimensions
        .iter()
        .filter_map(|name| contract.column(name))
        .map(Column::of_contract)
        .collect();
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

/// The rows that meet a condition; none when it cannot be met.
fn filtered(
    frame: DataFrame,
    condition: Option<datafusion::logical_expr::Expr>,
) -> Result<DataFrame, ApiError> {
    let condition = condition.unwrap_or_else(|| datafusion::logical_expr::lit(false));
    Ok(frame.filter(condition)?)
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
