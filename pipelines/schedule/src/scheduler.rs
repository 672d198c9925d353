//! The scheduler: waits for the lease, then has done what is due until it is stopped.
//!
//! One loop owns the state. A turn of it reads what is asked for, lets time go on, begins what can
//! begin, and keeps the state if it has changed; only then do the runs it began really start. So the
//! lake knows of every run before it begins, and whoever takes over finds it.

mod turn;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::declared::Schedules;
use crate::error::ScheduleError;
use crate::lease::{Candidate, Lease};
use crate::state::{Outcome, State};
use crate::store::ScheduleStore;
use crate::work::{Clock, Work};

/// How a scheduler does its work.
#[derive(Debug, Clone)]
pub struct SchedulerOptions {
    /// Who it is, told to whoever looks for the lease.
    pub holder: String,
    /// Runs at once.
    pub capacity: usize,
    /// A lease that has not changed for so long is taken over.
    pub expiry: Duration,
    /// How often the state is looked at.
    pub turn: Duration,
    /// How long runs under way may take to end when it is stopped, before they are interrupted.
    pub grace: Duration,
}

impl SchedulerOptions {
    /// For `holder`, which is the machine and the process: two runs at once, a lease that expires in half a minute, a turn a second.
    pub fn new(holder: String) -> SchedulerOptions {
        SchedulerOptions {
            // Two processes of one machine may have one id, in containers.
            holder: format!("{holder} {:08x}", rand::random::<u32>()),
            capacity: 2,
            expiry: Duration::from_secs(30),
            turn: Duration::from_secs(1),
            grace: Duration::from_secs(10),
        }
    }
}

/// What happens, for people and logs.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are those of tasks and outcomes")]
pub enum Event {
    /// Another scheduler does the work; this one waits for its lease.
    StandsBy,
    /// This scheduler does the work now.
    Leads { epoch: u64 },
    /// Another one has taken over.
    LostLease { message: String },
    /// A run begins.
    Started {
        job: String,
        due: DateTime<Utc>,
        interval: Option<ingest::Interval>,
        attempt: u32,
    },
    /// A run went well.
    Done {
        job: String,
        due: DateTime<Utc>,
        run_id: Option<String>,
        message: Option<String>,
    },
    /// A run failed.
    Failed {
        job: String,
        due: DateTime<Utc>,
        run_id: Option<String>,
        message: Option<String>,
        try_again_at: Option<DateTime<Utc>>,
    },
    /// A run was stopped; it waits, or is over when it was cancelled.
    Stopped { job: String, due: DateTime<Utc> },
    /// The models were built.
    Built { message: String },
    /// They could not be built.
    NotBuilt { message: String },
    /// Something stands in the way and will be tried again.
    Trouble { message: String },
}

/// Told of what happens.
pub type Observer = Arc<dyn Fn(&Event) + Send + Sync>;

/// A scheduler.
pub struct Scheduler {
    schedules: Arc<Schedules>,
    work: Arc<dyn Work>,
    store: ScheduleStore,
    options: SchedulerOptions,
    clock: Clock,
    observer: Observer,
}

/// The runs and the build under way.
#[derive(Default)]
struct UnderWay {
    runs: JoinSet<(Begun, Outcome)>,
    build: JoinSet<Result<String, (String, contracts::Retry)>>,
    cancels: BTreeMap<u64, CancellationToken>,
}

/// A run under way.
struct Begun {
    job: String,
    id: u64,
    due: DateTime<Utc>,
}

/// Why a scheduler leads no more.
enum Left {
    Stopped,
    Lost,
}

impl Scheduler {
    /// A scheduler of `schedules`.
    pub fn new(
        schedules: Arc<Schedules>,
        work: Arc<dyn Work>,
        store: ScheduleStore,
        options: SchedulerOptions,
        clock: Clock,
        observer: Observer,
    ) -> Scheduler {
        Scheduler {
            schedules,
            work,
            store,
            options,
            clock,
            observer,
        }
    }

    /// Works until `stop` is told. What fails on the way is told to the observer and tried again.
    pub async fn run(&self, stop: CancellationToken) {
        loop {
            let Some(lease) = self.stand_by(&stop).await else {
                return;
            };
            let epoch = lease.epoch();
            tracing::info!(epoch, holder = %self.options.holder, "lease taken");
            self.tell(&Event::Leads { epoch });
            match self.lead(lease, &stop).await {
                Left::Stopped => return,
                Left::Lost => {}
            }
        }
    }

    /// Waits for the lease; none when it is stopped first.
    async fn stand_by(&self, stop: &CancellationToken) -> Option<Lease> {
        let (holder, expiry) = (self.options.holder.clone(), self.options.expiry);
        let mut candidate = Candidate::new(self.store.clone(), holder, expiry);
        let mut is_told = false;
        loop {
            match candidate.take().await {
                Ok(Some(lease)) => return Some(lease),
                Ok(None) if !is_told => {
                    self.tell(&Event::StandsBy);
                    is_told = true;
                }
                Ok(None) => {}
                Err(error) => self.trouble(&error),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(self.beat()) => {}
            }
        }
    }

    /// Several beats come before a lease expires, so that a slow one is no reason to lose it.
    fn beat(&self) -> Duration {
        self.options.expiry / 6
    }

    async fn lead(&self, lease: Lease, stop: &CancellationToken) -> Left {
        let lost = CancellationToken::new();
        // Dropped with this scheduler: it must not go on beating for one that is gone.
        let mut heart = JoinSet::new();
        heart.spawn(keep_alive(
            lease.clone(),
            self.beat(),
            lost.clone(),
            Arc::clone(&self.observer),
        ));
        let left = self.take_turns(&lease, &lost, stop).await;
        // Only when the last beat is over may the lease be given up, or it would take that back.
        heart.shutdown().await;
        if let Left::Stopped = left
            && let Err(error) = lease.release().await
        {
            self.trouble(&error);
        }
        left
    }

    async fn take_turns(
        &self,
        lease: &Lease,
        lost: &CancellationToken,
        stop: &CancellationToken,
    ) -> Left {
        let mut turns = match self.first_turn(lease, lost, stop).await {
            Ok(turns) => turns,
            Err(left) => return left,
        };
        let mut under_way = UnderWay::default();
        let mut clock = tokio::time::interval(self.options.turn);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let left = loop {
            tokio::select! {
                () = stop.cancelled() => break Left::Stopped,
                () = lost.cancelled() => break Left::Lost,
                Some(ended) = under_way.runs.join_next() => {
                    self.run_ended(&mut turns, &mut under_way, ended);
                }
                Some(built) = under_way.build.join_next() => self.build_ended(&mut turns, built),
                _ = clock.tick() => {}
            }
            match self.turn(&mut turns, &mut under_way).await {
                Ok(()) => {}
                Err(ScheduleError::LeaseLost { .. }) => break Left::Lost,
                Err(error) => self.trouble(&error),
            }
        };
        self.wind_down(&mut turns, under_way, &left).await;
        left
    }

    /// Lets runs under way end, for a while, and interrupts those that do not.
    async fn wind_down(&self, turns: &mut turn::Turns, mut under_way: UnderWay, left: &Left) {
        let grace = match left {
            Left::Stopped => self.options.grace,
            // Another scheduler works already.
            Left::Lost => Duration::ZERO,
        };
        let end = Instant::now() + grace;
        loop {
            let ended = tokio::time::timeout_at(end, under_way.runs.join_next()).await;
            match ended {
                Ok(Some(ended)) => self.run_ended(turns, &mut under_way, ended),
                Ok(None) => break,
                Err(_) => {
                    turns.is_ending = true;
                    under_way
                        .cancels
                        .values()
                        .for_each(CancellationToken::cancel);
                    while let Some(ended) = under_way.runs.join_next().await {
                        self.run_ended(turns, &mut under_way, ended);
                    }
                }
            }
        }
        if let Ok(Some(built)) = tokio::time::timeout_at(end, under_way.build.join_next()).await {
            self.build_ended(turns, built);
        }
        under_way.build.shutdown().await;
        if let Left::Stopped = left {
            turns.state.take_over(self.now());
            if let Err(error) = turns.save(&self.store).await {
                self.trouble(&error);
            }
        }
    }

    /// The time, to the millisecond: tables keep no more than microseconds, and an interval must be the
    /// same when it is read back.
    fn now(&self) -> DateTime<Utc> {
        (self.clock)().trunc_subsecs(3)
    }

    fn tell(&self, event: &Event) {
        (self.observer)(event);
    }

    fn trouble(&self, error: &ScheduleError) {
        let message = ingest::with_causes(error);
        tracing::warn!(trouble = message, "scheduling is in trouble");
        self.tell(&Event::Trouble { message });
    }
}

/// Beats until the lease is lost, which it tells.
async fn keep_alive(lease: Lease, every: Duration, lost: CancellationToken, observer: Observer) {
    loop {
        tokio::time::sleep(every).await;
        match lease.beat().await {
            Ok(()) => {}
            Err(error @ ScheduleError::LeaseLost { .. }) => {
                let message = error.to_string();
                tracing::warn!(epoch = lease.epoch(), "lease lost: {message}");
                observer(&Event::LostLease { message });
                lost.cancel();
                return;
            }
            // A store that fails now may answer before the lease expires; if not, another one that
            // reaches it takes over, and the next beat finds that.
            Err(error) => tracing::warn!(
                epoch = lease.epoch(),
                error = &error as &dyn std::error::Error,
                "cannot renew the lease"
            ),
        }
    }
}

impl UnderWay {
    /// Tells the runs of a job that they shall stop.
    fn cancel(&self, state: &State, job: &str) {
        let tasks = state.jobs.get(job).map(|job| &job.tasks);
        for task in tasks.into_iter().flatten() {
            if let Some(cancel) = self.cancels.get(&task.id) {
                cancel.cancel();
            }
        }
    }
}

#[cfg(test)]
mod tests;
