//! Numbers: text to an exact whole number at the column's scale.

use super::{Missing, ValueError};
use crate::text;
use crate::unit::{Ratio, Unit};

/// How the numbers of one column are written.
#[derive(Debug, Clone, Default)]
pub struct NumberRules {
    /// Texts for a missing value.
    pub missing: Missing,
    /// The column's unit. Without one no unit or sign may stand beside a number.
    pub unit: Option<Unit>,
    /// The unit of numbers that carry none of their own; absent when it is the column's.
    pub source_unit: Option<Unit>,
    /// Whether `,` is the decimal point and `.` separates thousands.
    pub decimal_comma: bool,
    /// Currency signs of the source that are left out, beside `¥`, `元` and their like: `$`.
    pub currency_signs: Vec<String>,
}

/// A number at the column's scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaled {
    /// The value × 10^scale.
    pub unscaled: i128,
    /// Whether digits were rounded off (half away from zero). The caller counts these.
    pub is_rounded: bool,
}

/// Parses the cells of one decimal column.
///
/// Plain numbers, thousands separators (`1,234.5`, `1 234.5`), full-width forms, signs before or behind,
/// negatives in brackets, currency signs, exponents (`1.2E+3`), numerals (`3.5万`) and units behind the
/// number (`12 MWh` in a column of kWh) are understood. The value is converted to the column's unit
/// exactly and rounded once.
#[derive(Debug, Clone)]
pub struct DecimalParser {
    scale: u8,
    /// 10^precision: magnitudes below it fit.
    limit: i128,
    rules: NumberRules,
    /// From `source_unit` to `unit`.
    factor: Ratio,
    /// The factor when it is whole (万元 to 元) and numbers are written with a point: what the fast way
    /// can do.
    whole_factor: Option<i128>,
}

impl DecimalParser {
    /// A parser for `decimal(precision, scale)`, with 1 <= precision <= 38 and 0 <= scale <= precision
    /// as contracts have it; larger values are cut down to these.
    ///
    /// `None` when the rules' two units do not measure the same kind of thing.
    pub fn new(precision: u8, scale: i8, rules: NumberRules) -> Option<DecimalParser> {
        let precision = precision.clamp(1, 38);
        let factor = match (&rules.source_unit, &rules.unit) {
            (Some(from), Some(to)) => from.factor_to(to)?,
            (Some(_), None) => return None,
            (None, _) => Ratio::ONE,
        };
        Some(DecimalParser {
            scale: u8::try_from(scale).unwrap_or(0).min(precision),
            limit: 10_i128
                .checked_pow(u32::from(precision))
                .unwrap_or(i128::MAX),
            whole_factor: (factor.denominator() == 1 && !rules.decimal_comma)
                .then(|| factor.numerator()),
            rules,
            factor,
        })
    }

    /// The value of a cell; `None` when it is missing.
    ///
    /// # Errors
    /// When the cell is no number, or one that the column cannot hold.
    #[inline]
    pub fn parse(&self, cell: &str) -> Result<Option<Scaled>, ValueError> {
        match self.parse_fast(cell.as_bytes()) {
            Some(unscaled) => Ok(Some(Scaled {
                unscaled,
                is_rounded: false,
            })),
            None => self.parse_slow(cell),
        }
    }

    /// Digits with at most one point and a leading minus, exact at the column's scale.
    #[inline]
    fn parse_fast(&self, cell: &[u8]) -> Option<i128> {
        let (is_negative, digits) = match cell {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        let factor = self.whole_factor?;
        // 18 digits and a point: what fits 64 bits whatever the digits are.
        if digits.is_empty() || digits.len() > 19 {
            return None;
        }
        let mut value: u64 = 0;
        let mut places_left: Option<u8> = None;
        let mut count = 0_u8;
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    if let Some(left) = &mut places_left {
                        *left = left.checked_sub(1)?;
                    }
                    count += 1;
                    value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                }
                b'.' if places_left.is_none() && count > 0 => places_left = Some(self.scale),
                _ => return None,
            }
        }
        if count == 0 || count > 18 || digits.last() == Some(&b'.') {
            return None;
        }
        let left = usize::from(places_left.unwrap_or(self.scale));
        // Below 10^18 · 10^19, so that one multiplication of 64 bits will do.
        let mut magnitude = (u128::from(value) * u128::from(*POWERS.get(left)?)) as i128;
        if factor != 1 {
            magnitude = magnitude.checked_mul(factor)?;
        }
        if magnitude >= self.limit {
            return None;
        }
        Some(if is_negative { -magnitude } else { magnitude })
    }

    /// The general way; the fast one agrees with it wherever it answers.
    pub(super) fn parse_slow(&self, cell: &str) -> Result<Option<Scaled>, ValueError> {
        if self.rules.missing.is_missing(cell) {
            return Ok(None);
        }
        let folded = text::half_width(text::trim(cell));
        let (is_negative, rest) = strip_sign(text::trim(&folded));
        let (rest, has_sign) = self.strip_currency(rest);
        // `¥-5` and `-¥5` both occur.
        let (is_negative, rest) = match strip_sign(rest) {
            (true, _) if is_negative => return Err(ValueError::NotANumber),
            (inner, rest) => (is_negative || inner, rest),
        };
        let (digits, behind) = split_number(rest)?;
        let number = Digits::read(digits, self.rules.decimal_comma)?;
        let (is_negative, behind) = match behind.trim() {
            // `5-`, as accounting systems print it.
            "-" if !is_negative => (true, ""),
            behind => (is_negative, behind),
        };
        let factor = self.factor_of(behind, has_sign)?;
        let (unscaled, was_rounded) = factor
            .apply(number.mantissa, number.exponent + i32::from(self.scale))
            .ok_or(ValueError::TooLarge)?;
        if unscaled
            .checked_abs()
            .is_none_or(|magnitude| magnitude >= self.limit)
        {
            return Err(ValueError::TooLarge);
        }
        Ok(Some(Scaled {
            unscaled: if is_negative { -unscaled } else { unscaled },
            is_rounded: was_rounded || number.has_more,
        }))
    }

    fn strip_currency<'a>(&self, number: &'a str) -> (&'a str, bool) {
        let is_money = self.rules.unit.as_ref().is_some_and(Unit::is_money);
        let own = ["¥", "RMB", "CNY", "人民币"]
            .into_iter()
            .filter(|_| is_money);
        let declared = self.rules.currency_signs.iter().map(String::as_str);
        for sign in own.chain(declared) {
            if let Some(rest) = number.strip_prefix(sign) {
                return (rest.trim_start(), true);
            }
        }
        (number, false)
    }

    /// What the number is multiplied by, given the text behind it.
    fn factor_of(&self, behind: &str, has_sign: bool) -> Result<Ratio, ValueError> {
        if behind.is_empty() {
            // `¥5` in a file of 万元 would be 5 yuan; a sign says the unit as a word does.
            return match (
                &self.rules.unit,
                has_sign && self.rules.currency_signs.is_empty(),
            ) {
                (Some(unit), true) if unit.is_money() => Unit::parse("yuan")
                    .ok()
                    .and_then(|yuan| yuan.factor_to(unit)),
                _ => Some(self.factor),
            }
            .ok_or(ValueError::ForeignUnit);
        }
        if self.rules.currency_signs.iter().any(|sign| sign == behind) {
            return Ok(self.factor);
        }
        let written = Unit::parse(behind).map_err(|_| match behind.chars().next() {
            Some(c) if c.is_ascii_digit() || c == '.' || c == ',' => ValueError::NotANumber,
            _ if self.rules.unit.is_none() => ValueError::NotANumber,
            _ => ValueError::ForeignUnit,
        })?;
        // `3.5万` is a number; only `3.5万元` says its unit.
        if written.is_dimensionless() && !written.is_percent() {
            let times = written
                .factor_to(&Unit::one())
                .ok_or(ValueError::ForeignUnit)?;
            return self.factor.times(times).ok_or(ValueError::TooLarge);
        }
        let unit = self.rules.unit.as_ref().ok_or(ValueError::ForeignUnit)?;
        written.factor_to(unit).ok_or(ValueError::ForeignUnit)
    }
}

/// The whole number in a cell; `None` when it is missing. `12.0` is whole, `12.5` is not.
///
/// # Errors
/// When the cell is no whole number of 64 bits.
#[inline]
pub fn integer(cell: &str, rules: &DecimalParser) -> Result<Option<i64>, ValueError> {
    match rules.parse(cell)? {
        None => Ok(None),
        Some(Scaled {
            is_rounded: true, ..
        }) => Err(ValueError::NotWhole),
        Some(Scaled { unscaled, .. }) => i64::try_from(unscaled)
            .map(Some)
            .map_err(|_| ValueError::TooLarge),
    }
}

impl DecimalParser {
    /// A parser for whole numbers, to be given to [`integer`].
    ///
    /// `None` when the rules' two units do not measure the same kind of thing.
    pub fn for_integers(rules: NumberRules) -> Option<DecimalParser> {
        DecimalParser::new(19, 0, rules)
    }
}

const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut index = 1;
    while index < 20 {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// Significant digits: mantissa × 10^exponent, and whether smaller digits than 38 could hold follow.
struct Digits {
    mantissa: i128,
    exponent: i32,
    has_more: bool,
}

impl Digits {
    /// `digits` has digits, `.`, `,`, blanks and perhaps an exponent, nothing else.
    fn read(digits: &str, decimal_comma: bool) -> Result<Digits, ValueError> {
        let (number, power) = match digits.split_once(['e', 'E']) {
            Some((number, power)) => (
                number,
                power.parse::<i32>().map_err(|_| ValueError::NotANumber)?,
            ),
            None => (digits, 0),
        };
        let point = if decimal_comma { ',' } else { '.' };
        let (whole, fraction) = match number.split_once(point) {
            Some((whole, fraction)) => (whole, fraction),
            None => (number, ""),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(ValueError::NotANumber);
        }
        check_groups(whole, if decimal_comma { b'.' } else { b',' })?;
        if !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ValueError::Grouping);
        }
        // The exponent of no number that fits is farther from 0 than this.
        let mut read = Digits {
            mantissa: 0,
            exponent: power.clamp(-1_000_000, 1_000_000),
            has_more: false,
        };
        for digit in whole.bytes().filter(u8::is_ascii_digit) {
            read.push(i128::from(digit - b'0'), false);
        }
        for digit in fraction.bytes() {
            read.push(i128::from(digit - b'0'), true);
        }
        Ok(read)
    }

    fn push(&mut self, digit: i128, is_fraction: bool) {
        let longer = self
            .mantissa
            .checked_mul(10)
            .and_then(|m| m.checked_add(digit));
        match longer {
            Some(longer) if !self.has_more && longer < POWER_38 => {
                self.mantissa = longer;
                self.exponent -= i32::from(is_fraction);
            }
            _ => {
                // Past 38 digits: what is dropped is far below every scale, or the number is too large.
                self.has_more |= digit != 0;
                self.exponent += i32::from(!is_fraction);
            }
        }
    }
}

const POWER_38: i128 = 10_i128.pow(38);

/// Separators of thousands must stand every three digits, all of one kind.
fn check_groups(whole: &str, separator: u8) -> Result<(), ValueError> {
    let mut used: Option<u8> = None;
    let mut length = 0;
    for byte in whole.bytes() {
        match byte {
            b'0'..=b'9' => length += 1,
            _ if byte != separator && byte != b' ' && byte != b'\'' => {
                return Err(ValueError::Grouping);
            }
            _ => {
                let is_due = match used {
                    None => (1..=3).contains(&length),
                    Some(used) => used == byte && length == 3,
                };
                if !is_due {
                    return Err(ValueError::Grouping);
                }
                used = Some(byte);
                length = 0;
            }
        }
    }
    match used {
        Some(_) if length != 3 => Err(ValueError::Grouping),
        _ => Ok(()),
    }
}

/// A sign or a pair of brackets around the whole, and what is left.
fn strip_sign(text: &str) -> (bool, &str) {
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        return (true, inner.trim());
    }
    for minus in ['-', '\u{2212}', '\u{FE63}'] {
        if let Some(rest) = text.strip_prefix(minus) {
            return (true, rest.trim_start());
        }
    }
    (false, text.strip_prefix('+').map_or(text, str::trim_start))
}

/// The number at the beginning, and the text behind it.
fn split_number(text: &str) -> Result<(&str, &str), ValueError> {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let is_part = match bytes[end] {
            b'0'..=b'9' | b'.' | b',' => true,
            // Blanks and apostrophes only between digits.
            b' ' | b'\'' => end > 0 && bytes.get(end + 1).is_some_and(u8::is_ascii_digit),
            _ => false,
        };
        if !is_part {
            break;
        }
        end += 1;
    }
    if !bytes[..end].iter().any(u8::is_ascii_digit) {
        return Err(ValueError::NotANumber);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let power_end = bytes[signed..]
            .iter()
            .position(|b| !b.is_ascii_digit())
            .map_or(bytes.len(), |length| signed + length);
        if power_end > signed {
            end = power_end;
        }
    }
    Ok((&text[..end], &text[end..]))
}
