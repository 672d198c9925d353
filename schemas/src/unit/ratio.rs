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
    pub fn times(self, other: Ratio) -> Option<Ratio> {
        // Reducing crosswise first keeps the products as small as they can be.
        let a = Ratio::new(self.numerator, other.denominator)?;
        let b = Ratio::new(other.numerator, self.denominator)?;
        Some(Ratio {
            numerator: a.numerator.checked_mul(b.numerator)?,
            denominator: a.denominator.checked_mul(b.denominator)?,
        })
    }

    /// The quotient; `None` when it does not fit.
    pub fn over(self, other: Ratio) -> Option<Ratio> {
        self.times(other.inverse())
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
        if value == 0 {
            return Some((0, false));
        }
        let Some(ten) = 10_i128.checked_pow(power.unsigned_abs()) else {
            // 10^39 and more: below, nothing is left of any value; above, nothing fits.
            return (power < 0).then_some((0, true));
        };
        let (up, down) = if power < 0 { (1, ten) } else { (ten, 1) };
        let magnitude = value.checked_abs()?;
        let (rounded, is_rounded) = self
            .apply_narrow(magnitude, up, down)
            .or_else(|| self.apply_wide(magnitude, up, down))?;
        Some((if value < 0 { -rounded } else { rounded }, is_rounded))
    }

    /// In 128 bits, which nearly every value fits; `None` when it does not.
    fn apply_narrow(self, magnitude: i128, up: i128, down: i128) -> Option<(i128, bool)> {
        let product = magnitude.checked_mul(self.numerator.checked_mul(up)?)?;
        let below = self.denominator.checked_mul(down)?;
        let (whole, rest) = (product / below, product % below);
        Some((whole + i128::from(rest >= below - rest), rest != 0))
    }

    /// In 256 bits; `None` when the result does not fit 128.
    fn apply_wide(self, magnitude: i128, up: i128, down: i128) -> Option<(i128, bool)> {
        let wide = i256::from_i128;
        let product = wide(self.numerator)
            .checked_mul(wide(up))?
            .checked_mul(wide(magnitude))?;
        let below = wide(self.denominator).checked_mul(wide(down))?;
        let whole = product.checked_div(below)?;
        let rest = product.checked_rem(below)?;
        let is_half_or_more = rest >= below.checked_sub(rest)?;
        let rounded = whole.checked_add(wide(i128::from(is_half_or_more)))?;
        Some((rounded.to_i128()?, rest != i256::ZERO))
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
    use proptest::prelude::*;

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
        assert_eq!(ratio(5, 18).times(ratio(36, 10)), Some(Ratio::ONE));
        assert_eq!(ratio(10, 1).pow(-2), Some(ratio(1, 100)));
        assert_eq!(ratio(i128::MAX, 1).times(ratio(2, 1)), None);
        // 2/3 of 3/2, with terms too large to be multiplied before they are reduced.
        assert_eq!(
            ratio(i128::MAX, 3).times(ratio(3, i128::MAX)),
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
    fn values_too_wide_on_the_way_are_rounded_the_same() {
        // 10^38 / 3 at scale -37: 3.33… -> 3; (10^38 × 10^30) / (2 × 10^30) = 5 × 10^37 exactly.
        let huge = 10_i128.pow(38);
        assert_eq!(ratio(1, 3).apply(huge, -37), Some((3, true)));
        let third = ratio(10_i128.pow(30) + 1, 2 * 10_i128.pow(30));
        // 10^38 × (10^30 + 1) / (2 × 10^30) = 5 × 10^37 + 5 × 10^7.
        assert_eq!(
            third.apply(huge, 0),
            Some((5 * 10_i128.pow(37) + 50_000_000, false))
        );
    }

    #[test]
    fn what_does_not_fit_is_none_and_what_vanishes_is_zero() {
        assert_eq!(Ratio::ONE.apply(i128::MAX, 1), None);
        assert_eq!(Ratio::ONE.apply(1, 39), None);
        assert_eq!(Ratio::ONE.apply(1, -39), Some((0, true)));
        assert_eq!(Ratio::ONE.apply(0, 1_000), Some((0, false)));
    }

    proptest! {
        #[test]
        fn the_narrow_way_rounds_as_the_wide_way_does(
            magnitude in 1_i128..1_000_000_000_000_000_000,
            numerator in 1_i128..1_000_000,
            denominator in 1_i128..1_000_000,
            power in -12_i32..=6,
        ) {
            let ratio = ratio(numerator, denominator);
            let ten = 10_i128.pow(power.unsigned_abs());
            let (up, down) = if power < 0 { (1, ten) } else { (ten, 1) };
            prop_assert_eq!(
                ratio.apply_narrow(magnitude, up, down),
                ratio.apply_wide(magnitude, up, down)
            );
        }
    }
}
