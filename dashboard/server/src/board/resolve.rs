//! A request's parameters become values, in the order the board declares them.

use std::collections::BTreeMap;

use arrow::array::Array;
use contracts::yaml::Scalar;
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::prelude::ident;
use serde::Serialize;
use utoipa::ToSchema;

use super::file::{BoardFile, ParameterFile, ParameterKind, ValueFile};
use crate::answer::BothTitles;
use crate::error::ApiError;
use crate::open::{Opened, text_cell};
use crate::panel::condition::{Values, all};

/// One thing a reader may choose.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Choice {
    /// The value of the parameter.
    pub value: String,
    /// What people read.
    pub title: BothTitles,
}

/// Works out every parameter; `given` is what the request says, by name.
pub(crate) async fn resolve(
    board: &BoardFile,
    given: &BTreeMap<String, String>,
    opened: &Opened,
    top_region: &str,
) -> Result<Values, ApiError> {
    let known: Vec<&str> = board
        .parameters
        .iter()
        .filter(|parameter| parameter.value.is_none())
        .map(|parameter| parameter.parameter.value.as_str())
        .collect();
    if let Some(unknown) = given.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(ApiError::unknown("parameter", unknown, known));
    }
    let mut values = Values::new();
    for parameter in &board.parameters {
        let name = parameter.parameter.value.clone();
        let value = match (&parameter.value, given.get(&name)) {
            (Some(value), _) => worked_out(value, &values, opened).await?,
            (None, Some(text)) => Some(checked(parameter, text, opened)?),
            (None, None) => default(parameter, opened, top_region).await?,
        };
        values.insert(name, value);
    }
    Ok(values)
}

/// What a reader may choose, by parameter.
pub(crate) async fn choices(
    board: &BoardFile,
    opened: &Opened,
    top_region: &str,
) -> Result<BTreeMap<String, Vec<Choice>>, ApiError> {
    let mut choices = BTreeMap::new();
    for parameter in board
        .parameters
        .iter()
        .filter(|parameter| parameter.value.is_none())
    {
        let found = match (&parameter.choices, parameter.kind) {
            (Some(from), _) => {
                let mut values =
                    column_values(opened, &from.from.value, &from.values_of.value).await?;
                values.reverse();
                values
                    .into_iter()
                    .map(|value| Choice {
                        title: BothTitles::same(&value),
                        value,
                    })
                    .collect()
            }
            (None, ParameterKind::Region) => {
                let within = opened.regions.within(top_region);
                let mut found: Vec<Choice> = within
                    .iter()
                    .filter_map(|code| {
                        opened.regions.titles.get(code).map(|titles| Choice {
                            value: code.clone(),
                            title: titles.into(),
                        })
                    })
                    .collect();
                // The region that holds the others comes first.
                found.sort_by_key(|choice| (choice.value != top_region, choice.value.clone()));
                found
            }
            (None, _) => continue,
        };
        choices.insert(parameter.parameter.value.clone(), found);
    }
    Ok(choices)
}

async fn default(
    parameter: &ParameterFile,
    opened: &Opened,
    top_region: &str,
) -> Result<Option<String>, ApiError> {
    let Some(default) = &parameter.default else {
        return Ok(None);
    };
    match (default.to_string().as_str(), &parameter.choices) {
        ("top", _) if parameter.kind == ParameterKind::Region => Ok(Some(top_region.to_owned())),
        ("latest", Some(from)) => {
            Ok(
                column_values(opened, &from.from.value, &from.values_of.value)
                    .await?
                    .pop(),
            )
        }
        (literal, _) => Ok(Some(literal.to_owned())),
    }
}

/// A value given by a reader, if it is of the parameter's kind.
fn checked(parameter: &ParameterFile, text: &str, opened: &Opened) -> Result<String, ApiError> {
    let name = &parameter.parameter.value;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_year = |text: &str| text.len() == 4 && digits(text);
    let fits = match parameter.kind {
        ParameterKind::Year => is_year(text),
        ParameterKind::Month => {
            let of_year = |month: &str| month.len() == 2 && matches!(month.parse(), Ok(1..=12));
            matches!(text.split_once('-'), Some((year, month)) if is_year(year) && of_year(month))
        }
        ParameterKind::Region => opened.within(text).map(|_| true)?,
        ParameterKind::Text => text.len() <= 100,
    };
    if fits {
        return Ok(text.to_owned());
    }
    let example = if parameter.kind == ParameterKind::Year {
        "2025"
    } else {
        "2025-06"
    };
    Err(ApiError::bad(
        format!("`{name}` cannot be `{text}`"),
        format!("write {name}={example}"),
    ))
}

async fn worked_out(
    value: &ValueFile,
    values: &Values,
    opened: &Opened,
) -> Result<Option<String>, ApiError> {
    if let (Some(of), Some(years)) = (&value.of, value.add_years) {
        let moved = values
            .get(of.value.trim_start_matches('$'))
            .cloned()
            .flatten();
        return Ok(moved.and_then(|text| add_years(&text, years)));
    }
    let (Some(column), Some(mart)) = (&value.latest, &value.from) else {
        return Ok(None);
    };
    let (frame, contract) = opened.mart(&mart.value).await?;
    let Some(condition) = all(&value.filters, contract, values, &opened.regions)? else {
        return Ok(None);
    };
    let latest = max(ident(&column.value)).alias("latest");
    let batches = frame
        .filter(condition)?
        .aggregate(vec![], vec![latest])?
        .collect()
        .await?;
    match batches.iter().find(|batch| batch.num_rows() > 0) {
        Some(batch) if !batch.column(0).is_null(0) => text_cell(batch, 0, 0),
        _ => Ok(None),
    }
}

/// `2025` or `2025-06` moved by whole years.
fn add_years(text: &str, years: i32) -> Option<String> {
    let (year, rest) = text.split_at_checked(4)?;
    let year: i32 = year.parse().ok()?;
    Some(format!("{:04}{rest}", year + years))
}

/// The different values of a column, smallest first.
async fn column_values(opened: &Opened, mart: &str, column: &str) -> Result<Vec<String>, ApiError> {
    let (frame, _) = opened.mart(mart).await?;
    let frame = frame
        .aggregate(vec![ident(column)], vec![])?
        .filter(ident(column).is_not_null())?
        .sort(vec![ident(column).sort(true, false)])?
        .limit(0, Some(1000))?;
    let mut values = Vec::new();
    for batch in frame.collect().await? {
        for row in 0..batch.num_rows() {
            values.extend(text_cell(&batch, 0, row)?);
        }
    }
    Ok(values)
}

/// A literal, or the value of the parameter it names; `None` when that has no value.
pub(crate) fn value_of(scalar: &Scalar, values: &Values) -> Option<String> {
    let text = scalar.to_string();
    match text.strip_prefix('$') {
        Some(name) => values.get(name).cloned().flatten(),
        None => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::add_years;

    #[test]
    fn a_year_and_a_month_move_by_whole_years() {
        assert_eq!(add_years("2026", -1).as_deref(), Some("2025"));
        assert_eq!(add_years("2026-03", -1).as_deref(), Some("2025-03"));
        assert_eq!(add_years("", -1), None);
    }
}
