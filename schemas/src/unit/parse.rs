//! Units from text.
//!
//! `unit := product ('/' product)*`, `product := factor ('*' factor)*`,
//! `factor := numeral* atom power?`. Everything after a `/` divides, so `元/m²·月` is yuan per square
//! metre and month; parentheses may say the same: `L/(100 km)`. Spellings are matched as they are first, then without regard to case: source files
//! say `KWH`.

use super::table::{ATOMS, Atom};
use super::{Part, Ratio, Unit};
use crate::text;

/// Why a text is not a unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Nothing where a unit should be.
    #[error("a unit is missing in `{0}`")]
    Empty(String),
    /// A word that is no unit.
    #[error("unknown unit `{word}`")]
    Unknown {
        /// The word.
        word: String,
        /// The nearest known spelling.
        nearest: Option<String>,
    },
    /// A power or product too large to be exact.
    #[error("unit `{0}` is too large or small to be converted exactly")]
    TooLarge(String),
}

impl UnitError {
    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        match self {
            UnitError::Unknown { nearest, .. } => {
                nearest.as_ref().map(|nearest| format!("write `{nearest}`"))
            }
            UnitError::Empty(_) => {
                Some("write units as `yuan/kWh`, `kgce/m2`, `degC*d`".to_owned())
            }
            UnitError::TooLarge(_) => None,
        }
    }
}

pub(super) fn unit(written: &str) -> Result<Unit, UnitError> {
    let folded = fold(written);
    let mut unit = Unit::one();
    for (index, product) in folded.split('/').enumerate() {
        let product = bare(product);
        for factor in product.split('*') {
            let factor = factor.trim();
            if factor.is_empty() {
                return Err(UnitError::Empty(written.to_owned()));
            }
            if index == 0 && product == "1" {
                continue;
            }
            let parts = parts(factor).ok_or_else(|| UnitError::Unknown {
                word: factor.to_owned(),
                nearest: nearest(factor),
            })?;
            for mut part in parts {
                if index > 0 {
                    part.power = -part.power;
                }
                unit.multiply_by(part)
                    .ok_or_else(|| UnitError::TooLarge(written.to_owned()))?;
            }
        }
    }
    Ok(unit)
}

pub(super) fn nearest(word: &str) -> Option<String> {
    let areas = ["m2", "m3", "km2", "ft2", "ft3"];
    let atoms = ATOMS
        .iter()
        .flat_map(|atom| std::iter::once(atom.symbol).chain(atom.spellings.iter().copied()));
    text::nearest(word, atoms.chain(areas)).map(str::to_owned)
}

/// A product without the parentheses around it.
fn bare(product: &str) -> &str {
    let product = product.trim();
    let inside = product
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    inside.map_or(product, str::trim)
}

/// Typographic forms to the plain ones.
fn fold(written: &str) -> String {
    text::half_width(text::trim(written))
        .replace(['·', '⋅', '×', '•'], "*")
        .replace('²', "2")
        .replace('³', "3")
        .replace('₂', "2")
        .replace('㎡', "m2")
        .replace("平方米", "m2")
        .replace("平米", "m2")
        .replace("立方米", "m3")
        .replace("平方公里", "km2")
        .replace("平方千米", "km2")
}

fn parts(factor: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = factor;
    // Whole spellings before numerals: `千克` is no thousand of anything.
    while !rest.is_empty() {
        if let Some((atom, power)) = power_of_atom(rest) {
            parts.push(Part { atom, power });
            break;
        }
        let (written, numeral) = numeral(rest)?;
        parts.push(Part {
            atom: numeral,
            power: 1,
        });
        rest = rest[written..].trim_start();
    }
    Some(parts)
}

/// The numeral a text begins with and how many bytes it takes: `万`, or `10000` written out.
fn numeral(text: &str) -> Option<(usize, &'static Atom)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let written_out = text[..digits].parse::<i128>().ok();
    let mut numerals = ATOMS.iter().filter(|atom| atom.is_numeral);
    let found = numerals.find(|atom| match written_out {
        Some(number) => Ratio::new(number, 1) == Some(atom.size),
        None => text.starts_with(atom.symbol),
    })?;
    Some((
        if digits > 0 {
            digits
        } else {
            found.symbol.len()
        },
        found,
    ))
}

fn power_of_atom(text: &str) -> Option<(&'static Atom, i8)> {
    // Whole spellings first: the 2 of `kgCO2` is no power.
    if let Some(atom) = atom(text) {
        return Some((atom, 1));
    }
    if matches!(text, "方" | "立方") {
        return Some((atom("m")?, 3));
    }
    let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let power: i8 = text[stem.len()..].parse().ok().filter(|p| *p > 0)?;
    Some((atom(stem.strip_suffix('^').unwrap_or(stem))?, power))
}

fn atom(spelling: &str) -> Option<&'static Atom> {
    let written = |same: fn(&str, &str) -> bool| {
        ATOMS.iter().find(|atom| {
            same(atom.symbol, spelling) || atom.spellings.iter().any(|s| same(s, spelling))
        })
    };
    written(|a, b| a == b).or_else(|| written(|a, b| a.eq_ignore_ascii_case(b)))
}
