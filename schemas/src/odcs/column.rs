//! A column of the file, its rules and its properties.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::DefinitionFile;
use crate::yaml::{At, NumberText, Scalar};

/// A column.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct ColumnFile {
    /// The column's name.
    pub name: At<String>,
    /// The Chinese title.
    pub business_name: Option<At<String>>,
    /// What the column means.
    pub description: Option<String>,
    /// The type.
    pub logical_type: At<LogicalTypeFile>,
    /// `decimal(precision,scale)` for a number.
    pub physical_type: Option<At<String>>,
    /// Bounds, lengths and patterns.
    #[serde(default)]
    pub logical_type_options: LogicalTypeOptions,
    /// Whether every row must have a value.
    #[serde(default)]
    pub required: bool,
    /// Whether the column is part of the key.
    #[serde(default)]
    pub primary_key: bool,
    /// Its place in the key, from 1.
    pub primary_key_position: Option<At<u32>>,
    /// Whether the table is partitioned by the column.
    #[serde(default)]
    pub partitioned: bool,
    /// Its place among the partition columns, from 1.
    pub partition_key_position: Option<At<u32>>,
    /// Grade of protection: L1 public, L2 internal, L3 sensitive.
    pub classification: Option<At<LevelFile>>,
    /// Values the column may take.
    #[serde(default)]
    pub quality: Vec<ValueCheckFile>,
    /// The column of another table whose values these are.
    #[serde(default)]
    pub relationships: Vec<RelationshipFile>,
    /// Examples of values.
    #[serde(default)]
    #[expect(dead_code, reason = "for the reader of the file")]
    pub examples: Vec<Scalar>,
    /// Words to find the column by.
    #[serde(default)]
    #[expect(dead_code, reason = "for the reader of the file")]
    pub tags: Vec<String>,
    /// Laws, standards and forms that define the column.
    #[serde(default)]
    #[expect(dead_code, reason = "for the reader of the file")]
    pub authoritative_definitions: Vec<DefinitionFile>,
    /// Unit, share type and whatever else the standard has no key for.
    #[serde(default)]
    pub custom_properties: Vec<ColumnProperty>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LogicalTypeFile {
    String,
    Integer,
    Number,
    Boolean,
    Date,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum LevelFile {
    L1,
    L2,
    L3,
}

/// Bounds, lengths and patterns.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct LogicalTypeOptions {
    /// The smallest value.
    pub minimum: Option<At<NumberText>>,
    /// The largest value.
    pub maximum: Option<At<NumberText>>,
    /// Values must be larger than this.
    pub exclusive_minimum: Option<At<NumberText>>,
    /// Values must be smaller than this.
    pub exclusive_maximum: Option<At<NumberText>>,
    /// The least number of characters.
    pub min_length: Option<At<u32>>,
    /// The largest number of characters.
    pub max_length: Option<At<u32>>,
    /// A regular expression the whole text must match.
    pub pattern: Option<At<String>>,
}

/// The values a column may take.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct ValueCheckFile {
    /// Always `library`.
    #[serde(rename = "type")]
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub kind: At<ValueCheckType>,
    /// Always `invalidValues`.
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub metric: At<ValueCheckMetric>,
    /// Always 0: no value may be invalid.
    pub must_be: At<u64>,
    /// The valid values.
    pub arguments: At<ValueCheckArguments>,
    /// What the list is.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub description: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ValueCheckType {
    Library,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ValueCheckMetric {
    InvalidValues,
}

/// The valid values.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct ValueCheckArguments {
    /// The valid values.
    pub valid_values: Vec<At<String>>,
}

/// The column of another table whose values these are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RelationshipFile {
    /// Always `foreignKey`.
    #[serde(rename = "type")]
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub kind: Option<At<RelationshipType>>,
    /// `<schema>.<table>.<column>`.
    pub to: At<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RelationshipType {
    ForeignKey,
}

/// A property of a column that the standard has no key for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct ColumnProperty {
    /// Which property.
    pub property: At<ColumnPropertyName>,
    /// Its value.
    pub value: At<PropertyValue>,
    /// A remark.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub description: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum ColumnPropertyName {
    /// The unit: `kWh`, `yuan/kWh`, `1` for a plain number; `kgce/{unit}` where the column `unit` of the row tells it.
    #[serde(rename = "unit")]
    Unit,
    /// The unit that each value of a text column stands for: `{ fuel: L, charge: kWh }`.
    #[serde(rename = "units")]
    Units,
    /// The column whose things are measured in the unit that this text column names: `meter_id`.
    #[serde(rename = "unitOf")]
    UnitOf,
    /// `unconditional`, `conditional` or `none`.
    #[serde(rename = "shareType")]
    ShareType,
    /// The English title; without it the column's name in words.
    #[serde(rename = "titleEn")]
    TitleEn,
    /// `uscc`, `region`, `plate`, `vin`, `account` or `title_number`.
    #[serde(rename = "identifier")]
    Identifier,
    /// `month(column)`, `day(column)` or `year(column)`.
    #[serde(rename = "derived")]
    Derived,
    /// `true`: no date or time after the run.
    #[serde(rename = "notFuture")]
    NotFuture,
    /// `true`: a person's key, made a pseudonym when decoded.
    #[serde(rename = "pseudonym")]
    Pseudonym,
    /// The Chinese label of each valid value.
    #[serde(rename = "labelsZh")]
    LabelsZh,
}

/// The value of a column's property: a scalar, or labels by value.
#[derive(Debug, Clone)]
pub(crate) enum PropertyValue {
    Scalar(Scalar),
    Labels(Vec<(String, String)>),
}

impl<'de> Deserialize<'de> for PropertyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PropertyValue, D::Error> {
        deserializer.deserialize_any(PropertyValueVisitor)
    }
}

impl JsonSchema for PropertyValue {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PropertyValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "number", "boolean", "object"],
            "additionalProperties": { "type": "string" },
        })
    }
}

struct PropertyValueVisitor;

impl<'de> Visitor<'de> for PropertyValueVisitor {
    type Value = PropertyValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, number, boolean or mapping of texts")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<PropertyValue, E> {
        Ok(PropertyValue::Scalar(Scalar::Text(value.to_owned())))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<PropertyValue, E> {
        Ok(PropertyValue::Scalar(Scalar::Boolean(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<PropertyValue, E> {
        Ok(PropertyValue::Scalar(Scalar::Number(value.to_string())))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<PropertyValue, E> {
        Ok(PropertyValue::Scalar(Scalar::Number(value.to_string())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<PropertyValue, E> {
        Ok(PropertyValue::Scalar(Scalar::Number(value.to_string())))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PropertyValue, A::Error> {
        let mut labels = Vec::new();
        while let Some(entry) = map.next_entry::<String, String>()? {
            labels.push(entry);
        }
        Ok(PropertyValue::Labels(labels))
    }
}
