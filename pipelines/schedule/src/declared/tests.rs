use std::time::Duration;

use crate::state::tests::{schedules, try_schedules};

fn faults(jobs: &[(&str, &str)]) -> String {
    try_schedules(jobs).expect_err("faults")
}

#[test]
fn a_schedule_says_when_after_what_and_what_if_it_fails() {
    let schedules = schedules(&[
        (
            "energy.a",
            "{ on: 3rd workday after month end, at: \"08:00\" }",
        ),
        (
            "energy.b",
            "{ cron: \"30 6 * * *\", time_zone: Europe/London, after: [energy.a, publication], \
             timeout: 30 min, retries: { count: 1, base: 5 s, cap: 1 min }, group: meters }",
        ),
        ("energy.c", ""),
    ]);
    let described: Vec<&str> = schedules.iter().map(|one| one.described.as_str()).collect();
    assert_eq!(
        described,
        [
            "3rd workday after month end at 08:00",
            "cron 30 6 * * *, after energy.a, publication, in Europe/London"
        ]
    );
    let second = schedules.get("energy.b").expect("a schedule");
    assert_eq!(second.after, ["energy.a"]);
    assert!(second.after_publication);
    assert_eq!(second.timeout, Duration::from_secs(1800));
    assert_eq!(
        (second.retries.count, second.retries.base),
        (1, Duration::from_secs(5))
    );
    assert_eq!(second.group, "meters");
    assert_eq!(
        schedules.get("energy.a").expect("a schedule").group,
        "energy"
    );
    let error = schedules.require("energy.d").expect_err("no such job");
    insta::assert_snapshot!(format!("{error} | {}", error.hint().unwrap_or_default()), @"job `energy.d` has no schedule | write `energy.a`");
}

#[test]
fn every_fault_is_told_with_its_place_and_mend() {
    insta::assert_snapshot!(faults(&[
        ("energy.a", "{ cron: \"30 6 * *\" }"),
        ("energy.b", "{ cron: \"0 0 30 2 *\" }"),
        ("energy.c", "{ on: 3rd workday, at: 8am }"),
        ("energy.d", "{ catch_up: all, time_zone: Asia/Shanghia }"),
        ("energy.e", "{ cron: \"0 1 * * *\", on: month end, after: [energy.aa] }"),
        ("energy.f", "{ cron: \"0 1 * * *\", at: \"01:00\", retries: { jitter_percent: 200 } }"),
        ("energy.g", "{ cron: \"0 1 * * *\", after: [energy.h] }"),
        ("energy.h", ""),
    ]), @r#"
    `30 6 * *` at jobs/energy.a.yaml:5 is not a schedule of cron: Invalid pattern: Pattern must have 5 fields when seconds are disallowed. | write minute, hour, day, month and day of the week, such as `30 6 * * *`
    `0 0 30 2 *` at jobs/energy.b.yaml:5 is not a schedule of cron: no moment ever fits it | name a day that some year has
    `8am` at jobs/energy.c.yaml:5 is not a time of day | write hours and minutes, such as `06:30`
    `3rd workday` is not a rule for days (at jobs/energy.c.yaml:5) | write `workday`, `3rd workday after month end`, `last workday of month`, `1st day of quarter` or `year end`
    `Asia/Shanghia` at jobs/energy.d.yaml:5 is not a time zone | write `Asia/Shanghai`
    the schedule at jobs/energy.d.yaml:5 does not say when the job runs | add `cron: "30 6 * * *"`, `on: 3rd workday after month end` or `after: [job]`
    the schedule says both `cron`, at jobs/energy.e.yaml:5, and `on` | keep one of them
    there is no job `energy.aa`, which `after` at jobs/energy.e.yaml:5 names | write `energy.a`
    `at` at jobs/energy.f.yaml:5 means nothing without `on` | remove it, or write the time into `cron`
    `jitter_percent` at jobs/energy.f.yaml:5 is 200, more than all of the wait | write a number from 0 to 100
    job `energy.g` comes after `energy.h` (at jobs/energy.g.yaml:5), which has no schedule | give `energy.h` a schedule, or take it out of `after`
    "#);
}

#[test]
fn jobs_that_wait_for_each_other_are_told_once() {
    insta::assert_snapshot!(faults(&[
        ("energy.a", "{ after: [energy.b] }"),
        ("energy.b", "{ after: [energy.c] }"),
        ("energy.c", "{ cron: \"0 1 * * *\", after: [energy.a] }"),
        ("energy.d", "{ after: [energy.d] }"),
    ]), @r#"
    jobs wait for each other: energy.a -> energy.b -> energy.c -> energy.a (at jobs/energy.c.yaml:5) | take one of them out of `after`
    jobs wait for each other: energy.d -> energy.d (at jobs/energy.d.yaml:5) | take one of them out of `after`
    "#);
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_right_one() {
    insta::assert_snapshot!(faults(&[
        ("energy.a", "{ crom: \"0 1 * * *\", retries: { counts: 3 }, catch_up: everything }"),
    ]), @r#"
    unknown key `crom` in `schedule` at jobs/energy.a.yaml:5 | write `cron`
    unknown key `counts` in `schedule.retries` at jobs/energy.a.yaml:5 | write `count`
    `schedule.catch_up` at jobs/energy.a.yaml:5 cannot be `everything` | write one of `all`, `latest`, `none`
    "#);
}
