//! Vectors of shared/domain/identifiers.md and of the standards named there.

use chrono::NaiveDate;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn shown(kind: IdentifierKind, code: &str) -> String {
    match check(kind, code) {
        Ok(code) => code.into_owned(),
        Err(error) => format!("refused: {error}"),
    }
}

#[rstest]
// The standard's own sample: 1640 mod 31 = 28, 31 - 28 = 3.
#[case("91350100M000100Y43", "91350100M000100Y43")]
// Worked example B: 1220 mod 31 = 11, 31 - 11 = 20 = L; organisation 246 mod 11 = 4, 11 - 4 = 7.
#[case("12420800559710927L", "12420800559710927L")]
// The other reading of the plan's 17 printed characters also passes: never mend by guess.
#[case("12420800355971092L", "12420800355971092L")]
#[case(" 12420800559710927l\u{3000}", "12420800559710927L")]
#[case("１２４２０８００５５９７１０９２７Ｌ", "12420800559710927L")]
#[case(
    "12420800559710927K",
    "refused: check digit `K`, where the 17 digits before it give `L`"
)]
#[case(
    "12420800559710928L",
    "refused: check digit `8`, where the 8 digits of the organisation before it give `7`"
)]
#[case(
    "1242080055971092L",
    "refused: 17 characters, where a unified social credit code has 18"
)]
#[case(
    "12420800559710927I",
    "refused: `I` at position 18, where a unified social credit code has a digit or a letter other than I, O, S, V, Z"
)]
#[case(
    "124208A0559710927L",
    "refused: `A` at position 7, where a unified social credit code has a digit"
)]
fn a_unified_social_credit_code_has_two_check_digits(#[case] code: &str, #[case] expected: &str) {
    assert_eq!(shown(IdentifierKind::Uscc, code), expected);
}

#[rstest]
#[case('I')]
#[case('O')]
#[case('S')]
#[case('V')]
#[case('Z')]
fn letters_that_look_like_digits_do_not_occur(#[case] letter: char) {
    let code = format!("1242080055971092{letter}L");
    assert!(matches!(
        check(IdentifierKind::Uscc, &code),
        Err(IdentifierError::Character { position: 17, .. })
    ));
}

#[rstest]
#[case("420800", "420800")]
#[case("420800-qjl", "420800-QJL")]
#[case("420800-BJ", "420800-BJ")]
#[case("420802001", "420802001")]
#[case("420802001001", "420802001001")]
fn a_region_code_has_the_shape_of_gb_t_2260_or_a_local_one(
    #[case] code: &str,
    #[case] expected: &str,
) {
    assert_eq!(shown(IdentifierKind::Region, code), expected);
}

#[rstest]
#[case("4208")]
#[case("42080")]
#[case("920800")]
#[case("42080A")]
#[case("420800-")]
#[case("420800-漳河")]
#[case("CN")]
#[case("")]
fn what_is_not_a_region_code_is_refused(#[case] code: &str) {
    insta::allow_duplicates! {
        insta::assert_snapshot!(
            shown(IdentifierKind::Region, code),
            @"refused: not of the form of a region code: 6 digits (420800), 9 or 12 of a township or village, or 6 digits and letters of a local area (420800-QJL)"
        );
    }
}

#[rstest]
#[case("420000", RegionLevel::Province, None)]
#[case("420800", RegionLevel::Prefecture, Some("420000"))]
#[case("420802", RegionLevel::County, Some("420800"))]
#[case("429004", RegionLevel::County, Some("429000"))]
#[case("420802001000", RegionLevel::Township, Some("420802"))]
#[case("420800-QJL", RegionLevel::Local, Some("420800"))]
fn a_region_code_tells_its_level_and_parent(
    #[case] code: &str,
    #[case] level: RegionLevel,
    #[case] parent: Option<&str>,
) {
    let region = Region::parse(code).expect("a region code");
    assert_eq!(region.level, level);
    assert_eq!(region.parent_code().as_deref(), parent);
}

#[test]
fn jingshan_changed_its_code_when_it_became_a_city() {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    let changes = [CodeChange {
        old_code: "420821".to_owned(),
        new_code: "420882".to_owned(),
        from_date: day(2018, 2, 24),
    }];
    assert_eq!(
        region_code_on("420821", day(2020, 1, 1), &changes),
        "420882"
    );
    assert_eq!(
        region_code_on("420882", day(2017, 12, 31), &changes),
        "420821"
    );
    assert_eq!(
        region_code_on("420821", day(2018, 2, 23), &changes),
        "420821"
    );
    assert_eq!(
        region_code_on("420882", day(2018, 2, 24), &changes),
        "420882"
    );
    assert_eq!(
        region_code_on("420802", day(2020, 1, 1), &changes),
        "420802"
    );
}

#[test]
fn code_changes_in_a_circle_end() {
    let on = NaiveDate::from_ymd_opt(2018, 1, 1).expect("a day");
    let change = |old: &str, new: &str| CodeChange {
        old_code: old.to_owned(),
        new_code: new.to_owned(),
        from_date: on,
    };
    let changes = [change("420801", "420802"), change("420802", "420801")];
    assert!(["420801", "420802"].contains(&region_code_on("420801", on, &changes)));
}

#[rstest]
#[case("鄂H12345", "鄂H12345", PlateClass::Ordinary)]
#[case("鄂h·1234a", "鄂H1234A", PlateClass::Ordinary)]
#[case("鄂HD12345", "鄂HD12345", PlateClass::SmallNewEnergy)]
#[case("鄂HFA1234", "鄂HFA1234", PlateClass::SmallNewEnergy)]
#[case("鄂H12345D", "鄂H12345D", PlateClass::LargeNewEnergy)]
#[case("鄂H1234警", "鄂H1234警", PlateClass::Police)]
#[case("鄂H1234学", "鄂H1234学", PlateClass::Learner)]
#[case("鄂H1234挂", "鄂H1234挂", PlateClass::Trailer)]
#[case("粤Z1234港", "粤Z1234港", PlateClass::HongKong)]
#[case("粤Z1234澳", "粤Z1234澳", PlateClass::Macau)]
fn a_plate_tells_its_class(#[case] code: &str, #[case] normal: &str, #[case] class: PlateClass) {
    assert_eq!(shown(IdentifierKind::Plate, code), normal);
    assert_eq!(plate_class(code), Ok(class));
    let has_eight = normal.chars().count() == 8;
    assert_eq!(class.is_new_energy(), has_eight);
}

#[rstest]
#[case(
    "鄂H1234",
    "refused: 6 characters, where a number plate has 7, or 8 for new energy"
)]
#[case(
    "H123456",
    "refused: `H` at position 1, where a number plate has the short name of a province"
)]
#[case(
    "鄂I12345",
    "refused: `I` at position 2, where a number plate has a letter other than I, O"
)]
#[case(
    "鄂H12O45",
    "refused: `O` at position 5, where a number plate has a digit or a letter other than I, O"
)]
#[case(
    "鄂HL12345",
    "refused: not of the form of a number plate: as in `鄂H12345`, `鄂HD12345`, `鄂H12345D`, `鄂H1234警`"
)]
#[case(
    "鄂H1234使",
    "refused: `使` at position 7, where a number plate has a digit, a letter other than I, O, or 警 学 挂 港 澳"
)]
fn a_wrong_plate_is_told_where(#[case] code: &str, #[case] expected: &str) {
    assert_eq!(shown(IdentifierKind::Plate, code), expected);
}

#[rstest]
// The worked example of 49 CFR 565 and of many texts: sum 351, 351 mod 11 = 10 = X.
#[case("1M8GDM9AXKP042788", true)]
// All ones: the weights sum to 89, 89 mod 11 = 1.
#[case("11111111111111111", true)]
#[case("1M8GDM9A1KP042788", false)]
#[case("LSVAG2180E2100001", false)]
fn a_vin_need_not_have_a_fitting_check_digit(#[case] code: &str, #[case] holds: bool) {
    assert_eq!(shown(IdentifierKind::Vin, code), code);
    assert_eq!(vin_check_digit_holds(code), holds);
}

#[test]
fn a_vin_has_seventeen_characters_without_i_o_q() {
    insta::assert_snapshot!(shown(IdentifierKind::Vin, "1M8GDM9AXKP04278"), @"refused: 16 characters, where a VIN has 17");
    insta::assert_snapshot!(shown(IdentifierKind::Vin, "1M8GDM9AXKPO42788"), @"refused: `O` at position 12, where a VIN has a digit or a letter other than I, O, Q");
    assert!(!vin_check_digit_holds("not a vin"));
}

#[test]
fn an_account_number_keeps_its_zeros_and_loses_nothing() {
    insta::assert_snapshot!(shown(IdentifierKind::Account, "0012345678"), @"0012345678");
    insta::assert_snapshot!(shown(IdentifierKind::Account, "4212345678901"), @"4212345678901");
    insta::assert_snapshot!(shown(IdentifierKind::Account, "w-2021-07"), @"W-2021-07");
    insta::assert_snapshot!(shown(IdentifierKind::Account, "4.21235E+12"), @"refused: a number rounded by a spreadsheet; its digits are lost");
    insta::assert_snapshot!(shown(IdentifierKind::Account, "12345678.0"), @"refused: `.` at position 9, where an account number has a digit, a letter or `-`");
    insta::assert_snapshot!(shown(IdentifierKind::Account, "123"), @"refused: 3 characters, where an account number has 4 to 20");
}

#[test]
fn a_title_number_is_kept_with_half_width_brackets() {
    insta::assert_snapshot!(shown(IdentifierKind::TitleNumber, "鄂（2021）荆门市不动产权第0012345号"), @"鄂(2021)荆门市不动产权第0012345号");
    insta::assert_snapshot!(shown(IdentifierKind::TitleNumber, "荆房权证字第12345号"), @"refused: not of the form of a title number: as in `鄂(2021)荆门市不动产权第0012345号`");
}

#[test]
fn a_kind_is_named_as_contracts_name_it() {
    for kind in IdentifierKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    assert!("licence".parse::<IdentifierKind>().is_err());
}

const SYMBOLS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A valid code: 8 leading digits, 8 symbols of an organisation, and both check symbols.
fn valid_uscc() -> impl Strategy<Value = String> {
    ("[1-9][0-9]{7}", "[0-9A-HJ-NPQRTUWXY]{8}").prop_map(|(head, body)| {
        let organisation = uscc::organisation_check(body.as_bytes());
        let code = format!("{head}{body}{}", char::from(organisation));
        let check = uscc::check_symbol(code.as_bytes());
        format!("{code}{}", char::from(check))
    })
}

proptest! {
    #[test]
    fn a_generated_code_passes(code in valid_uscc()) {
        prop_assert_eq!(shown(IdentifierKind::Uscc, &code), code);
    }

    /// The weights are not 0 modulo the prime 31, so a single changed symbol always changes the sum.
    #[test]
    fn any_single_changed_symbol_is_refused(
        code in valid_uscc(),
        position in 0_usize..18,
        symbol in prop::sample::select(SYMBOLS.chars().collect::<Vec<_>>()),
    ) {
        let mut changed: Vec<char> = code.chars().collect();
        prop_assume!(changed[position] != symbol);
        changed[position] = symbol;
        let changed: String = changed.into_iter().collect();
        prop_assert!(check(IdentifierKind::Uscc, &changed).is_err(), "{}", changed);
    }

    #[test]
    fn no_text_makes_a_check_panic(code in "\\PC{0,24}") {
        for kind in IdentifierKind::ALL {
            let _ = check(kind, &code);
        }
    }
}
