//! The file's type: the part of the Open Data Contract Standard 3.1 that our contracts use.
//!
//! Every file also passes the standard's own schema; what the standard lacks (unit, share type, Chinese
//! title, …) stands under its `customProperties`. Keys of the standard that would change nothing here
//! (servers, roles, prices) are refused like misspelt ones: a line that has no effect misleads.
//!
//! Nothing outside [`crate::read`] sees these types. The documentation comments are the descriptions
//! an editor shows, through the derived JSON Schema.

mod column;

use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use column::{
    ColumnFile, ColumnProperty, ColumnPropertyName, LevelFile, LogicalTypeFile, LogicalTypeOptions,
    PropertyValue, RelationshipFile, ValueCheckFile,
};

use crate::yaml::{At, Scalar};

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
