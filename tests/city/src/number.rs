//! Exact decimals: an integer with its scale in the type.
//!
//! Everything that is ever summed in this crate is a [`Fixed`]; there is no float in a total, so the
//! truth does not depend on the order of addition. Rounding happens once per product, half away
//! from zero, which is what the engine's `round` and its decimal casts do.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Serialize, Serializer};

/// A decimal number with `SCALE` digits after the point, held as an integer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fixed<const SCALE: u32>(i128);

/// An amount of money in yuan, to the fen.
pub type Yuan = Fixed<2>;
/// A physical quantity in its contract's unit.
pub type Quantity = Fixed<4>;
/// A conversion coefficient or an emission factor.
pub type Factor = Fixed<8>;
/// A quotient of two sums, rounded once.
pub type Ratio = Fixed<8>;

impl<const SCALE: u32> Fixed<SCALE> {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// The number whose last digit counts `digits`: `Yuan::new(150)` is 1.50 yuan.
    pub const fn new(digits: i128) -> Self {
        Self(digits)
    }

    /// A whole number.
    pub const fn whole(value: i64) -> Self {
        Self(value as i128 * power(SCALE))
    }

    /// The integer behind: the number times ten to the power of the scale.
    pub const fn digits(self) -> i128 {
        self.0
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The product, rounded once, half away from zero, to the scale asked for.
    pub fn times<const OTHER: u32, const RESULT: u32>(self, other: Fixed<OTHER>) -> Fixed<RESULT> {
        let product = self.0 * other.0;
        let from = SCALE + OTHER;
        if from <= RESULT {
            Fixed(product * power(RESULT - from))
        } else {
            Fixed(divide_rounded(product, power(from - RESULT)))
        }
    }

    /// The quotient, rounded once, half away from zero, to eight digits; `None` when divided by zero.
    pub fn over<const OTHER: u32>(self, other: Fixed<OTHER>) -> Option<Ratio> {
        if other.0 == 0 {
            return None;
        }
        let up = 8 + OTHER;
        let (numerator, denominator) = if up >= SCALE {
            (self.0.checked_mul(power(up - SCALE))?, other.0)
        } else {
            (self.0, other.0.checked_mul(power(SCALE - up))?)
        };
        Some(Fixed(divide_rounded(numerator, denominator)))
    }

    /// The same number at another scale, rounded half away from zero if digits are lost.
    pub fn rescale<const RESULT: u32>(self) -> Fixed<RESULT> {
        self.times::<0, RESULT>(Fixed(1))
    }

    /// This share of the number: `numerator / denominator`, rounded half away from zero.
    pub fn share(self, numerator: i128, denominator: i128) -> Self {
        Self(divide_rounded(self.0 * numerator, denominator))
    }

    /// Reads a plain decimal such as `0.3672`; `None` if it is none or has more digits than fit.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let fraction = fraction.trim_end_matches('0');
        if whole.is_empty() || fraction.len() > SCALE as usize {
            return None;
        }
        let mut digits: i128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            if !byte.is_ascii_digit() {
                return None;
            }
            digits = digits
                .checked_mul(10)?
                .checked_add(i128::from(byte - b'0'))?;
        }
        let digits = digits.checked_mul(power(SCALE - fraction.len() as u32))?;
        Some(Self(if negative { -digits } else { digits }))
    }
}

/// Ten to the power of `exponent`.
pub(crate) const fn power(exponent: u32) -> i128 {
    10i128.pow(exponent)
}

/// Integer division, rounded half away from zero.
pub(crate) fn divide_rounded(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator / denominator;
    let remainder = numerator % denominator;
    if remainder.unsigned_abs() * 2 >= denominator.unsigned_abs() {
        quotient + numerator.signum() * denominator.signum()
    } else {
        quotient
    }
}

/// A fixed number without the zeros at its end, as source systems print it.
pub(crate) struct Trimmed<const SCALE: u32>(pub Fixed<SCALE>);

impl<const SCALE: u32> fmt::Display for Trimmed<SCALE> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = self.0.0;
        let mut scale = SCALE;
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        write_scaled(formatter, digits, scale)
    }
}

/// A fixed number with a comma after each third digit, as ledgers print it.
pub(crate) struct Grouped<const SCALE: u32>(pub Fixed<SCALE>);

impl<const SCALE: u32> fmt::Display for Grouped<SCALE> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.0.to_string();
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let (sign, whole) = match whole.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", whole),
        };
        formatter.write_str(sign)?;
        for (position, digit) in whole.chars().enumerate() {
            if position > 0 && (whole.len() - position).is_multiple_of(3) {
                formatter.write_str(",")?;
            }
            write!(formatter, "{digit}")?;
        }
        if fraction.is_empty() {
            Ok(())
        } else {
            write!(formatter, ".{fraction}")
        }
    }
}

fn write_scaled(formatter: &mut fmt::Formatter<'_>, digits: i128, scale: u32) -> fmt::Result {
    // i64 division is several times faster than i128's, and nearly every number fits.
    if digits < 0 {
        formatter.write_str("-")?;
    }
    let magnitude = digits.unsigned_abs();
    if scale == 0 {
        return write!(formatter, "{magnitude}");
    }
    let width = scale as usize;
    if let (Ok(small), true) = (u64::try_from(magnitude), scale < 19) {
        let unit = 10u64.pow(scale);
        return write!(formatter, "{}.{:0width$}", small / unit, small % unit);
    }
    let unit = power(scale).unsigned_abs();
    write!(
        formatter,
        "{}.{:0width$}",
        magnitude / unit,
        magnitude % unit
    )
}

impl<const SCALE: u32> fmt::Display for Fixed<SCALE> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(formatter, self.0, SCALE)
    }
}

impl<const SCALE: u32> Serialize for Fixed<SCALE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<const SCALE: u32> Add for Fixed<SCALE> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl<const SCALE: u32> Sub for Fixed<SCALE> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl<const SCALE: u32> Neg for Fixed<SCALE> {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<const SCALE: u32> AddAssign for Fixed<SCALE> {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl<const SCALE: u32> Sum for Fixed<SCALE> {
    fn sum<I: Iterator<Item = Self>>(iterator: I) -> Self {
        iterator.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_round_once_half_away_from_zero() {
        // 0.5 x 0.0001 = 0.00005 -> 0.0001; 0.4 x 0.0001 = 0.00004 -> 0.0000.
        let unit = Quantity::new(1);
        assert_eq!(Fixed::<1>::new(5).times::<4, 4>(unit), Quantity::new(1));
        assert_eq!(Fixed::<1>::new(4).times::<4, 4>(unit), Quantity::ZERO);
        assert_eq!(Fixed::<1>::new(-5).times::<4, 4>(unit), Quantity::new(-1));
    }

    #[test]
    fn a_thousand_kilowatt_hours_weigh_122_9_kilograms_of_standard_coal() {
        let coefficient = Factor::parse("0.1229").expect("a decimal");
        let coal: Quantity = Quantity::whole(1000).times(coefficient);
        assert_eq!(coal.to_string(), "122.9000");
    }

    #[test]
    fn quotients_keep_eight_digits_and_refuse_zero() {
        let third = Quantity::whole(1)
            .over(Fixed::<0>::new(3))
            .expect("a quotient");
        assert_eq!(third.to_string(), "0.33333333");
        let two_thirds = Yuan::whole(-2)
            .over(Quantity::whole(3))
            .expect("a quotient");
        assert_eq!(two_thirds.to_string(), "-0.66666667");
        assert_eq!(Quantity::whole(1).over(Quantity::ZERO), None);
    }

    #[test]
    fn numbers_print_as_source_systems_print_them() {
        assert_eq!(Yuan::new(-5).to_string(), "-0.05");
        assert_eq!(Trimmed(Yuan::new(1250)).to_string(), "12.5");
        assert_eq!(Trimmed(Yuan::new(120_000)).to_string(), "1200");
        assert_eq!(Grouped(Yuan::new(123_456_789)).to_string(), "1,234,567.89");
        assert_eq!(Grouped(Yuan::new(-12_345)).to_string(), "-123.45");
    }

    #[test]
    fn parsing_refuses_digits_that_do_not_fit() {
        assert_eq!(Yuan::parse("1.250"), Some(Yuan::new(125)));
        assert_eq!(Yuan::parse("1.255"), None);
        assert_eq!(Yuan::parse("-0.3"), Some(Yuan::new(-30)));
        assert_eq!(Yuan::parse("one"), None);
    }
}
