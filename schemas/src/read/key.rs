//! The key and the partition columns.

use super::Reader;
use crate::contract::{Column, LogicalType};
use crate::error::ContractError;
use crate::name::ColumnName;
use crate::odcs::ColumnFile;
use crate::yaml::At;

/// Which columns are marked as key and partition columns, by position in the file.
pub(super) struct Flags {
    marks: Vec<Mark>,
}

struct Mark {
    name: String,
    line: u32,
    key: Role,
    partition: Role,
}

struct Role {
    is_set: bool,
    position: Option<At<u32>>,
}

/// The keys of the file that mark one kind of column.
struct Words {
    flag: &'static str,
    position: &'static str,
}

const KEY: Words = Words {
    flag: "primaryKey",
    position: "primaryKeyPosition",
};

const PARTITION: Words = Words {
    flag: "partitioned",
    position: "partitionKeyPosition",
};

impl Flags {
    pub(super) fn of(columns: &[ColumnFile]) -> Flags {
        let marks = columns
            .iter()
            .map(|column| Mark {
                name: column.name.value.clone(),
                line: column.name.line,
                key: Role {
                    is_set: column.primary_key,
                    position: column.primary_key_position.clone(),
                },
                partition: Role {
                    is_set: column.partitioned,
                    position: column.partition_key_position.clone(),
                },
            })
            .collect();
        Flags { marks }
    }
}

/// The key columns in key order.
pub(super) fn primary(
    flags: &Flags,
    columns: &[Column],
    table_line: u32,
    reader: &mut Reader,
) -> Vec<ColumnName> {
    let key = in_order(flags, columns, |mark| &mark.key, &KEY, reader);
    if !flags.marks.iter().any(|mark| mark.key.is_set) {
        reader.refuse(ContractError::NoKey {
            at: reader.line(table_line),
        });
    }
    for column in &key {
        if !column.required {
            reader.refuse(ContractError::KeyNotRequired {
                at: column.place.clone(),
                column: column.name.clone(),
            });
        }
    }
    key.into_iter().map(|column| column.name.clone()).collect()
}

/// The partition columns in order.
pub(super) fn partitions(
    flags: &Flags,
    columns: &[Column],
    reader: &mut Reader,
) -> Vec<ColumnName> {
    let partitions = in_order(flags, columns, |mark| &mark.partition, &PARTITION, reader);
    for column in &partitions {
        if !matches!(
            column.ty,
            LogicalType::Text | LogicalType::Integer | LogicalType::Date
        ) {
            reader.refuse(ContractError::WrongRole {
                at: column.place.clone(),
                column: column.name.clone(),
                role: "partition column",
                ty: column.ty.as_str(),
            });
        }
    }
    partitions
        .into_iter()
        .map(|column| column.name.clone())
        .collect()
}

/// Refuses partition columns that are neither in `key` nor derived from a column of it.
///
/// Two rows of one key must always be in one partition: a load looks for a row in the partition of the
/// row that is offered.
pub(super) fn check_partitions(
    partition_by: &[ColumnName],
    key: &[ColumnName],
    columns: &[Column],
    reader: &mut Reader,
) {
    for column in columns
        .iter()
        .filter(|column| partition_by.contains(&column.name))
    {
        let derived = column.derived.as_ref();
        let is_decided = key.contains(&column.name)
            || derived.is_some_and(|derived| key.contains(derived.source()));
        if !is_decided {
            reader.refuse(ContractError::PartitionOutsideKey {
                at: column.place.clone(),
                column: column.name.clone(),
            });
        }
    }
}

/// The marked columns by position, which must be 1 to n.
fn in_order<'a>(
    flags: &Flags,
    columns: &'a [Column],
    role: impl Fn(&Mark) -> &Role,
    words: &Words,
    reader: &mut Reader,
) -> Vec<&'a Column> {
    let mut marked: Vec<&Mark> = Vec::new();
    for mark in &flags.marks {
        match role(mark) {
            Role { is_set: true, .. } => marked.push(mark),
            Role {
                position: Some(position),
                ..
            } => {
                if let Ok(column) = ColumnName::new(mark.name.as_str()) {
                    reader.refuse(ContractError::StrayPosition {
                        at: reader.place(position),
                        column,
                        key: words.position,
                        flag: words.flag,
                    });
                }
            }
            _ => {}
        }
    }
    // Columns without a position come last, in the order of the file, and are told the one due.
    marked.sort_by_key(|mark| role(mark).position.as_ref().map_or(u32::MAX, |p| p.value));
    let mut ordered = Vec::new();
    for (due, mark) in (1u32..).zip(&marked) {
        let position = &role(mark).position;
        let found = position.as_ref().map(|p| p.value);
        let column = columns
            .iter()
            .find(|column| column.name == mark.name.as_str());
        if found != Some(due)
            && let Ok(name) = ColumnName::new(mark.name.as_str())
        {
            reader.refuse(ContractError::WrongPosition {
                at: reader.line(position.as_ref().map_or(mark.line, |p| p.line)),
                column: name,
                key: words.position,
                found,
                expected: due,
            });
        }
        ordered.extend(column);
    }
    ordered
}
