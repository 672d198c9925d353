//! Exact arithmetic on measures: raise the scale, divide, round once.

use contracts::unit::Ratio;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::expr_fn::nullif;
use datafusion::logical_expr::{Expr, cast, lit};

/// Decimals of a ratio.
pub const RATIO_SCALE: i8 = 8;
/// Decimals of a change in percent.
pub const PERCENT_SCALE: i8 = 4;
/// All the digits there are.
const DIGITS: u8 = 38;

/// `numerator / denominator × factor` as `decimal(38, 8)`; null when the denominator is zero.
pub fn ratio(
    numerator: Expr,
    numerator_type: &DataType,
    denominator: Expr,
    denominator_type: &DataType,
    factor: &Ratio,
) -> Expr {
    let above = times(decimal(numerator, numerator_type), factor.numerator());
    let below = times(decimal(denominator, denominator_type), factor.denominator());
    quotient(above, below, RATIO_SCALE)
}

/// `measure × factor`: as it is for a factor of 1, else as `decimal(38, 8)`.
pub fn scaled(measure: Expr, data_type: &DataType, factor: &Ratio) -> Expr {
    if factor.numerator() == factor.denominator() {
        return measure;
    }
    let above = times(decimal(measure, data_type), factor.numerator());
    quotient(above, whole(factor.denominator()), RATIO_SCALE)
}

/// `part / whole × 100` as `decimal(38, 4)`; null when the whole is zero.
pub fn percent(part: Expr, part_type: &DataType, whole_value: Expr, whole_type: &DataType) -> Expr {
    let above = times(decimal(part, part_type), 100);
    quotient(above, decimal(whole_value, whole_type), PERCENT_SCALE)
}

/// Division cuts off and a cast rounds half away from zero (engine_facts 12). Cutting off at a finer
/// scale first moves no value across a half of the coarser one, so the result is rounded exactly once.
fn quotient(above: Expr, below: Expr, scale: i8) -> Expr {
    let raised = cast(above, DataType::Decimal128(DIGITS, scale + 2));
    let below = nullif(below, whole(0));
    cast(raised / below, DataType::Decimal128(DIGITS, scale))
}

fn decimal(value: Expr, data_type: &DataType) -> Expr {
    match data_type {
        DataType::Decimal128(..) => value,
        _ => cast(value, DataType::Decimal128(20, 0)),
    }
}

fn times(value: Expr, factor: i128) -> Expr {
    if factor == 1 {
        value
    } else {
        value * whole(factor)
    }
}

fn whole(value: i128) -> Expr {
    let digits = value.unsigned_abs().max(1).ilog10() + 1;
    let precision = u8::try_from(digits).unwrap_or(DIGITS);
    lit(ScalarValue::Decimal128(Some(value), precision, 0))
}
