//! The contract's rules for the values of one column.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use contracts::identifier::{self, IdentifierKind};
use contracts::parse::city_days;
use contracts::{Column, ColumnCheck, LogicalType, Range};
use regex::Regex;

use super::fault::Faults;

/// One rule of one column, ready for batches.
pub(super) enum Check {
    Identifier(IdentifierKind),
    OneOf {
        values: HashSet<String>,
        listed: String,
    },
    Range {
        bounds: Bounds,
        words: String,
    },
    Pattern(Regex),
    Length {
        min: usize,
        max: usize,
        words: String,
    },
    NotFuture {
        today: i32,
        now: i64,
    },
}

/// Inclusive bounds at the column's scale.
pub(super) struct Bounds {
    least: i128,
    most: i128,
}

impl Check {
    pub(super) fn new(check: &ColumnCheck, column: &Column, now: DateTime<Utc>) -> Check {
        match check {
            ColumnCheck::Identifier(kind) => Check::Identifier(*kind),
            ColumnCheck::OneOf(values) => Check::OneOf {
                listed: values
                    .iter()
                    .map(|value| format!("`{value}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
                values: values.iter().cloned().collect(),
            },
            ColumnCheck::Range(range) => Check::Range {
                bounds: Bounds::new(range, column.ty),
                words: range_words(range),
            },
            ColumnCheck::Pattern(pattern) => Check::Pattern(pattern.clone()),
            ColumnCheck::Length { min, max } => Check::Length {
                min: min.map_or(0, |min| min as usize),
                max: max.map_or(usize::MAX, |max| max as usize),
                words: length_words(*min, *max),
            },
            ColumnCheck::NotFuture => Check::NotFuture {
                today: city_days(now.timestamp_micros()),
                now: now.timestamp_micros(),
            },
        }
    }

    /// Notes the values that break the rule; answers the column in normal form when it has another.
    pub(super) fn apply(
        &self,
        values: &ArrayRef,
        column: usize,
        faults: &mut Faults,
    ) -> Option<ArrayRef> {
        match self {
            Check::Identifier(kind) => return identifiers(*kind, values, column, faults),
            Check::OneOf {
                values: known,
                listed,
            } => each_other_text(values, |row, value| {
                let is_known = known.contains(value);
                if !is_known {
                    faults.add(
                        row,
                        Some(column),
                        "one_of",
                        format!("`{value}` is none of {listed}"),
                    );
                }
                is_known
            }),
            Check::Range { bounds, words } => bounds.each_outside(values, |row, value| {
                faults.add(
                    row,
                    Some(column),
                    "range",
                    format!("{value} is not {words}"),
                );
            }),
            Check::Pattern(pattern) => each_other_text(values, |row, value| {
                let is_whole = pattern
                    .find(value)
                    .is_some_and(|found| found.len() == value.len());
                if !is_whole {
                    let detail = format!("`{value}` is not of the form `{pattern}`");
                    faults.add(row, Some(column), "pattern", detail);
                }
                is_whole
            }),
            Check::Length { min, max, words } => each_text(values, |row, value| {
                // Bytes are at least as many as characters: most values need no counting.
                if value.len() > *max || value.len() < 4 * *min {
                    let length = value.chars().count();
                    if length < *min || length > *max {
                        let detail = format!("{length} characters, where {words} are expected");
                        faults.add(row, Some(column), "length", detail);
                    }
                }
            }),
            Check::NotFuture { today, now } => {
                let mut note = |row| {
                    let value = super::read::raw(values, row).unwrap_or_default();
                    faults.add(
                        row,
                        Some(column),
                        "not_future",
                        format!("{value} is in the future"),
                    );
                };
                if let Some(days) = values.as_primitive_opt::<Date32Type>() {
                    days.iter()
                        .enumerate()
                        .filter(|(_, day)| day.is_some_and(|day| day > *today))
                        .for_each(|(row, _)| note(row));
                } else if let Some(moments) = values.as_primitive_opt::<TimestampMicrosecondType>()
                {
                    moments
                        .iter()
                        .enumerate()
                        .filter(|(_, at)| at.is_some_and(|at| at > *now))
                        .for_each(|(row, _)| note(row));
                }
            }
        }
        None
    }
}

/// Notes the rows that have no value in a required column, unless a fault noted since `begin` says why.
pub(super) fn required(values: &ArrayRef, column: usize, begin: usize, faults: &mut Faults) {
    if values.null_count() == 0 {
        return;
    }
    let explained: HashSet<usize> = faults.since(begin).iter().map(|fault| fault.row).collect();
    for row in 0..values.len() {
        if values.is_null(row) && !explained.contains(&row) {
            faults.add(
                row,
                Some(column),
                "required",
                "missing, but required".to_owned(),
            );
        }
    }
}

impl Bounds {
    fn new(range: &Range, ty: LogicalType) -> Bounds {
        let scale = match ty {
            LogicalType::Decimal { scale, .. } => scale,
            _ => 0,
        };
        // A contract's bounds are exact at the column's scale, so an exclusive one is the next value.
        let at_scale =
            |bound: Option<contracts::Decimal>| bound.and_then(|bound| bound.unscaled_at(scale));
        Bounds {
            least: at_scale(range.min)
                .map_or(i128::MIN, |min| min + i128::from(range.exclusive_min)),
            most: at_scale(range.max)
                .map_or(i128::MAX, |max| max - i128::from(range.exclusive_max)),
        }
    }

    fn each_outside(&self, values: &ArrayRef, mut note: impl FnMut(usize, String)) {
        let mut outside = |row: usize, value: Option<i128>| {
            if value.is_some_and(|value| value < self.least || value > self.most) {
                note(row, super::read::raw(values, row).unwrap_or_default());
            }
        };
        if let Some(numbers) = values.as_primitive_opt::<Decimal128Type>() {
            numbers
                .iter()
                .enumerate()
                .for_each(|(row, value)| outside(row, value));
        } else if let Some(numbers) = values.as_primitive_opt::<Int64Type>() {
            numbers
                .iter()
                .enumerate()
                .for_each(|(row, value)| outside(row, value.map(i128::from)));
        }
    }
}

fn identifiers(
    kind: IdentifierKind,
    values: &ArrayRef,
    column: usize,
    faults: &mut Faults,
) -> Option<ArrayRef> {
    let mut is_changed = false;
    each_text(values, |row, value| match identifier::check(kind, value) {
        Ok(normal) => is_changed |= normal != value,
        Err(error) => {
            let rule = format!("invalid_{}", kind.as_str());
            faults.add(row, Some(column), rule, format!("`{value}` has {error}"));
        }
    });
    is_changed.then(|| {
        let normal = values.as_string::<i32>().iter().map(|value| {
            value.map(|value| identifier::check(kind, value).unwrap_or_else(|_| value.into()))
        });
        Arc::new(normal.collect::<StringArray>()) as ArrayRef
    })
}

#[inline]
fn each_text(values: &ArrayRef, mut look: impl FnMut(usize, &str)) {
    for (row, value) in values.as_string::<i32>().iter().enumerate() {
        if let Some(value) = value {
            look(row, value);
        }
    }
}

/// Looks at texts until one holds, and then only at those that are not the same: sources write the same
/// month, quality or office in many rows one after the other.
#[inline]
fn each_other_text(values: &ArrayRef, mut holds: impl FnMut(usize, &str) -> bool) {
    let mut held: Option<&str> = None;
    for (row, value) in values.as_string::<i32>().iter().enumerate() {
        if let Some(value) = value
            && held != Some(value)
            && holds(row, value)
        {
            held = Some(value);
        }
    }
}

/// `at least 0 and less than 10`
fn range_words(range: &Range) -> String {
    let least = range.min.map(|min| match range.exclusive_min {
        true => format!("more than {min}"),
        false => format!("at least {min}"),
    });
    let most = range.max.map(|max| match range.exclusive_max {
        true => format!("less than {max}"),
        false => format!("at most {max}"),
    });
    [least, most]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" and ")
}

fn length_words(min: Option<u32>, max: Option<u32>) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => min.to_string(),
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or more"),
        (None, Some(max)) => format!("{max} or fewer"),
        (None, None) => "any".to_owned(),
    }
}
