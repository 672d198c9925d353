//! Reading dates, clock times and offsets from the beginning of a text.

use super::super::{MAX_YEAR, TwoDigitYears, ValueError, civil_of_days, days_of_civil};
use super::Order;

/// A time of day as a clock shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Clock {
    /// Microseconds since midnight; a whole day for 24:00.
    pub micros: i64,
    /// Seconds east of Greenwich, when the text says so.
    pub offset_seconds: Option<i32>,
}

/// A date at the beginning of `text`, as days since 1970-01-01, and what follows.
pub(in super::super) fn read_date(
    text: &str,
    order: Option<Order>,
    years: TwoDigitYears,
) -> Result<(i32, &str), ValueError> {
    let (first, rest) = digits(text);
    match first.len() {
        0 => month_by_name_first(text, years),
        8 => {
            let number = |range: std::ops::Range<usize>| number(&first[range]);
            Ok((
                days_of_civil(number(0..4) as i32, number(4..6), number(6..8))?,
                rest,
            ))
        }
        4 => year_first(number(first) as i32, rest),
        1 | 2 => day_or_month_first(first, rest, order, years),
        _ if is_number(text) => Err(ValueError::UndeclaredSerial),
        _ => Err(ValueError::NotADate),
    }
}

/// `2024-1-31`, `2024/1/31`, `2024年1月31日`, `2024-Jan-31`.
fn year_first(year: i32, rest: &str) -> Result<(i32, &str), ValueError> {
    let rest = separator(rest, '年').ok_or(ValueError::NotADate)?;
    let (month, rest) = match digits(rest) {
        ("", _) => month_name(rest).ok_or(ValueError::NotADate)?,
        (month, rest) if month.len() <= 2 => (number(month), rest),
        // `2024.25` is a number.
        _ => return Err(ValueError::NotADate),
    };
    let rest = separator(rest, '月').ok_or(ValueError::NotADate)?;
    let (day, rest) = digits(rest);
    if day.is_empty() || day.len() > 2 {
        return Err(ValueError::NotADate);
    }
    let rest = rest.strip_prefix(['日', '号']).unwrap_or(rest);
    Ok((days_of_civil(year, month, number(day))?, rest))
}

/// `31/1/2024`, `1/31/24`, `04-Aug-00`, and with `Y/M/D` declared `24/1/31`.
fn day_or_month_first<'a>(
    first: &str,
    rest: &'a str,
    order: Option<Order>,
    years: TwoDigitYears,
) -> Result<(i32, &'a str), ValueError> {
    let rest = separator(rest, '/').ok_or(ValueError::NotADate)?;
    let (second, after_second) = digits(rest);
    if second.is_empty() {
        let (month, rest) = month_name(rest).ok_or(ValueError::NotADate)?;
        let rest = separator(rest, ',').ok_or(ValueError::NotADate)?;
        let (year, rest) = digits(rest);
        return Ok((
            days_of_civil(full_year(year, years)?, month, number(first))?,
            rest,
        ));
    }
    let rest = separator(after_second, '/').ok_or(ValueError::NotADate)?;
    let (third, rest) = digits(rest);
    if second.len() > 2 || third.is_empty() {
        return Err(ValueError::NotADate);
    }
    let (year, month, day) = match order {
        None if third.len() == 4 || third.len() == 2 => return Err(ValueError::UndeclaredOrder),
        None => return Err(ValueError::NotADate),
        Some(Order::YearMonthDay) => (first, second, third),
        Some(Order::DayMonthYear) => (third, second, first),
        Some(Order::MonthDayYear) => (third, first, second),
    };
    if day.len() > 2 {
        return Err(ValueError::NotADate);
    }
    Ok((
        days_of_civil(full_year(year, years)?, number(month), number(day))?,
        rest,
    ))
}

/// `Aug 4, 2000`, `August 4 2000`.
fn month_by_name_first(text: &str, years: TwoDigitYears) -> Result<(i32, &str), ValueError> {
    let (month, rest) = month_name(text).ok_or(ValueError::NotADate)?;
    let (day, rest) = digits(separator(rest, '/').ok_or(ValueError::NotADate)?);
    if day.is_empty() || day.len() > 2 {
        return Err(ValueError::NotADate);
    }
    let (year, rest) = digits(separator(rest, ',').ok_or(ValueError::NotADate)?);
    Ok((
        days_of_civil(full_year(year, years)?, month, number(day))?,
        rest,
    ))
}

/// An English month by its name or its first three letters.
pub(in super::super) fn month_name(text: &str) -> Option<(u32, &str)> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let word = text[..end].to_ascii_lowercase();
    let index = NAMES.iter().position(|name| {
        word == *name || word == name[..3] || (word == "sept" && *name == "september")
    })?;
    let rest = &text[end..];
    Some((index as u32 + 1, rest.strip_prefix('.').unwrap_or(rest)))
}

/// A year of four digits, or of two.
pub(in super::super) fn full_year(digits: &str, years: TwoDigitYears) -> Result<i32, ValueError> {
    let year = number(digits) as i32;
    match digits.len() {
        4 => Ok(year),
        2 => Ok(years.year(year)),
        _ => Err(ValueError::NotADate),
    }
}

/// A time of day behind a date, and what follows: `T08:30:00`, ` 8:30 PM`, `下午3时5分`.
pub(in super::super) fn read_clock(text: &str) -> Result<(Clock, &str), ValueError> {
    let text = text
        .strip_prefix(['T', 't', ','])
        .unwrap_or(text)
        .trim_start();
    let (half, text) = half_of_day(text);
    let (hour, rest) = digits(text);
    if hour.is_empty() || hour.len() > 2 {
        return Err(ValueError::NotATimestamp);
    }
    let (minute, rest) = after(rest, [':', '时', '点'])?;
    let (second, rest) = if minute.is_some() {
        after(rest, [':', '分', '\''])?
    } else {
        (None, rest)
    };
    let (micros, rest) = if second.is_some() {
        fraction(rest)
    } else {
        (0, rest)
    };
    let rest = rest.strip_prefix('秒').unwrap_or(rest);
    let (half, rest) = match half {
        Some(half) => (Some(half), rest),
        None => half_of_day(rest.trim_start()),
    };
    if minute.is_none() && half.is_none() && !text[hour.len()..].starts_with(['时', '点']) {
        // A lone number is no time.
        return Err(ValueError::NotATimestamp);
    }
    let hour = match (number(hour), half) {
        (hour, None) => hour,
        (12, Some(Half::Morning)) => 0,
        (12, Some(Half::Afternoon)) => 12,
        (hour @ 1..=11, Some(Half::Afternoon)) => hour + 12,
        (hour @ 0..=11, Some(Half::Morning)) => hour,
        // `下午15:30` is common and clear.
        (hour @ 13..=23, Some(Half::Afternoon)) => hour,
        _ => return Err(ValueError::NoSuchTime),
    };
    let (minute, second) = (minute.unwrap_or(0), second.unwrap_or(0));
    let is_end_of_day = hour == 24 && minute == 0 && second == 0 && micros == 0;
    if (hour > 23 && !is_end_of_day) || minute > 59 || second > 59 {
        return Err(ValueError::NoSuchTime);
    }
    let seconds = i64::from(hour * 3_600 + minute * 60 + second);
    let clock = Clock {
        micros: seconds * 1_000_000 + micros,
        offset_seconds: None,
    };
    Ok((clock, rest))
}

/// An offset behind a time: `Z`, `+08:00`, `+0800`, `+08`, `UTC`.
pub(in super::super) fn read_offset(text: &str) -> (Option<i32>, &str) {
    let text = text.trim_start();
    for utc in ["UTC", "GMT", "Z", "z"] {
        if let Some(rest) = text.strip_prefix(utc) {
            return (Some(0), rest);
        }
    }
    let sign = match text.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return (None, text),
    };
    let (hours, rest) = digits(&text[1..]);
    let (minutes, rest) = match (hours.len(), rest.strip_prefix(':')) {
        (4, _) => (&hours[2..], rest),
        (2, Some(after)) => digits(after),
        (2, None) => ("00", rest),
        _ => return (None, text),
    };
    let (hours, minutes) = (number(&hours[..2]), number(minutes));
    if hours > 15 || minutes > 59 {
        return (None, text);
    }
    (Some(sign * (hours * 3_600 + minutes * 60) as i32), rest)
}

/// A spreadsheet's count of days, with the time of day as its fraction, to the millisecond.
///
/// Counting from 1900 has a 29 February that year, number 60: days before it are one off, and it is
/// itself refused.
pub(in super::super) fn read_serial(
    text: &str,
    from_1904: bool,
) -> Result<(i32, Clock), ValueError> {
    if !is_number(text) {
        return Err(ValueError::NotADate);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let count: i32 = whole.parse().map_err(|_| ValueError::YearOutOfRange)?;
    // The fraction of a binary number written in decimal: 15 digits carry all of its meaning.
    let fraction = &fraction[..fraction.len().min(15)];
    let mut millis = 0;
    if !fraction.is_empty() {
        let scale = 10_i128.pow(fraction.len() as u32);
        let part: i128 = fraction.parse().map_err(|_| ValueError::NotADate)?;
        millis = ((part * 86_400_000 * 2 + scale) / (scale * 2)) as i64;
    }
    // 1899-12-30 is 25 569 days before 1970-01-01; 1904-01-01 is 24 107.
    let days = match (from_1904, count) {
        (true, count) => count - 24_107,
        (false, 1..=59) => count - 25_568,
        (false, 0 | 60) => return Err(ValueError::NoSuchDay),
        (false, count) => count - 25_569,
    };
    if civil_of_days(days).0 > MAX_YEAR {
        return Err(ValueError::YearOutOfRange);
    }
    let clock = Clock {
        micros: millis * 1_000,
        offset_seconds: None,
    };
    Ok((days, clock))
}

enum Half {
    Morning,
    Afternoon,
}

fn half_of_day(text: &str) -> (Option<Half>, &str) {
    const WORDS: [(&str, bool); 6] = [
        ("上午", true),
        ("下午", false),
        ("AM", true),
        ("PM", false),
        ("A.M.", true),
        ("P.M.", false),
    ];
    for (word, is_morning) in WORDS {
        if let Some(start) = text.get(..word.len())
            && start.eq_ignore_ascii_case(word)
        {
            let half = if is_morning {
                Half::Morning
            } else {
                Half::Afternoon
            };
            return (Some(half), text[word.len()..].trim_start());
        }
    }
    (None, text)
}

/// Two digits behind one of `marks`; nothing when no mark stands there, or a Chinese one that only ends
/// what is before it (`8时30分`).
fn after(text: &str, marks: [char; 3]) -> Result<(Option<u32>, &str), ValueError> {
    let Some(rest) = text.strip_prefix(marks) else {
        return Ok((None, text));
    };
    match digits(rest) {
        ("", _) if !text.starts_with(':') => Ok((None, rest)),
        (two, rest) if (1..=2).contains(&two.len()) => Ok((Some(number(two)), rest)),
        _ => Err(ValueError::NotATimestamp),
    }
}

/// Digits behind a point as microseconds; further digits are cut off.
fn fraction(text: &str) -> (i64, &str) {
    let Some(rest) = text.strip_prefix(['.', ',']) else {
        return (0, text);
    };
    let (digits, rest) = digits(rest);
    let mut micros = 0;
    for index in 0..6 {
        let digit = digits
            .as_bytes()
            .get(index)
            .map_or(0, |d| i64::from(d - b'0'));
        micros = micros * 10 + digit;
    }
    (micros, rest)
}

/// One separator of a date and blanks around it, or `own`.
fn separator(text: &str, own: char) -> Option<&str> {
    let trimmed = text.trim_start();
    match trimmed.strip_prefix(['-', '/', '.', own]) {
        Some(rest) => Some(rest.trim_start()),
        // A blank alone separates too: `4 Aug 2000`.
        None if trimmed.len() < text.len() => Some(trimmed),
        None => None,
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// The number of at most a few digits.
fn number(digits: &str) -> u32 {
    digits.bytes().fold(0, |n, b| {
        n.wrapping_mul(10).wrapping_add(u32::from(b - b'0'))
    })
}

fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}
