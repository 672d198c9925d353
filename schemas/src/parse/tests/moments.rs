use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use proptest::prelude::*;
use rstest::rstest;

use super::super::*;

fn parser(words: &[&str], zone: &str, ambiguity: Ambiguity) -> TimestampParser {
    let formats = words.iter().map(|word| word.parse().expect(word)).collect();
    TimestampParser::new(
        formats,
        zone.parse().expect("a zone"),
        ambiguity,
        Missing::new(["-"]),
    )
}

fn shown(read: Result<Option<i64>, ValueError>) -> String {
    match read {
        Ok(None) => "missing".to_owned(),
        Ok(Some(micros)) => DateTime::from_timestamp_micros(micros)
            .expect("in range")
            .format("%Y-%m-%dT%H:%M:%S%.fZ")
            .to_string(),
        Err(error) => error.rule().to_owned(),
    }
}

fn read(cell: &str, words: &[&str]) -> String {
    shown(parser(words, "Asia/Shanghai", Ambiguity::Refuse).parse(cell))
}

#[rstest]
#[case("2024-01-31 08:30:00")]
#[case("2024-01-31T08:30:00")]
#[case("2024-01-31 08:30")]
#[case("2024-1-31 8:30")]
#[case("2024/1/31 8:30")]
#[case("2024/1/31 8:30:00 AM")]
#[case("2024年1月31日 8时30分")]
#[case("2024年1月31日8时30分00秒")]
#[case("2024年1月31日上午8:30")]
#[case("20240131 08:30")]
#[case("2024-01-31 08:30:00+08:00")]
#[case("2024-01-31T08:30:00+0800")]
#[case("2024-01-31T00:30:00Z")]
#[case("2024-01-31 00:30 UTC")]
#[case("2024-01-30T19:30:00-05")]
#[case("31-Jan-2024 08:30")]
fn a_time_without_offset_is_the_citys(#[case] cell: &str) {
    assert_eq!(read(cell, &[]), "2024-01-31T00:30:00Z");
}

#[rstest]
#[case("31/12/12 23:00", "D/M/Y", "2012-12-31T15:00:00Z")]
#[case("5/21/2013 0:00", "M/D/Y", "2013-05-20T16:00:00Z")]
#[case("12/31/2012 11:00:00 PM", "M/D/Y", "2012-12-31T15:00:00Z")]
#[case("12/31/2012 12:05 AM", "M/D/Y", "2012-12-30T16:05:00Z")]
#[case("12/31/2012 12:05 pm", "M/D/Y", "2012-12-31T04:05:00Z")]
#[case("2024年1月31日下午3点", "ISO", "2024-01-31T07:00:00Z")]
#[case("2024-01-31 24:00", "ISO", "2024-01-31T16:00:00Z")]
#[case("2024-01-31", "ISO", "2024-01-30T16:00:00Z")]
#[case("2024-01-31 08:30:00.123456789", "ISO", "2024-01-31T00:30:00.123456Z")]
#[case("31.01.2024 08:30", "%d.%m.%Y %H:%M", "2024-01-31T00:30:00Z")]
#[case("31.01.2024 08:30 +0000", "%d.%m.%Y %H:%M %z", "2024-01-31T08:30:00Z")]
#[case("31.01.2024", "%d.%m.%Y", "2024-01-30T16:00:00Z")]
// 39448.25 is 06:00 of 2008-01-01; the second is what binary fractions make of 23:30.
#[case("39448.25", "excel", "2007-12-31T22:00:00Z")]
#[case("42370.979166666664", "excel", "2016-01-01T15:30:00Z")]
fn a_declared_form_is_followed(#[case] cell: &str, #[case] format: &str, #[case] expected: &str) {
    assert_eq!(read(cell, &[format]), expected);
}

#[rstest]
#[case("2024-01-31 25:00", "no_such_time")]
#[case("2024-01-31 24:01", "no_such_time")]
#[case("2024-01-31 08:60", "no_such_time")]
#[case("2024-01-31 13:00 AM", "no_such_time")]
#[case("2024-02-30 08:00", "no_such_day")]
#[case("1/2/2024 08:00", "undeclared_day_order")]
#[case("42370.5", "undeclared_serial")]
#[case("2024-01-31 8", "not_a_timestamp")]
#[case("2024-01-31 08:30 tomorrow", "not_a_timestamp")]
#[case("08:30", "not_a_timestamp")]
#[case("0000-01-01 00:00", "year_out_of_range")]
#[case("-", "missing")]
fn what_is_no_clear_moment_is_refused(#[case] cell: &str, #[case] expected: &str) {
    assert_eq!(read(cell, &[]), expected);
}

/// London's clocks go forward at 01:00 on 2018-03-25 and back at 02:00 on 2018-10-28.
#[test]
fn a_local_time_that_occurs_twice_or_never_is_refused_unless_declared() {
    let london = |cell, ambiguity| shown(parser(&[], "Europe/London", ambiguity).parse(cell));
    assert_eq!(
        london("2018-07-01 12:00", Ambiguity::Refuse),
        "2018-07-01T11:00:00Z"
    );
    assert_eq!(
        london("2018-10-28 01:30", Ambiguity::Refuse),
        "ambiguous_time"
    );
    assert_eq!(
        london("2018-10-28 01:30", Ambiguity::Earliest),
        "2018-10-28T00:30:00Z"
    );
    assert_eq!(
        london("2018-10-28 01:30", Ambiguity::Latest),
        "2018-10-28T01:30:00Z"
    );
    assert_eq!(
        london("2018-03-25 01:30", Ambiguity::Latest),
        "skipped_time"
    );
}

/// Shanghai had summer time in 1986 to 1991 (tz database, rule PRC).
#[test]
fn the_citys_summer_time_of_old_is_kept() {
    assert_eq!(read("1988-07-01 12:00", &[]), "1988-07-01T03:00:00Z");
    assert_eq!(read("1988-12-01 12:00", &[]), "1988-12-01T04:00:00Z");
}

#[test]
fn a_fixed_offset_is_a_zone_and_an_unknown_zone_names_the_nearest() {
    let fixed = parser(&[], "+09:00", Ambiguity::Refuse);
    assert_eq!(
        shown(fixed.parse("2024-01-31 09:30")),
        "2024-01-31T00:30:00Z"
    );
    let error = "Asia/Shangai".parse::<Zone>().expect_err("no zone");
    insta::assert_snapshot!(error, @"unknown time zone `Asia/Shangai`");
    assert_eq!(error.nearest, Some("Asia/Shanghai"));
}

#[test]
fn the_citys_day_begins_at_sixteen_hours_utc() {
    let micros = |text: &str| {
        text.parse::<DateTime<Utc>>()
            .expect(text)
            .timestamp_micros()
    };
    let day = |text: &str| civil_of_days(city_days(micros(text)));
    assert_eq!(day("2024-01-31T15:59:59Z"), (2024, 1, 31));
    assert_eq!(day("2024-01-31T16:00:00Z"), (2024, 2, 1));
    assert_eq!(day("1969-12-31T15:59:59Z"), (1969, 12, 31));
}

proptest! {
    #[test]
    fn the_fast_way_reads_what_the_slow_way_reads(
        cell in "(19[89]|20[0-9])[0-9]-[0-1][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?(Z|[+-][01][0-9]:[0-6][0-9])?",
    ) {
        let parser = TimestampParser::default();
        prop_assert_eq!(parser.parse(&cell), parser.parse_slow(&cell));
    }

    #[test]
    fn the_citys_time_is_that_of_the_tz_database(
        seconds in 0_i64..4_000_000_000,
    ) {
        let utc = DateTime::from_timestamp(seconds, 0).expect("in range");
        let local: NaiveDateTime = chrono_tz::Asia::Shanghai.from_utc_datetime(&utc.naive_utc()).naive_local();
        let cell = local.format("%Y-%m-%d %H:%M:%S").to_string();
        let parser = parser(&[], "Asia/Shanghai", Ambiguity::Latest);
        let read = parser.parse(&cell).expect("a moment").expect("a value");
        // In the hour that occurs twice the cell alone does not tell which it was.
        let apart = (read - seconds * 1_000_000).abs();
        prop_assert!(apart == 0 || apart == 3_600_000_000 && seconds < 700_000_000, "{cell}");
        prop_assert_eq!(
            civil_of_days(city_days(seconds * 1_000_000)),
            (chrono::Datelike::year(&local), chrono::Datelike::month(&local), chrono::Datelike::day(&local))
        );
    }

    #[test]
    fn no_cell_makes_the_parser_panic(cell in "\\PC{0,30}|[0-9/年月日时分秒:. TZAPM+-]{0,30}") {
        let parser = parser(&["D/M/Y", "excel", "%d %b %Y %H:%M"], "Europe/London", Ambiguity::Refuse);
        let _ = parser.parse(&cell);
    }
}
