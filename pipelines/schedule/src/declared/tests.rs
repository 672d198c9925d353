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
    ]), @"");
}

#[test]
fn jobs_that_wait_for_each_other_are_told_once() {
    insta::assert_snapshot!(faults(&[
        ("energy.a", "{ after: [energy.b] }"),
        ("energy.b", "{ after: [energy.c] }"),
        ("energy.c", "{ cron: \"0 1 * * *\", after: [energy.a] }"),
        ("energy.d", "{ after: [energy.d] }"),
    ]), @"");
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_right_one() {
    insta::assert_snapshot!(faults(&[
        ("energy.a", "{ crom: \"0 1 * * *\", retries: { counts: 3 }, catch_up: everything }"),
    ]), @"");
}
