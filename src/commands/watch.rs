//! Who is told how runs and builds go: lineage while they go, alerts afterwards. Declared in
//! `pipelines/operations.yaml`; where that is not there nobody is told. Nothing here fails a command.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use ingest::job::Job;
use ingest::{IngestError, RunId, RunReport, RunStatus};
use operations::{
    Lateness, Lineage, LineageOutput, LineageRun, LineageTurn, OperationsError, Settings, Status,
};
use transform::{BuildReport, MartOutcome};
use warehouse::{Warehouse, open_publication};

use crate::context::Context;
use crate::failure::{Failure, Outcome};

/// The file, in the project's folder.
const FILE: &str = "pipelines/operations.yaml";
/// Months of forms that are looked at.
const MONTHS: u32 = 12;
/// How many commits back a mart's build is looked for.
const COMMITS: usize = 10;

/// Who is told.
#[derive(Clone, Default)]
pub struct Watch {
    settings: Settings,
}

impl Watch {
    /// What the project declares.
    ///
    /// # Errors
    /// The file is not of its form; a secret is not where it says.
    pub fn of(context: &Context) -> Outcome<Watch> {
        let path = context.project_folder().join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Watch::default());
            }
            Err(error) => {
                let doing = format!("cannot read `{}`", path.display());
                return Err(Failure::outside(
                    doing,
                    &error,
                    "let this account read the file",
                ));
            }
        };
        let settings = operations::parse(FILE, &text, |name| std::env::var(name).ok())?;
        Ok(Watch { settings })
    }

    /// Whether anybody is told when something is wrong.
    pub fn has_alerts(&self) -> bool {
        self.settings.alerts.is_some()
    }

    /// Looks at the lake and tells what is wrong with it, once.
    pub async fn look(&self, lake: &Warehouse, now: DateTime<Utc>) {
        let Some(alerts) = &self.settings.alerts else {
            return;
        };
        match state(lake, now).await {
            Ok((status, lateness)) => {
                operations::tell(lake, alerts, &status, lateness.as_ref()).await;
            }
            Err(error) => {
                tracing::warn!(%error, "the lake cannot be looked at for alerts: {error}")
            }
        }
    }

    /// Tells that a run begins.
    pub async fn run_begins(
        &self,
        lake: &Warehouse,
        job: &Job,
        run_id: &RunId,
        now: DateTime<Utc>,
    ) {
        if let Some((lineage, run)) = self.run(lake, job, run_id) {
            lineage.tell(&run, &LineageTurn::Start, now).await;
        }
    }

    /// Tells how a run ended.
    pub async fn run_ended(
        &self,
        lake: &Warehouse,
        job: &Job,
        run_id: &RunId,
        now: DateTime<Utc>,
        ended: &Result<RunReport, IngestError>,
    ) {
        let Some((lineage, mut run)) = self.run(lake, job, run_id) else {
            return;
        };
        let (turn, at) = match ended {
            Ok(report) => {
                run.inputs = report
                    .files
                    .iter()
                    .map(|file| (file.name.clone(), None))
                    .collect();
                run.output.version = report.version;
                run.output.rows = Some(report.ledger.inserted + report.ledger.updated);
                run.output.ledger = serde_json::to_value(report.ledger).ok();
                let turn = match report.status {
                    RunStatus::Ok => LineageTurn::Complete,
                    RunStatus::Failed => {
                        LineageTurn::Fail(report.message.clone().unwrap_or_default())
                    }
                };
                (turn, report.finished_at)
            }
            Err(error) => (LineageTurn::Fail(error.to_string()), now),
        };
        lineage.tell(&run, &turn, at).await;
    }

    fn run(&self, lake: &Warehouse, job: &Job, run_id: &RunId) -> Option<(&Lineage, LineageRun)> {
        let lineage = self.settings.lineage.as_ref()?;
        let contract = lake.contract(&job.table).ok()?;
        let run = LineageRun {
            run_id: run_id.to_string(),
            job: job.name.to_string(),
            kind: "LOAD",
            inputs: Vec::new(),
            output: LineageOutput::of(contract),
        };
        Some((lineage, run))
    }

    /// Tells the marts of a build, each as a run of its own.
    pub async fn built(&self, lake: &Warehouse, report: &BuildReport, now: DateTime<Utc>) {
        let Some(lineage) = &self.settings.lineage else {
            return;
        };
        for mart in report
            .marts
            .iter()
            .filter(|mart| mart.outcome == MartOutcome::Built)
        {
            let name = mart.mart.to_string();
            let Some(mut run) = build_of(lake, &name, now) else {
                continue;
            };
            lineage.tell(&run, &LineageTurn::Start, now).await;
            run.inputs = inputs(lake, &run.output.table).await;
            run.output.version = Some(mart.version);
            run.output.rows = Some(mart.rows);
            let taken = TimeDelta::milliseconds((mart.seconds * 1000.0) as i64);
            lineage
                .tell(&run, &LineageTurn::Complete, now + taken)
                .await;
        }
        for failed in &report.failed {
            if let Some(run) = build_of(lake, &failed.mart.to_string(), now) {
                lineage.tell(&run, &LineageTurn::Start, now).await;
                let turn = LineageTurn::Fail(failed.message.clone());
                lineage.tell(&run, &turn, now).await;
            }
        }
    }
}

fn build_of(lake: &Warehouse, mart: &str, now: DateTime<Utc>) -> Option<LineageRun> {
    let table = format!("mart.{mart}").parse().ok()?;
    let contract = lake.contract(&table).ok()?;
    Some(LineageRun {
        run_id: format!("build {mart} {}", now.to_rfc3339()),
        job: format!("build.{mart}"),
        kind: "BUILD",
        inputs: Vec::new(),
        output: LineageOutput::of(contract),
    })
}

/// The tables a mart was built from, as its newest build says.
async fn inputs(lake: &Warehouse, table: &str) -> Vec<(String, Option<u64>)> {
    let Ok(id) = table.parse() else {
        return Vec::new();
    };
    let Ok(Some(table)) = lake.existing_table(&id).await else {
        return Vec::new();
    };
    let commits = table.history(COMMITS).await.unwrap_or_default();
    let build = commits.iter().find_map(|commit| commit.info.get("build"));
    let inputs = build.and_then(|build| {
        let inputs = build["inputs"].clone();
        serde_json::from_value::<BTreeMap<String, Option<u64>>>(inputs).ok()
    });
    inputs.unwrap_or_default().into_iter().collect()
}

/// How the lake stands, and who owes forms where that is published.
pub async fn state(
    lake: &Warehouse,
    now: DateTime<Utc>,
) -> Result<(Status, Option<Lateness>), OperationsError> {
    let status = Status::read(lake, now).await?;
    let Some(publication) = lake.publications().latest().await? else {
        return Ok((status, None));
    };
    let session = open_publication(lake, &publication).await?;
    let (Ok(reporting), Ok(organizations)) = (
        session.table("mart.reporting_month").await,
        session.table("reference.organization").await,
    ) else {
        // A lake without forms has nobody who owes any.
        return Ok((status, None));
    };
    let lateness = Lateness::read(reporting, organizations, now, MONTHS).await?;
    Ok((status, Some(lateness)))
}
