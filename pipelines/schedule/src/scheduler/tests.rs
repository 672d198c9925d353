//! The loop over a store in memory, with work that takes as long as the test says and a made clock.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use chrono::TimeDelta;
use contracts::Retry;
use ingest::Limits;
use object_store::memory::InMemory;
use tokio::task::JoinHandle;

use super::*;
use crate::lease;
use crate::state::tests::schedules;
use crate::state::{End, PublicationSeen, Request, Task};
use crate::workdays::Workdays;

/// Work that is done when the test says so.
#[derive(Default)]
struct MadeWork {
    /// What happened, in order: `run cost.a`, `commit cost.a`, `build`.
    done: Mutex<Vec<String>>,
    /// Jobs whose runs go on until they are stopped.
    endless: Mutex<BTreeSet<String>>,
    /// How often the runs of a job still fail.
    failing: Mutex<BTreeMap<String, u32>>,
}

#[async_trait]
impl Work for MadeWork {
    async fn run(&self, job: &str, _: &Task, limits: Limits) -> Outcome {
        self.note(format!("run {job}"));
        let outcome = |end, has_committed| Outcome {
            run_id: None,
            has_committed,
            message: None,
            end,
        };
        if self.endless.lock().expect("a lock").contains(job) {
            limits.cancel.cancelled().await;
            return outcome(End::Cancelled, false);
        }
        if let Some(left) = self.failing.lock().expect("a lock").get_mut(job)
            && *left > 0
        {
            *left -= 1;
            return outcome(End::Failed(Retry::Later), false);
        }
        self.note(format!("commit {job}"));
        outcome(End::Ok, true)
    }

    async fn build(&self, _: &Lease) -> Result<String, (String, Retry)> {
        self.note("build".to_owned());
        Ok("built".to_owned())
    }

    async fn publication(&self) -> Result<Option<PublicationSeen>, ScheduleError> {
        Ok(None)
    }

    async fn workdays(&self) -> Result<Workdays, ScheduleError> {
        Ok(Workdays::default())
    }
}

impl MadeWork {
    fn note(&self, what: String) {
        self.done.lock().expect("a lock").push(what);
    }

    fn count(&self, what: &str) -> usize {
        let done = self.done.lock().expect("a lock");
        done.iter().filter(|done| *done == what).count()
    }
}

/// A store, a clock and schedulers on them.
struct House {
    store: ScheduleStore,
    work: Arc<MadeWork>,
    seconds: Arc<AtomicI64>,
    events: Arc<Mutex<Vec<String>>>,
}

const EXPIRY: Duration = Duration::from_millis(300);

impl House {
    fn new() -> House {
        House {
            store: ScheduleStore::of(Arc::new(InMemory::new())),
            work: Arc::default(),
            seconds: Arc::default(),
            events: Arc::default(),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        made_time(&self.seconds)
    }

    /// The clock goes on.
    fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn start(&self, jobs: &[(&str, &str)]) -> (JoinHandle<()>, CancellationToken) {
        let seconds = Arc::clone(&self.seconds);
        let events = Arc::clone(&self.events);
        let scheduler = Scheduler::new(
            Arc::new(schedules(jobs)),
            self.work.clone(),
            self.store.clone(),
            SchedulerOptions {
                expiry: EXPIRY,
                turn: Duration::from_millis(10),
                grace: Duration::from_millis(50),
                ..SchedulerOptions::new("test".to_owned())
            },
            Arc::new(move || made_time(&seconds)),
            Arc::new(move |event| {
                let event = serde_json::to_value(event).expect("JSON");
                let name = event["event"].as_str().expect("a name").to_owned();
                events.lock().expect("a lock").push(name);
            }),
        );
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        (
            tokio::spawn(async move { scheduler.run(stopped).await }),
            stop,
        )
    }

    /// Waits until a scheduler has looked at the clock of now.
    async fn seen(&self, job: &str) {
        let now = self.now();
        until(async || {
            let state = self.store.state().await.expect("a state");
            state.jobs.get(job).and_then(|job| job.seen_until) >= Some(now)
        })
        .await;
    }

    async fn done(&self, what: &str, times: usize) {
        until(async || self.work.count(what) >= times).await;
    }
}

fn made_time(seconds: &AtomicI64) -> DateTime<Utc> {
    let midnight = ingest::Interval::moment("2026-11-24").expect("a day");
    midnight + TimeDelta::seconds(seconds.load(Ordering::SeqCst))
}

async fn until(condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it never comes to that"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const HOURLY: [(&str, &str); 2] = [
    (
        "cost.a",
        "{ cron: \"0 * * * *\", retries: { base: 10 min, jitter_percent: 0 } }",
    ),
    ("energy.a", "{ cron: \"0 * * * *\" }"),
];

#[tokio::test]
async fn what_is_due_runs_once_and_is_built_for_once() {
    let house = House::new();
    let (running, stop) = house.start(&HOURLY);
    house.seen("cost.a").await;
    house.pass(3600);
    house.done("commit cost.a", 1).await;
    house.done("commit energy.a", 1).await;
    assert_eq!(house.work.count("build"), 0, "commits may follow shortly");
    house.pass(2);
    house.done("build", 1).await;
    house.pass(60);
    house.seen("cost.a").await;
    stop.cancel();
    running.await.expect("it ends");
    let mut done = house.work.done.lock().expect("a lock").clone();
    done.sort();
    assert_eq!(
        done,
        [
            "build",
            "commit cost.a",
            "commit energy.a",
            "run cost.a",
            "run energy.a"
        ]
    );
    let lease = lease::newest(&house.store).await.expect("a store");
    assert!(lease.expect("a lease").is_released);
}

#[tokio::test]
async fn a_run_that_fails_is_tried_again_when_its_time_has_come() {
    let house = House::new();
    house
        .work
        .failing
        .lock()
        .expect("a lock")
        .insert("cost.a".to_owned(), 1);
    let (running, stop) = house.start(&HOURLY[..1]);
    house.seen("cost.a").await;
    house.pass(3600);
    house.done("run cost.a", 1).await;
    house.pass(599);
    house.seen("cost.a").await;
    assert_eq!(house.work.count("run cost.a"), 1);
    house.pass(1);
    house.done("commit cost.a", 1).await;
    stop.cancel();
    running.await.expect("it ends");
}

#[tokio::test]
async fn another_scheduler_takes_over_when_one_is_gone_and_runs_what_it_left() {
    let house = House::new();
    house
        .work
        .endless
        .lock()
        .expect("a lock")
        .insert("cost.a".to_owned());
    let (first, _) = house.start(&HOURLY);
    house.seen("cost.a").await;
    let (second, stop) = house.start(&HOURLY);
    until(async || {
        house
            .events
            .lock()
            .expect("a lock")
            .contains(&"stands_by".to_owned())
    })
    .await;
    house.pass(3600);
    house.done("run cost.a", 1).await;
    house.done("commit energy.a", 1).await;
    // What the first one did is kept before it is gone without a word.
    until(async || {
        let state = house.store.state().await.expect("a state");
        state.jobs["energy.a"].last_ok.is_some() && state.jobs["cost.a"].tasks.len() == 1
    })
    .await;
    first.abort();
    house.work.endless.lock().expect("a lock").clear();
    house.done("commit cost.a", 1).await;
    // Once more for the one that never came to its end, and not for the other.
    assert_eq!(house.work.count("run cost.a"), 2);
    assert_eq!(house.work.count("run energy.a"), 1);
    let lease = lease::newest(&house.store)
        .await
        .expect("a store")
        .expect("a lease");
    assert_eq!(lease.epoch, 2);
    stop.cancel();
    second.await.expect("it ends");
}

#[tokio::test]
async fn a_run_that_is_cancelled_stops_and_is_over() {
    let house = House::new();
    house
        .work
        .endless
        .lock()
        .expect("a lock")
        .insert("cost.a".to_owned());
    let (running, stop) = house.start(&HOURLY);
    house.seen("cost.a").await;
    house.pass(3600);
    house.done("run cost.a", 1).await;
    let jobs = vec!["cost.a".to_owned()];
    let request = Request::Cancel { jobs };
    house
        .store
        .ask(&request, house.now())
        .await
        .expect("a store");
    until(async || {
        let state = house.store.state().await.expect("a state");
        state.jobs["cost.a"].tasks.is_empty()
    })
    .await;
    until(async || house.store.requests().await.expect("a store").is_empty()).await;
    stop.cancel();
    running.await.expect("it ends");
    assert_eq!(house.work.count("run cost.a"), 1);
}

#[tokio::test]
async fn a_scheduler_that_is_stopped_leaves_its_runs_to_the_next() {
    let house = House::new();
    house
        .work
        .endless
        .lock()
        .expect("a lock")
        .insert("cost.a".to_owned());
    let (first, stop) = house.start(&HOURLY);
    house.seen("cost.a").await;
    house.pass(3600);
    house.done("run cost.a", 1).await;
    stop.cancel();
    first.await.expect("it ends");
    let state = house.store.state().await.expect("a state");
    assert_eq!(state.jobs["cost.a"].tasks.len(), 1);
    assert!(!state.jobs["cost.a"].tasks[0].is_running);
    // The next one need not wait for the lease.
    house.work.endless.lock().expect("a lock").clear();
    let begun = Instant::now();
    let (second, stop) = house.start(&HOURLY);
    house.done("commit cost.a", 1).await;
    assert!(begun.elapsed() < EXPIRY, "{:?}", begun.elapsed());
    stop.cancel();
    second.await.expect("it ends");
}
