//! Units of measure: exact factors, products and quotients, and what may be added to what.
//!
//! A unit is a product of powers of *atoms* (`kWh`, `m`, `yuan`, …). Two units may be added or converted
//! when their *dimensions* are the same; what converts is an exact fraction, never a float. Coal
//! equivalent, carbon dioxide, carbon, persons and counted things are dimensions of their own: a
//! coefficient of the reference tables leads from kWh to kgce, not this module.
//!
//! # Example
//! ```
//! use contracts::unit::{Ratio, Unit};
//!
//! let source: Unit = "万千瓦时".parse()?;
//! let target: Unit = "kWh".parse()?;
//! assert_eq!(source.factor_to(&target), Ratio::new(10_000, 1));
//!
//! let price: Unit = "yuan/kWh".parse()?;
//! assert_eq!(price.mul(&target), Some("yuan".parse()?));
//! assert!(!target.same_dimension(&"kgce".parse()?));
//! # Ok::<(), contracts::unit::UnitError>(())
//! ```

mod name;
mod parse;
mod ratio;
mod row;
mod table;

use std::fmt;
use std::hash::{Hash, Hasher};

pub use parse::UnitError;
pub use ratio::Ratio;
pub use row::RowUnit;

use table::{Atom, Dimension};

/// A unit of measure. Two units are equal when they measure the same thing in the same size, however
/// they are written: `1000 kWh` and `MWh`, `m3` and `立方米`.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Powers of atoms in the order they were written; each atom once, no power zero.
    parts: Vec<Part>,
    /// The size in base units of the dimension.
    factor: Ratio,
    dimension: Dimension,
}

/// A power of an atom. A numeral before a unit (`万kWh`) is an atom of its own.
#[derive(Debug, Clone, Copy)]
struct Part {
    atom: &'static Atom,
    power: i8,
}

impl Unit {
    /// Reads a unit; the same as its `FromStr`.
    ///
    /// # Errors
    /// When an atom is not known or the whole is not a product of powers.
    pub fn parse(text: &str) -> Result<Unit, UnitError> {
        parse::unit(text)
    }

    /// The known spelling nearest to `text`.
    pub fn nearest(text: &str) -> Option<String> {
        parse::nearest(text)
    }

    /// The unit of a plain number.
    pub fn one() -> Unit {
        Unit {
            parts: Vec::new(),
            factor: Ratio::ONE,
            dimension: Dimension::NONE,
        }
    }

    /// Whether values in the two units measure the same kind of thing, so that they can be converted
    /// and added.
    pub fn same_dimension(&self, other: &Unit) -> bool {
        self.dimension == other.dimension
    }

    /// Whether this is a plain number or a part of one (`1`, `%`).
    pub fn is_dimensionless(&self) -> bool {
        self.dimension == Dimension::NONE
    }

    /// Whether this is an amount of money.
    pub fn is_money(&self) -> bool {
        self.dimension == Dimension::MONEY
    }

    /// Whether this is per cent.
    pub fn is_percent(&self) -> bool {
        self.parts.len() == 1 && self.parts[0].atom.symbol == "%"
    }

    /// What a value in this unit is multiplied by to be one in `to`; `None` when they do not measure
    /// the same kind of thing.
    pub fn factor_to(&self, to: &Unit) -> Option<Ratio> {
        if !self.same_dimension(to) {
            return None;
        }
        self.factor.over(to.factor)
    }

    /// The unit of a product; `None` when its size does not fit an exact fraction of 128 bits.
    pub fn mul(&self, other: &Unit) -> Option<Unit> {
        let mut product = self.clone();
        for part in &other.parts {
            product.multiply_by(*part)?;
        }
        Some(product)
    }

    /// The unit of a quotient; `None` when its size does not fit an exact fraction of 128 bits.
    pub fn div(&self, other: &Unit) -> Option<Unit> {
        self.mul(&other.pow(-1)?)
    }

    /// The unit of a power; `None` when its size does not fit an exact fraction of 128 bits.
    pub fn pow(&self, exponent: i8) -> Option<Unit> {
        let mut result = Unit::one();
        for part in &self.parts {
            result.multiply_by(Part {
                atom: part.atom,
                power: part.power.checked_mul(exponent)?,
            })?;
        }
        Some(result)
    }

    fn multiply_by(&mut self, part: Part) -> Option<()> {
        self.factor = self.factor.times(part.atom.size.pow(part.power)?)?;
        self.dimension = self.dimension.plus(part.atom.dimension, part.power)?;
        let same = self
            .parts
            .iter()
            .position(|own| own.atom.symbol == part.atom.symbol);
        match same {
            Some(position) => {
                self.parts[position].power = self.parts[position].power.checked_add(part.power)?;
                if self.parts[position].power == 0 {
                    self.parts.remove(position);
                }
            }
            None if part.power != 0 => self.parts.push(part),
            None => {}
        }
        Some(())
    }
}

impl std::str::FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Unit, UnitError> {
        Unit::parse(text)
    }
}

/// The canonical spelling, which reads back as an equal unit: `yuan/kWh`, `kgce/m2`, `万kWh`.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let above = product(self.parts.iter().filter(|part| part.power > 0), "*");
        let below = product(self.parts.iter().filter(|part| part.power < 0), "/");
        f.write_str(if above.is_empty() { "1" } else { &above })?;
        if !below.is_empty() {
            write!(f, "/{below}")?;
        }
        Ok(())
    }
}

/// Powers with `between` between them; numerals stand before the first of the others.
fn product<'a>(parts: impl Iterator<Item = &'a Part>, between: &str) -> String {
    let mut numerals = String::new();
    let mut others = Vec::new();
    for part in parts {
        let power = part.power.unsigned_abs();
        match power {
            _ if part.atom.is_numeral => {
                numerals.push_str(&part.atom.symbol.repeat(usize::from(power)));
            }
            1 => others.push(part.atom.symbol.to_owned()),
            // `kgCO22` would read as nothing.
            power if part.atom.symbol.ends_with(|c: char| c.is_ascii_digit()) => {
                others.push(format!("{}^{power}", part.atom.symbol));
            }
            power => others.push(format!("{}{power}", part.atom.symbol)),
        }
    }
    numerals + &others.join(between)
}

impl PartialEq for Unit {
    fn eq(&self, other: &Unit) -> bool {
        self.dimension == other.dimension && self.factor == other.factor
    }
}

impl Eq for Unit {}

impl Hash for Unit {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.dimension.hash(state);
        self.factor.hash(state);
    }
}

#[cfg(test)]
mod tests;
