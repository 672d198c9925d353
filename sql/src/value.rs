//! Exact reading of a case's cell: the text as written becomes the value of a column's type.
//!
//! `1.5` never passes through a float, and a digit the type cannot hold is refused, not rounded.

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::ScalarValue;

/// Reads `text` as a value of `data_type`; `None` is null. The error says what was expected.
///
/// # Errors
/// When the text is no value of the type, or needs rounding to become one.
pub fn parse_value(text: Option<&str>, data_type: &DataType) -> Result<ScalarValue, String> {
    let Some(text) = text else {
        return ScalarValue::try_from(data_type).map_err(|error| error.message().into_owned());
    };
    match data_type {
        DataType::Utf8 => Ok(ScalarValue::Utf8(Some(text.to_owned()))),
        DataType::Utf8View => Ok(ScalarValue::Utf8View(Some(text.to_owned()))),
        DataType::Boolean => match text {
            "true" => Ok(ScalarValue::Boolean(Some(true))),
            "false" => Ok(ScalarValue::Boolean(Some(false))),
            _ => Err("write `true` or `false`".to_owned()),
        },
        DataType::Decimal128(precision, scale) => {
            let unscaled = unscaled_decimal(text, *precision, *scale)?;
            Ok(ScalarValue::Decimal128(Some(unscaled), *precision, *scale))
        }
        _ => ScalarValue::try_from_string(text.to_owned(), data_type)
            .map_err(|_| format!("write {}", example_of(data_type))),
    }
}

/// Whether a column of `from` may be stored in a column of `to` without losing a digit.
///
/// A narrower precision is allowed (a sum is wider than what it sums; a value that does not fit
/// stops the build); a narrower scale is not: rounding is written in the model, once.
pub fn is_assignable(from: &DataType, to: &DataType) -> bool {
    use DataType::{
        Date32, Decimal128, Dictionary, Int8, Int16, Int32, Int64, LargeUtf8, Null, Timestamp,
        UInt8, UInt16, UInt32, Utf8, Utf8View,
    };
    match (from, to) {
        (Null, _) => true,
        (from, to) if from == to => true,
        (Utf8 | Utf8View | LargeUtf8, Utf8) => true,
        (Dictionary(_, value), to) => is_assignable(value, to),
        (Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32, Int64) => true,
        (Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32, Decimal128(..)) => true,
        (Decimal128(_, from), Decimal128(_, to)) => from <= to,
        (Date32, Date32) => true,
        // Only the zone and the unit differ; sources hold microseconds, so nothing is cut off.
        (Timestamp(_, Some(_)), Timestamp(_, Some(_))) => true,
        _ => false,
    }
}

/// A type in the words of the contracts: `decimal(18,4)`, `text`, `integer`.
pub fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "text".to_owned(),
        DataType::Int64 => "integer".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Timestamp(_, Some(_)) => "timestamp".to_owned(),
        DataType::Dictionary(_, value) => type_name(value),
        other => other.to_string().to_lowercase(),
    }
}

/// The columns of `schema`, all nullable: what a case's missing columns need.
pub fn nullable(schema: &Schema) -> Schema {
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_nullable(true))
        .collect();
    Schema::new(fields)
}

fn unscaled_decimal(text: &str, precision: u8, scale: i8) -> Result<i128, String> {
    let expected = || format!("write a number with at most {scale} decimals, such as `1.5`");
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !whole.is_empty()
        && whole.bytes().all(|byte| byte.is_ascii_digit())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.ends_with('.');
    if !is_number {
        return Err(expected());
    }
    let kept = fraction.trim_end_matches('0');
    let scale = usize::try_from(scale).map_err(|_| expected())?;
    if kept.len() > scale {
        return Err(format!(
            "the type keeps {scale} decimals and this has {}",
            kept.len()
        ));
    }
    let all = format!("{whole}{kept:0<scale$}");
    let unscaled: i128 = all.parse().map_err(|_| expected())?;
    if unscaled >= 10_i128.pow(u32::from(precision)) {
        return Err(format!(
            "the type holds {} digits before the point",
            usize::from(precision) - scale
        ));
    }
    Ok(if is_negative { -unscaled } else { unscaled })
}

fn example_of(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Date32 => "a date such as `2024-01-31`",
        DataType::Timestamp(..) => "a time such as `2024-01-31T08:00:00Z`",
        DataType::Int64 | DataType::Int32 | DataType::UInt64 => "a whole number such as `12`",
        _ => "a value of the column's type",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("1.5", Ok(15_000))]
    #[case("-0.0001", Ok(-1))]
    #[case("2", Ok(20_000))]
    #[case("1.50000", Ok(15_000))]
    #[case("1.00001", Err("the type keeps 4 decimals and this has 5"))]
    #[case("1e3", Err("write a number with at most 4 decimals, such as `1.5`"))]
    #[case("1,000", Err("write a number with at most 4 decimals, such as `1.5`"))]
    #[case("100000000000000", Err("the type holds 14 digits before the point"))]
    fn decimal_cells_are_read_exactly_or_refused(
        #[case] text: &str,
        #[case] expected: Result<i128, &str>,
    ) {
        let read = parse_value(Some(text), &DataType::Decimal128(18, 4));
        let expected = expected
            .map(|unscaled| ScalarValue::Decimal128(Some(unscaled), 18, 4))
            .map_err(str::to_owned);
        assert_eq!(read, expected);
    }

    proptest! {
        #[test]
        fn any_decimal_is_read_back_as_it_is_printed(
            unscaled in -999_999_999_999_999_999_i128..=999_999_999_999_999_999,
            scale in 0_i8..=18,
        ) {
            let value = ScalarValue::Decimal128(Some(unscaled), 18, scale);
            let read = parse_value(Some(&value.to_string()), &value.data_type());
            prop_assert_eq!(read, Ok(value));
        }
    }

    #[rstest]
    #[case(DataType::Decimal128(28, 2), DataType::Decimal128(18, 2), true)]
    #[case(DataType::Decimal128(18, 8), DataType::Decimal128(18, 4), false)]
    #[case(DataType::Float64, DataType::Decimal128(18, 4), false)]
    #[case(DataType::Int64, DataType::Decimal128(18, 4), true)]
    #[case(DataType::Utf8View, DataType::Utf8, true)]
    #[case(DataType::Null, DataType::Boolean, true)]
    #[case(DataType::Utf8, DataType::Date32, false)]
    fn a_column_is_stored_only_where_no_digit_is_lost(
        #[case] from: DataType,
        #[case] to: DataType,
        #[case] expected: bool,
    ) {
        assert_eq!(is_assignable(&from, &to), expected);
    }
}
