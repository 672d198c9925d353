//! The file's type: the part of the Open Data Contract Standard 3.1 that our contracts use.
//!
//! Every file also passes the standard's own schema; what the standard lacks (unit, share type, Chinese
//! title, …) stands under its `customProperties`. Keys of the standard that would change nothing here
//! (servers, roles, prices) are refused like misspelt ones: a line that has no effect misleads.
//!
//! Nothing outside [`crate::read`] sees these types. The documentation comments are the descriptions
//! an editor shows, through the derived JSON Schema.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::yaml::{At, NumberText, Scalar};

/// A data contract: what one table may hold (Open Data Contract Standard 3.1).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields, title = "Data contract of one table")]
pub(crate) struct ContractFile {
    /// The version of the standard.
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub api_version: At<ApiVersion>,
    /// What the file is.
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub kind: At<FileKind>,
    /// The table's id: `<domain>.<table>`.
    pub id: At<String>,
    /// The table's English title.
    pub name: At<String>,
    /// The contract's own version: `major.minor.patch`.
    pub version: At<String>,
    /// Where in its life the contract is.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub status: At<Status>,
    /// The schema the table belongs to; the folder the file is in.
    pub domain: At<String>,
    /// What the table is for.
    pub description: At<DescriptionFile>,
    /// `titleZh`: the table's Chinese title.
    #[serde(default)]
    pub custom_properties: Vec<TableProperty>,
    /// Words to find the table by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Laws, standards and forms the table follows.
    #[serde(default)]
    #[expect(dead_code, reason = "for the reader of the file")]
    pub authoritative_definitions: Vec<DefinitionFile>,
    /// Who answers for the table.
    pub team: Option<TeamFile>,
    /// Exactly one table.
    pub schema: At<Vec<TableFile>>,
    /// How fresh the table must be.
    #[serde(default)]
    pub sla_properties: Vec<ServiceLevelFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) enum ApiVersion {
    #[serde(rename = "v3.1.0")]
    V3_1_0,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) enum FileKind {
    DataContract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Status {
    Proposed,
    Draft,
    Active,
    Deprecated,
    Retired,
}

/// What the table is for and what it cannot tell.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct DescriptionFile {
    /// What the table holds, in a sentence.
    pub purpose: At<String>,
    /// What its numbers cannot tell.
    pub limitations: Option<String>,
    /// How it is meant to be used.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub usage: Option<String>,
}

/// A law, standard or form that defines what is meant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "for the reader of the file")]
pub(crate) struct DefinitionFile {
    /// What kind of definition it is: `law`, `standard`, `form`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its address or number.
    pub url: String,
    /// What it says about this.
    pub description: Option<String>,
}

/// Who answers for the table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct TeamFile {
    /// The department's name.
    pub name: String,
    /// What it answers for.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub description: Option<String>,
}

/// A property of the table that the standard has no key for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct TableProperty {
    /// Which property.
    pub property: At<TablePropertyName>,
    /// Its value.
    pub value: At<Scalar>,
    /// A remark.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub description: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TablePropertyName {
    TitleZh,
}

/// The table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct TableFile {
    /// The table's name, as in the contract's id.
    pub name: At<String>,
    /// Always `table`.
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub physical_type: Option<At<TablePhysicalType>>,
    /// What one row is.
    pub data_granularity_description: Option<String>,
    /// What the table holds, where it differs from the contract's purpose.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub description: Option<String>,
    /// The table's Chinese title, like the `titleZh` property.
    pub business_name: Option<At<String>>,
    /// Rules over the columns of one row.
    #[serde(default)]
    pub quality: Vec<RowCheckFile>,
    /// The columns, in table order.
    pub properties: At<Vec<ColumnFile>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TablePhysicalType {
    Table,
}

/// A rule over the columns of one row.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RowCheckFile {
    /// Always `custom`.
    #[serde(rename = "type")]
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub kind: At<RowCheckType>,
    /// Always `jieyue`.
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub engine: At<RowCheckEngine>,
    /// The rule's name, unique in the table.
    pub name: At<String>,
    /// `error` sends the row to quarantine, `warning` only counts it.
    pub severity: At<SeverityFile>,
    /// What the rule demands, in Chinese.
    pub description: At<String>,
    /// A boolean SQL expression over the columns; a row for which it is false breaks the rule.
    pub implementation: At<String>,
    /// The standard's dimension of data quality.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub dimension: Option<DimensionFile>,
    /// `messageEn`: what the rule demands, in English.
    #[serde(default)]
    pub custom_properties: Vec<RowCheckProperty>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RowCheckType {
    Custom,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RowCheckEngine {
    Jieyue,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SeverityFile {
    Error,
    Warning,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum DimensionFile {
    Accuracy,
    Completeness,
    Conformity,
    Consistency,
    Coverage,
    Timeliness,
    Uniqueness,
}

/// A property of a row check that the standard has no key for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RowCheckProperty {
    /// Which property.
    #[expect(
        dead_code,
        reason = "checked by the file's shape; one value is possible"
    )]
    pub property: At<RowCheckPropertyName>,
    /// Its value.
    pub value: At<Scalar>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RowCheckPropertyName {
    MessageEn,
}

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
    /// The unit of measure: `kWh`, `m3`, `yuan/kWh`.
    #[serde(rename = "unit")]
    Unit,
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

/// A service level: how fresh the table must be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct ServiceLevelFile {
    /// Always `freshness`.
    pub property: At<ServiceLevelName>,
    /// How many units old the newest row may be.
    pub value: At<u32>,
    /// `d` or `h`.
    pub unit: At<FreshnessUnit>,
    /// `<table>.<column>`: the column that tells how new a row is.
    pub element: At<String>,
    /// A remark.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub description: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ServiceLevelName {
    Freshness,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum FreshnessUnit {
    #[serde(rename = "d")]
    Days,
    #[serde(rename = "h")]
    Hours,
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
