//! One turn of a scheduler that leads.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use chrono::{DateTime, Utc};
use contracts::Retry;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use ingest::{Limits, MayCommit};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{Begun, Event, Left, Scheduler, UnderWay};
use crate::error::ScheduleError;
use crate::lease::Lease;
use crate::state::{End, Next, Outcome, PublicationSeen, Start, State};
use crate::store::{ScheduleStore, StateKey};
use crate::workdays::Workdays;

/// What goes from turn to turn.
pub(super) struct Turns {
    pub state: State,
    /// Whether runs are being interrupted, so that one that is cancelled is not over.
    pub is_ending: bool,
    /// Whether tables may have changed since they were looked at.
    has_built: bool,
    saved: State,
    key: StateKey,
    lease: Lease,
    workdays: Workdays,
    publication: Option<PublicationSeen>,
    /// The calendar's gaps that were told, by job: each once.
    told: BTreeMap<String, String>,
}

impl Turns {
    /// Keeps the state, if it is another one than the last that was kept.
    pub(super) async fn save(&mut self, store: &ScheduleStore) -> Result<(), ScheduleError> {
        if self.state == self.saved {
            return Ok(());
        }
        self.key.number += 1;
        store.save(self.key, &self.state).await?;
        self.saved.clone_from(&self.state);
        Ok(())
    }
}

impl Scheduler {
    /// What the scheduler before knew, from now on in this one's name.
    pub(super) async fn first_turn(
        &self,
        lease: &Lease,
        lost: &CancellationToken,
        stop: &CancellationToken,
    ) -> Result<Turns, Left> {
        loop {
            let read = async {
                let state = self.store.state().await?;
                let publication = self.work.publication().await?;
                let workdays = self.work.workdays().await?;
                Ok::<_, ScheduleError>((state, publication, workdays))
            };
            match read.await {
                Ok((mut state, publication, workdays)) => {
                    let saved = state.clone();
                    state.take_over(self.now());
                    return Ok(Turns {
                        state,
                        is_ending: false,
                        has_built: false,
                        saved,
                        key: StateKey {
                            epoch: lease.epoch(),
                            number: 0,
                        },
                        lease: lease.clone(),
                        workdays,
                        publication,
                        told: BTreeMap::new(),
                    });
                }
                Err(error) => self.trouble(&error),
            }
            tokio::select! {
                () = stop.cancelled() => return Err(Left::Stopped),
                () = lost.cancelled() => return Err(Left::Lost),
                () = tokio::time::sleep(self.beat()) => {}
            }
        }
    }

    pub(super) async fn turn(
        &self,
        turns: &mut Turns,
        under_way: &mut UnderWay,
    ) -> Result<(), ScheduleError> {
        let now = self.now();
        self.look_again(turns).await?;
        let requests = self.store.requests().await?;
        let before = turns.state.clone();
        // Jobs must be known before anything is asked of them.
        self.advance(turns, now);
        let mut done = Vec::new();
        for (name, request) in requests {
            if turns.state.applied.insert(name.clone()) {
                tracing::info!(request = ?request, "request");
                for job in turns.state.apply(&request, now) {
                    under_way.cancel(&turns.state, &job);
                }
            }
            done.push(name);
        }
        self.advance(turns, now);
        let capacity = self.options.capacity;
        let publication = turns.publication;
        let starts = turns
            .state
            .start(&self.schedules, publication, capacity, now);
        let is_busy = turns.state.is_busy(&self.schedules, publication, now);
        let builds = turns.state.build.is_due(is_busy, now);
        if builds {
            turns.state.build.start();
        }
        let saved = turns.save(&self.store).await;
        if let Err(error) = saved {
            // Nothing begins that the lake does not know of.
            turns.state = before;
            return Err(error);
        }
        for start in starts {
            self.begin(turns, under_way, start);
        }
        if builds {
            let (work, lease) = (self.work.clone(), turns.lease.clone());
            let build = async move { work.build(&lease).await };
            under_way.build.spawn(build.in_current_span());
        }
        if !done.is_empty() {
            self.store.remove_requests(&done).await?;
            turns.state.applied.retain(|name| !done.contains(name));
        }
        Ok(())
    }

    /// Reads what others may have changed.
    async fn look_again(&self, turns: &mut Turns) -> Result<(), ScheduleError> {
        let mut schedules = self.schedules.iter();
        if turns.has_built || schedules.any(|schedule| schedule.after_publication) {
            turns.publication = self.work.publication().await?;
        }
        if turns.has_built {
            turns.workdays = self.work.workdays().await?;
            turns.has_built = false;
        }
        Ok(())
    }

    fn advance(&self, turns: &mut Turns, now: DateTime<Utc>) {
        let (workdays, publication) = (&turns.workdays, turns.publication);
        let notices = turns
            .state
            .advance(&self.schedules, workdays, publication, now);
        for notice in notices {
            let error = ScheduleError::Due {
                job: notice.job.clone(),
                source: notice.gap,
            };
            let message = format!(
                "{}; {}",
                ingest::with_causes(&error),
                error.hint().unwrap_or_default()
            );
            let told = turns.told.insert(notice.job, message.clone());
            if told.as_ref() != Some(&message) {
                tracing::warn!(trouble = message, "due times cannot be told");
                self.tell(&Event::Trouble { message });
            }
        }
    }

    fn begin(&self, turns: &Turns, under_way: &mut UnderWay, start: Start) {
        let Start { job, task } = start;
        let attempt = task.failures + 1;
        self.tell(&Event::Started {
            job: job.clone(),
            due: task.due,
            interval: task.interval,
            attempt,
        });
        let interval = task.interval.map(|interval| interval.to_string());
        let span = tracing::info_span!(
            "scheduled",
            job,
            due = %task.due,
            interval = interval.as_deref().unwrap_or("none"),
            attempt,
        );
        tracing::info!(parent: &span, "run begins");
        let cancel = CancellationToken::new();
        under_way.cancels.insert(task.id, cancel.clone());
        let lease = turns.lease.clone();
        let may_commit = move || -> BoxFuture<'static, _> {
            let lease = lease.clone();
            Box::pin(async move { Ok(lease.check().await?) })
        };
        let limits = Limits {
            timeout: self.schedules.get(&job).map(|schedule| schedule.timeout),
            cancel,
            may_commit: Some(MayCommit::new(may_commit)),
        };
        let work = self.work.clone();
        let run = async move {
            // A defect in one run must not stop the others.
            let outcome = AssertUnwindSafe(work.run(&job, &task, limits));
            let outcome = outcome.catch_unwind().await.unwrap_or_else(|_| Outcome {
                run_id: None,
                has_committed: false,
                message: Some("the run ended by a defect of this program".to_owned()),
                end: End::Failed(Retry::Never),
            });
            let run_id = outcome.run_id.as_deref().unwrap_or("none");
            tracing::info!(run_id, end = ?outcome.end, told = outcome.message.as_deref(), "run ends");
            let (id, due) = (task.id, task.due);
            (Begun { job, id, due }, outcome)
        };
        under_way.runs.spawn(run.instrument(span));
    }

    pub(super) fn run_ended(
        &self,
        turns: &mut Turns,
        under_way: &mut UnderWay,
        ended: Result<(Begun, Outcome), JoinError>,
    ) {
        let (begun, mut outcome) = match ended {
            Ok(ended) => ended,
            // Runs catch their own panics, and nobody aborts them.
            Err(error) => {
                let message = format!("a run ended by a defect: {error}");
                tracing::error!(trouble = message, "run ends");
                return self.tell(&Event::Trouble { message });
            }
        };
        under_way.cancels.remove(&begun.id);
        if turns.is_ending && outcome.end == End::Cancelled {
            outcome.end = End::Interrupted;
        }
        let Some(schedule) = self.schedules.get(&begun.job) else {
            return;
        };
        let now = self.now();
        let next = turns
            .state
            .finish(schedule, begun.id, &outcome, rand::random(), now);
        let (job, due) = (begun.job, begun.due);
        let (run_id, message) = (outcome.run_id, outcome.message);
        self.tell(&match (outcome.end, next) {
            (End::Ok, _) => Event::Done {
                job,
                due,
                run_id,
                message,
            },
            (End::Failed(_), next) => Event::Failed {
                job,
                due,
                run_id,
                message,
                try_again_at: match next {
                    Next::TryAgain { at } => Some(at),
                    Next::Over | Next::Waits => None,
                },
            },
            (End::Cancelled | End::Interrupted, _) => Event::Stopped { job, due },
        });
    }

    pub(super) fn build_ended(
        &self,
        turns: &mut Turns,
        built: Result<Result<String, (String, Retry)>, JoinError>,
    ) {
        let built = built.unwrap_or_else(|error| {
            let message = format!("the build ended by a defect: {error}");
            Err((message, Retry::Never))
        });
        match &built {
            Ok(message) => {
                tracing::info!("models built: {message}");
                let message = message.clone();
                self.tell(&Event::Built { message });
            }
            Err((message, _)) => {
                tracing::error!("models not built: {message}");
                let message = message.clone();
                self.tell(&Event::NotBuilt { message });
            }
        }
        turns.has_built = true;
        let outcome = built.map(drop);
        turns
            .state
            .build
            .finish(outcome, rand::random(), self.now());
    }
}
