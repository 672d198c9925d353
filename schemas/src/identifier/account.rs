//! 户号: the account numbers of suppliers.
//!
//! Electricity: 10 digits, 13 since the grid's new marketing system; water, gas and heat are the
//! supplier's own. Leading zeros count. Which account is whose is data; here is only the shape.

use std::borrow::Cow;

use super::{IdentifierError, IdentifierKind};

const KIND: IdentifierKind = IdentifierKind::Account;

pub(super) fn check(code: Cow<'_, str>) -> Result<Cow<'_, str>, IdentifierError> {
    if is_rounded(&code) {
        return Err(IdentifierError::Rounded);
    }
    for (index, character) in code.chars().enumerate() {
        if !character.is_ascii_alphanumeric() && character != '-' {
            return Err(IdentifierError::Character {
                kind: KIND,
                character,
                position: index + 1,
                expected: "a digit, a letter or `-`",
            });
        }
    }
    if !(4..=20).contains(&code.len()) {
        return Err(IdentifierError::Length {
            kind: KIND,
            found: code.len(),
            expected: "4 to 20",
        });
    }
    Ok(code)
}

/// `4.2123E+12`: what a spreadsheet makes of thirteen digits.
fn is_rounded(code: &str) -> bool {
    let Some((mantissa, exponent)) = code.split_once("E+") else {
        return false;
    };
    mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && exponent.bytes().all(|b| b.is_ascii_digit())
        && !mantissa.is_empty()
        && !exponent.is_empty()
}
