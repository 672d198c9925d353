//! Row checks and the checks of one column.

use regex::Regex;

use super::Reader;
use crate::contract::{ColumnCheck, LogicalType, Range, RowCheck, Severity, Titles};
use crate::decimal::Decimal;
use crate::error::ContractError;
use crate::name::ColumnName;
use crate::odcs::{LogicalTypeOptions, RowCheckFile, SeverityFile, ValueCheckFile};
use crate::text;
use crate::yaml::{At, NumberText};

/// The table's row checks. Their SQL is not read here: `ingest` plans it.
pub(super) fn row_checks(files: Vec<RowCheckFile>, reader: &mut Reader) -> Vec<RowCheck> {
    let mut checks: Vec<RowCheck> = Vec::new();
    for file in files {
        let name = file.name.value;
        if let Some(first) = checks.iter().find(|check| check.name == name) {
            let first_line = first.place.line;
            reader.refuse(ContractError::RepeatedCheck {
                at: reader.line(file.name.line),
                check: name.clone(),
                first_line,
            });
        }
        for (key, value) in [
            ("implementation", &file.implementation),
            ("description", &file.description),
        ] {
            if value.trim().is_empty() {
                reader.refuse(ContractError::EmptyCheck {
                    at: reader.place(value),
                    check: name.clone(),
                    key,
                });
            }
        }
        let mut english = file.custom_properties.iter();
        let en = english.next().map(|property| property.value.to_string());
        if let Some(second) = english.next() {
            reader.refuse(ContractError::RepeatedProperty {
                at: reader.place(&second.value),
                of: name.clone(),
                property: "messageEn".to_owned(),
                first_line: file.custom_properties[0].value.line,
            });
        }
        checks.push(RowCheck {
            message: Titles {
                zh: file.description.value.trim().to_owned(),
                en: en.unwrap_or_else(|| text::words_of(&name)),
            },
            expression: file.implementation.value.trim().to_owned(),
            severity: match file.severity.value {
                SeverityFile::Error => Severity::Error,
                SeverityFile::Warning => Severity::Warning,
            },
            place: reader.line(file.implementation.line),
            name,
        });
    }
    checks
}

/// The checks a column's `logicalTypeOptions` declare.
pub(super) fn of_options(
    options: &LogicalTypeOptions,
    column: &ColumnName,
    ty: LogicalType,
    reader: &mut Reader,
) -> Vec<ColumnCheck> {
    let mut checks = Vec::new();
    checks.extend(range(options, column, ty, reader).map(ColumnCheck::Range));
    checks.extend(length(options, column, ty, reader));
    if let Some(pattern) = &options.pattern {
        refuse_unless_text("pattern", pattern, column, ty, reader);
        // The whole text must match: an unanchored pattern would accept anything around it.
        match Regex::new(&format!("^(?:{})$", pattern.value)) {
            Ok(regex) => checks.push(ColumnCheck::Pattern(regex)),
            Err(error) => reader.refuse(ContractError::BadPattern {
                at: reader.place(pattern),
                column: column.clone(),
                reason: last_line(&error.to_string()),
            }),
        }
    }
    checks
}

/// The list of values a column's `quality` declares.
pub(super) fn of_values(
    files: Vec<ValueCheckFile>,
    column: &ColumnName,
    ty: LogicalType,
    reader: &mut Reader,
) -> Vec<ColumnCheck> {
    let mut checks = Vec::new();
    for file in files {
        if file.must_be.value != 0 {
            reader.refuse(ContractError::WrongMustBe {
                at: reader.place(&file.must_be),
                column: column.clone(),
                found: file.must_be.value,
            });
        }
        refuse_unless_text("validValues", &file.arguments, column, ty, reader);
        if file.arguments.valid_values.is_empty() {
            reader.refuse(ContractError::NoValidValues {
                at: reader.place(&file.arguments),
                column: column.clone(),
            });
        }
        let values = file
            .arguments
            .value
            .valid_values
            .into_iter()
            .map(|v| v.value);
        checks.push(ColumnCheck::OneOf(values.collect()));
    }
    checks
}

fn range(
    options: &LogicalTypeOptions,
    column: &ColumnName,
    ty: LogicalType,
    reader: &mut Reader,
) -> Option<Range> {
    let minimum = one_bound(
        ("minimum", &options.minimum),
        ("exclusiveMinimum", &options.exclusive_minimum),
        column,
        reader,
    );
    let maximum = one_bound(
        ("maximum", &options.maximum),
        ("exclusiveMaximum", &options.exclusive_maximum),
        column,
        reader,
    );
    if minimum.is_none() && maximum.is_none() {
        return None;
    }
    let range = Range {
        min: minimum.and_then(|(rule, at)| exact(rule, at, column, ty, reader)),
        max: maximum.and_then(|(rule, at)| exact(rule, at, column, ty, reader)),
        exclusive_min: minimum.is_some_and(|(rule, _)| rule.starts_with("exclusive")),
        exclusive_max: maximum.is_some_and(|(rule, _)| rule.starts_with("exclusive")),
    };
    if let (Some(min), Some((_, at))) = (range.min, maximum) {
        // The bounds leave a value exactly when the lower one, or the next above it, is within.
        let scale = scale_of(ty);
        let lowest = min
            .unscaled_at(scale)
            .and_then(|lowest| lowest.checked_add(i128::from(range.exclusive_min)));
        if range.max.is_some() && !lowest.is_some_and(|lowest| range.contains(lowest, scale)) {
            reader.refuse(ContractError::EmptyBounds {
                at: reader.place(at),
                column: column.clone(),
            });
        }
    }
    Some(range)
}

type Bound<'a> = (&'static str, &'a At<NumberText>);

fn one_bound<'a>(
    one: (&'static str, &'a Option<At<NumberText>>),
    other: (&'static str, &'a Option<At<NumberText>>),
    column: &ColumnName,
    reader: &mut Reader,
) -> Option<Bound<'a>> {
    if let (Some(_), Some(at)) = (one.1, other.1) {
        reader.refuse(ContractError::BothBounds {
            at: reader.place(at),
            column: column.clone(),
            one: one.0,
            other: other.0,
        });
    }
    let given = |(rule, bound): (&'static str, &'a Option<At<NumberText>>)| {
        bound.as_ref().map(|bound| (rule, bound))
    };
    given(one).or(given(other))
}

fn exact(
    rule: &'static str,
    at: &At<NumberText>,
    column: &ColumnName,
    ty: LogicalType,
    reader: &mut Reader,
) -> Option<Decimal> {
    if !matches!(ty, LogicalType::Integer | LogicalType::Decimal { .. }) {
        reader.refuse(ContractError::RuleNotForType {
            at: reader.place(at),
            rule,
            column: column.clone(),
            ty: ty.as_str(),
        });
        return None;
    }
    let bound = at.value.0.parse::<Decimal>().ok();
    let bound = bound.filter(|bound| bound.unscaled_at(scale_of(ty)).is_some());
    if bound.is_none() {
        reader.refuse(ContractError::WrongBound {
            at: reader.place(at),
            rule,
            column: column.clone(),
            bound: at.value.0.clone(),
        });
    }
    bound
}

fn length(
    options: &LogicalTypeOptions,
    column: &ColumnName,
    ty: LogicalType,
    reader: &mut Reader,
) -> Option<ColumnCheck> {
    let (min, max) = (&options.min_length, &options.max_length);
    for (rule, bound) in [("minLength", min), ("maxLength", max)] {
        if let Some(bound) = bound {
            refuse_unless_text(rule, bound, column, ty, reader);
        }
    }
    if let (Some(min), Some(max)) = (min, max)
        && min.value > max.value
    {
        reader.refuse(ContractError::EmptyBounds {
            at: reader.place(max),
            column: column.clone(),
        });
    }
    (min.is_some() || max.is_some()).then(|| ColumnCheck::Length {
        min: min.as_ref().map(|min| min.value),
        max: max.as_ref().map(|max| max.value),
    })
}

/// Refuses a rule that only texts can satisfy on a column of another type.
pub(super) fn refuse_unless_text<T>(
    rule: &'static str,
    at: &At<T>,
    column: &ColumnName,
    ty: LogicalType,
    reader: &mut Reader,
) {
    if ty != LogicalType::Text {
        reader.refuse(ContractError::RuleNotForType {
            at: reader.place(at),
            rule,
            column: column.clone(),
            ty: ty.as_str(),
        });
    }
}

fn scale_of(ty: LogicalType) -> i8 {
    match ty {
        LogicalType::Decimal { scale, .. } => scale,
        _ => 0,
    }
}

/// The regex crate draws the pattern over several lines and says what is wrong in the last.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or_default().trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
