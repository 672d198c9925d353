//! Factors are those of the definitions: SI, GB 3100, the international foot and gallon.

use proptest::prelude::*;
use rstest::rstest;

use super::table::ATOMS;
use super::*;

fn unit(text: &str) -> Unit {
    text.parse().expect(text)
}

fn factor(from: &str, to: &str) -> Option<String> {
    unit(from)
        .factor_to(&unit(to))
        .map(|ratio| ratio.to_string())
}

#[rstest]
#[case("MWh", "kWh", "1000")]
#[case("万kWh", "kWh", "10000")]
#[case("万千瓦时", "kWh", "10000")]
#[case("亿千瓦时", "万kWh", "10000")]
#[case("度", "千瓦时", "1")]
#[case("kWh", "MJ", "18/5")] // 3.6
#[case("GJ", "MJ", "1000")]
#[case("吉焦", "MWh", "5/18")] // 0.2777…
#[case("t", "kg", "1000")]
#[case("吨", "公斤", "1000")]
#[case("升", "m3", "1/1000")]
#[case("立方米", "L", "1000")]
#[case("万m3", "方", "10000")]
#[case("万元", "元", "10000")]
#[case("亿元", "万元", "10000")]
#[case("平方米", "㎡", "1")]
#[case("万平方米", "m2", "10000")]
#[case("亩", "m2", "2000/3")]
#[case("公顷", "亩", "15")]
#[case("吨标准煤", "kgce", "1000")]
#[case("万tce", "tce", "10000")]
#[case("tCO2", "kgCO2", "1000")]
#[case("公里", "m", "1000")]
#[case("d", "h", "24")]
#[case("year", "month", "12")]
#[case("kW*h", "kWh", "1")]
#[case("元/千瓦时", "yuan/MWh", "1000")]
#[case("gal", "L", "473176473/125000000")] // 3.785411784
#[case("ft2", "m2", "145161/1562500")] // 0.09290304
#[case("mi", "km", "25146/15625")] // 1.609344
#[case("lb", "kg", "45359237/100000000")]
#[case("GJ/t", "MJ/kg", "1")]
#[case("%", "1", "1/100")]
fn a_factor_is_the_exact_fraction_of_the_definitions(
    #[case] from: &str,
    #[case] to: &str,
    #[case] expected: &str,
) {
    assert_eq!(factor(from, to).as_deref(), Some(expected));
}

#[rstest]
#[case("kWh", "m3")]
#[case("tce", "tCO2")]
#[case("kgce", "kg")]
#[case("kgCO2", "kg")]
#[case("tC", "tCO2")]
#[case("kW", "kWh")]
#[case("kW", "kVA")]
#[case("person", "count")]
#[case("month", "d")]
#[case("yuan/kWh", "yuan/m3")]
fn what_is_not_the_same_kind_of_thing_has_no_factor(#[case] from: &str, #[case] to: &str) {
    assert_eq!(factor(from, to), None);
    assert!(!unit(from).same_dimension(&unit(to)));
}

#[test]
fn products_and_quotients_cancel() {
    let price = unit("yuan/kWh");
    assert_eq!(price.mul(&unit("kWh")), Some(unit("yuan")));
    assert_eq!(
        unit("kWh").div(&unit("m2")).map(|u| u.to_string()),
        Some("kWh/m2".to_owned())
    );
    assert_eq!(unit("m3").div(&unit("m2")), Some(unit("m")));
    assert_eq!(unit("kWh").div(&unit("kWh")), Some(Unit::one()));
    assert_eq!(
        unit("L").div(&unit("km")).map(|u| u.to_string()),
        Some("L/km".to_owned())
    );
    assert_eq!(unit("m").pow(2), Some(unit("m2")));
    assert_eq!(unit("TJ").pow(9), None);
}

#[test]
fn a_unit_shows_itself_in_one_spelling() {
    let shown = |text: &str| unit(text).to_string();
    assert_eq!(shown("元/千瓦时"), "yuan/kWh");
    assert_eq!(shown("KWH"), "kWh");
    assert_eq!(shown("元／㎡·月"), "yuan/m2/month");
    assert_eq!(shown("万千瓦时"), "万kWh");
    assert_eq!(shown("m³/人"), "m3/person");
    assert_eq!(shown("℃·d"), "degC*d");
    assert_eq!(shown("1/km"), "1/km");
    assert_eq!(shown("L/(100 km)"), "L/百km");
    assert_eq!(shown("L/100km"), "L/百km");
    assert_eq!(shown("yuan/(m2*month)"), "yuan/m2/month");
    assert_eq!(shown("kgCO₂"), "kgCO2");
    assert_eq!(shown("1"), "1");
}

#[test]
fn an_unknown_unit_names_the_nearest() {
    let error = "kwhh".parse::<Unit>().expect_err("no unit");
    insta::assert_snapshot!(error, @"unknown unit `kwhh`");
    insta::assert_snapshot!(error.hint().unwrap_or_default(), @"write `kWh`");
    assert!("".parse::<Unit>().is_err());
    assert!("yuan/".parse::<Unit>().is_err());
    assert!("kWh*1".parse::<Unit>().is_err());
    assert!("m0".parse::<Unit>().is_err());
    // 120 km is no unit of anything, and a parenthesis has two ends.
    assert!("L/120km".parse::<Unit>().is_err());
    assert!("L/(100 km".parse::<Unit>().is_err());
}

#[rstest]
#[case("electricity_kwh", Some("_kwh"), "kWh")]
#[case("max_displacement_l", Some("_l"), "L")]
#[case("price_yuan_per_kwh", Some("_yuan_per_kwh"), "yuan/kWh")]
#[case("rent_yuan_per_m2_month", Some("_yuan_per_m2_month"), "yuan/m2/month")]
#[case("kgce_per_unit", None, "")]
#[case("cost_per_m2", None, "")]
#[case("people", None, "")]
#[case("report_month", None, "")]
fn a_name_tells_its_unit(#[case] name: &str, #[case] suffix: Option<&str>, #[case] expected: &str) {
    let found = Unit::of_column_name(name);
    assert_eq!(found.as_ref().map(|(suffix, _)| suffix.as_str()), suffix);
    if let Some((_, found)) = found {
        assert_eq!(found, unit(expected));
    }
}

#[test]
fn carbon_dioxide_may_be_named_by_its_mass() {
    assert!(unit("kgCO2").goes_with_suffix("_kg"));
    assert!(unit("kg").goes_with_suffix("_kg"));
    assert!(!unit("kgce").goes_with_suffix("_kg"));
    assert!(!unit("MWh").goes_with_suffix("_kwh"));
}

#[test]
fn no_two_atoms_share_a_spelling() {
    let mut seen = std::collections::HashMap::new();
    for atom in ATOMS {
        for spelling in std::iter::once(&atom.symbol).chain(atom.spellings) {
            let before = seen.insert(*spelling, atom.symbol);
            assert_eq!(before, None, "`{spelling}` of `{}`", atom.symbol);
        }
    }
}

proptest! {
    #[test]
    fn what_a_unit_shows_reads_back_as_the_same_unit(
        parts in prop::collection::vec((0..ATOMS.len(), 1_i8..4, any::<bool>()), 1..4),
    ) {
        let mut built = Some(Unit::one());
        for (atom, power, is_above) in parts {
            let atom = unit(ATOMS[atom].symbol).pow(power);
            built = built.and_then(|unit| {
                let atom = atom?;
                if is_above { unit.mul(&atom) } else { unit.div(&atom) }
            });
        }
        let Some(built) = built else { return Ok(()) };
        match built.to_string().parse::<Unit>() {
            Ok(read) => prop_assert_eq!(read, built),
            // Factors that cancel may be too large on the way, in another order than they were built.
            Err(error) => prop_assert!(matches!(error, UnitError::TooLarge(_)), "{}", error),
        }
    }
}

#[rstest]
#[case("{unit}", "1", "unit", 1, "{unit}")]
#[case("kgce/{unit}", "kgce", "unit", -1, "kgce/{unit}")]
#[case("元/{cost_class}", "yuan", "cost_class", -1, "yuan/{cost_class}")]
#[case("{unit}/m2", "1/m2", "unit", 1, "{unit}/m2")]
#[case("yuan/{unit}*month", "yuan/month", "unit", -1, "yuan/month/{unit}")]
fn a_unit_may_stand_in_another_column_of_the_row(
    #[case] written: &str,
    #[case] fixed: &str,
    #[case] column: &str,
    #[case] power: i8,
    #[case] shown: &str,
) {
    let read: RowUnit = written.parse().expect(written);
    assert_eq!(read.fixed, unit(fixed));
    assert_eq!(read.column.as_str(), column);
    assert_eq!(read.power, power);
    assert_eq!(read.to_string(), shown);
    assert_eq!(shown.parse::<RowUnit>(), Ok(read));
}

#[rstest]
#[case("kWh")]
#[case("{unit")]
#[case("kgce{unit}")]
#[case("{unit}kgce")]
#[case("{a}/{b}")]
#[case("{Unit of it}")]
#[case("kgcee/{unit}")]
fn what_names_no_column_of_the_row_is_refused(#[case] written: &str) {
    assert!(written.parse::<RowUnit>().is_err());
}

proptest! {
    /// Products of any two units have the factors of their parts, and quotients take them away again.
    #[test]
    fn units_are_multiplied_like_numbers(a in 0..ATOMS.len(), b in 0..ATOMS.len()) {
        let (a, b) = (unit(ATOMS[a].symbol), unit(ATOMS[b].symbol));
        let product = a.mul(&b).expect("two atoms fit");
        prop_assert_eq!(&product, &b.mul(&a).expect("two atoms fit"));
        prop_assert_eq!(product.div(&b).expect("it fitted before"), a.clone());
        prop_assert_eq!(a.div(&a).expect("a quotient"), Unit::one());
        prop_assert_eq!(a.pow(2), a.mul(&a));
    }

    /// There and back is nothing, and a way over a third unit is the way itself.
    #[test]
    fn factors_compose(a in 0..ATOMS.len(), b in 0..ATOMS.len(), c in 0..ATOMS.len()) {
        let (a, b, c) = (unit(ATOMS[a].symbol), unit(ATOMS[b].symbol), unit(ATOMS[c].symbol));
        if let Some(there) = a.factor_to(&b) {
            prop_assert_eq!(b.factor_to(&a), Some(there.inverse()));
            if let Some(further) = b.factor_to(&c) {
                prop_assert_eq!(a.factor_to(&c), there.times(further));
            }
        }
    }
}
