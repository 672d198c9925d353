//! 车辆识别代号: ISO 3779, GB 16735.
//!
//! The check digit at position 9 is computed but not demanded: it is not mandatory in China or Europe.

use std::borrow::Cow;

use super::{IdentifierError, IdentifierKind};

const KIND: IdentifierKind = IdentifierKind::Vin;

/// 49 CFR 565.15 table IV, also GB 16735 annex: the weight of each position; the check digit has none.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

pub(super) fn check(code: Cow<'_, str>) -> Result<Cow<'_, str>, IdentifierError> {
    let length = code.chars().count();
    if length != 17 {
        return Err(IdentifierError::Length {
            kind: KIND,
            found: length,
            expected: "17",
        });
    }
    match code.chars().enumerate().find(|(_, c)| value(*c).is_none()) {
        Some((index, character)) => Err(IdentifierError::Character {
            kind: KIND,
            character,
            position: index + 1,
            expected: "a digit or a letter other than I, O, Q",
        }),
        None => Ok(code),
    }
}

/// Whether the check digit at position 9 fits the others; false also for what is not a VIN.
///
/// A digit that fits speaks for a VIN typed without error; one that does not may only mean that the
/// maker puts no check digit there.
pub fn vin_check_digit_holds(vin: &str) -> bool {
    let Ok(vin) = super::check(KIND, vin) else {
        return false;
    };
    let sum: u32 = vin
        .chars()
        .zip(WEIGHTS)
        .map(|(symbol, weight)| value(symbol).unwrap_or(0) * weight)
        .sum();
    let expected = match sum % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    vin.as_bytes()[8] == expected
}

/// The value of a symbol: digits their own, letters 1 to 9 along the alphabet, as 49 CFR 565.15
/// table III has them.
fn value(symbol: char) -> Option<u32> {
    Some(match symbol {
        '0'..='9' => symbol as u32 - '0' as u32,
        'A' | 'J' => 1,
        'B' | 'K' | 'S' => 2,
        'C' | 'L' | 'T' => 3,
        'D' | 'M' | 'U' => 4,
        'E' | 'N' | 'V' => 5,
        'F' | 'W' => 6,
        'G' | 'P' | 'X' => 7,
        'H' | 'Y' => 8,
        'R' | 'Z' => 9,
        _ => return None,
    })
}
