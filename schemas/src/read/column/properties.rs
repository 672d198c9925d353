//! The custom properties of a column: unit, share type and whatever else the standard has no key for.

use super::super::{Reader, checks};
use crate::contract::{ColumnCheck, Derived, LogicalType, ShareType};
use crate::error::ContractError;
use crate::identifier::IdentifierKind;
use crate::name::ColumnName;
use crate::odcs::{ColumnProperty, ColumnPropertyName, PropertyValue};
use crate::unit::Unit;
use crate::yaml::{At, Scalar};

/// The custom properties of a column, each at most once.
pub(super) struct Properties {
    scalars: Vec<(ColumnPropertyName, At<Scalar>)>,
    labels: Option<At<Vec<(String, String)>>>,
    units: Option<At<Vec<(String, String)>>>,
}

impl Properties {
    pub(super) fn read(
        files: Vec<ColumnProperty>,
        name: &ColumnName,
        reader: &mut Reader,
    ) -> Properties {
        let mut properties = Properties {
            scalars: Vec::new(),
            labels: None,
            units: None,
        };
        let mut lines: Vec<(ColumnPropertyName, u32)> = Vec::new();
        for file in files {
            let property = file.property.value;
            if let Some((_, first_line)) = lines.iter().find(|(given, _)| *given == property) {
                reader.refuse(ContractError::RepeatedProperty {
                    at: reader.place(&file.property),
                    of: name.to_string(),
                    property: word_of(property).to_owned(),
                    first_line: *first_line,
                });
                continue;
            }
            lines.push((property, file.property.line));
            let line = file.value.line;
            match (file.value.value, property) {
                (PropertyValue::Labels(value), ColumnPropertyName::LabelsZh) => {
                    properties.labels = Some(At { value, line });
                }
                (PropertyValue::Labels(value), ColumnPropertyName::Units) => {
                    properties.units = Some(At { value, line });
                }
                (PropertyValue::Scalar(value), property)
                    if !matches!(
                        property,
                        ColumnPropertyName::LabelsZh | ColumnPropertyName::Units
                    ) =>
                {
                    properties.scalars.push((property, At { value, line }));
                }
                (PropertyValue::Scalar(value), property) => {
                    let known = match property {
                        ColumnPropertyName::Units => ["{ value: unit }"],
                        _ => ["{ value: 标签 }"],
                    };
                    refuse_value(&At { value, line }, property, &known, name, reader);
                }
                (PropertyValue::Labels(_), _) => {
                    let value = Scalar::Text("{ … }".to_owned());
                    refuse_value(&At { value, line }, property, &[], name, reader);
                }
            }
        }
        properties
    }

    pub(super) fn get(&self, property: ColumnPropertyName) -> Option<&At<Scalar>> {
        let found = self.scalars.iter().find(|(given, _)| *given == property)?;
        Some(&found.1)
    }

    /// The units by value, each a unit of a valid value.
    pub(super) fn units(
        &self,
        checks: &[ColumnCheck],
        name: &ColumnName,
        ty: LogicalType,
        reader: &mut Reader,
    ) -> Vec<(String, Unit)> {
        let Some(written) = &self.units else {
            return Vec::new();
        };
        if ty != LogicalType::Text {
            reader.refuse(ContractError::RuleNotForType {
                at: reader.place(written),
                rule: "units",
                column: name.clone(),
                ty: ty.as_str(),
            });
        }
        let valid = checks.iter().find_map(|check| match check {
            ColumnCheck::OneOf(values) => Some(values),
            _ => None,
        });
        let mut units = Vec::new();
        for (value, unit) in &written.value {
            if let Some(known) = valid.filter(|known| !known.contains(value)) {
                reader.refuse(ContractError::WrongValue {
                    at: reader.place(written),
                    column: name.clone(),
                    property: "units",
                    value: value.clone(),
                    known: known.clone(),
                });
            }
            match unit.parse::<Unit>() {
                Ok(unit) => units.push((value.clone(), unit)),
                Err(_) => reader.refuse(ContractError::UnknownUnit {
                    at: reader.place(written),
                    column: name.clone(),
                    nearest: Unit::nearest(unit),
                    unit: unit.clone(),
                }),
            }
        }
        units
    }

    /// The labels, which must be of all valid values and of no others.
    pub(super) fn labels(
        &self,
        checks: &[ColumnCheck],
        name: &ColumnName,
        reader: &mut Reader,
    ) -> Vec<(String, String)> {
        let Some(labels) = &self.labels else {
            return Vec::new();
        };
        let valid: Vec<&String> = checks
            .iter()
            .filter_map(|check| match check {
                ColumnCheck::OneOf(values) => Some(values),
                _ => None,
            })
            .flatten()
            .collect();
        for (value, _) in &labels.value {
            if !valid.contains(&value) {
                reader.refuse(ContractError::WrongLabel {
                    at: reader.place(labels),
                    column: name.clone(),
                    value: value.clone(),
                    known: valid.iter().map(|&v| v.clone()).collect(),
                });
            }
        }
        for value in valid {
            if !labels.value.iter().any(|(of, _)| of == value) {
                reader.refuse(ContractError::MissingLabel {
                    at: reader.place(labels),
                    column: name.clone(),
                    value: value.clone(),
                });
            }
        }
        labels.value.clone()
    }

    pub(super) fn share(
        &self,
        at: &At<String>,
        name: &ColumnName,
        reader: &mut Reader,
    ) -> ShareType {
        let Some(value) = self.get(ColumnPropertyName::ShareType) else {
            reader.refuse(ContractError::MissingFact {
                at: reader.place(at),
                column: name.clone(),
                what: "share type",
                add: "customProperties: [{ property: shareType, value: conditional }]",
            });
            return ShareType::None;
        };
        let all = [
            ShareType::Unconditional,
            ShareType::Conditional,
            ShareType::None,
        ];
        let word = value.to_string();
        match all.into_iter().find(|share| share.as_str() == word) {
            Some(share) => share,
            None => {
                let known = all.iter().map(|share| share.as_str()).collect::<Vec<_>>();
                refuse_value(value, ColumnPropertyName::ShareType, &known, name, reader);
                ShareType::None
            }
        }
    }

    pub(super) fn identifier(
        &self,
        name: &ColumnName,
        ty: LogicalType,
        reader: &mut Reader,
    ) -> Option<IdentifierKind> {
        let value = self.get(ColumnPropertyName::Identifier)?;
        checks::refuse_unless_text("identifier", value, name, ty, reader);
        let kind = value.to_string().parse::<IdentifierKind>().ok();
        if kind.is_none() {
            let known = IdentifierKind::ALL.map(IdentifierKind::as_str);
            refuse_value(value, ColumnPropertyName::Identifier, &known, name, reader);
        }
        kind
    }

    pub(super) fn derived(&self, name: &ColumnName, reader: &mut Reader) -> Option<Derived> {
        let value = self.get(ColumnPropertyName::Derived)?;
        let text = value.to_string();
        let call = text.strip_suffix(')').and_then(|text| text.split_once('('));
        let derived = call.and_then(|(function, column)| {
            let column = ColumnName::new(column.trim()).ok()?;
            match function.trim() {
                "month" => Some(Derived::MonthOf(column)),
                "day" => Some(Derived::DayOf(column)),
                "year" => Some(Derived::YearOf(column)),
                _ => None,
            }
        });
        if derived.is_none() {
            let known = ["month(column)", "day(column)", "year(column)"];
            refuse_value(value, ColumnPropertyName::Derived, &known, name, reader);
        }
        derived
    }

    pub(super) fn not_future(
        &self,
        name: &ColumnName,
        ty: LogicalType,
        reader: &mut Reader,
    ) -> bool {
        let is_set = self.flag(ColumnPropertyName::NotFuture, name, reader);
        if let Some(value) = self.get(ColumnPropertyName::NotFuture)
            && !matches!(ty, LogicalType::Date | LogicalType::Timestamp)
        {
            reader.refuse(ContractError::RuleNotForType {
                at: reader.place(value),
                rule: "notFuture",
                column: name.clone(),
                ty: ty.as_str(),
            });
        }
        is_set
    }

    pub(super) fn pseudonym(
        &self,
        name: &ColumnName,
        ty: LogicalType,
        reader: &mut Reader,
    ) -> bool {
        if let Some(value) = self.get(ColumnPropertyName::Pseudonym) {
            checks::refuse_unless_text("pseudonym", value, name, ty, reader);
        }
        self.flag(ColumnPropertyName::Pseudonym, name, reader)
    }

    fn flag(&self, property: ColumnPropertyName, name: &ColumnName, reader: &mut Reader) -> bool {
        match self.get(property) {
            None => false,
            Some(value) => match &value.value {
                Scalar::Boolean(is_set) => *is_set,
                _ => {
                    refuse_value(value, property, &["true", "false"], name, reader);
                    false
                }
            },
        }
    }
}

fn refuse_value(
    value: &At<Scalar>,
    property: ColumnPropertyName,
    known: &[&str],
    name: &ColumnName,
    reader: &mut Reader,
) {
    reader.refuse(ContractError::WrongValue {
        at: reader.place(value),
        column: name.clone(),
        property: word_of(property),
        value: value.to_string(),
        known: known.iter().map(|&word| word.to_owned()).collect(),
    });
}

fn word_of(property: ColumnPropertyName) -> &'static str {
    match property {
        ColumnPropertyName::Unit => "unit",
        ColumnPropertyName::Units => "units",
        ColumnPropertyName::UnitOf => "unitOf",
        ColumnPropertyName::ShareType => "shareType",
        ColumnPropertyName::TitleEn => "titleEn",
        ColumnPropertyName::Identifier => "identifier",
        ColumnPropertyName::Derived => "derived",
        ColumnPropertyName::NotFuture => "notFuture",
        ColumnPropertyName::Pseudonym => "pseudonym",
        ColumnPropertyName::LabelsZh => "labelsZh",
    }
}
