//! 统一社会信用代码, GB 32100-2015, with the organisation code of GB 11714-1997 inside.
//!
//! ```text
//! 1 registering department | 1 class | 6 region | 9 organisation (8 + its own check) | 1 check
//! ```

use std::borrow::Cow;

use super::{IdentifierError, IdentifierKind};

const KIND: IdentifierKind = IdentifierKind::Uscc;

/// The 31 symbols in the order of their values: no I, O, S, V, Z.
const SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// GB 32100-2015: W_i = 3^(i-1) mod 31.
const WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];

/// GB 11714-1997.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

pub(super) fn check(code: Cow<'_, str>) -> Result<Cow<'_, str>, IdentifierError> {
    let length = code.chars().count();
    if length != 18 {
        return Err(IdentifierError::Length {
            kind: KIND,
            found: length,
            expected: "18",
        });
    }
    for (index, character) in code.chars().enumerate() {
        let is_region = (2..8).contains(&index);
        let expected = match (is_region, value(character)) {
            (true, Some(0..=9)) | (false, Some(_)) => continue,
            (true, _) => "a digit",
            (false, _) => "a digit or a letter other than I, O, S, V, Z",
        };
        return Err(IdentifierError::Character {
            kind: KIND,
            character,
            position: index + 1,
            expected,
        });
    }
    let symbols = code.as_bytes();
    require(
        symbols[16],
        organisation_check(&symbols[8..16]),
        "8 digits of the organisation",
    )?;
    require(symbols[17], check_symbol(&symbols[..17]), "17 digits")?;
    Ok(code)
}

fn require(found: u8, expected: u8, digits: &'static str) -> Result<(), IdentifierError> {
    if found == expected {
        return Ok(());
    }
    Err(IdentifierError::CheckDigit {
        found: char::from(found),
        expected: char::from(expected),
        digits,
    })
}

/// C18 = 31 - (sum of C_i W_i mod 31), as a symbol; 31 is written 0.
pub(super) fn check_symbol(first_17: &[u8]) -> u8 {
    let sum: u32 = first_17
        .iter()
        .zip(WEIGHTS)
        .map(|(&symbol, weight)| value(char::from(symbol)).unwrap_or(0) * weight)
        .sum();
    SYMBOLS[((31 - sum % 31) % 31) as usize]
}

/// C9 = 11 - (sum of C_i W_i mod 11), where 10 is written X and 11 is written 0.
///
/// Here letters have the values of GB 11714: A = 10 to Z = 35, all letters counted.
pub(super) fn organisation_check(first_8: &[u8]) -> u8 {
    let sum: u32 = first_8
        .iter()
        .zip(ORGANISATION_WEIGHTS)
        .map(|(&symbol, weight)| char::from(symbol).to_digit(36).unwrap_or(0) * weight)
        .sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    }
}

fn value(symbol: char) -> Option<u32> {
    let index = SYMBOLS.iter().position(|&s| char::from(s) == symbol)?;
    u32::try_from(index).ok()
}
