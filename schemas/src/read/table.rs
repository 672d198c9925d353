//! A contract file to a contract: identity, titles, and the parts put together.

use sha2::{Digest, Sha256};

use super::{Reader, checks, column, key};
use crate::arrow_schema;
use crate::contract::{Contract, Freshness, Titles};
use crate::error::ContractError;
use crate::name::{ColumnName, TableId};
use crate::odcs::{ContractFile, FreshnessUnit, ServiceLevelFile, TableFile, TablePropertyName};
use crate::text;
use crate::yaml::At;

/// The contract of `file`, whose text is `text`; `None` when a fault leaves no contract to speak of.
pub(super) fn convert(file: ContractFile, text: &str, reader: &mut Reader) -> Option<Contract> {
    let faults_before = reader.faults.len();
    let id = identity(&file, reader)?;
    check_version(&file.version, reader);
    let table = only_table(file.schema, reader)?;
    if table.name.value != id.table() {
        reader.refuse(ContractError::IdDisagrees {
            at: reader.place(&table.name),
            key: "name",
            found: table.name.value.clone(),
            expected: id.table().to_owned(),
        });
    }
    let title = titles(&file.name, &file.custom_properties, &table, reader);
    if table.properties.is_empty() {
        reader.refuse(ContractError::NoColumns {
            at: reader.place(&table.properties),
        });
        return None;
    }
    let flags = key::Flags::of(&table.properties.value);
    let columns = column::convert_all(table.properties.value, &id, reader);
    let key = key::primary(&flags, &columns, table.name.line, reader);
    let partition_by = key::partitions(&flags, &columns, reader);
    let checks = checks::row_checks(table.quality, reader);
    let freshness = freshness(&file.sla_properties, &id, &columns, reader);
    if reader.faults.len() == faults_before {
        // Where key or columns are at fault already, what follows from them cannot be judged.
        key::check_partitions(&partition_by, &key, &columns, reader);
    }
    if reader.faults.len() > faults_before {
        return None;
    }
    let arrow_schema = arrow_schema::of_columns(&columns);
    let table_schema = arrow_schema::with_provenance(&id, &arrow_schema);
    Some(Contract {
        id,
        version: file.version.value,
        path: reader.file.to_string(),
        title,
        purpose: file.description.value.purpose.value.trim().to_owned(),
        limitations: file
            .description
            .value
            .limitations
            .map(|l| l.trim().to_owned()),
        granularity: table.data_granularity_description,
        owner: file.team.map(|team| team.name),
        tags: file.tags,
        columns,
        key,
        partition_by,
        checks,
        freshness,
        content_hash: content_hash(text),
        arrow_schema,
        table_schema,
    })
}

fn identity(file: &ContractFile, reader: &mut Reader) -> Option<TableId> {
    let Ok(id) = file.id.parse::<TableId>() else {
        reader.refuse(ContractError::NotAName {
            at: reader.place(&file.id),
            what: "table",
            name: file.id.value.clone(),
        });
        return None;
    };
    if file.domain.value != id.schema() {
        reader.refuse(ContractError::IdDisagrees {
            at: reader.place(&file.domain),
            key: "domain",
            found: file.domain.value.clone(),
            expected: id.schema().to_owned(),
        });
    }
    let expected = format!("{}/{}.yaml", id.schema(), id.table());
    let path = reader.file.replace('\\', "/");
    if path != expected && !path.ends_with(&format!("/{expected}")) {
        reader.refuse(ContractError::WrongPath {
            at: reader.place(&file.id),
            id: id.clone(),
            expected,
        });
    }
    Some(id)
}

fn check_version(version: &At<String>, reader: &mut Reader) {
    let parts: Vec<&str> = version.split('.').collect();
    let is_number = |part: &&str| part.parse::<u32>().is_ok_and(|n| n.to_string() == **part);
    if parts.len() != 3 || !parts.iter().all(is_number) {
        reader.refuse(ContractError::BadVersion {
            at: reader.place(version),
            version: version.value.clone(),
        });
    }
}

fn only_table(schema: At<Vec<TableFile>>, reader: &mut Reader) -> Option<TableFile> {
    let at = reader.place(&schema);
    let mut tables = schema.value;
    if tables.len() != 1 {
        reader.refuse(ContractError::NotOneTable {
            at,
            count: tables.len(),
        });
        return None;
    }
    tables.pop()
}

fn titles(
    name: &At<String>,
    properties: &[crate::odcs::TableProperty],
    table: &TableFile,
    reader: &mut Reader,
) -> Titles {
    let mut zh = table.business_name.as_ref().map(|name| name.value.clone());
    let mut first_line = None;
    for property in properties {
        match property.property.value {
            TablePropertyName::TitleZh => {
                if let Some(first_line) = first_line {
                    reader.refuse(ContractError::RepeatedProperty {
                        at: reader.place(&property.property),
                        of: table.name.value.clone(),
                        property: "titleZh".to_owned(),
                        first_line,
                    });
                }
                first_line = Some(property.property.line);
                zh = Some(property.value.to_string());
            }
        }
    }
    let zh = zh
        .map(|zh| text::trim(&zh).to_owned())
        .filter(|zh| !zh.is_empty());
    if zh.is_none() {
        reader.refuse(ContractError::MissingTitle {
            at: reader.place(name),
            of: format!("table `{}`", table.name.value),
            key: "customProperties: [{ property: titleZh, value: … }]",
        });
    }
    Titles {
        zh: zh.unwrap_or_default(),
        en: name.value.trim().to_owned(),
    }
}

fn freshness(
    levels: &[ServiceLevelFile],
    id: &TableId,
    columns: &[crate::contract::Column],
    reader: &mut Reader,
) -> Option<Freshness> {
    if let [first, second, ..] = levels {
        reader.refuse(ContractError::RepeatedProperty {
            at: reader.place(&second.property),
            of: id.to_string(),
            property: "freshness".to_owned(),
            first_line: first.property.line,
        });
    }
    let level = levels.first()?;
    let seconds = u64::from(level.value.value)
        * match level.unit.value {
            FreshnessUnit::Days => 86_400,
            FreshnessUnit::Hours => 3_600,
        };
    let named = level.element.value.as_str();
    let column = named
        .strip_prefix(id.table())
        .and_then(|rest| rest.strip_prefix('.'));
    let known = columns.iter().find(|c| Some(c.name.as_str()) == column);
    if known.is_none() {
        reader.refuse(ContractError::UnknownColumn {
            at: reader.place(&level.element),
            role: "`element` of the freshness".to_owned(),
            column: named.to_owned(),
            table: Box::new(id.clone()),
            known: columns
                .iter()
                .map(|c| format!("{}.{}", id.table(), c.name))
                .collect(),
        });
    }
    Some(Freshness {
        column: ColumnName::clone(&known?.name),
        within: std::time::Duration::from_secs(seconds),
    })
}

/// Line ends are folded, so that a checkout on another system gives the same hash.
fn content_hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.replace("\r\n", "\n").as_bytes()))
}
