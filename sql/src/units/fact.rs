//! What is known of the values of one column or expression.

use std::fmt;
use std::rc::Rc;

use contracts::unit::{Ratio, Unit};

use super::formula::{Formula, Name, Substitution};

/// What is known of the values of a column or expression.
#[derive(Debug, Clone)]
pub(crate) enum Fact {
    /// Null or zero, which fit any unit; and what has been reported already.
    Fits,
    /// Numbers in a unit.
    Measure(Measure),
    /// Numbers of a column whose contract says no unit: a line number, a score.
    Undeclared(Origins),
    /// Numbers whose unit cannot be derived, and why.
    Unknown(Rc<str>),
    /// Text: the unit it names, and the unit of the number written in it if that is declared.
    Text {
        names: Formula,
        value: Option<Formula>,
    },
    /// Dates, truth values, lists: nothing that has a unit.
    Other,
}

/// Numbers in a unit.
#[derive(Debug, Clone)]
pub(crate) struct Measure {
    pub unit: Formula,
    /// The product of the literal numbers multiplied in so far. 3 t × 1000 is 3000: three thousand
    /// tonnes, or three tonnes converted to kilograms. The next unit it has to agree with decides.
    pub factor: Ratio,
    /// Whether these are plain numbers: literals, counts of rows, ranks, numbers read from text. They go
    /// with what is counted (persons, vehicles, months), and with nothing that is measured.
    pub is_number: bool,
    pub origins: Origins,
}

/// Where a unit comes from, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Origins(Vec<Rc<str>>);

/// More would not be read.
const ORIGINS: usize = 3;

impl Origins {
    pub fn of(text: impl Into<Rc<str>>) -> Self {
        Self(vec![text.into()])
    }

    pub fn with(&self, other: &Self) -> Self {
        let mut all = self.clone();
        for origin in &other.0 {
            if all.0.len() < ORIGINS && !all.0.contains(origin) {
                all.0.push(Rc::clone(origin));
            }
        }
        all
    }
}

impl fmt::Display for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" and "))
    }
}

impl Measure {
    pub fn new(unit: Formula, origins: Origins) -> Self {
        Self {
            unit,
            factor: Ratio::ONE,
            is_number: false,
            origins,
        }
    }

    /// A plain number: a literal of a known size, or a count of an unknown one.
    pub fn number(size: Option<Ratio>, origin: impl Into<Rc<str>>) -> Self {
        Self {
            unit: Formula::one(),
            factor: size.unwrap_or(Ratio::ONE),
            is_number: true,
            origins: Origins::of(origin),
        }
    }

    /// The unit in which these numbers and `other`'s are one kind of thing; `None` when they are not.
    ///
    /// `1 t × 1000` and `2 kg` go together in kilograms, because 1000 is exactly the factor between the
    /// two; so do the number 100 and 5 %, in per cent.
    pub fn unify(&self, other: &Self) -> Option<Self> {
        let merged = |unit: &Formula, factor: Ratio| Self {
            unit: unit.clone(),
            factor,
            is_number: self.is_number && other.is_number,
            origins: self.origins.with(&other.origins),
        };
        if self.unit.same_names(&other.unit)
            && let Some(between) = self.unit.fixed.factor_to(&other.unit.fixed)
        {
            if between.is_one() {
                let is_same = self.factor == other.factor;
                let factor = if is_same { self.factor } else { Ratio::ONE };
                return Some(merged(&self.unit, factor));
            }
            if between == self.factor {
                return Some(merged(&other.unit, Ratio::ONE));
            }
            if between == other.factor.inverse() {
                return Some(merged(&self.unit, Ratio::ONE));
            }
            if Some(between) == self.factor.over(other.factor) {
                return Some(merged(&self.unit, self.factor));
            }
        }
        if self.is_number && other.unit.is_fixed() && is_counted(&other.unit.fixed) {
            return Some(merged(&other.unit, Ratio::ONE));
        }
        if other.is_number && self.unit.is_fixed() && is_counted(&self.unit.fixed) {
            return Some(merged(&self.unit, Ratio::ONE));
        }
        None
    }

    /// Whether these numbers are numbers in `unit`: as they are, or by an exact conversion.
    pub fn is_in(&self, unit: &Formula) -> bool {
        self.unit.same_names(unit)
            && self
                .unit
                .fixed
                .factor_to(&unit.fixed)
                .is_some_and(|between| between.is_one() || between == self.factor)
    }

    /// These numbers times `other`'s, or divided by them; `None` when the unit does not fit an exact
    /// fraction.
    pub fn times(&self, other: &Self, power: i8) -> Option<Self> {
        let factor = other.factor.pow(power)?;
        Some(Self {
            unit: self.unit.mul(&other.unit.pow(power)?)?,
            factor: self.factor.times(factor).unwrap_or(Ratio::ONE),
            is_number: self.is_number && other.is_number,
            origins: match (self.is_number, other.is_number) {
                (true, false) => other.origins.clone(),
                (false, true) => self.origins.clone(),
                _ => self.origins.with(&other.origins),
            },
        })
    }

    /// Without the literal factors: a sum of ones is a count of no known size.
    pub fn of_unknown_size(mut self) -> Self {
        self.factor = Ratio::ONE;
        self
    }
}

/// Whether numbers of this unit count things, so that a literal can stand beside them.
pub(crate) fn is_counted(unit: &Unit) -> bool {
    ["count", "person", "month", "year", "d"]
        .iter()
        .any(|counted| Unit::parse(counted).is_ok_and(|counted| counted == *unit))
}

impl Fact {
    pub fn number(origin: impl Into<Rc<str>>) -> Self {
        Self::Measure(Measure::number(None, origin))
    }

    pub fn measure(unit: Formula, origins: Origins) -> Self {
        Self::Measure(Measure::new(unit, origins))
    }

    pub fn text(name: Name) -> Self {
        Self::Text {
            names: Formula::named(name),
            value: None,
        }
    }

    pub fn substitute(&self, by: &Substitution) -> Self {
        match self {
            Self::Measure(measure) => Self::Measure(Measure {
                unit: measure.unit.substitute(by),
                ..measure.clone()
            }),
            Self::Text { names, value } => Self::Text {
                names: names.substitute(by),
                value: value.as_ref().map(|value| value.substitute(by)),
            },
            other => other.clone(),
        }
    }
}
