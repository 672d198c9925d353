//! The Arrow schema of a contract.
//!
//! Types: text Utf8, integer Int64, number Decimal128(p, s), boolean Boolean, date Date32, timestamp
//! Timestamp(microseconds, UTC). A field is nullable unless the column is required. Each field carries
//! its unit, titles, share type and grade as metadata, so that whoever holds a batch can print it.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::contract::{Column, Contract, LogicalType};
use crate::name::TableId;

/// Metadata key of a field's unit, absent when it has none.
pub const META_UNIT: &str = "unit";
/// Metadata key of a field's Chinese title.
pub const META_TITLE_ZH: &str = "title_zh";
/// Metadata key of a field's English title.
pub const META_TITLE_EN: &str = "title_en";
/// Metadata key of a field's share type: `unconditional`, `conditional`, `none`.
pub const META_SHARE: &str = "share";
/// Metadata key of a field's grade of protection: `L1`, `L2`, `L3`.
pub const META_LEVEL: &str = "level";

/// Provenance: the first 16 hex digits of the landed object's SHA-256.
pub const OBJECT_COLUMN: &str = "_object";
/// Provenance: the sheet of a workbook; null for other files.
pub const SHEET_COLUMN: &str = "_sheet";
/// Provenance: the 1-based row of the file, header included; for JSON the 1-based element.
pub const ROW_COLUMN: &str = "_row";

impl Contract {
    /// The contract's columns, in table order.
    pub fn arrow_schema(&self) -> SchemaRef {
        Arc::clone(&self.arrow_schema)
    }

    /// The columns as stored: those of [`Contract::arrow_schema`] and, on loaded source tables, the
    /// provenance columns `_object`, `_sheet` and `_row`. Tables of `mart` and `ops` have none.
    pub fn table_schema(&self) -> SchemaRef {
        Arc::clone(&self.table_schema)
    }
}

impl Column {
    /// The Arrow type of the column.
    pub fn data_type(&self) -> DataType {
        self.ty.data_type()
    }

    /// The Arrow field of the column, with its metadata.
    pub fn field(&self) -> Field {
        let mut metadata = HashMap::from([
            (META_TITLE_ZH.to_owned(), self.title.zh.clone()),
            (META_TITLE_EN.to_owned(), self.title.en.clone()),
            (META_SHARE.to_owned(), self.share.as_str().to_owned()),
            (META_LEVEL.to_owned(), self.level.as_str().to_owned()),
        ]);
        if let Some(unit) = &self.unit {
            metadata.insert(META_UNIT.to_owned(), unit.to_string());
        }
        Field::new(self.name.as_str(), self.data_type(), !self.required).with_metadata(metadata)
    }
}

impl LogicalType {
    /// The Arrow type.
    pub fn data_type(self) -> DataType {
        match self {
            LogicalType::Text => DataType::Utf8,
            LogicalType::Integer => DataType::Int64,
            LogicalType::Decimal { precision, scale } => DataType::Decimal128(precision, scale),
            LogicalType::Boolean => DataType::Boolean,
            LogicalType::Date => DataType::Date32,
            LogicalType::Timestamp => {
                DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC")))
            }
        }
    }
}

pub(crate) fn of_columns(columns: &[Column]) -> SchemaRef {
    Arc::new(Schema::new(
        columns.iter().map(Column::field).collect::<Vec<_>>(),
    ))
}

pub(crate) fn with_provenance(id: &TableId, columns: &SchemaRef) -> SchemaRef {
    if id.is_made_here() {
        return Arc::clone(columns);
    }
    let provenance = [
        Field::new(OBJECT_COLUMN, DataType::Utf8, false),
        Field::new(SHEET_COLUMN, DataType::Utf8, true),
        Field::new(ROW_COLUMN, DataType::Int64, false),
    ];
    let fields = columns.fields().iter().cloned();
    Arc::new(Schema::new(
        fields.chain(provenance.map(Arc::new)).collect::<Vec<_>>(),
    ))
}
