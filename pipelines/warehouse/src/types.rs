//! What people call the types of columns.

use datafusion::arrow::datatypes::{DataType, TimeUnit};

/// `text`, `integer`, `decimal(18, 2)`, `boolean`, `date`, `timestamp`, and for types no contract
/// has, Arrow's own name.
pub(crate) fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Int64 => "integer".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision}, {scale})"),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => "timestamp".to_owned(),
        other => other.to_string(),
    }
}
