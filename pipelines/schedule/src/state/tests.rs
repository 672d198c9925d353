//! The state led through time by a made clock.

use chrono::TimeZone as _;
use contracts::Contracts;
use ingest::IntervalRun;
use ingest::RunStatus;
use proptest::prelude::*;

use super::*;
use crate::timing::Due;
use crate::workdays::Workdays;

const METER: &str = include_str!("../../../../schemas/contracts/energy/meter.yaml");

/// The schedules of jobs given as `name: what stands under schedule`.
pub(crate) fn schedules(jobs: &[(&str, &str)]) -> Schedules {
    match try_schedules(jobs) {
        Ok(schedules) => schedules,
        Err(faults) => panic!("{faults}"),
    }
}

/// The same, or the faults with their hints, one a line.
pub(crate) fn try_schedules(jobs: &[(&str, &str)]) -> Result<Schedules, String> {
    let contracts =
        Contracts::parse([("energy/meter.yaml".to_owned(), METER.to_owned())]).expect("a contract");
    let files = jobs.iter().map(|(name, schedule)| {
        let schedule = match *schedule {
            "" => String::new(),
            text => format!("schedule: {text}\n"),
        };
        let yaml = format!(
            "job: {name}\ntable: energy.meter\nsource: {{ files: \"*.csv\" }}\nmode: upsert\n{schedule}"
        );
        (format!("jobs/{name}.yaml"), yaml)
    });
    let told =
        |fault: String, hint: Option<String>| format!("{fault} | {}", hint.unwrap_or_default());
    let jobs = ingest::job::parse(files, &contracts).map_err(|faults| {
        let lines: Vec<String> = faults
            .iter()
            .map(|fault| told(fault.to_string(), fault.hint()))
            .collect();
        lines.join("\n")
    })?;
    Schedules::parse(&jobs).map_err(|faults| {
        let lines: Vec<String> = faults
            .iter()
            .map(|fault| told(fault.to_string(), fault.hint()))
            .collect();
        lines.join("\n")
    })
}

/// Midnight in the city of a day of November 2026, and so many minutes.
fn at(day: u32, minutes: i64) -> DateTime<Utc> {
    let midnight = chrono_tz::Asia::Shanghai.with_ymd_and_hms(2026, 11, day, 0, 0, 0);
    midnight.single().expect("a time").to_utc() + TimeDelta::minutes(minutes)
}

/// A state and its clock.
struct Made {
    schedules: Schedules,
    state: State,
    publication: Option<PublicationSeen>,
}

impl Made {
    fn new(jobs: &[(&str, &str)], now: DateTime<Utc>) -> Made {
        let mut made = Made {
            schedules: schedules(jobs),
            state: State::default(),
            publication: None,
        };
        made.advance(now);
        made
    }

    fn advance(&mut self, now: DateTime<Utc>) {
        let workdays = Workdays::default();
        let notices = self
            .state
            .advance(&self.schedules, &workdays, self.publication, now);
        assert_eq!(notices, []);
    }

    /// What begins now, as `job@hh:mm` of its due time in the city.
    fn begins(&mut self, now: DateTime<Utc>) -> Vec<String> {
        self.advance(now);
        let starts = self.state.start(&self.schedules, self.publication, 9, now);
        let name = |start: &Start| {
            let due = start.task.due.with_timezone(&chrono_tz::Asia::Shanghai);
            format!("{}@{}", start.job, due.format("%H:%M"))
        };
        starts.iter().map(name).collect()
    }

    /// Ends the run of a job that is under way.
    fn ends(&mut self, job: &str, end: End, now: DateTime<Utc>) -> Next {
        let tasks = &self.state.jobs[job].tasks;
        let running = tasks.iter().find(|task| task.is_running);
        let id = running.expect("a run under way").id;
        let outcome = Outcome {
            run_id: None,
            has_committed: end == End::Ok,
            message: None,
            end,
        };
        let schedule = self.schedules.get(job).expect("a schedule").clone();
        self.state.finish(&schedule, id, &outcome, 0.0, now)
    }
}

#[test]
fn a_job_is_due_at_its_time_and_not_before_it_was_first_seen() {
    let mut made = Made::new(&[("energy.a", "{ cron: \"30 6 * * *\" }")], at(24, 7 * 60));
    assert_eq!(made.begins(at(25, 6 * 60 + 29)), [] as [&str; 0]);
    assert_eq!(made.begins(at(25, 6 * 60 + 30)), ["energy.a@06:30"]);
    assert_eq!(made.begins(at(25, 6 * 60 + 31)), [] as [&str; 0]);
    made.ends("energy.a", End::Ok, at(25, 6 * 60 + 40));
    let job = &made.state.jobs["energy.a"];
    assert_eq!(job.tasks, []);
    let last = job.last.as_ref().expect("a run");
    let interval = last.interval.expect("an interval");
    assert_eq!(interval.from, at(24, 6 * 60 + 30));
    assert_eq!(interval.to, at(25, 6 * 60 + 30));
}

#[test]
fn after_downtime_all_the_latest_or_none_are_made_up_for() {
    let hourly = |catch_up: &str| format!("{{ cron: \"0 * * * *\", catch_up: {catch_up} }}");
    for (catch_up, expected) in [
        ("all", vec!["01:00", "02:00", "03:00"]),
        ("latest", vec!["03:00"]),
        ("none", vec![]),
    ] {
        let schedule = hourly(catch_up);
        let mut made = Made::new(&[("energy.a", &schedule)], at(24, 30));
        // Nothing looked from 00:30 to 03:30.
        let mut begun = Vec::new();
        loop {
            let begins = made.begins(at(24, 3 * 60 + 30));
            if begins.is_empty() {
                break;
            }
            begun.extend(begins);
            made.ends("energy.a", End::Ok, at(24, 3 * 60 + 30));
        }
        let expected: Vec<String> = expected.iter().map(|at| format!("energy.a@{at}")).collect();
        assert_eq!(begun, expected, "{catch_up}");
        // What is due while somebody looks runs in any case, also some minutes late.
        assert_eq!(
            made.begins(at(24, 4 * 60 + 3)),
            ["energy.a@04:00"],
            "{catch_up}"
        );
    }
}

#[test]
fn a_paused_job_waits_and_is_made_up_for_when_it_is_resumed() {
    let schedule = "{ cron: \"0 * * * *\", catch_up: all }";
    let mut made = Made::new(&[("energy.a", schedule)], at(24, 30));
    let jobs = vec!["energy.a".to_owned()];
    made.state
        .apply(&Request::Pause { jobs: jobs.clone() }, at(24, 31));
    assert_eq!(made.begins(at(24, 2 * 60 + 30)), [] as [&str; 0]);
    // What somebody asks for runs all the same.
    made.state
        .apply(&Request::Run { jobs: jobs.clone() }, at(24, 2 * 60 + 31));
    assert_eq!(made.begins(at(24, 2 * 60 + 31)), ["energy.a@02:31"]);
    made.ends("energy.a", End::Ok, at(24, 2 * 60 + 32));
    made.state
        .apply(&Request::Resume { jobs }, at(24, 2 * 60 + 33));
    assert_eq!(made.begins(at(24, 2 * 60 + 34)), ["energy.a@01:00"]);
    made.ends("energy.a", End::Ok, at(24, 2 * 60 + 35));
    assert_eq!(made.begins(at(24, 2 * 60 + 36)), ["energy.a@02:00"]);
}

#[test]
fn jobs_of_a_group_run_one_at_a_time_and_others_beside_them() {
    let jobs = [
        ("cost.a", "{ cron: \"0 1 * * *\" }"),
        ("energy.a", "{ cron: \"0 1 * * *\" }"),
        ("energy.b", "{ cron: \"0 1 * * *\" }"),
        ("energy.c", "{ cron: \"0 1 * * *\", group: meters }"),
    ];
    let mut made = Made::new(&jobs, at(24, 0));
    assert_eq!(
        made.begins(at(24, 61)),
        ["cost.a@01:00", "energy.a@01:00", "energy.c@01:00"]
    );
    made.ends("energy.a", End::Ok, at(24, 62));
    assert_eq!(made.begins(at(24, 62)), ["energy.b@01:00"]);
}

#[test]
fn a_job_runs_after_the_jobs_it_comes_after() {
    let jobs = [
        ("cost.a", "{ cron: \"0 1 * * *\" }"),
        ("energy.a", "{ cron: \"0 1 * * *\" }"),
        ("office.a", "{ after: [cost.a, energy.a] }"),
        ("vehicle.a", "{ cron: \"0 1 * * *\", after: [energy.a] }"),
    ];
    let mut made = Made::new(&jobs, at(24, 0));
    assert_eq!(made.begins(at(24, 60)), ["cost.a@01:00", "energy.a@01:00"]);
    made.ends("cost.a", End::Ok, at(24, 61));
    assert_eq!(made.begins(at(24, 62)), [] as [&str; 0]);
    // The one it waits for fails for good: it goes on waiting, until that one has run.
    assert_eq!(
        made.ends("energy.a", End::Failed(Retry::Never), at(24, 63)),
        Next::Over
    );
    assert_eq!(made.begins(at(24, 64)), [] as [&str; 0]);
    let vehicle = made.schedules.get("vehicle.a").expect("a schedule");
    let id = made.state.jobs["vehicle.a"].tasks[0].id;
    assert_eq!(
        made.state.waits_for(vehicle, id, None).as_deref(),
        Some("waits for energy.a")
    );
    let jobs = vec!["energy.a".to_owned()];
    made.state.apply(&Request::Run { jobs }, at(24, 70));
    assert_eq!(made.begins(at(24, 70)), ["energy.a@01:10"]);
    made.ends("energy.a", End::Ok, at(24, 71));
    assert_eq!(
        made.begins(at(24, 72)),
        ["vehicle.a@01:00", "office.a@01:11"]
    );
    // And not again before both have run again.
    made.ends("office.a", End::Ok, at(24, 73));
    assert_eq!(made.begins(at(24, 74)), [] as [&str; 0]);
}

#[test]
fn a_job_runs_after_each_new_publication() {
    let mut made = Made::new(&[("cost.a", "{ after: [publication] }")], at(24, 0));
    assert_eq!(made.begins(at(24, 1)), [] as [&str; 0]);
    let number = 7;
    made.publication = Some(PublicationSeen {
        number,
        at: at(24, 5),
    });
    assert_eq!(made.begins(at(24, 6)), ["cost.a@00:05"]);
    made.ends("cost.a", End::Ok, at(24, 7));
    assert_eq!(made.begins(at(24, 8)), [] as [&str; 0]);
}

#[test]
fn a_failed_run_is_tried_again_when_its_error_says_that_it_may_help() {
    let schedule = "{ cron: \"0 1 * * *\", retries: { count: 2, base: 2 min, jitter_percent: 0 } }";
    let mut made = Made::new(&[("cost.a", schedule)], at(24, 0));
    assert_eq!(made.begins(at(24, 60)), ["cost.a@01:00"]);
    let next = made.ends("cost.a", End::Failed(Retry::Later), at(24, 61));
    assert_eq!(next, Next::TryAgain { at: at(24, 63) });
    assert_eq!(made.begins(at(24, 62)), [] as [&str; 0]);
    assert_eq!(made.begins(at(24, 63)), ["cost.a@01:00"]);
    let next = made.ends("cost.a", End::Failed(Retry::Now), at(24, 64));
    assert_eq!(next, Next::TryAgain { at: at(24, 64) });
    assert_eq!(made.begins(at(24, 64)), ["cost.a@01:00"]);
    assert_eq!(
        made.ends("cost.a", End::Failed(Retry::Later), at(24, 65)),
        Next::Over
    );
    let last = made.state.jobs["cost.a"].last.as_ref().expect("an end");
    assert!(!last.is_ok);
}

#[test]
fn what_is_cancelled_is_over_and_what_is_interrupted_waits() {
    let schedule = "{ cron: \"0 * * * *\", catch_up: all }";
    let mut made = Made::new(&[("cost.a", schedule)], at(24, 0));
    assert_eq!(made.begins(at(24, 130)), ["cost.a@01:00"]);
    let jobs = vec!["cost.a".to_owned()];
    let stopped = made
        .state
        .apply(&Request::Cancel { jobs: jobs.clone() }, at(24, 131));
    // The waiting run is gone, the one under way is to be stopped.
    assert_eq!(stopped, jobs);
    assert_eq!(made.ends("cost.a", End::Cancelled, at(24, 131)), Next::Over);
    assert_eq!(made.begins(at(24, 132)), [] as [&str; 0]);
    assert_eq!(made.begins(at(24, 180)), ["cost.a@03:00"]);
    assert_eq!(
        made.ends("cost.a", End::Interrupted, at(24, 181)),
        Next::Waits
    );
    assert_eq!(made.begins(at(24, 182)), ["cost.a@03:00"]);
    // Another scheduler that takes over runs it again.
    made.state.take_over(at(24, 183));
    assert_eq!(made.begins(at(24, 183)), ["cost.a@03:00"]);
}

#[test]
fn a_backfill_runs_behind_what_is_due() {
    let mut made = Made::new(&[("cost.a", "{ cron: \"0 1 * * *\" }")], at(24, 0));
    let interval = |day: u32| Interval::new(at(day, 60), at(day + 1, 60)).expect("an interval");
    let request = Request::Backfill {
        job: "cost.a".to_owned(),
        intervals: vec![interval(3), interval(4)],
        again: false,
    };
    made.state.apply(&request, at(24, 59));
    let mut order = Vec::new();
    for _ in 0..3 {
        order.extend(made.begins(at(24, 60)));
        let tasks = &made.state.jobs["cost.a"].tasks;
        let running = tasks.iter().find(|task| task.is_running).expect("a run");
        order.push(running.interval.expect("an interval").to_string());
        made.ends("cost.a", End::Ok, at(24, 60));
    }
    assert_eq!(
        order
            .iter()
            .map(|text| text.chars().take(16).collect::<String>())
            .collect::<Vec<_>>(),
        [
            "cost.a@01:00",
            "2026-11-23T01:00",
            "cost.a@01:00",
            "2026-11-03T01:00",
            "cost.a@01:00",
            "2026-11-04T01:00"
        ]
    );
}

#[test]
fn a_backfill_chooses_by_what_the_ledger_says() {
    let interval = |day: u32| Interval::new(at(day, 0), at(day + 1, 0)).expect("an interval");
    let due = |day: u32| Due {
        at: at(day + 1, 0),
        interval: interval(day),
    };
    let run = |day: u32, status: RunStatus| IntervalRun {
        run_id: format!("{day}"),
        interval: interval(day),
        status,
    };
    let dues = [due(1), due(2), due(3), due(4)];
    let runs = [
        run(1, RunStatus::Ok),
        run(2, RunStatus::Failed),
        run(3, RunStatus::Failed),
        run(3, RunStatus::Ok),
        run(1, RunStatus::Failed),
    ];
    assert_eq!(Backfill::Missing.choose(&dues, &runs), [interval(4)]);
    assert_eq!(Backfill::Failed.choose(&dues, &runs), [interval(2)]);
    assert_eq!(Backfill::All.choose(&dues, &runs).len(), 4);
}

#[test]
fn models_are_built_once_for_a_batch_and_again_for_what_came_meanwhile() {
    let seconds = |seconds: i64| at(24, 0) + TimeDelta::seconds(seconds);
    let mut build = Build::default();
    assert!(!build.is_due(false, seconds(0)));
    build.committed(seconds(0));
    assert!(!build.is_due(true, seconds(1)), "another job runs");
    build.committed(seconds(5));
    assert!(
        !build.is_due(false, seconds(6)),
        "another commit may follow"
    );
    assert!(build.is_due(false, seconds(7)));
    build.start();
    build.committed(seconds(8));
    assert!(!build.is_due(false, seconds(20)), "one at a time");
    build.finish(Ok(()), 0.0, seconds(21));
    assert!(build.is_due(false, seconds(21)));
    // Jobs that never end are not waited for for ever.
    assert!(build.is_due(true, seconds(8 + 600)));
    build.start();
    build.finish(Err(("away".to_owned(), Retry::Later)), 0.0, seconds(700));
    assert!(!build.is_due(false, seconds(759)));
    assert!(build.is_due(false, seconds(760)));
    build.start();
    build.finish(
        Err(("an audit".to_owned(), Retry::Never)),
        0.0,
        seconds(770),
    );
    assert!(
        !build.is_due(false, seconds(9_999)),
        "the same rows fail the same way"
    );
    build.committed(seconds(10_000));
    assert!(build.is_due(false, seconds(10_002)));
}

#[test]
fn a_job_whose_calendar_ends_is_told_and_loses_nothing() {
    let schedules = schedules(&[("cost.a", "{ on: workday, at: \"01:00\", catch_up: all }")]);
    let mut workdays = Workdays::default();
    let day = |day: u32| chrono::NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
    (20..=24).for_each(|number| workdays.set(day(number), true));
    let mut state = State::default();
    assert_eq!(state.advance(&schedules, &workdays, None, at(24, 0)), []);
    let notices = state.advance(&schedules, &workdays, None, at(26, 120));
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(state.jobs["cost.a"].tasks, []);
    (25..=26).for_each(|number| workdays.set(day(number), true));
    assert_eq!(state.advance(&schedules, &workdays, None, at(26, 121)), []);
    assert_eq!(state.jobs["cost.a"].tasks.len(), 3);
}

proptest! {
    /// Whenever nobody looks, and whoever takes over with the state as it was kept: with `all` no due
    /// time is lost or doubled, with `latest` the newest is never lost, and `none` runs only on time.
    #[test]
    fn catching_up_loses_and_doubles_nothing(
        steps in prop::collection::vec((1_i64..200, 0_u8..4), 1..30),
    ) {
        let jobs = [
            ("cost.a", "{ cron: \"*/7 * * * *\", catch_up: all }"),
            ("cost.b", "{ cron: \"*/7 * * * *\", catch_up: latest }"),
            ("cost.c", "{ cron: \"*/7 * * * *\", catch_up: none }"),
        ];
        let start = at(24, 3);
        let mut made = Made::new(&jobs, start);
        let timing = made.schedules.get("cost.a").and_then(|schedule| schedule.timing.clone());
        let timing = timing.expect("a timing");
        let mut now = start;
        let mut made_up: BTreeMap<String, Vec<DateTime<Utc>>> = BTreeMap::new();
        for (minutes, what) in steps {
            now += TimeDelta::minutes(minutes);
            match what {
                // Killed before the state was kept: the next one has that of before.
                0 => {
                    let kept = made.state.clone();
                    made.begins(now);
                    made.state = kept;
                    continue;
                }
                // Killed after: what ran is run again by the next one.
                1 => {
                    made.begins(now);
                    let text = serde_json::to_string(&made.state).expect("JSON");
                    made.state = serde_json::from_str(&text).expect("a state");
                    made.state.take_over(now);
                }
                _ => {}
            }
            loop {
                made.advance(now);
                let starts = made.state.start(&made.schedules, None, 9, now);
                if starts.is_empty() {
                    break;
                }
                for start in starts {
                    made_up.entry(start.job.clone()).or_default().push(start.task.due);
                    made.ends(&start.job, End::Ok, now);
                }
            }
            let expected = timing.dues(&Workdays::default(), start, now, usize::MAX);
            let expected: Vec<_> = expected.expect("no calendar").iter().map(|due| due.at).collect();
            let of = |job: &str| made_up.get(job).cloned().unwrap_or_default();
            prop_assert_eq!(of("cost.a"), expected.clone());
            prop_assert_eq!(of("cost.b").last().copied(), expected.last().copied());
            for job in ["cost.b", "cost.c"] {
                prop_assert!(of(job).windows(2).all(|pair| pair[0] < pair[1]));
                prop_assert!(of(job).iter().all(|due| expected.contains(due)));
            }
        }
    }
}
