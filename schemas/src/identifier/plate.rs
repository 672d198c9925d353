//! 机动车号牌: GA 36-2018.
//!
//! ```text
//! ordinary   省 letter 5 of letters and digits; the last may be 挂 学 警 港 澳      鄂H12345
//! NEV small  省 letter energy-letter (letter or digit) 4 digits                     鄂HD12345
//! NEV large  省 letter 5 digits energy-letter                                      鄂H12345D
//! ```
//! Letters are A to Z without I and O. Energy letters: D A B C E battery, F G H J K others.

use std::borrow::Cow;

use super::{IdentifierError, IdentifierKind};

const KIND: IdentifierKind = IdentifierKind::Plate;

/// The 31 provinces, autonomous regions and municipalities.
const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";

const EXPECTED: &str = "as in `鄂H12345`, `鄂HD12345`, `鄂H12345D`, `鄂H1234警`";

/// What a plate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlateClass {
    /// A vehicle with a combustion engine, or an older plate of any vehicle.
    Ordinary,
    /// A small vehicle of new energy.
    SmallNewEnergy,
    /// A large vehicle of new energy.
    LargeNewEnergy,
    /// Police (警).
    Police,
    /// Learner (学).
    Learner,
    /// Trailer (挂).
    Trailer,
    /// Of Hong Kong (港).
    HongKong,
    /// Of Macau (澳).
    Macau,
}

impl PlateClass {
    /// Whether it says that the vehicle is one of new energy.
    pub fn is_new_energy(self) -> bool {
        matches!(
            self,
            PlateClass::SmallNewEnergy | PlateClass::LargeNewEnergy
        )
    }
}

/// The class of a plate.
///
/// # Errors
/// As [`super::check`].
pub fn plate_class(plate: &str) -> Result<PlateClass, IdentifierError> {
    class(&check(super::normal(plate))?)
}

pub(super) fn check(code: Cow<'_, str>) -> Result<Cow<'_, str>, IdentifierError> {
    let code = without_separators(code);
    class(&code)?;
    Ok(code)
}

/// `鄂H·12345` is how plates are painted.
fn without_separators(code: Cow<'_, str>) -> Cow<'_, str> {
    let is_separator = |c: char| matches!(c, '·' | '•' | '．' | '.' | '-' | ' ' | '\u{30FB}');
    if code.contains(is_separator) {
        Cow::Owned(code.replace(is_separator, ""))
    } else {
        code
    }
}

fn class(plate: &str) -> Result<PlateClass, IdentifierError> {
    let characters: Vec<char> = plate.chars().collect();
    let [province, office, rest @ ..] = characters.as_slice() else {
        return Err(length(characters.len()));
    };
    if !PROVINCES.contains(*province) {
        return Err(character(*province, 1, "the short name of a province"));
    }
    if !is_letter(*office) {
        return Err(character(*office, 2, "a letter other than I, O"));
    }
    match rest.len() {
        5 => ordinary(rest),
        6 => new_energy(rest),
        _ => Err(length(characters.len())),
    }
}

fn ordinary(rest: &[char]) -> Result<PlateClass, IdentifierError> {
    for (index, &c) in rest[..4].iter().enumerate() {
        if !is_letter(c) && !c.is_ascii_digit() {
            return Err(character(
                c,
                index + 3,
                "a digit or a letter other than I, O",
            ));
        }
    }
    Ok(match rest[4] {
        '警' => PlateClass::Police,
        '学' => PlateClass::Learner,
        '挂' => PlateClass::Trailer,
        '港' => PlateClass::HongKong,
        '澳' => PlateClass::Macau,
        c if is_letter(c) || c.is_ascii_digit() => PlateClass::Ordinary,
        c => {
            return Err(character(
                c,
                7,
                "a digit, a letter other than I, O, or 警 学 挂 港 澳",
            ));
        }
    })
}

fn new_energy(rest: &[char]) -> Result<PlateClass, IdentifierError> {
    let are_digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
    if is_energy_letter(rest[0])
        && (is_letter(rest[1]) || rest[1].is_ascii_digit())
        && are_digits(&rest[2..])
    {
        return Ok(PlateClass::SmallNewEnergy);
    }
    if are_digits(&rest[..5]) && is_energy_letter(rest[5]) {
        return Ok(PlateClass::LargeNewEnergy);
    }
    Err(IdentifierError::Form {
        kind: KIND,
        expected: EXPECTED,
    })
}

fn is_letter(c: char) -> bool {
    c.is_ascii_uppercase() && c != 'I' && c != 'O'
}

fn is_energy_letter(c: char) -> bool {
    "DABCEFGHJK".contains(c)
}

fn length(found: usize) -> IdentifierError {
    IdentifierError::Length {
        kind: KIND,
        found,
        expected: "7, or 8 for new energy",
    }
}

fn character(character: char, position: usize, expected: &'static str) -> IdentifierError {
    IdentifierError::Character {
        kind: KIND,
        character,
        position,
        expected,
    }
}
