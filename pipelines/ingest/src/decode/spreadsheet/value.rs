//! What a cell holds, as text.
//!
//! | cell | text |
//! |---|---|
//! | text | as it is |
//! | number | without exponent; a fraction rounded to 15 significant digits, as Excel shows it |
//! | date | `2016-01-31` |
//! | date and time | `2016-01-31T13:30:00`, with milliseconds when there are any |
//! | time of day | `13:30:00` |
//! | duration | `27:30:00` |
//! | truth | `true`, `false` |
//! | error | `#N/A`, `#DIV/0!`, … |

use calamine::{Data, DataRef, ExcelDateTime};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    /// A formula whose value the file does not hold.
    NotComputed,
}

impl Cell {
    pub(super) fn of(text: String) -> Cell {
        if text.is_empty() {
            Cell::Empty
        } else {
            Cell::Text(text)
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Cell::Empty
    }

    /// The cell's text; empty when it has none.
    pub(super) fn text(&self) -> &str {
        match self {
            Cell::Text(text) => text,
            Cell::Empty | Cell::NotComputed => "",
        }
    }

    /// The cell as a message shows it.
    pub(super) fn shown(&self) -> &str {
        match self {
            Cell::Text(text) => text,
            Cell::Empty => "",
            Cell::NotComputed => "=?",
        }
    }
}

/// The text of a cell of an .xlsx.
pub(super) fn of_xlsx(value: DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::SharedString(text) => text.to_owned(),
        other => of_xls(other.into()),
    }
}

/// The text of a cell of an .xls.
pub(super) fn of_xls(value: Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text,
        Data::Int(number) => number.to_string(),
        Data::Float(number) => of_number(number),
        Data::Bool(true) => "true".to_owned(),
        Data::Bool(false) => "false".to_owned(),
        Data::DateTime(moment) => of_moment(&moment),
        Data::Error(error) => error.to_string(),
        // Rich text and whatever comes with a later version of the reader.
        #[allow(unreachable_patterns, reason = "the reader's type is not exhaustive")]
        other => other.to_string(),
    }
}

/// A number without exponent. Whole numbers are exact; a fraction is rounded to the 15 significant digits
/// that Excel shows, so that 0.1 + 0.2 is 0.3.
pub(super) fn of_number(number: f64) -> String {
    if !number.is_finite() {
        return "#NUM!".to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    if number.fract() == 0.0 {
        return format!("{number}");
    }
    // Parsing fifteen digits back gives the one double whose shortest form they are.
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    format!("{rounded}")
}

/// Serial number behind 9999-12-31, the last day Excel knows.
const END_OF_DAYS: f64 = 2_958_466.0;

fn of_moment(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    if moment.is_duration() {
        return of_duration(serial);
    }
    if !(0.0..END_OF_DAYS).contains(&serial) {
        return of_number(serial);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let mut time = format!("{hour:02}:{minute:02}:{second:02}");
    if milli != 0 {
        time.push_str(&format!(".{milli:03}"));
    }
    if serial < 1.0 {
        return time;
    }
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}T{time}"),
    }
}

/// Days as hours, minutes and seconds.
fn of_duration(days: f64) -> String {
    const MILLIS_A_DAY: f64 = 86_400_000.0;
    let millis = (days.abs() * MILLIS_A_DAY).round();
    if !millis.is_finite() || millis > u64::MAX as f64 {
        return of_number(days);
    }
    let millis = millis as u64;
    let sign = if days < 0.0 && millis > 0 { "-" } else { "" };
    let (hours, minutes, seconds) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    let mut text = format!("{sign}{hours:02}:{minutes:02}:{seconds:02}");
    if !millis.is_multiple_of(1000) {
        text.push_str(&format!(".{:03}", millis % 1000));
    }
    text
}

#[cfg(test)]
mod tests {
    use calamine::{ExcelDateTime, ExcelDateTimeType};
    use rstest::rstest;

    use super::{of_moment, of_number};

    #[rstest]
    #[case::noise(0.1 + 0.2, "0.3")]
    #[case::fifteen_digits(1_234.567_890_123_45, "1234.56789012345")]
    #[case::sixteen_digits(1.234_567_890_123_456_7, "1.23456789012346")]
    #[case::large(1e7, "10000000")]
    #[case::larger_than_i64(1e20, "100000000000000000000")]
    #[case::small(1.5e-7, "0.00000015")]
    #[case::negative(-0.1, "-0.1")]
    #[case::negative_zero(-0.0, "0")]
    #[case::sixteen_digit_whole(9_007_199_254_740_992.0, "9007199254740992")]
    #[case::money(28.26, "28.26")]
    #[case::sum(4.35 * 100.0, "435")]
    fn numbers_are_as_excel_shows_them(#[case] number: f64, #[case] expected: &str) {
        assert_eq!(of_number(number), expected);
    }

    // Serial numbers and what LibreOffice Calc shows for them with the format YYYY-MM-DD HH:MM:SS.
    #[rstest]
    #[case::day(42_370.0, "2016-01-01")]
    #[case::hour(43_101.041_666_666_664, "2018-01-01T01:00:00")]
    #[case::half_hour(43_101.520_833_333_336, "2018-01-01T12:30:00")]
    #[case::millisecond(45_943.541_015_046_3, "2025-10-13T12:59:03.700")]
    #[case::time(0.5625, "13:30:00")]
    #[case::leap_day(43_890.0, "2020-02-29")]
    #[case::before_time(-1.0, "-1")]
    fn moments_are_iso_text(#[case] serial: f64, #[case] expected: &str) {
        let moment = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false);
        assert_eq!(of_moment(&moment), expected);
    }

    #[test]
    fn epoch_of_1904_is_four_years_and_a_day_later() {
        // 2016-01-01 is 42370 days after 1899-12-30 and 40908 after 1904-01-01.
        let moment = ExcelDateTime::new(40_908.0, ExcelDateTimeType::DateTime, true);
        assert_eq!(of_moment(&moment), "2016-01-01");
    }

    #[test]
    fn durations_go_beyond_a_day() {
        let moment =
            ExcelDateTime::new(1.145_833_333_333_333_3, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(of_moment(&moment), "27:30:00");
    }
}
