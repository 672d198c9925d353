//! The algebra of units that differ from row to row, and of literal factors.

use contracts::unit::{Ratio, Unit};
use proptest::prelude::*;
use rstest::rstest;

use super::fact::{Measure, Origins};
use super::formula::{Formula, Name, Substitution};
use super::table::Names;

fn fixed(text: &str) -> Formula {
    Formula::of(text.parse().expect(text))
}

fn measure(unit: &str, factor: (i128, i128)) -> Measure {
    Measure {
        factor: Ratio::new(factor.0, factor.1).expect("a factor"),
        ..Measure::new(fixed(unit), Origins::of(unit))
    }
}

fn number(size: i128) -> Measure {
    Measure::number(Ratio::new(size, 1), "a literal")
}

#[rstest]
// As they are.
#[case(measure("kWh", (1, 1)), measure("千瓦时", (1, 1)), Some("kWh"))]
// 1 t × 1000 = 1000 kg; 1 MWh × 1000 = 1000 kWh.
#[case(measure("t", (1_000, 1)), measure("kg", (1, 1)), Some("kg"))]
#[case(measure("kWh", (1, 1)), measure("MWh", (1_000, 1)), Some("kWh"))]
// 1 kWh × 3600 / 1000 = 3.6 MJ.
#[case(measure("kWh", (3_600, 1_000)), measure("MJ", (1, 1)), Some("MJ"))]
// 10^4 yuan are one 万元, not one yuan are 10^4.
#[case(measure("yuan", (1, 10_000)), measure("万元", (1, 1)), Some("万yuan"))]
#[case(measure("yuan", (10_000, 1)), measure("万元", (1, 1)), None)]
#[case(measure("t", (100, 1)), measure("kg", (1, 1)), None)]
#[case(measure("t", (1, 1)), measure("kg", (1, 1)), None)]
#[case(measure("kWh", (1, 1)), measure("m3", (1, 1)), None)]
#[case(measure("tce", (1, 1)), measure("tCO2", (1, 1)), None)]
// 100 is 100 %; 99 is no number of anything measured.
#[case(number(100), measure("%", (1, 1)), Some("%"))]
#[case(number(99), measure("%", (1, 1)), None)]
#[case(number(12), measure("month", (1, 1)), Some("month"))]
#[case(number(12), measure("yuan", (1, 1)), None)]
fn two_measures_are_one_kind_of_thing_or_not(
    #[case] a: Measure,
    #[case] b: Measure,
    #[case] expected: Option<&str>,
) {
    let unit = |unified: Option<Measure>| unified.map(|unified| unified.unit.to_string());
    assert_eq!(unit(a.unify(&b)).as_deref(), expected);
    assert_eq!(unit(b.unify(&a)).as_deref(), expected);
}

#[test]
fn a_coefficient_of_the_same_row_takes_the_unit_of_the_row_away() {
    let mut names = Names::default();
    let (here, there) = (names.new_name("unit"), names.new_name("unit"));
    let quantity = Formula::named(here.clone());
    let by = |name: &Name| {
        fixed("kgce")
            .div(&Formula::named(name.clone()))
            .expect("a quotient")
    };
    assert_eq!(quantity.mul(&by(&here)), Some(fixed("kgce")));
    // Of another row it does not, until the two are known to be the same.
    let product = quantity.mul(&by(&there)).expect("a product");
    assert_eq!(product.to_string(), "kgce*{unit}/{unit}");
    let same = Substitution::from([(there, Formula::named(here))]);
    assert_eq!(product.substitute(&same), fixed("kgce"));
}

#[test]
fn a_name_becomes_the_unit_that_a_condition_says() {
    let mut names = Names::default();
    let name = names.new_name("unit");
    let price = fixed("yuan")
        .div(&Formula::named(name.clone()))
        .expect("a quotient");
    assert_eq!(price.to_string(), "yuan/{unit}");
    let is_kwh = Substitution::from([(name, fixed("kWh"))]);
    assert_eq!(price.substitute(&is_kwh), fixed("yuan/kWh"));
}

#[test]
fn texts_stand_for_units_by_the_contract_by_themselves_or_by_their_end() {
    let mut name = Names::default().new_name("cost_class");
    assert_eq!(name.unit_of("kWh"), Unit::parse("kWh").expect("a unit"));
    assert_eq!(
        name.unit_of("no_order_tolerance_km"),
        Unit::parse("km").expect("a unit")
    );
    assert_eq!(
        name.unit_of("cost_saving_base_year"),
        Unit::parse("year").expect("a unit")
    );
    assert_eq!(name.unit_of("region_code"), Unit::one());
    let litre = Unit::parse("L").expect("a unit");
    name.by_value = Some(vec![("fuel".to_owned(), litre.clone())].into());
    assert_eq!(name.unit_of("fuel"), litre);
}

const SYMBOLS: [&str; 8] = ["kWh", "MWh", "t", "kg", "yuan", "万元", "person", "%"];

fn formulas() -> impl Strategy<Value = Formula> {
    let names = [1_u32, 2, 3];
    (
        prop::sample::subsequence(SYMBOLS.to_vec(), 0..3),
        prop::sample::subsequence(names.to_vec(), 0..3),
        any::<bool>(),
    )
        .prop_map(|(symbols, ids, is_below)| {
            let mut formula = Formula::one();
            for symbol in symbols {
                formula = formula.mul(&fixed(symbol)).expect("it fits");
            }
            for id in ids {
                let name = Name {
                    id,
                    column: format!("unit{id}").into(),
                    by_value: None,
                };
                formula = formula.mul(&Formula::named(name)).expect("it fits");
            }
            match is_below {
                true => formula.pow(-1).expect("it fits"),
                false => formula,
            }
        })
}

proptest! {
    #[test]
    fn formulas_are_multiplied_like_numbers(a in formulas(), b in formulas(), c in formulas()) {
        let ab = a.mul(&b).expect("it fits");
        prop_assert_eq!(&ab, &b.mul(&a).expect("it fits"));
        prop_assert_eq!(&ab.div(&b).expect("it fits"), &a);
        prop_assert_eq!(a.div(&a), Some(Formula::one()));
        let left = ab.mul(&c).expect("it fits");
        let right = a.mul(&b.mul(&c).expect("it fits")).expect("it fits");
        prop_assert_eq!(left, right);
    }

    /// What stands for a name stands for it in every product: substitution goes through.
    #[test]
    fn substitution_goes_through_products(a in formulas(), b in formulas(), by in formulas()) {
        let name = Name { id: 1, column: "unit1".into(), by_value: None };
        let by = Substitution::from([(name, by)]);
        let before = a.mul(&b).expect("it fits").substitute(&by);
        let after = a.substitute(&by).mul(&b.substitute(&by)).expect("it fits");
        prop_assert_eq!(before, after);
    }

    /// A literal converts exactly when it is the factor between the two, and unifying has no order.
    #[test]
    fn a_literal_converts_only_by_the_exact_factor(
        from in prop::sample::select(SYMBOLS.to_vec()),
        to in prop::sample::select(SYMBOLS.to_vec()),
        literal in 1_i128..20_000,
    ) {
        let (a, b) = (measure(from, (literal, 1)), measure(to, (1, 1)));
        let between = a.unit.fixed.factor_to(&b.unit.fixed);
        let converts = between.is_some_and(|factor| factor.is_one() || Some(factor) == Ratio::new(literal, 1));
        prop_assert_eq!(a.unify(&b).is_some(), converts);
        prop_assert_eq!(b.unify(&a).is_some(), converts);
        prop_assert_eq!(a.is_in(&b.unit), converts);
    }
}
