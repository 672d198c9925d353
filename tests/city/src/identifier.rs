//! Making identifiers that pass their checks: 统一社会信用代码, plates, VINs.
//!
//! The rules are written out here a second time on purpose (`schemas/src/identifier` checks them);
//! the tests below use the published examples.

use crate::random::Draw;

const USCC_SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
const BODY_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
const PLATE_SYMBOLS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A valid 统一社会信用代码: two characters of class, six digits of region, body with its own check, check.
pub(crate) fn uscc(draw: &mut Draw, class: &str, region: &str) -> String {
    let body: String = (0..8)
        .map(|_| char::from(b'0' + draw.below(10) as u8))
        .collect();
    let body_check = body_check(&body);
    let mut code = format!("{class}{region}{body}{body_check}");
    code.push(uscc_check(&code));
    code
}

/// The same code with another check character, so that it is refused.
pub(crate) fn spoil_check(code: &str) -> String {
    let mut spoilt = code.to_owned();
    let last = spoilt.pop().unwrap_or('0');
    spoilt.push(if last == '7' { '8' } else { '7' });
    spoilt
}

fn symbol_value(symbol: char) -> u32 {
    USCC_SYMBOLS
        .iter()
        .position(|known| char::from(*known) == symbol)
        .unwrap_or(0) as u32
}

/// The ninth character of the body by GB 11714.
fn body_check(body: &str) -> char {
    let sum: u32 = body
        .chars()
        .zip(BODY_WEIGHTS)
        .map(|(symbol, weight)| symbol.to_digit(36).unwrap_or(0) * weight)
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        check => char::from(b'0' + check as u8),
    }
}

/// The eighteenth character by GB 32100-2015.
fn uscc_check(first: &str) -> char {
    let sum: u32 = first
        .chars()
        .zip(USCC_WEIGHTS)
        .map(|(symbol, weight)| symbol_value(symbol) * weight)
        .sum();
    char::from(USCC_SYMBOLS[((31 - sum % 31) % 31) as usize])
}

/// The `serial`-th plate of a region: seven characters, or eight for new-energy vehicles.
///
/// `battery` is the class letter of a new-energy plate (`D` battery electric, `F` other), or `None`.
pub(crate) fn plate(prefix: &str, battery: Option<char>, serial: usize) -> String {
    let letters = PLATE_SYMBOLS.len();
    match battery {
        Some(class) => {
            let letter = char::from(PLATE_SYMBOLS[serial / 10_000 % letters]);
            format!("{prefix}{class}{letter}{:04}", serial % 10_000)
        }
        None => {
            let letter = char::from(PLATE_SYMBOLS[serial / 1_000 % letters]);
            let last = char::from(PLATE_SYMBOLS[serial / (1_000 * letters) % letters]);
            format!("{prefix}{letter}{:03}{last}", serial % 1_000)
        }
    }
}

/// A VIN with its ISO 3779 check character in place nine.
pub(crate) fn vin(draw: &mut Draw, maker: &str, year: i32, serial: usize) -> String {
    const SYMBOLS: &[u8; 33] = b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
    const YEARS: &[u8; 30] = b"ABCDEFGHJKLMNPRSTVWXY123456789";
    let mut middle = String::new();
    for _ in 0..5 {
        middle.push(char::from(SYMBOLS[draw.below(33) as usize]));
    }
    let year = char::from(YEARS[(year - 2010).rem_euclid(30) as usize]);
    let unchecked = format!("{maker}{middle}0{year}J{serial:06}");
    let check = vin_check(&unchecked);
    format!("{maker}{middle}{check}{year}J{serial:06}")
}

fn vin_check(vin: &str) -> char {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = vin
        .chars()
        .zip(WEIGHTS)
        .map(|(symbol, weight)| vin_value(symbol) * weight)
        .sum();
    match sum % 11 {
        10 => 'X',
        check => char::from(b'0' + check as u8),
    }
}

fn vin_value(symbol: char) -> u32 {
    match symbol {
        '0'..='9' => symbol as u32 - '0' as u32,
        'A'..='H' => symbol as u32 - 'A' as u32 + 1,
        'J'..='N' => symbol as u32 - 'J' as u32 + 1,
        'P' => 7,
        'R' => 9,
        'S'..='Z' => symbol as u32 - 'S' as u32 + 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Kind;

    #[test]
    fn the_published_codes_get_their_published_check_characters() {
        assert_eq!(uscc_check("91350100M000100Y4"), '3');
        assert_eq!(uscc_check("12420800559710927"), 'L');
        assert_eq!(body_check("55971092"), '7');
    }

    #[test]
    fn a_published_vin_has_its_check_character() {
        // The worked example of 49 CFR 565 and of ISO 3779's common texts.
        assert_eq!(vin_check("1M8GDM9A0KP042788"), 'X');
    }

    #[test]
    fn plates_never_carry_the_letters_i_and_o() {
        for serial in [0, 7_999, 23_456, 575_999] {
            let plate = plate("鄂H", None, serial);
            assert_eq!(plate.chars().count(), 7);
            assert!(!plate.contains(['I', 'O']));
        }
        assert_eq!(plate("鄂H", Some('D'), 12_345), "鄂HDB2345");
    }

    #[test]
    fn a_spoilt_code_differs_in_its_last_character_only() {
        let code = uscc(&mut Draw::new(1, Kind::Organization, 0), "11", "420800");
        let spoilt = spoil_check(&code);
        assert_eq!(code[..17], spoilt[..17]);
        assert_ne!(code, spoilt);
    }
}
