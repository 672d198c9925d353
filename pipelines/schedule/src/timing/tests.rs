//! Due times against dates listed by hand.

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::rule::RuleError;

/// The city's own calendar.
const CALENDAR: &str = include_str!("../../../../schemas/reference/calendar.csv");

fn calendar() -> Workdays {
    Workdays::parse_csv(CALENDAR).expect("a calendar")
}

fn at(text: &str) -> DateTime<Utc> {
    Interval::moment(text).expect(text)
}

/// The due times from `from` on until before `to` with their intervals, as local times and days.
fn dues(timing: &Timing, from: &str, to: &str) -> Vec<String> {
    let (after, until) = (
        at(from) - TimeDelta::seconds(1),
        at(to) - TimeDelta::seconds(1),
    );
    let dues = timing.dues(&calendar(), after, until, usize::MAX);
    let local = |at: DateTime<Utc>| {
        let local = at.with_timezone(&timing.zone());
        local.format("%m-%d %H:%M").to_string()
    };
    let line = |due: &Due| {
        let (from, to) = (local(due.interval.from), local(due.interval.to));
        format!("{} for {from}..{to}", local(due.at))
    };
    dues.expect("a calendar of these years")
        .iter()
        .map(line)
        .collect()
}

fn rule(text: &str) -> Timing {
    let time = NaiveTime::from_hms_opt(6, 30, 0).expect("a time");
    Timing::rule(text.parse().expect(text), time, Tz::Asia__Shanghai)
}

fn days(text: &str, from: &str, to: &str) -> Vec<String> {
    let dues = dues(&rule(text), from, to).into_iter();
    dues.map(|due| due[..5].to_owned()).collect()
}

#[test]
fn third_workday_after_month_end_goes_by_the_holidays_of_2024() {
    // New Year's Day is free: 2, 3, 4 January. Sunday 4 February is worked for Spring Festival: 1, 2, 4.
    // 29 February is a Thursday: 1, 4, 5 March. 1 to 5 May are free: 6, 7, 8. 1 to 7 October: 8, 9, 10.
    let found = dues(
        &rule("3rd workday after month end"),
        "2024-01-01",
        "2024-11-01",
    );
    assert_eq!(
        found,
        [
            "01-04 06:30 for 12-01 00:00..01-01 00:00",
            "02-04 06:30 for 01-01 00:00..02-01 00:00",
            "03-05 06:30 for 02-01 00:00..03-01 00:00",
            "04-03 06:30 for 03-01 00:00..04-01 00:00",
            "05-08 06:30 for 04-01 00:00..05-01 00:00",
            "06-05 06:30 for 05-01 00:00..06-01 00:00",
            "07-03 06:30 for 06-01 00:00..07-01 00:00",
            "08-05 06:30 for 07-01 00:00..08-01 00:00",
            "09-04 06:30 for 08-01 00:00..09-01 00:00",
            "10-10 06:30 for 09-01 00:00..10-01 00:00",
        ]
    );
}

#[rstest]
// Months of 2024 that end on a weekend: March (Sunday 31), June (Sunday 30), August (Saturday 31).
#[case("last workday of month", "2024-01-01", "2024-10-01",
    &["01-31", "02-29", "03-29", "04-30", "05-31", "06-28", "07-31", "08-30", "09-30"])]
#[case("quarter end", "2024-01-01", "2025-01-01", &["03-31", "06-30", "09-30", "12-31"])]
#[case("workday after quarter end", "2024-01-01", "2025-01-03", &["01-02", "04-01", "07-01", "10-08", "01-02"])]
#[case("last workday of year", "2023-01-01", "2025-01-01", &["12-29", "12-31"])]
#[case("1st day of month", "2024-01-15", "2024-04-15", &["02-01", "03-01", "04-01"])]
#[case("10th day after month end", "2024-02-01", "2024-04-01", &["02-10", "03-10"])]
// Spring Festival 2024: 10 to 17 February are free, the Sundays 4 and 18 are worked.
#[case("workday", "2024-02-01", "2024-02-21",
    &["02-01", "02-02", "02-04", "02-05", "02-06", "02-07", "02-08", "02-09", "02-18", "02-19", "02-20"])]
fn rules_give_the_days_listed_by_hand(
    #[case] text: &str,
    #[case] from: &str,
    #[case] to: &str,
    #[case] expected: &[&str],
) {
    assert_eq!(days(text, from, to), expected);
    let rule: DayRule = text.parse().expect(text);
    assert_eq!(rule.to_string().parse(), Ok(rule), "{rule}");
}

#[test]
fn what_a_workday_is_about_goes_back_to_the_workday_before() {
    let found = dues(&rule("workday"), "2024-02-09", "2024-02-20");
    assert_eq!(
        found,
        [
            "02-09 06:30 for 02-08 06:30..02-09 06:30",
            "02-18 06:30 for 02-09 06:30..02-18 06:30",
            "02-19 06:30 for 02-18 06:30..02-19 06:30",
        ]
    );
}

#[rstest]
#[case("")]
#[case("workdays")]
#[case("0th workday of month")]
#[case("3 workday of month")]
#[case("last workday after month end")]
#[case("20th workday of month")]
#[case("3rd workday after week end")]
#[case("month")]
fn what_is_no_rule_is_refused(#[case] text: &str) {
    let refused: Result<DayRule, RuleError> = text.parse();
    assert!(refused.is_err(), "{refused:?}");
}

#[test]
fn a_year_the_calendar_lacks_is_told_and_not_guessed() {
    let last = calendar().last_day().expect("days");
    let after = at(&last.to_string());
    let timing = rule("3rd workday after month end");
    let gap = timing
        .dues(&calendar(), after, after + TimeDelta::days(10), 9)
        .expect_err("a gap");
    assert_eq!(gap.day, last.succ_opt().expect("a day"));
    insta::assert_snapshot!(
        format!("{gap} | {}", gap.hint()),
        @"the calendar of working days has no 2027-01-01 | add the days of 2027 to schemas/reference/calendar.csv (the State Council publishes its holidays by the end of the year before) and run the job `reference.calendar`"
    );
    // Days that do not go by work can be told in any year.
    assert!(rule("quarter end").next(&calendar(), after).is_ok());
    // And what comes before the gap is told although a later month would need it.
    let next = timing
        .next(&calendar(), at("2026-11-24"))
        .expect("a day before the gap");
    assert_eq!(
        next.map(|due| due.at),
        Some(at("2026-12-03T06:30:00+08:00"))
    );
}

fn cron(text: &str, zone: Tz) -> Timing {
    Timing::cron(text, zone).expect(text)
}

#[test]
fn cron_is_read_in_the_citys_time() {
    let timing = cron("30 6 * * 1-5", Tz::Asia__Shanghai);
    // 2026-11-27 is a Friday.
    assert_eq!(
        dues(&timing, "2026-11-26", "2026-12-01"),
        [
            "11-26 06:30 for 11-25 06:30..11-26 06:30",
            "11-27 06:30 for 11-26 06:30..11-27 06:30",
            "11-30 06:30 for 11-27 06:30..11-30 06:30",
        ]
    );
    let due = timing
        .next(&calendar(), at("2026-11-26"))
        .expect("no calendar needed");
    assert_eq!(
        due.expect("a time").at.to_rfc3339(),
        "2026-11-25T22:30:00+00:00"
    );
}

#[test]
fn a_time_that_clocks_skip_or_show_twice_is_due_once() {
    let utc = |timing: &Timing, from: &str, to: &str| -> Vec<String> {
        let dues = timing
            .dues(&calendar(), at(from), at(to), 99)
            .expect("no calendar needed");
        dues.iter()
            .map(|due| due.at.format("%dT%H:%M").to_string())
            .collect()
    };
    let daily = cron("30 1 * * *", Tz::Europe__London);
    // London 2024: at 01:00 of 31 March it becomes 02:00, so 01:30 is made up for at 02:00, 01:00 UTC.
    assert_eq!(
        utc(&daily, "2024-03-30T00:00:00Z", "2024-04-01T12:00:00Z"),
        ["30T01:30", "31T01:00", "01T00:30"]
    );
    // At 02:00 of 27 October it becomes 01:00; the first 01:30 counts, 00:30 UTC.
    assert_eq!(
        utc(&daily, "2024-10-26T00:00:00Z", "2024-10-28T12:00:00Z"),
        ["26T00:30", "27T00:30", "28T01:30"]
    );
    // What goes by the half hour goes by half hours that really pass.
    assert_eq!(
        utc(
            &cron("*/30 * * * *", Tz::Europe__London),
            "2024-10-26T23:59:00Z",
            "2024-10-27T02:00:00Z"
        ),
        ["27T00:00", "27T00:30", "27T01:00", "27T01:30", "27T02:00"]
    );
    // A rule's time of day that is skipped, as well.
    let time = NaiveTime::from_hms_opt(1, 30, 0).expect("a time");
    let month_end = Timing::rule(
        "month end".parse().expect("a rule"),
        time,
        Tz::Europe__London,
    );
    assert_eq!(
        utc(&month_end, "2024-03-01T00:00:00Z", "2024-04-30T12:00:00Z"),
        ["31T01:00", "30T00:30"]
    );
}

#[rstest]
#[case("30 6 * *", "Unreadable")]
#[case("61 6 * * *", "Unreadable")]
#[case("30 6 30 2 *", "Never")]
#[case("0 0 30 6 * *", "Unreadable")]
fn what_is_no_cron_or_never_fires_is_refused(#[case] text: &str, #[case] expected: &str) {
    let fault = Timing::cron(text, Tz::Asia__Shanghai).expect_err(text);
    assert!(format!("{fault:?}").starts_with(expected), "{fault:?}");
}

fn any_timing() -> impl Strategy<Value = Timing> {
    prop_oneof![
        Just(cron("30 1 * * *", Tz::Europe__London)),
        Just(cron("*/20 0-3 * * *", Tz::Europe__London)),
        Just(cron("15 2 1 * *", Tz::America__New_York)),
        Just(cron("30 6 * * 1-5", Tz::Asia__Shanghai)),
        Just(rule("3rd workday after month end")),
        Just(rule("workday")),
        Just(rule("last workday of month")),
    ]
}

proptest! {
    /// However a stretch of time is cut, its due times are the same, and their intervals meet.
    #[test]
    fn due_times_do_not_depend_on_when_one_looks(
        timing in any_timing(),
        start in 0_i64..600 * 24 * 60,
        lengths in prop::collection::vec(1_i64..20_000, 1..8),
    ) {
        let workdays = calendar();
        let start = at("2024-01-10") + TimeDelta::minutes(start);
        let mut looked = start;
        let mut pieces = Vec::new();
        for length in lengths {
            let until = looked + TimeDelta::minutes(length);
            let dues = timing.dues(&workdays, looked, until, usize::MAX);
            let dues = dues.expect("years of the calendar");
            let newest = timing.newest(&workdays, looked, until).expect("the same");
            prop_assert_eq!(dues.last().copied(), newest);
            let next = timing.next(&workdays, looked).expect("the same");
            prop_assert_eq!(dues.first().copied(), next.filter(|due| due.at <= until));
            pieces.extend(dues);
            looked = until;
        }
        let whole = timing.dues(&workdays, start, looked, usize::MAX).expect("the same");
        prop_assert_eq!(&pieces, &whole);
        for pair in whole.windows(2) {
            prop_assert!(pair[0].at < pair[1].at);
            prop_assert_eq!(pair[0].interval.to, pair[1].interval.from);
        }
    }
}
