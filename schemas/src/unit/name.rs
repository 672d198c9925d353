//! Units in column names: `electricity_kwh`, `price_yuan_per_kwh`.

use super::Unit;

/// An end of a column name and the unit it stands for.
struct Suffix {
    word: &'static str,
    unit: &'static str,
    /// Whether the word alone at the end of a name demands the unit. Words of everyday use do not:
    /// `reports_month` is no measure, `cost_yuan_per_month` is one.
    is_demanding: bool,
}

const fn demanding(word: &'static str, unit: &'static str) -> Suffix {
    Suffix {
        word,
        unit,
        is_demanding: true,
    }
}

const fn divisor(word: &'static str, unit: &'static str) -> Suffix {
    Suffix {
        word,
        unit,
        is_demanding: false,
    }
}

const SUFFIXES: &[Suffix] = &[
    demanding("kwh", "kWh"),
    demanding("mwh", "MWh"),
    demanding("mj", "MJ"),
    demanding("gj", "GJ"),
    demanding("tj", "TJ"),
    demanding("kw", "kW"),
    demanding("mw", "MW"),
    demanding("kva", "kVA"),
    demanding("m3", "m3"),
    demanding("l", "L"),
    demanding("ml", "mL"),
    demanding("m2", "m2"),
    demanding("km", "km"),
    demanding("mm", "mm"),
    demanding("kg", "kg"),
    demanding("t", "t"),
    demanding("yuan", "yuan"),
    demanding("kgce", "kgce"),
    demanding("tce", "tce"),
    demanding("kgco2", "kgCO2"),
    demanding("tco2", "tCO2"),
    demanding("tc", "tC"),
    demanding("degc", "degC"),
    demanding("c", "degC"),
    demanding("pct", "%"),
    divisor("person", "person"),
    divisor("people", "person"),
    divisor("month", "month"),
    divisor("year", "year"),
    divisor("day", "d"),
    divisor("hour", "h"),
    divisor("h", "h"),
    divisor("vehicle", "count"),
];

impl Unit {
    /// The unit that the end of a column's name stands for, and that end (with its underscore).
    ///
    /// `electricity_kwh` gives `_kwh`; `price_yuan_per_kwh` gives `_yuan_per_kwh`; a name without such
    /// an end, or with a word after `per` that is no unit, gives nothing.
    pub fn of_column_name(name: &str) -> Option<(String, Unit)> {
        if let Some((left, right)) = name.rsplit_once("_per_") {
            let above = left.rsplit('_').next()?;
            let unit = unit_of(above, true)?;
            let below = right.split('_').map(|word| unit_of(word, false));
            let unit = below
                .into_iter()
                .try_fold(unit, |unit, below| unit.div(&below?))?;
            return Some((format!("_{above}_per_{right}"), unit));
        }
        let (_, word) = name.rsplit_once('_')?;
        Some((format!("_{word}"), unit_of(word, true)?))
    }

    /// Whether a column in this unit may end in `suffix`.
    ///
    /// A mass of carbon dioxide may end in `_kg` or `_t` when the rest of the name says what it is
    /// (`co2_fixed_kg`).
    pub fn goes_with_suffix(&self, suffix: &str) -> bool {
        let Some((_, expected)) = Unit::of_column_name(suffix) else {
            return true;
        };
        let of_gas = match suffix {
            "_kg" => unit_of("kgco2", true),
            "_t" => unit_of("tco2", true),
            _ => None,
        };
        *self == expected || of_gas.is_some_and(|gas| *self == gas)
    }

    /// The end of the names of columns in this unit, with its underscore.
    pub fn name_suffix(&self) -> Option<String> {
        SUFFIXES
            .iter()
            .filter(|suffix| suffix.is_demanding)
            .find(|suffix| suffix.unit.parse().is_ok_and(|unit: Unit| unit == *self))
            .map(|suffix| format!("_{}", suffix.word))
    }
}

fn unit_of(word: &str, must_demand: bool) -> Option<Unit> {
    let suffix = SUFFIXES
        .iter()
        .find(|suffix| suffix.word == word && (suffix.is_demanding || !must_demand))?;
    suffix.unit.parse().ok()
}
