//! Runs that are started from the pages: in the background, one of a job at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use contracts::TableId;
use ingest::job::{Job, Jobs};
use ingest::{IngestError, ReplayOptions, RunId, RunOptions, RunReport};
use server::{NotBegun, Operate};
use tokio::runtime::Handle;
use warehouse::Warehouse;
use warehouse::progress::Silent;

/// Starts runs over one lake.
pub struct Operator {
    lake: Warehouse,
    jobs: Arc<Jobs>,
    options: RunOptions,
    running: Arc<Running>,
}

/// The run of each job that is running.
#[derive(Default)]
struct Running(Mutex<BTreeMap<String, RunId>>);

impl Operator {
    /// Runs jobs as `jieyue run` does with these options.
    pub fn new(lake: Warehouse, jobs: Arc<Jobs>, options: RunOptions) -> Self {
        Operator {
            lake,
            jobs,
            options,
            running: Arc::default(),
        }
    }

    /// Takes the job's place among those running.
    fn begin(&self, job: &str) -> Result<(Job, RunId, DateTime<Utc>), NotBegun> {
        let job = self.jobs.require(job).map_err(|_| NotBegun::UnknownJob {
            job: job.to_owned(),
            known: self.jobs.iter().map(|job| job.name.to_string()).collect(),
        })?;
        #[expect(
            clippy::disallowed_methods,
            reason = "a service runs for weeks: the clock of its start is not that of a run"
        )]
        let now = Utc::now();
        let run_id = RunId::of_job(now, job.name.as_str());
        let mut running = self.running.lock();
        if let Some(before) = running.get(job.name.as_str()) {
            return Err(NotBegun::Running {
                job: job.name.to_string(),
                run_id: before.to_string(),
            });
        }
        running.insert(job.name.to_string(), run_id.clone());
        Ok((job.clone(), run_id, now))
    }

    /// Does the work in the background; the job's place is free afterwards, however it ends. Decoders
    /// stay on the thread they begin on, so a run has one of its own. Asked to stop, the service waits
    /// for it; killed, it loses nothing.
    fn go_on(
        &self,
        job: String,
        run_id: RunId,
        work: impl AsyncFnOnce() -> Result<Vec<RunReport>, IngestError> + Send + 'static,
    ) -> String {
        let place = Place {
            running: Arc::clone(&self.running),
            job: job.clone(),
        };
        let id = run_id.clone();
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            let _place = place;
            tracing::info!(run_id = %id, job, "run {id} of `{job}` begins, as an operator asked");
            match runtime.block_on(work()) {
                Ok(reports) => {
                    for report in reports {
                        let status = report.status.as_str();
                        tracing::info!(run_id = %id, job, status, "run {id} of `{job}` ended: {status}");
                    }
                }
                Err(error) => {
                    let cause = &error as &dyn std::error::Error;
                    tracing::error!(run_id = %id, job, cause, "run {id} of `{job}` failed");
                }
            }
        });
        run_id.to_string()
    }
}

impl Operate for Operator {
    fn run_job(&self, job: &str) -> Result<String, NotBegun> {
        let (job, run_id, now) = self.begin(job)?;
        let lake = self.lake.clone();
        let options = RunOptions {
            now,
            run_id: Some(run_id.clone()),
            ..self.options.clone()
        };
        let name = job.name.to_string();
        let work = async move || {
            let report = ingest::run(&lake, &job, options, &Silent).await?;
            Ok(vec![report])
        };
        Ok(self.go_on(name, run_id, work))
    }

    fn replay(&self, job: &str, table: &TableId, rule: Option<&str>) -> Result<String, NotBegun> {
        let (job, run_id, now) = self.begin(job)?;
        let (lake, jobs) = (self.lake.clone(), Arc::clone(&self.jobs));
        let options = ReplayOptions {
            table: Some(table.clone()),
            rule: rule.map(str::to_owned),
            job: Some(job.name.to_string()),
            pseudonym_key: self.options.pseudonym_key.clone(),
            run_id: Some(run_id.clone()),
            ..ReplayOptions::new(now)
        };
        let work = async move || ingest::replay(&lake, &jobs, options, &Silent).await;
        Ok(self.go_on(job.name.to_string(), run_id, work))
    }
}

/// A job's place among those running; given back when dropped.
struct Place {
    running: Arc<Running>,
    job: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.lock().remove(&self.job);
    }
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, RunId>> {
        let running = self.0.lock();
        running.expect("no thread fails while it holds this lock")
    }
}
