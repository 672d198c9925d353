//! Codes with a shape or a check digit, and their normal form.
//!
//! A code is checked and never mended by guess: one lost digit can be put back in several places that
//! all pass (shared/domain/identifiers.md, example B). What is folded is only the way of writing:
//! blanks at the ends, full-width forms, lower case.

mod account;
mod plate;
mod region;
mod title_number;
mod uscc;
mod vin;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::text;

pub use plate::{PlateClass, plate_class};
pub use region::{CodeChange, Region, RegionLevel, region_code_on};
pub use vin::vin_check_digit_holds;

/// A kind of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// 统一社会信用代码 (GB 32100-2015), both check digits.
    Uscc,
    /// 行政区划代码 (GB/T 2260), or a local code of an area without one.
    Region,
    /// 机动车号牌 (GA 36-2018).
    Plate,
    /// 车辆识别代号 (ISO 3779, GB 16735).
    Vin,
    /// 户号 of a supplier of electricity, water, gas or heat.
    Account,
    /// 不动产权证号.
    TitleNumber,
}

/// Why a text is not a code of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Too short or too long.
    #[error("{found} characters, where {kind} has {expected}")]
    Length {
        /// The kind.
        kind: IdentifierKind,
        /// How many characters it has.
        found: usize,
        /// How many it should have, in words.
        expected: &'static str,
    },
    /// A character that does not occur there.
    #[error("`{character}` at position {position}, where {kind} has {expected}")]
    Character {
        /// The kind.
        kind: IdentifierKind,
        /// The character.
        character: char,
        /// Its 1-based position.
        position: usize,
        /// What occurs there, in words.
        expected: &'static str,
    },
    /// A check digit that does not fit the rest.
    #[error("check digit `{found}`, where the {digits} before it give `{expected}`")]
    CheckDigit {
        /// The digit as written.
        found: char,
        /// What the other digits give.
        expected: char,
        /// Which digits, in words.
        digits: &'static str,
    },
    /// Not of the form of its kind.
    #[error("not of the form of {kind}: {expected}")]
    Form {
        /// The kind.
        kind: IdentifierKind,
        /// The form, by an example.
        expected: &'static str,
    },
    /// A number in the notation spreadsheets give long numbers, its digits lost.
    #[error("a number rounded by a spreadsheet; its digits are lost")]
    Rounded,
}

/// Checks a code and gives its normal form: blanks trimmed, full-width forms folded, upper case; plates
/// without separators.
///
/// # Errors
/// What is wrong with it, with the position or the check digit expected.
///
/// # Example
/// ```
/// use contracts::identifier::{IdentifierKind, check};
/// let code = check(IdentifierKind::Uscc, "91350100m000100y43")?;
/// assert_eq!(code, "91350100M000100Y43");
/// # Ok::<(), contracts::identifier::IdentifierError>(())
/// ```
pub fn check(kind: IdentifierKind, code: &str) -> Result<Cow<'_, str>, IdentifierError> {
    match kind {
        IdentifierKind::Uscc => uscc::check(normal(code)),
        IdentifierKind::Region => region::check(normal(code)),
        IdentifierKind::Plate => plate::check(normal(code)),
        IdentifierKind::Vin => vin::check(normal(code)),
        IdentifierKind::Account => account::check(normal(code)),
        IdentifierKind::TitleNumber => title_number::check(normal(code)),
    }
}

/// Borrows what is in normal form already, which nearly every cell is.
fn normal(code: &str) -> Cow<'_, str> {
    let trimmed = text::trim(code);
    match text::half_width(trimmed) {
        Cow::Borrowed(same) if !same.bytes().any(|b| b.is_ascii_lowercase()) => Cow::Borrowed(same),
        folded => Cow::Owned(text::trim(&folded).to_ascii_uppercase()),
    }
}

impl IdentifierKind {
    /// All kinds.
    pub const ALL: [IdentifierKind; 6] = [
        IdentifierKind::Uscc,
        IdentifierKind::Region,
        IdentifierKind::Plate,
        IdentifierKind::Vin,
        IdentifierKind::Account,
        IdentifierKind::TitleNumber,
    ];

    /// The word contracts use.
    pub fn as_str(self) -> &'static str {
        match self {
            IdentifierKind::Uscc => "uscc",
            IdentifierKind::Region => "region",
            IdentifierKind::Plate => "plate",
            IdentifierKind::Vin => "vin",
            IdentifierKind::Account => "account",
            IdentifierKind::TitleNumber => "title_number",
        }
    }
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IdentifierKind::Uscc => "a unified social credit code",
            IdentifierKind::Region => "a region code",
            IdentifierKind::Plate => "a number plate",
            IdentifierKind::Vin => "a VIN",
            IdentifierKind::Account => "an account number",
            IdentifierKind::TitleNumber => "a title number",
        })
    }
}

impl FromStr for IdentifierKind {
    type Err = String;

    /// Reads the word contracts use; the error is the word.
    fn from_str(word: &str) -> Result<IdentifierKind, String> {
        IdentifierKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| word.to_owned())
    }
}

#[cfg(test)]
mod tests;
