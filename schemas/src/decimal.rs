//! Exact decimal numbers as they stand in declared files (bounds of ranges).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// An exact decimal number: `unscaled` × 10^-`scale`, without trailing zeros in its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    unscaled: i128,
    scale: u8,
}

/// Why a text is not a decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a decimal number of at most 38 digits")]
pub struct DecimalError(String);

impl Decimal {
    /// The whole number at `scale` decimal places, or `None` when it has more places than that or
    /// does not fit: `0.5` at 4 is 5000, at 0 nothing.
    pub fn unscaled_at(&self, scale: i8) -> Option<i128> {
        let more = i32::from(scale) - i32::from(self.scale);
        10_i128
            .checked_pow(u32::try_from(more).ok()?)?
            .checked_mul(self.unscaled)
    }

    /// Compares with `unscaled` × 10^-`scale`, exactly.
    pub fn compare_to(&self, unscaled: i128, scale: i8) -> Ordering {
        let own = i32::from(self.scale);
        let other = i32::from(scale);
        let raise = |value: i128, by: i32| {
            u32::try_from(by)
                .ok()
                .and_then(|by| 10_i128.checked_pow(by))
                .and_then(|power| value.checked_mul(power))
        };
        // A side too large to be raised to the other's scale is the larger one in magnitude.
        if own <= other {
            match raise(self.unscaled, other - own) {
                Some(raised) => raised.cmp(&unscaled),
                None => self.unscaled.cmp(&0),
            }
        } else {
            match raise(unscaled, own - other) {
                Some(raised) => self.unscaled.cmp(&raised),
                None => 0.cmp(&unscaled),
            }
        }
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Decimal, DecimalError> {
        let refuse = || DecimalError(text.to_owned());
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = format!("{whole}{}", fraction.trim_end_matches('0'));
        if whole.is_empty() && fraction.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refuse());
        }
        let significant = digits.trim_start_matches('0');
        if significant.len() > 38 {
            return Err(refuse());
        }
        let magnitude: i128 = match significant {
            "" => 0,
            digits => digits.parse().map_err(|_| refuse())?,
        };
        let unscaled = if text.starts_with('-') {
            -magnitude
        } else {
            magnitude
        };
        let scale = u8::try_from(fraction.trim_end_matches('0').len()).map_err(|_| refuse())?;
        Ok(Decimal { unscaled, scale })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let digits = format!(
            "{:0>width$}",
            self.unscaled.unsigned_abs(),
            width = usize::from(self.scale) + 1
        );
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.scale));
        match fraction {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn it_shows_what_was_read_without_trailing_zeros() {
        for (text, shown) in [
            ("0", "0"),
            ("-0.50", "-0.5"),
            ("12.340", "12.34"),
            ("+7", "7"),
            (".5", "0.5"),
            ("100", "100"),
        ] {
            assert_eq!(decimal(text).to_string(), shown);
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        for text in ["", ".", "-", "1e3", "1,000", "a", "1.2.3", &"9".repeat(39)] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_bound_is_exact_at_a_scale_or_not_at_all() {
        assert_eq!(decimal("0.5").unscaled_at(4), Some(5000));
        assert_eq!(decimal("0.5").unscaled_at(0), None);
        assert_eq!(decimal("-3").unscaled_at(2), Some(-300));
    }

    #[test]
    fn comparison_is_exact_across_scales_and_sizes() {
        assert_eq!(decimal("0.5").compare_to(5, 1), Ordering::Equal);
        assert_eq!(decimal("0.5").compare_to(0, 0), Ordering::Greater);
        assert_eq!(decimal("0.001").compare_to(i128::MAX, 0), Ordering::Less);
        assert_eq!(
            decimal("-0.001").compare_to(i128::MIN + 1, 0),
            Ordering::Greater
        );
    }
}
