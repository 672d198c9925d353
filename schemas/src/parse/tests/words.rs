use proptest::prelude::*;
use rstest::rstest;

use super::super::*;

#[rstest]
#[case("是", Some(true))]
#[case("否", Some(false))]
#[case("有", Some(true))]
#[case("无", Some(false))]
#[case("√", Some(true))]
#[case("Y", Some(true))]
#[case("no", Some(false))]
#[case("TRUE", Some(true))]
#[case("０", Some(false))]
#[case("1", Some(true))]
#[case(" ", None)]
#[case("未知", None)]
fn yes_and_no_are_read_in_both_languages(#[case] cell: &str, #[case] expected: Option<bool>) {
    assert_eq!(boolean(cell, &Missing::new(["未知"])), Ok(expected));
}

#[test]
fn what_is_neither_yes_nor_no_is_refused() {
    for cell in ["maybe", "2", "是否", "yes!"] {
        assert_eq!(
            boolean(cell, &Missing::default()),
            Err(ValueError::NotABoolean),
            "{cell}"
        );
    }
}

#[rstest]
#[case("2024-01")]
#[case("2024-1")]
#[case("202401")]
#[case("2024/1")]
#[case("2024/01")]
#[case("2024.01")]
#[case("2024年1月")]
#[case("2024年01月份")]
#[case("２０２４年１月")]
#[case("2024M01")]
#[case("Jan 2024")]
#[case("Jan-24")]
#[case("January 2024")]
#[case("2024-01-01")]
#[case("2024-01-01 00:00:00")]
#[case("20240101")]
fn a_month_is_read_however_it_is_written(#[case] cell: &str) {
    let read = month(cell, &Missing::default())
        .expect("a month")
        .expect("a value");
    assert_eq!(read.to_string(), "2024-01");
}

#[rstest]
#[case("2024-13", ValueError::NotAMonth)]
#[case("2024-00", ValueError::NotAMonth)]
#[case("2024.1", ValueError::NotAMonth)] // what a spreadsheet makes of 2024.10
#[case("2024-01-15", ValueError::NotAMonth)]
#[case("2024-01-01 08:00", ValueError::NotAMonth)]
#[case("1月", ValueError::NotAMonth)]
#[case("2024", ValueError::NotAMonth)]
#[case("0024-01", ValueError::YearOutOfRange)]
fn what_is_no_month_is_refused(#[case] cell: &str, #[case] expected: ValueError) {
    assert_eq!(month(cell, &Missing::default()), Err(expected));
}

#[test]
fn a_month_is_missing_by_the_same_markers() {
    assert_eq!(month("-", &Missing::new(["-"])), Ok(None));
    assert_eq!(month("", &Missing::default()), Ok(None));
}

#[test]
fn months_are_in_order_of_time_as_text_and_as_values() {
    let december = Month::new(2023, 12).expect("a month");
    let january = Month::of_days(days_of_civil(2024, 1, 31).expect("a day"));
    assert!(december < january);
    assert!(december.to_string() < january.to_string());
}

proptest! {
    #[test]
    fn every_month_reads_back(year in MIN_YEAR..=MAX_YEAR, number in 1_u32..=12) {
        let written = Month::new(year, number).expect("a month");
        prop_assert_eq!(month(&written.to_string(), &Missing::default()), Ok(Some(written)));
    }

    #[test]
    fn no_cell_makes_the_functions_panic(cell in "\\PC{0,20}") {
        let _ = month(&cell, &Missing::default());
        let _ = boolean(&cell, &Missing::default());
    }
}
