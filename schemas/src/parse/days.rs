//! The calendar: days since 1970-01-01 and civil dates, without a library's detours.
//!
//! The algorithms are Howard Hinnant's (chrono-compatible low-level date algorithms, 2013), exact for
//! the proleptic Gregorian calendar. Tests compare them with chrono.

use super::ValueError;

/// The first year accepted: the first full year of the Gregorian calendar.
pub const MIN_YEAR: i32 = 1583;
/// The last year accepted: what four digits hold; `9999-12-31` ends open validity periods.
pub const MAX_YEAR: i32 = 9999;

/// Days from 1970-01-01 to a civil date.
///
/// # Errors
/// When the calendar has no such day, or the year is not in [`MIN_YEAR`]..=[`MAX_YEAR`].
#[inline]
pub fn days_of_civil(year: i32, month: u32, day: u32) -> Result<i32, ValueError> {
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return Err(ValueError::NoSuchDay);
    }
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(ValueError::YearOutOfRange);
    }
    let shifted = year - i32::from(month <= 2);
    let era = shifted / 400;
    let year_of_era = shifted - era * 400;
    let month_from_march = (month as i32 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Ok(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of a number of days since 1970-01-01.
#[inline]
pub fn civil_of_days(days: i32) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month as u32, day as u32)
}

#[inline]
fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}
