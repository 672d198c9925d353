//! A column of the file to a column of the contract.

mod properties;

use properties::Properties;

use super::{Reader, checks};
use crate::contract::{Column, ColumnCheck, ColumnReference, Derived, Level, LogicalType, Titles};
use crate::error::ContractError;
use crate::name::{ColumnName, TableId};
use crate::odcs::{ColumnFile, ColumnPropertyName, LevelFile, LogicalTypeFile, RelationshipFile};
use crate::text;
use crate::unit::{RowUnit, Unit};
use crate::yaml::At;

/// All columns, in table order. A column with a fault is left out; the fault is in the reader.
pub(super) fn convert_all(
    files: Vec<ColumnFile>,
    id: &TableId,
    reader: &mut Reader,
) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for file in files {
        let Some(column) = convert(file, reader) else {
            continue;
        };
        if let Some(first) = columns.iter().find(|c| c.name == column.name) {
            let first_line = first.place.line;
            reader.refuse(ContractError::RepeatedColumn {
                at: column.place,
                column: column.name,
                first_line,
            });
            continue;
        }
        columns.push(column);
    }
    for column in &columns {
        if let Some(derived) = &column.derived {
            check_derived(column, derived, &columns, id, reader);
        }
        if let Some(unit) = &column.row_unit {
            check_teller(column, &unit.column, "unit", &columns, id, reader);
        }
        if let Some(of) = &column.unit_of {
            check_teller(column, of, "unitOf", &columns, id, reader);
        }
    }
    columns
}

fn convert(file: ColumnFile, reader: &mut Reader) -> Option<Column> {
    let Ok(name) = ColumnName::new(file.name.value.as_str()) else {
        reader.refuse(ContractError::NotAName {
            at: reader.place(&file.name),
            what: "column",
            name: file.name.value.clone(),
        });
        return None;
    };
    let ty = logical_type(&file, &name, reader);
    let properties = Properties::read(file.custom_properties, &name, reader);
    let (unit, row_unit) = unit(&properties, &file.name, &name, ty, reader);
    let mut checks = checks::of_options(&file.logical_type_options, &name, ty, reader);
    checks.extend(checks::of_values(file.quality, &name, ty, reader));
    if let Some(identifier) = properties.identifier(&name, ty, reader) {
        checks.push(ColumnCheck::Identifier(identifier));
    }
    if properties.not_future(&name, ty, reader) {
        checks.push(ColumnCheck::NotFuture);
    }
    Some(Column {
        title: titles(
            file.business_name.as_ref(),
            &properties,
            &file.name,
            &name,
            reader,
        ),
        description: file
            .description
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_owned(),
        ty,
        unit,
        row_unit,
        units_by_value: properties.units(&checks, &name, ty, reader),
        unit_of: unit_of(&properties, &name, ty, reader),
        required: file.required,
        share: properties.share(&file.name, &name, reader),
        level: level(file.classification.as_ref(), &file.name, &name, reader),
        derived: properties.derived(&name, reader),
        pseudonym: properties.pseudonym(&name, ty, reader),
        labels_zh: properties.labels(&checks, &name, reader),
        references: reference(&file.relationships, &name, reader),
        place: reader.place(&file.name),
        checks,
        name,
    })
}

fn logical_type(file: &ColumnFile, name: &ColumnName, reader: &mut Reader) -> LogicalType {
    let ty = match file.logical_type.value {
        LogicalTypeFile::String => LogicalType::Text,
        LogicalTypeFile::Integer => LogicalType::Integer,
        LogicalTypeFile::Boolean => LogicalType::Boolean,
        LogicalTypeFile::Date => LogicalType::Date,
        LogicalTypeFile::Timestamp => LogicalType::Timestamp,
        LogicalTypeFile::Number => {
            let written = file.physical_type.as_ref();
            if let Some(decimal) = written.and_then(|written| decimal_type(written)) {
                return decimal;
            }
            reader.refuse(ContractError::WrongPhysicalType {
                at: reader.line(written.map_or(file.name.line, |written| written.line)),
                column: name.clone(),
                ty: "number",
                found: written.map(|written| written.value.clone()),
                expected: "decimal(18,4)",
            });
            // A stand-in that lets the other checks of the column go on.
            return LogicalType::Decimal {
                precision: 38,
                scale: 18,
            };
        }
    };
    let expected = match ty {
        LogicalType::Integer => "bigint",
        other => other.as_str(),
    };
    if let Some(written) = &file.physical_type
        && written.value != expected
    {
        reader.refuse(ContractError::WrongPhysicalType {
            at: reader.place(written),
            column: name.clone(),
            ty: ty.as_str(),
            found: Some(written.value.clone()),
            expected,
        });
    }
    ty
}

/// `decimal(p,s)` with 1 <= p <= 38 and 0 <= s <= p.
fn decimal_type(text: &str) -> Option<LogicalType> {
    let inner = text.trim().strip_prefix("decimal(")?.strip_suffix(')')?;
    let (precision, scale) = inner.split_once(',')?;
    let precision: u8 = precision.trim().parse().ok()?;
    let scale: i8 = scale.trim().parse().ok()?;
    let is_valid =
        (1..=38).contains(&precision) && u8::try_from(scale).is_ok_and(|s| s <= precision);
    is_valid.then_some(LogicalType::Decimal { precision, scale })
}

fn unit(
    properties: &Properties,
    at: &At<String>,
    name: &ColumnName,
    ty: LogicalType,
    reader: &mut Reader,
) -> (Option<Unit>, Option<RowUnit>) {
    let is_number = matches!(ty, LogicalType::Integer | LogicalType::Decimal { .. });
    let named = is_number
        .then(|| Unit::of_column_name(name.as_str()))
        .flatten();
    let Some(written) = properties.get(ColumnPropertyName::Unit) else {
        if let Some((suffix, unit)) = named {
            reader.refuse(ContractError::MissingUnit {
                at: reader.place(at),
                column: name.clone(),
                suffix,
                unit: Box::new(unit),
            });
        }
        return (None, None);
    };
    let text = written.to_string();
    // Numbers in several units may be written as text, as the values of settings are.
    let is_by_row = RowUnit::is_meant(&text);
    let may_have_unit = is_number || (is_by_row && ty == LogicalType::Text);
    if !may_have_unit {
        reader.refuse(ContractError::RuleNotForType {
            at: reader.place(written),
            rule: "unit",
            column: name.clone(),
            ty: ty.as_str(),
        });
    }
    let row_unit = is_by_row.then(|| text.parse::<RowUnit>().ok()).flatten();
    let fixed = match &row_unit {
        Some(row_unit) => Some(row_unit.fixed.clone()),
        None => text.parse::<Unit>().ok(),
    };
    let Some(unit) = fixed else {
        reader.refuse(ContractError::UnknownUnit {
            at: reader.place(written),
            column: name.clone(),
            nearest: nearest_unit(&text),
            unit: text,
        });
        return (None, None);
    };
    if let Some((suffix, expected)) = named
        && !unit.goes_with_suffix(&suffix)
    {
        reader.refuse(ContractError::UnitDisagrees {
            at: reader.place(written),
            column: name.clone(),
            suffix,
            unit: Box::new(unit.clone()),
            expected: Box::new(expected),
        });
    }
    match row_unit {
        Some(row_unit) => (None, Some(row_unit)),
        None => (Some(unit), None),
    }
}

/// The nearest spelling, of what stands before the braces when there are any.
fn nearest_unit(text: &str) -> Option<String> {
    let Some((before, _)) = text.split_once('{') else {
        return Unit::nearest(text);
    };
    let fixed = before.trim_end_matches(['/', '*']);
    Unit::nearest(fixed).map(|near| text.replacen(fixed, &near, 1))
}

fn titles(
    zh: Option<&At<String>>,
    properties: &Properties,
    at: &At<String>,
    name: &ColumnName,
    reader: &mut Reader,
) -> Titles {
    let zh = zh.map(|zh| text::trim(zh)).filter(|zh| !zh.is_empty());
    if zh.is_none() {
        reader.refuse(ContractError::MissingTitle {
            at: reader.place(at),
            of: format!("column `{name}`"),
            key: "businessName",
        });
    }
    let en = properties
        .get(ColumnPropertyName::TitleEn)
        .map(|en| en.to_string());
    Titles {
        zh: zh.unwrap_or_default().to_owned(),
        en: en.unwrap_or_else(|| text::words_of(name.as_str())),
    }
}

fn level(
    classification: Option<&At<LevelFile>>,
    at: &At<String>,
    name: &ColumnName,
    reader: &mut Reader,
) -> Level {
    match classification.map(|at| at.value) {
        Some(LevelFile::L1) => Level::L1,
        Some(LevelFile::L2) => Level::L2,
        Some(LevelFile::L3) => Level::L3,
        None => {
            reader.refuse(ContractError::MissingFact {
                at: reader.place(at),
                column: name.clone(),
                what: "grade of protection",
                add: "classification: L2",
            });
            Level::L3
        }
    }
}

fn reference(
    files: &[RelationshipFile],
    name: &ColumnName,
    reader: &mut Reader,
) -> Option<ColumnReference> {
    let file = files.first()?;
    let target = file.to.rsplit_once('.').and_then(|(table, column)| {
        Some(ColumnReference {
            table: table.parse().ok()?,
            column: ColumnName::new(column).ok()?,
        })
    });
    if target.is_none() {
        reader.refuse(ContractError::WrongValue {
            at: reader.place(&file.to),
            column: name.clone(),
            property: "to",
            value: file.to.value.clone(),
            known: vec!["<schema>.<table>.<column>".to_owned()],
        });
    }
    if let Some(second) = files.get(1) {
        reader.refuse(ContractError::RepeatedProperty {
            at: reader.place(&second.to),
            of: name.to_string(),
            property: "relationships".to_owned(),
            first_line: file.to.line,
        });
    }
    target
}

fn check_derived(
    column: &Column,
    derived: &Derived,
    columns: &[Column],
    id: &TableId,
    reader: &mut Reader,
) {
    let Some(source) = columns.iter().find(|c| c.name == *derived.source()) else {
        reader.refuse(ContractError::UnknownColumn {
            at: column.place.clone(),
            role: format!("`derived` of column `{}`", column.name),
            column: derived.source().to_string(),
            table: Box::new(id.clone()),
            known: columns
                .iter()
                .filter(|c| matches!(c.ty, LogicalType::Date | LogicalType::Timestamp))
                .map(|c| c.name.to_string())
                .collect(),
        });
        return;
    };
    let gives = match derived {
        Derived::MonthOf(_) => LogicalType::Text,
        Derived::DayOf(_) => LogicalType::Date,
        Derived::YearOf(_) => LogicalType::Integer,
    };
    if column.ty != gives {
        reader.refuse(ContractError::WrongRole {
            at: column.place.clone(),
            column: column.name.clone(),
            role: "derived column",
            ty: column.ty.as_str(),
        });
    }
    if !matches!(source.ty, LogicalType::Date | LogicalType::Timestamp) || source.derived.is_some()
    {
        reader.refuse(ContractError::WrongRole {
            at: column.place.clone(),
            column: source.name.clone(),
            role: "source of a derived column",
            ty: source.ty.as_str(),
        });
    }
}

fn unit_of(
    properties: &Properties,
    name: &ColumnName,
    ty: LogicalType,
    reader: &mut Reader,
) -> Option<ColumnName> {
    let written = properties.get(ColumnPropertyName::UnitOf)?;
    checks::refuse_unless_text("unitOf", written, name, ty, reader);
    let of = ColumnName::new(written.to_string()).ok();
    if of.is_none() {
        reader.refuse(ContractError::NotAName {
            at: reader.place(written),
            what: "column",
            name: written.to_string(),
        });
    }
    of
}

/// A column that tells a unit, or whose unit is told, is a text column of the table.
fn check_teller(
    column: &Column,
    teller: &ColumnName,
    property: &'static str,
    columns: &[Column],
    id: &TableId,
    reader: &mut Reader,
) {
    let Some(teller) = columns.iter().find(|c| c.name == *teller) else {
        let teller = teller.to_string();
        reader.refuse(ContractError::UnknownColumn {
            at: column.place.clone(),
            role: format!("`{property}` of column `{}`", column.name),
            column: teller,
            table: Box::new(id.clone()),
            known: columns
                .iter()
                .filter(|c| c.ty == LogicalType::Text)
                .map(|c| c.name.to_string())
                .collect(),
        });
        return;
    };
    if teller.ty != LogicalType::Text {
        let texts = columns.iter().filter(|c| c.ty == LogicalType::Text);
        reader.refuse(ContractError::WrongValue {
            at: column.place.clone(),
            column: column.name.clone(),
            property,
            value: teller.name.to_string(),
            known: texts.map(|c| c.name.to_string()).collect(),
        });
    }
}
