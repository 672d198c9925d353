use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;
use rstest::rstest;

use super::super::*;

fn formats(words: &[&str]) -> Vec<DateFormat> {
    words.iter().map(|word| word.parse().expect(word)).collect()
}

fn read(cell: &str, words: &[&str]) -> String {
    let parser = DateParser::new(formats(words), Missing::new(["-"]));
    match parser.parse(cell) {
        Ok(None) => "missing".to_owned(),
        Ok(Some(days)) => {
            let (year, month, day) = civil_of_days(days);
            format!("{year:04}-{month:02}-{day:02}")
        }
        Err(error) => error.rule().to_owned(),
    }
}

#[rstest]
#[case("2024-01-31")]
#[case("2024-1-31")]
#[case("2024/1/31")]
#[case("2024/01/31")]
#[case("2024.1.31")]
#[case("20240131")]
#[case("2024年1月31日")]
#[case("2024年01月31号")]
#[case("２０２４年１月３１日")]
#[case(" 2024-01-31 ")]
#[case("2024-01-31 00:00:00")]
#[case("2024-01-31T00:00:00.000")]
#[case("2024/1/31 0:00")]
#[case("31-Jan-2024")]
#[case("31-Jan-24")]
#[case("31 January 2024")]
#[case("Jan 31, 2024")]
#[case("2024-Jan-31")]
fn a_date_with_its_year_first_or_its_month_by_name_needs_no_declaration(#[case] cell: &str) {
    assert_eq!(read(cell, &[]), "2024-01-31");
}

#[rstest]
#[case("31/01/2024", "D/M/Y", "2024-01-31")]
#[case("31.1.24", "D/M/Y", "2024-01-31")]
#[case("1/31/2024", "M/D/Y", "2024-01-31")]
#[case("5/21/2013 0:00", "M/D/Y", "2013-05-21")]
#[case("04-Aug-00", "D-M-Y", "2000-08-04")]
#[case("3/4/99", "D/M/Y", "1999-04-03")]
#[case("3/4/68", "M/D/Y", "2068-03-04")]
#[case("3/4/69", "M/D/Y", "1969-03-04")]
#[case("07-Aug-68", "%d-%b-%y", "2068-08-07")]
#[case("07-Aug-69", "%d-%b-%y", "1969-08-07")]
#[case("24/1/31", "Y/M/D", "2024-01-31")]
#[case("2024-01-31", "D/M/Y", "2024-01-31")]
#[case("31.01.2024", "%d.%m.%Y", "2024-01-31")]
#[case("2024-31-01", "%Y-%d-%m", "2024-01-31")]
#[case("2024-01-02", "%Y-%d-%m", "2024-02-01")]
fn a_declared_order_is_followed(#[case] cell: &str, #[case] format: &str, #[case] expected: &str) {
    assert_eq!(read(cell, &[format]), expected);
}

#[rstest]
#[case("07-Aug-15", 2015, "2015-08-07")]
#[case("07-Aug-16", 2015, "1916-08-07")]
#[case("07-Aug-69", 2015, "1969-08-07")]
#[case("07-Aug-00", 1999, "1900-08-07")]
#[case("07-Aug-46", 2068, "2046-08-07")]
#[case("07-Aug-1946", 2015, "1946-08-07")]
fn years_of_two_digits_end_with_the_year_a_job_says(
    #[case] cell: &str,
    #[case] last: i32,
    #[case] expected: &str,
) {
    for words in [&["D/M/Y"][..], &["%d-%b-%y", "%d-%b-%Y"], &[]] {
        let parser = DateParser::new(formats(words), Missing::default())
            .with_years(TwoDigitYears::until(last));
        let (year, month, day) = civil_of_days(parser.parse(cell).expect(cell).expect(cell));
        assert_eq!(format!("{year:04}-{month:02}-{day:02}"), expected);
        let moments = TimestampParser::new(
            formats(words),
            "UTC".parse().expect("a zone"),
            Ambiguity::Refuse,
            Missing::default(),
        )
        .with_years(TwoDigitYears::until(last));
        let days = moments
            .parse(cell)
            .expect(cell)
            .expect(cell)
            .div_euclid(86_400_000_000);
        assert_eq!(civil_of_days(days as i32), (year, month, day));
    }
}

#[rstest]
#[case("1/2/2024", &[], "undeclared_day_order")]
// Even where only one order is possible, the job has to say it: the next row may be unclear.
#[case("31/1/2024", &[], "undeclared_day_order")]
#[case("31/1/2024", &["M/D/Y"], "no_such_day")]
#[case("2023-02-29", &[], "no_such_day")]
#[case("1900-02-29", &[], "no_such_day")]
#[case("2024-13-01", &[], "no_such_day")]
#[case("2024-00-10", &[], "no_such_day")]
#[case("2024年2月30日", &[], "no_such_day")]
#[case("0000-01-01", &[], "year_out_of_range")]
#[case("0024-01-31", &[], "year_out_of_range")]
#[case("42370", &[], "undeclared_serial")]
#[case("42370.5", &[], "undeclared_serial")]
#[case("2024-01-31 08:30", &[], "time_would_be_lost")]
#[case("2024-01", &[], "not_a_date")]
#[case("2024.25", &[], "not_a_date")]
#[case("soon", &[], "not_a_date")]
#[case("2024-01-31 x", &[], "not_a_timestamp")]
#[case("31/01/2024 tomorrow", &["D/M/Y"], "not_a_date")]
#[case("-", &[], "missing")]
#[case("", &[], "missing")]
fn what_is_no_clear_date_is_refused(
    #[case] cell: &str,
    #[case] words: &[&str],
    #[case] expected: &str,
) {
    let expected = expected.replace("not_a_timestamp", "not_a_date");
    assert_eq!(read(cell, words), expected);
}

#[rstest]
// The first days of the count, its false leap day, and the day after it.
#[case("1", "excel", "1900-01-01")]
#[case("59", "excel", "1900-02-28")]
#[case("60", "excel", "no_such_day")]
#[case("61", "excel", "1900-03-01")]
// Microsoft's own example: 1 January 2008 is 39448.
#[case("39448", "excel", "2008-01-01")]
#[case("39448.0", "excel", "2008-01-01")]
#[case("39448.5", "excel", "time_would_be_lost")]
#[case("0", "excel", "no_such_day")]
#[case("2958465", "excel", "9999-12-31")]
#[case("2958466", "excel", "year_out_of_range")]
// Microsoft: 5 July 1998 is 35981 in the 1900 system and 34519 in the 1904 system.
#[case("35981", "excel", "1998-07-05")]
#[case("34519", "excel1904", "1998-07-05")]
#[case("0", "excel1904", "1904-01-01")]
#[case("2024-01-31", "excel", "2024-01-31")]
fn declared_serials_count_days_as_spreadsheets_do(
    #[case] cell: &str,
    #[case] format: &str,
    #[case] expected: &str,
) {
    assert_eq!(read(cell, &[format]), expected);
}

#[test]
fn an_unknown_format_names_the_nearest() {
    let error = "D/M/YY".parse::<DateFormat>().expect_err("no format");
    insta::assert_snapshot!(error, @"unknown date format `D/M/YY`");
    insta::assert_snapshot!(error.hint(), @"write `D/M/Y`");
    let error = "%Q".parse::<DateFormat>().expect_err("no pattern");
    insta::assert_snapshot!(error, @"date format `%Q` is not a strftime pattern");
    insta::assert_snapshot!(error.hint(), @"use %Y %y %m %b %d %H %I %M %S %p %z and the like");
    let error = "chinese".parse::<DateFormat>().expect_err("no format");
    insta::assert_snapshot!(error.hint(), @"write one of `ISO`, `Y/M/D`, `D/M/Y`, `M/D/Y`, `excel`, `excel1904`, or a strftime pattern as `%d.%m.%Y`");
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (MIN_YEAR..=MAX_YEAR, 1_u32..=366).prop_filter_map("a day of the year", |(year, day)| {
        NaiveDate::from_yo_opt(year, day)
    })
}

proptest! {
    #[test]
    fn days_and_civil_dates_are_those_of_chrono(date in any_day()) {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).expect("the epoch");
        let days = date.signed_duration_since(epoch).num_days() as i32;
        prop_assert_eq!(days_of_civil(date.year(), date.month(), date.day()), Ok(days));
        prop_assert_eq!(civil_of_days(days), (date.year(), date.month(), date.day()));
    }

    #[test]
    fn the_fast_way_reads_what_the_slow_way_reads(cell in "[0-9]{4}-[0-1][0-9]-[0-3][0-9]") {
        let parser = DateParser::default();
        prop_assert_eq!(parser.parse(&cell), parser.parse_slow(&cell));
    }

    #[test]
    fn no_cell_makes_the_parser_panic(cell in "\\PC{0,30}|[0-9/年月日:. TZ+-]{0,30}") {
        let parser = DateParser::new(formats(&["D/M/Y", "excel", "%d %b %Y"]), Missing::default());
        let _ = parser.parse(&cell);
    }
}
