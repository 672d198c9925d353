use proptest::prelude::*;
use rstest::rstest;

use super::super::*;
use crate::unit::Unit;

fn rules(unit: &str) -> NumberRules {
    NumberRules {
        missing: Missing::new(["-", "—", "/", "N/A"]),
        unit: Some(unit.parse().expect("a unit")),
        ..NumberRules::default()
    }
}

/// The value at scale 4 as text, with `~` when digits were rounded off.
fn read(cell: &str, rules: NumberRules) -> String {
    let parser = DecimalParser::new(18, 4, rules).expect("units of one kind");
    match parser.parse(cell) {
        Ok(None) => "missing".to_owned(),
        Ok(Some(Scaled {
            unscaled,
            is_rounded,
        })) => {
            let sign = if unscaled < 0 { "-" } else { "" };
            let magnitude = unscaled.unsigned_abs();
            let mark = if is_rounded { "~" } else { "" };
            format!(
                "{sign}{}.{:04}{mark}",
                magnitude / 10_000,
                magnitude % 10_000
            )
        }
        Err(error) => error.rule().to_owned(),
    }
}

#[rstest]
#[case("12.5", "12.5000")]
#[case("-0.0001", "-0.0001")]
#[case("007", "7.0000")]
#[case("+7", "7.0000")]
#[case(".5", "0.5000")]
#[case("5.", "5.0000")]
#[case("1,234,567.89", "1234567.8900")]
#[case("1 234.5", "1234.5000")]
#[case("1'234.5", "1234.5000")]
#[case("１２，３４５．６", "12345.6000")]
#[case("－３", "-3.0000")]
#[case("\u{2212}3", "-3.0000")]
#[case("(1,200.00)", "-1200.0000")]
#[case("（１２）", "-12.0000")]
#[case("12-", "-12.0000")]
#[case("1.2E+3", "1200.0000")]
#[case("1.5e-2", "0.0150")]
#[case("  8 \u{00A0}", "8.0000")]
#[case("\u{FEFF}8", "8.0000")]
fn a_number_is_read_however_it_is_written(#[case] cell: &str, #[case] expected: &str) {
    assert_eq!(read(cell, NumberRules::default()), expected);
}

#[rstest]
// Half away from zero at the fourth place.
#[case("0.00005", "0.0001~")]
#[case("-0.00005", "-0.0001~")]
#[case("0.00004", "0.0000~")]
#[case("0.12340", "0.1234")]
#[case("0.30000000000000004", "0.3000~")]
#[case("1e-60", "0.0000~")]
// 40 digits, of which 38 are kept; the value is what it is to the fourth place.
#[case("0.1111111111111111111111111111111111111111", "0.1111~")]
fn digits_past_the_scale_are_rounded_and_told(#[case] cell: &str, #[case] expected: &str) {
    assert_eq!(read(cell, NumberRules::default()), expected);
}

#[rstest]
#[case("abc", "not_a_number")]
#[case("--5", "not_a_number")]
#[case("-(5)", "not_a_number")]
#[case("1.2.3", "wrong_grouping")]
#[case("12,34", "wrong_grouping")]
#[case("1234,567", "wrong_grouping")]
#[case("12abc", "not_a_number")]
#[case("12%", "foreign_unit")]
#[case("$12", "not_a_number")]
#[case("1e", "not_a_number")]
#[case(".", "not_a_number")]
#[case("NaN", "not_a_number")]
#[case("inf", "not_a_number")]
#[case("０ｘ１０", "not_a_number")]
#[case("1 2", "wrong_grouping")]
// decimal(18,4) holds 14 digits before the point.
#[case("100000000000000", "too_large")]
#[case("-100000000000000", "too_large")]
#[case("1e30", "too_large")]
#[case("1e999999999999", "not_a_number")]
fn what_is_no_number_or_does_not_fit_is_refused(#[case] cell: &str, #[case] expected: &str) {
    assert_eq!(read(cell, NumberRules::default()), expected);
}

#[test]
fn the_largest_number_of_the_type_fits() {
    assert_eq!(
        read("99999999999999.9999", NumberRules::default()),
        "99999999999999.9999"
    );
    assert_eq!(
        read("99999999999999.99995", NumberRules::default()),
        "too_large"
    );
    let widest = DecimalParser::new(38, 0, NumberRules::default()).expect("no units");
    let nines = "9".repeat(38);
    let value = widest.parse(&nines).expect("fits").expect("a value");
    assert_eq!(value.unscaled.to_string(), nines);
    assert_eq!(widest.parse(&"9".repeat(39)), Err(ValueError::TooLarge));
}

#[rstest]
#[case("", "missing")]
#[case(" \u{3000}", "missing")]
#[case("-", "missing")]
#[case(" — ", "missing")]
#[case("n/a", "missing")]
#[case("／", "missing")]
#[case("无", "not_a_number")]
fn declared_markers_are_missing_values(#[case] cell: &str, #[case] expected: &str) {
    let rules = NumberRules {
        unit: None,
        ..rules("kWh")
    };
    assert_eq!(read(cell, rules), expected);
}

#[rstest]
#[case("3.5万", "kWh", "35000.0000")]
#[case("12 MWh", "kWh", "12000.0000")]
#[case("12千瓦时", "kWh", "12.0000")]
#[case("1.2万千瓦时", "kWh", "12000.0000")]
#[case("3.6 MJ", "kWh", "1.0000")]
#[case("1 MJ", "kWh", "0.2778~")] // 5/18 = 0.27777…
#[case("35吨", "kg", "35000.0000")]
#[case("12 m3", "kWh", "foreign_unit")]
#[case("12 foo", "kWh", "foreign_unit")]
#[case("¥1,200.5", "yuan", "1200.5000")]
#[case("￥-5", "yuan", "-5.0000")]
#[case("-¥5", "yuan", "-5.0000")]
#[case("-¥-5", "yuan", "not_a_number")]
#[case("12.5元", "yuan", "12.5000")]
#[case("0.12345万元", "yuan", "1234.5000")]
#[case("1亿元", "yuan", "100000000.0000")]
#[case("RMB 5", "yuan", "5.0000")]
#[case("12.5%", "%", "12.5000")]
#[case("１２％", "%", "12.0000")]
fn a_unit_beside_the_number_is_converted(
    #[case] cell: &str,
    #[case] unit: &str,
    #[case] expected: &str,
) {
    assert_eq!(read(cell, rules(unit)), expected);
}

#[test]
fn a_declared_source_unit_holds_for_numbers_without_one() {
    let rules = NumberRules {
        source_unit: Some("万元".parse().expect("a unit")),
        ..rules("yuan")
    };
    assert_eq!(read("1.23456789", rules.clone()), "12345.6789");
    // What the cell says of itself wins.
    assert_eq!(read("500元", rules.clone()), "500.0000");
    assert_eq!(read("¥500", rules.clone()), "500.0000");
    assert_eq!(read("2亿", rules), "2000000000000.0000");
}

#[test]
fn a_source_unit_of_another_kind_gives_no_parser() {
    let rules = NumberRules {
        source_unit: Some("m3".parse().expect("a unit")),
        ..rules("kWh")
    };
    assert!(DecimalParser::new(18, 4, rules).is_none());
}

#[test]
fn declared_signs_and_decimal_commas_are_understood() {
    let dollars = NumberRules {
        currency_signs: vec!["$".to_owned()],
        ..NumberRules::default()
    };
    assert_eq!(read("$14190.13", dollars.clone()), "14190.1300");
    assert_eq!(read("($5)", dollars), "-5.0000");
    let comma = NumberRules {
        decimal_comma: true,
        ..NumberRules::default()
    };
    assert_eq!(read("1.234,5", comma.clone()), "1234.5000");
    assert_eq!(read("1234.5", comma), "wrong_grouping");
}

#[test]
fn whole_numbers_have_no_fraction() {
    let parser = DecimalParser::for_integers(NumberRules::default()).expect("no units");
    assert_eq!(integer("1,200", &parser), Ok(Some(1200)));
    assert_eq!(integer("12.0", &parser), Ok(Some(12)));
    assert_eq!(integer("12.5", &parser), Err(ValueError::NotWhole));
    assert_eq!(integer("9223372036854775807", &parser), Ok(Some(i64::MAX)));
    assert_eq!(
        integer("9223372036854775808", &parser),
        Err(ValueError::TooLarge)
    );
    assert_eq!(integer("", &parser), Ok(None));
}

#[test]
fn unit_of_the_column_alone_changes_nothing() {
    let unit: Unit = "kWh".parse().expect("a unit");
    let rules = NumberRules {
        unit: Some(unit),
        ..NumberRules::default()
    };
    assert_eq!(read("12.5", rules), "12.5000");
}

proptest! {
    #[test]
    fn the_fast_way_reads_what_the_slow_way_reads(
        cell in "-?[0-9]{0,20}(\\.[0-9]{0,8})?",
        precision in 1_u8..=38,
        scale in 0_i8..=12,
        source_unit in prop::sample::select(vec!["yuan", "万元", "yuan/万"]),
    ) {
        let rules = NumberRules {
            source_unit: Some(source_unit.parse().expect("a unit")),
            ..rules("yuan")
        };
        let parser = DecimalParser::new(precision, scale, rules).expect("units of one kind");
        prop_assert_eq!(parser.parse(&cell), parser.parse_slow(&cell));
    }

    #[test]
    fn any_decimal_reads_back_exactly(unscaled in -999_999_999_999_i64..=999_999_999_999) {
        let sign = if unscaled < 0 { "-" } else { "" };
        let magnitude = unscaled.unsigned_abs();
        let cell = format!("{sign}{}.{:04}", magnitude / 10_000, magnitude % 10_000);
        let parser = DecimalParser::new(18, 4, NumberRules::default()).expect("no units");
        let expected = Scaled { unscaled: i128::from(unscaled), is_rounded: false };
        prop_assert_eq!(parser.parse(&cell), Ok(Some(expected)));
    }

    #[test]
    fn no_cell_makes_the_parser_panic(cell in "\\PC{0,40}|[0-9eE.,+() -]{0,40}") {
        let _ = DecimalParser::new(18, 4, rules("yuan")).map(|parser| parser.parse(&cell));
    }
}
