//! Exact positive fractions.

use std::fmt;

use arrow::datatypes::i256;

/// An exact positive fraction in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// One.
    pub const ONE: Ratio = Ratio {
        numerator: 1,
        denominator: 1,
    };

    /// `numerator` / `denominator`; `None` unless both are positive.
    pub const fn new(numerator: i128, denominator: i128) -> Option<Ratio> {
        if numerator <= 0 || denominator <= 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        Some(Ratio {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    /// The number above the line.
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The number below the line.
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// Whether this is one, so that nothing has to be converted.
    pub fn is_one(self) -> bool {
        self == Ratio::ONE
    }

    /// The product; `None` when it does not fit.
    pub fn mul(self, other: Ratio) -> Option<Ratio> {
        // Reducing crosswise first keeps the products as small as they can be.
        let a = Ratio::new(self.numerator, other.denominator)?;
        let b = Ratio::new(other.numerator, self.denominator)?;
        Some(Ratio {
            numerator: a.numerator.checked_mul(b.numerator)?,
            denominator: a.denominator.checked_mul(b.denominator)?,
        })
    }

    /// The quotient; `None` when it does not fit.
    pub fn div(self, other: Ratio) -> Option<Ratio> {
        self.mul(other.inverse())
    }

    /// One divided by this.
    pub fn inverse(self) -> Ratio {
        Ratio {
            numerator: self.denominator,
            denominator: self.numerator,
        }
    }

    /// The power; `None` when it does not fit.
    pub fn pow(self, exponent: i8) -> Option<Ratio> {
        let base = if exponent < 0 { self.inverse() } else { self };
        let exponent = u32::from(exponent.unsigned_abs());
        Some(Ratio {
            numerator: base.numerator.checked_pow(exponent)?,
            denominator: base.denominator.checked_pow(exponent)?,
        })
    }

    /// `value` × this × 10^`power`, rounded half away from zero to a whole number, and whether anything
    /// was rounded off; `None` when the result does not fit 128 bits.
    ///
    /// This is how an unscaled decimal is brought to another unit and scale with one rounding.
    pub fn apply(self, value: i128, power: i32) -> Option<(i128, bool)> {
        let (mut above, mut below) = (
            i256::from_i128(self.numerator),
            i256::from_i128(self.denominator),
        );
        let ten = u32::try_from(power.unsigned_abs())
            .ok()
            .filter(|&p| p <= 38)
            .map(|p| i256::from_i128(10_i128.pow(p)));
        match (value, ten) {
            (0, _) => return Some((0, false)),
            // 10^39 and more: below, nothing is left of any value; above, nothing fits.
            (_, None) if power < 0 => return Some((0, true)),
            (_, None) => return None,
            (_, Some(ten)) if power < 0 => below = below.checked_mul(ten)?,
            (_, Some(ten)) => above = above.checked_mul(ten)?,
        }
        let product = i256::from_i128(value.checked_abs()?).checked_mul(above)?;
        let whole = product.checked_div(below)?;
        let rest = product.checked_rem(below)?;
        let is_half_or_more = rest.checked_mul(i256::from_i128(2))? >= below;
        let magnitude = whole
            .checked_add(i256::from_i128(i128::from(is_half_or_more)))?
            .to_i128()?;
        let signed = if value < 0 { -magnitude } else { magnitude };
        Some((signed, rest != i256::ZERO))
    }
}

/// `10000`, `5/18`.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

const fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numerator: i128, denominator: i128) -> Ratio {
        Ratio::new(numerator, denominator).expect("a positive fraction")
    }

    #[test]
    fn a_fraction_is_in_lowest_terms() {
        assert_eq!(ratio(10, 36), ratio(5, 18));
        assert_eq!(ratio(10, 36).to_string(), "5/18");
        assert_eq!(Ratio::new(0, 1), None);
        assert_eq!(Ratio::new(1, -1), None);
    }

    #[test]
    fn products_and_powers_are_exact_or_none() {
        assert_eq!(ratio(5, 18).mul(ratio(36, 10)), Some(Ratio::ONE));
        assert_eq!(ratio(10, 1).pow(-2), Some(ratio(1, 100)));
        assert_eq!(ratio(i128::MAX, 1).mul(ratio(2, 1)), None);
        // 2/3 of 3/2, with terms too large to be multiplied before they are reduced.
        assert_eq!(
            ratio(i128::MAX, 3).mul(ratio(3, i128::MAX)),
            Some(Ratio::ONE)
        );
    }

    #[test]
    fn a_value_is_rounded_once_half_away_from_zero() {
        // 1.25 (125 at scale 2) to scale 1: 12.5 -> 13, and -1.25 -> -13.
        assert_eq!(Ratio::ONE.apply(125, -1), Some((13, true)));
        assert_eq!(Ratio::ONE.apply(-125, -1), Some((-13, true)));
        assert_eq!(Ratio::ONE.apply(124, -1), Some((12, true)));
        assert_eq!(Ratio::ONE.apply(120, -1), Some((12, false)));
        // 1 MJ = 5/18 kWh = 0.27777… kWh; at scale 4: 2777.7… -> 2778.
        assert_eq!(ratio(5, 18).apply(1, 4), Some((2778, true)));
        // 3.6 MJ (36 at scale 1) = 1 kWh exactly; at scale 4: 36 × 5/18 × 10^3 = 10000.
        assert_eq!(ratio(5, 18).apply(36, 3), Some((10_000, false)));
    }

    #[test]
    fn what_does_not_fit_is_none_and_what_vanishes_is_zero() {
        assert_eq!(Ratio::ONE.apply(i128::MAX, 1), None);
        assert_eq!(Ratio::ONE.apply(1, 39), None);
        assert_eq!(Ratio::ONE.apply(1, -39), Some((0, true)));
        assert_eq!(Ratio::ONE.apply(0, 1_000), Some((0, false)));
    }
}
