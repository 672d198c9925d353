//! The types of columns, and what the server's text of their values lacks.
//!
//! Rows come by the text protocol, in which a number is its digits. Three types need help: a `timestamp`
//! does not say that it is in UTC, a `bit` comes as bytes, and a `float` is cut to six digits, so that
//! 12345678.9 would read 12345700.

use mysql_async::Column;
use mysql_async::consts::{ColumnFlags, ColumnType};

use crate::database::describe::{Order, TimeType};

/// The collation of what is no text.
const BINARY: u16 = 63;

/// Bytes a character takes at most in the session's character set, by which lengths are told.
const BYTES_A_CHARACTER: u32 = 4;

/// More decimals than any type has: the number of them is not fixed.
const LARGEST_SCALE: u8 = 38;

/// A column's type, as `create table` writes it.
pub(super) fn kind(column: &Column) -> String {
    use ColumnType::*;
    let flags = column.flags();
    let length = column.column_length();
    let characters = length / BYTES_A_CHARACTER;
    let is_bytes = is_bytes(column);
    let fraction = match column.decimals() {
        digits @ 1..=6 => format!("({digits})"),
        _ => String::new(),
    };
    let bare = match column.column_type() {
        MYSQL_TYPE_TINY if length == 1 => "tinyint(1)".to_owned(),
        MYSQL_TYPE_TINY => "tinyint".to_owned(),
        MYSQL_TYPE_SHORT => "smallint".to_owned(),
        MYSQL_TYPE_INT24 => "mediumint".to_owned(),
        MYSQL_TYPE_LONG => "int".to_owned(),
        MYSQL_TYPE_LONGLONG => "bigint".to_owned(),
        MYSQL_TYPE_FLOAT => "float".to_owned(),
        MYSQL_TYPE_DOUBLE => "double".to_owned(),
        MYSQL_TYPE_DECIMAL | MYSQL_TYPE_NEWDECIMAL => decimal(column),
        MYSQL_TYPE_TIMESTAMP | MYSQL_TYPE_TIMESTAMP2 => format!("timestamp{fraction}"),
        MYSQL_TYPE_DATETIME | MYSQL_TYPE_DATETIME2 => format!("datetime{fraction}"),
        MYSQL_TYPE_TIME | MYSQL_TYPE_TIME2 => format!("time{fraction}"),
        MYSQL_TYPE_DATE | MYSQL_TYPE_NEWDATE => "date".to_owned(),
        MYSQL_TYPE_YEAR => return "year".to_owned(),
        MYSQL_TYPE_BIT => return format!("bit({length})"),
        MYSQL_TYPE_JSON => "json".to_owned(),
        MYSQL_TYPE_GEOMETRY => "geometry".to_owned(),
        MYSQL_TYPE_NULL => "null".to_owned(),
        _ if flags.contains(ColumnFlags::ENUM_FLAG) => "enum".to_owned(),
        _ if flags.contains(ColumnFlags::SET_FLAG) => "set".to_owned(),
        MYSQL_TYPE_STRING if is_bytes => format!("binary({length})"),
        MYSQL_TYPE_STRING => format!("char({characters})"),
        MYSQL_TYPE_VAR_STRING | MYSQL_TYPE_VARCHAR if is_bytes => format!("varbinary({length})"),
        MYSQL_TYPE_VAR_STRING | MYSQL_TYPE_VARCHAR => format!("varchar({characters})"),
        _ if is_bytes => "blob".to_owned(),
        _ => "text".to_owned(),
    };
    let is_number = column.column_type().is_numeric_type();
    match is_number && flags.contains(ColumnFlags::UNSIGNED_FLAG) {
        true => format!("{bare} unsigned"),
        false => bare,
    }
}

/// The length counts the point and the sign.
fn decimal(column: &Column) -> String {
    let scale = column.decimals().min(LARGEST_SCALE);
    let is_signed = !column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    let marks = u32::from(scale > 0) + u32::from(is_signed);
    format!(
        "decimal({},{scale})",
        column.column_length().saturating_sub(marks)
    )
}

/// Whether the values are bytes that no character set says how to read.
pub(super) fn is_bytes(column: &Column) -> bool {
    use ColumnType::*;
    match column.column_type() {
        MYSQL_TYPE_GEOMETRY | MYSQL_TYPE_VECTOR => true,
        MYSQL_TYPE_STRING
        | MYSQL_TYPE_VAR_STRING
        | MYSQL_TYPE_VARCHAR
        | MYSQL_TYPE_TINY_BLOB
        | MYSQL_TYPE_MEDIUM_BLOB
        | MYSQL_TYPE_LONG_BLOB
        | MYSQL_TYPE_BLOB => column.character_set() == BINARY,
        _ => false,
    }
}

/// What `since` can make of a column of this type.
pub(super) fn order(kind: &str) -> Order {
    match bare(kind) {
        "timestamp" => Order::Time(TimeType::WithZone),
        "datetime" => Order::Time(TimeType::WithoutZone),
        "date" => Order::Time(TimeType::Day),
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "year" => {
            Order::Number
        }
        _ => Order::None,
    }
}

/// What is to be done with the server's text of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// It is exact.
    Exact,
    /// It lacks its zone.
    Moment,
    /// It is the bytes of a number, the highest first.
    Bits,
    /// It is the text of a double that holds a single.
    Single,
}

impl Form {
    /// That of a type.
    pub(super) fn of(kind: &str) -> Form {
        match bare(kind) {
            "timestamp" => Form::Moment,
            "bit" => Form::Bits,
            "float" => Form::Single,
            _ => Form::Exact,
        }
    }

    /// The column (given in quotes) as it is asked for, where it is not by its name.
    pub(super) fn expression(self, quoted: &str) -> Option<String> {
        // A double has all digits of the single it is made of.
        (self == Form::Single).then(|| format!("{quoted} + 0e0 as {quoted}"))
    }

    /// Makes a value's text exact.
    pub(super) fn complete(self, value: &mut Vec<u8>) {
        match self {
            Form::Exact => {}
            // `0000-00-00 00:00:00` is no moment, in no zone.
            Form::Moment if value.starts_with(b"0000-") => {}
            Form::Moment => value.extend_from_slice(b"+00"),
            Form::Bits => {
                let number = value
                    .iter()
                    .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
                *value = number.to_string().into_bytes();
            }
            Form::Single => {
                let text = std::str::from_utf8(value).ok();
                let double = text.and_then(|text| text.parse::<f64>().ok());
                if let Some(double) = double {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "it was a single before it was sent as a double"
                    )]
                    let single = double as f32;
                    *value = single.to_string().into_bytes();
                }
            }
        }
    }
}

/// A type without its size.
fn bare(kind: &str) -> &str {
    kind.split(['(', ' ']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(kind: &str, value: &[u8]) -> String {
        let mut value = value.to_vec();
        Form::of(kind).complete(&mut value);
        String::from_utf8(value).expect("text")
    }

    #[test]
    fn what_the_servers_text_lacks_is_added() {
        assert_eq!(
            completed("timestamp(6)", b"2026-01-02 03:04:05.678900"),
            "2026-01-02 03:04:05.678900+00"
        );
        assert_eq!(
            completed("timestamp", b"0000-00-00 00:00:00"),
            "0000-00-00 00:00:00"
        );
        assert_eq!(
            completed("datetime", b"2026-01-02 03:04:05"),
            "2026-01-02 03:04:05"
        );
        assert_eq!(completed("bit(1)", &[1]), "1");
        assert_eq!(completed("bit(64)", &[255; 8]), "18446744073709551615");
        // The double nearest to the single nearest to 0.1.
        assert_eq!(completed("float", b"0.10000000149011612"), "0.1");
        assert_eq!(completed("float unsigned", b"12345679"), "12345679");
        assert_eq!(completed("double", b"1e-7"), "1e-7");
    }
}
