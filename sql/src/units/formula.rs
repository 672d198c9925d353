//! The unit of a derived column: fixed, or with parts that differ from row to row.
//!
//! `kgce/{unit}` is the fixed `kgce` divided by the unit that the column `unit` of the row names. Such a
//! part is a *name*; two names are the same when the same cells tell them, so that a quantity in
//! `{unit}` times a coefficient in `kgce/{unit}` is `kgce` once the two rows were joined on `unit`.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use contracts::unit::Unit;

/// The unit that the text in a column names, in one reading of a table.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub id: u32,
    /// What the column is called where it was read.
    pub column: Rc<str>,
    /// Units by text, where the contract lists them.
    pub by_value: Option<Rc<Vec<(String, Unit)>>>,
}

impl Name {
    /// The unit that `text` in this column stands for: the contract's word for it; else the text itself,
    /// or its end as in column names (`no_order_tolerance_km`). Another text stands for a plain number.
    pub fn unit_of(&self, text: &str) -> Unit {
        if let Some(units) = &self.by_value
            && let Some((_, unit)) = units.iter().find(|(value, _)| value == text)
        {
            return unit.clone();
        }
        text_names(text).unwrap_or_else(Unit::one)
    }
}

/// The unit that a text written in SQL names, if it names one.
pub(crate) fn text_names(text: &str) -> Option<Unit> {
    Unit::parse(text).ok().or_else(|| unit_by_name(text))
}

/// The unit that the name of a column or setting ends in; names of calendar years end in `year`.
pub(crate) fn unit_by_name(name: &str) -> Option<Unit> {
    if let Some((_, unit)) = Unit::of_column_name(name) {
        return Some(unit);
    }
    let is_year = name == "year" || (name.ends_with("_year") && !name.contains("_per_"));
    is_year.then(|| Unit::parse("year").ok()).flatten()
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id.cmp(&other.id)
    }
}

/// A fixed unit times powers of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Formula {
    pub fixed: Unit,
    names: BTreeMap<Name, i8>,
}

/// Names and what stands for each.
pub(crate) type Substitution = BTreeMap<Name, Formula>;

impl Formula {
    pub fn one() -> Self {
        Self::of(Unit::one())
    }

    pub fn of(fixed: Unit) -> Self {
        Self {
            fixed,
            names: BTreeMap::new(),
        }
    }

    pub fn named(name: Name) -> Self {
        Self {
            fixed: Unit::one(),
            names: BTreeMap::from([(name, 1)]),
        }
    }

    /// The name, when this is nothing else.
    pub fn as_name(&self) -> Option<&Name> {
        let (name, power) = self.names.first_key_value()?;
        let is_alone = self.names.len() == 1 && *power == 1 && self.fixed == Unit::one();
        is_alone.then_some(name)
    }

    pub fn is_fixed(&self) -> bool {
        self.names.is_empty()
    }

    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.keys()
    }

    /// Whether the parts that differ from row to row are the same, so that only the fixed parts have to
    /// be compared.
    pub fn same_names(&self, other: &Self) -> bool {
        self.names == other.names
    }

    /// The product; `None` when its size does not fit an exact fraction.
    pub fn mul(&self, other: &Self) -> Option<Self> {
        let mut product = Self {
            fixed: self.fixed.mul(&other.fixed)?,
            names: self.names.clone(),
        };
        for (name, power) in &other.names {
            let sum = product.names.get(name).copied().unwrap_or(0);
            match sum.checked_add(*power)? {
                0 => product.names.remove(name),
                power => product.names.insert(name.clone(), power),
            };
        }
        Some(product)
    }

    /// The quotient; `None` when its size does not fit an exact fraction.
    pub fn div(&self, other: &Self) -> Option<Self> {
        self.mul(&other.pow(-1)?)
    }

    /// The power; `None` when its size does not fit an exact fraction.
    pub fn pow(&self, exponent: i8) -> Option<Self> {
        let mut names = BTreeMap::new();
        for (name, power) in &self.names {
            names.insert(name.clone(), power.checked_mul(exponent)?);
        }
        names.retain(|_, power| *power != 0);
        Some(Self {
            fixed: self.fixed.pow(exponent)?,
            names,
        })
    }

    /// This with every name replaced that `by` has something for.
    pub fn substitute(&self, by: &Substitution) -> Self {
        if !self.names.keys().any(|name| by.contains_key(name)) {
            return self.clone();
        }
        let mut result = Self::of(self.fixed.clone());
        for (name, power) in &self.names {
            let part = match by.get(name) {
                Some(formula) => formula.pow(*power),
                None => Self::named(name.clone()).pow(*power),
            };
            match part.and_then(|part| result.mul(&part)) {
                Some(product) => result = product,
                None => return self.clone(),
            }
        }
        result
    }
}

/// `kgce/{unit}`; one name may stand for several columns of the same spelling.
impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut above: Vec<String> = Vec::new();
        let mut below: Vec<String> = Vec::new();
        for (name, power) in &self.names {
            let side = if *power > 0 { &mut above } else { &mut below };
            for _ in 0..power.unsigned_abs() {
                side.push(format!("{{{}}}", name.column));
            }
        }
        let fixed = self.fixed.to_string();
        let (fixed_above, fixed_below) = match fixed.split_once('/') {
            Some((above, below)) => (above, Some(below)),
            None => (fixed.as_str(), None),
        };
        if fixed_above != "1" || above.is_empty() {
            above.insert(0, fixed_above.to_owned());
        }
        if let Some(fixed_below) = fixed_below {
            below.insert(0, fixed_below.to_owned());
        }
        f.write_str(&above.join("*"))?;
        for part in below {
            write!(f, "/{part}")?;
        }
        Ok(())
    }
}
