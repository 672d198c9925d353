//! The program's type: a contract whose every part is valid.

use std::time::Duration;

use arrow::datatypes::SchemaRef;
use regex::Regex;
use serde::Serialize;

use crate::decimal::Decimal;
use crate::identifier::IdentifierKind;
use crate::name::{ColumnName, TableId};
use crate::place::Place;
use crate::unit::{RowUnit, Unit};

/// What one table may hold.
///
/// Built by [`crate::Contracts::parse`] only, so that its columns, key, partitions and checks always
/// agree with each other.
#[derive(Debug, Clone)]
pub struct Contract {
    /// The table.
    pub id: TableId,
    /// The contract's version, `major.minor.patch`.
    pub version: String,
    /// The file it was read from.
    pub path: String,
    /// The table's title.
    pub title: Titles,
    /// What the table holds, in a sentence.
    pub purpose: String,
    /// What its numbers cannot tell.
    pub limitations: Option<String>,
    /// What one row is, in words.
    pub granularity: Option<String>,
    /// The department that answers for the table.
    pub owner: Option<String>,
    /// Words to find the table by.
    pub tags: Vec<String>,
    /// The columns, in table order.
    pub columns: Vec<Column>,
    /// The key columns, in key order; never empty, each required.
    pub key: Vec<ColumnName>,
    /// The partition columns, in order. Each is in the key or derived from a column of it.
    pub partition_by: Vec<ColumnName>,
    /// Rules over the columns of one row.
    pub checks: Vec<RowCheck>,
    /// How new the newest row must be.
    pub freshness: Option<Freshness>,
    /// SHA-256 of the file's text (line ends folded), in hex: changes when the contract does.
    pub content_hash: String,
    pub(crate) arrow_schema: SchemaRef,
    pub(crate) table_schema: SchemaRef,
}

/// A title in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Titles {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: ColumnName,
    /// Its title.
    pub title: Titles,
    /// What it means; empty when the title says it.
    pub description: String,
    /// Its type.
    pub ty: LogicalType,
    /// The unit its values are in.
    pub unit: Option<Unit>,
    /// The unit its values are in, when that differs from row to row. On a text column: the unit of the
    /// numbers written in it.
    pub row_unit: Option<RowUnit>,
    /// The unit each value of a text column stands for, when the values are no units themselves.
    pub units_by_value: Vec<(String, Unit)>,
    /// The column of the same table whose things are measured in the unit this column names: `unit` of a
    /// meter is that of `meter_id`, wherever readings name the meter.
    pub unit_of: Option<ColumnName>,
    /// Whether every row must have a value.
    pub required: bool,
    /// Whether other departments may have it.
    pub share: ShareType,
    /// Grade of protection.
    pub level: Level,
    /// How it is computed from another column when a source does not give it.
    pub derived: Option<Derived>,
    /// What its values must satisfy.
    pub checks: Vec<ColumnCheck>,
    /// Whether it is a person's key, to be replaced by a pseudonym when decoded.
    pub pseudonym: bool,
    /// The Chinese label of each valid value, in the order of the file; empty when values are shown as
    /// they are.
    pub labels_zh: Vec<(String, String)>,
    /// The column of another table whose values these are.
    pub references: Option<ColumnReference>,
    /// Where its name stands.
    pub place: Place,
}

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogicalType {
    /// Text.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// An exact decimal number; `0 <= scale <= precision <= 38`.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits after the point.
        scale: i8,
    },
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A moment, in UTC to the microsecond.
    Timestamp,
}

/// Whether other departments may have a column (共享属性).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareType {
    /// 无条件共享.
    Unconditional,
    /// 有条件共享.
    Conditional,
    /// 不予共享.
    None,
}

/// Grade of protection of a column. L4 (secret) does not exist here: it is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Level {
    /// Public statistics.
    L1,
    /// Internal: totals of an institution.
    L2,
    /// Sensitive: room plans, tracks, asset detail, anything linked to a person.
    L3,
}

/// How a column is computed from another one, in the city's time (Asia/Shanghai).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Derived {
    /// `month(column)`: text `YYYY-MM`.
    MonthOf(ColumnName),
    /// `day(column)`: the date.
    DayOf(ColumnName),
    /// `year(column)`: the year as a whole number.
    YearOf(ColumnName),
}

/// What a value of a column must satisfy; a missing value satisfies all.
#[derive(Debug, Clone)]
pub enum ColumnCheck {
    /// A code with a shape or a check digit, kept in its normal form.
    Identifier(IdentifierKind),
    /// One of a list; text columns only.
    OneOf(Vec<String>),
    /// Between bounds; integer and decimal columns only.
    Range(Range),
    /// A regular expression the whole text matches; text columns only.
    Pattern(Regex),
    /// A number of characters; text columns only.
    Length {
        /// The least.
        min: Option<u32>,
        /// The largest.
        max: Option<u32>,
    },
    /// Not after the run; date and timestamp columns only.
    NotFuture,
}

/// Bounds of a number. Every bound is exact at the column's scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The smallest value.
    pub min: Option<Decimal>,
    /// The largest value.
    pub max: Option<Decimal>,
    /// Whether `min` itself is refused.
    pub exclusive_min: bool,
    /// Whether `max` itself is refused.
    pub exclusive_max: bool,
}

/// A column of another table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnReference {
    /// The table.
    pub table: TableId,
    /// Its column.
    pub column: ColumnName,
}

/// A rule over the columns of one row.
#[derive(Debug, Clone)]
pub struct RowCheck {
    /// Its name, unique in the table.
    pub name: String,
    /// A boolean SQL expression over the columns; a row breaks the rule when it is false, not when it
    /// is NULL.
    pub expression: String,
    /// What it demands.
    pub message: Titles,
    /// What happens to a row that breaks it.
    pub severity: Severity,
    /// Where the expression stands.
    pub place: Place,
}

/// What happens to a row that breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It goes to quarantine.
    Error,
    /// It is loaded and counted.
    Warning,
}

/// How new the newest row of a table must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// The column that tells how new a row is.
    pub column: ColumnName,
    /// How old the newest row may be.
    pub within: Duration,
}

impl Contract {
    /// The column `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == *name)
    }

    /// The names of the columns, in table order.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}

impl Column {
    /// The Chinese label of a value, when it has one.
    pub fn label_zh(&self, value: &str) -> Option<&str> {
        let found = self.labels_zh.iter().find(|(of, _)| of == value)?;
        Some(&found.1)
    }

    /// Whether this is a month as text, `YYYY-MM`: a text column called `month`, or one derived as such.
    pub fn is_month(&self) -> bool {
        self.ty == LogicalType::Text
            && (self.name == "month" || matches!(self.derived, Some(Derived::MonthOf(_))))
    }

    /// Whether this is a year of the calendar: an integer called `year` or `…_year` without a unit of
    /// its own, or one derived as such.
    pub fn is_year(&self) -> bool {
        self.ty == LogicalType::Integer
            && self.unit.is_none()
            && (self.name == "year"
                || self.name.as_str().ends_with("_year")
                || matches!(self.derived, Some(Derived::YearOf(_))))
    }

    /// The range its values must be in, if one is declared.
    pub fn range(&self) -> Option<&Range> {
        self.checks.iter().find_map(|check| match check {
            ColumnCheck::Range(range) => Some(range),
            _ => None,
        })
    }
}

impl Derived {
    /// The column it is computed from.
    pub fn source(&self) -> &ColumnName {
        match self {
            Derived::MonthOf(column) | Derived::DayOf(column) | Derived::YearOf(column) => column,
        }
    }
}

impl Range {
    /// Whether the value `unscaled` × 10^-`scale` is within the bounds.
    pub fn contains(&self, unscaled: i128, scale: i8) -> bool {
        let above = self.min.is_none_or(|min| {
            let order = min.compare_to(unscaled, scale);
            order.is_lt() || order.is_eq() && !self.exclusive_min
        });
        let below = self.max.is_none_or(|max| {
            let order = max.compare_to(unscaled, scale);
            order.is_gt() || order.is_eq() && !self.exclusive_max
        });
        above && below
    }
}

impl LogicalType {
    /// The type as contracts write it: `string`, `number`, …
    pub fn as_str(self) -> &'static str {
        match self {
            LogicalType::Text => "string",
            LogicalType::Integer => "integer",
            LogicalType::Decimal { .. } => "number",
            LogicalType::Boolean => "boolean",
            LogicalType::Date => "date",
            LogicalType::Timestamp => "timestamp",
        }
    }
}

impl ShareType {
    /// The word contracts use: `unconditional`, `conditional`, `none`.
    pub fn as_str(self) -> &'static str {
        match self {
            ShareType::Unconditional => "unconditional",
            ShareType::Conditional => "conditional",
            ShareType::None => "none",
        }
    }
}

impl Level {
    /// `L1`, `L2` or `L3`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::L1 => "L1",
            Level::L2 => "L2",
            Level::L3 => "L3",
        }
    }
}
