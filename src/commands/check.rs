//! `jieyue check`: everything declared, with all faults at once, and the models' cases.

use std::process::ExitCode;

use contracts::Contracts;
use models::Models;
use models::metric::Metrics;
use schedule::Schedules;
use serde::Serialize;
use transform::CaseFilter;

use crate::cli::{Check, Format};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::report;

/// What was found right.
#[derive(Debug, Serialize)]
struct Checked {
    contracts: usize,
    models: usize,
    metrics: usize,
    jobs: usize,
    boards: usize,
    cases_passed: usize,
    cases_failed: usize,
}

/// Checks the project.
///
/// # Errors
/// Every fault found in contracts, models, metrics, jobs and boards. Jobs, models and boards are
/// looked at only when the contracts they speak of are right.
pub async fn check(context: &Context, arguments: Check) -> Outcome<ExitCode> {
    let files = context.files()?;
    if files.contracts.is_empty() {
        let folder = context.project_folder().display();
        return Err(Failure::user(
            format!("`{folder}` declares nothing: it has no contracts in `schemas/contracts`"),
            "name the project's folder with --project",
        ));
    }
    let contracts = Contracts::parse(files.contracts.iter().cloned())?;
    let jobs = ingest::job::parse(files.jobs.iter().cloned(), &contracts);
    let models = Models::parse(files.models.iter().cloned(), &contracts);
    let metrics = Metrics::parse(files.metrics.iter().cloned(), &contracts);
    let boards = metrics
        .as_ref()
        .ok()
        .map(|metrics| server::board::parse(files.boards.iter().cloned(), &contracts, metrics));
    let mut faults = Vec::new();
    let jobs = jobs.map_err(|found| faults.push(Failure::from(found))).ok();
    let schedules = jobs.as_ref().map(Schedules::parse);
    if let Some(Err(found)) = schedules {
        faults.push(Failure::from(found));
    }
    let models = models
        .map_err(|found| faults.push(Failure::from(found)))
        .ok();
    let metrics = metrics
        .map_err(|found| faults.push(Failure::from(found)))
        .ok();
    let boards = boards.and_then(|boards| {
        boards
            .map_err(|found| faults.push(Failure::from(found)))
            .ok()
    });
    if !faults.is_empty() {
        return Err(Failure::all(faults));
    }
    let (Some(jobs), Some(models), Some(metrics), Some(boards)) = (jobs, models, metrics, boards)
    else {
        return Err(Failure::all(faults));
    };
    let cases = if arguments.no_cases {
        Vec::new()
    } else {
        transform::run_cases(&models, &contracts, &CaseFilter::default())
            .await
            .cases
    };
    for case in cases.iter().filter(|case| !case.passed) {
        report::note(&format!(
            "{}: case `{}` of `{}` failed",
            case.at, case.case, case.model
        ));
        for difference in &case.differences {
            report::note(&format!("  {difference}"));
        }
    }
    let cases_failed = cases.iter().filter(|case| !case.passed).count();
    let checked = Checked {
        contracts: contracts.iter().count(),
        models: models.order().len(),
        metrics: metrics.iter().count(),
        jobs: jobs.len(),
        boards: boards.iter().count(),
        cases_passed: cases.len() - cases_failed,
        cases_failed,
    };
    if context.format == Format::Json {
        report::print_json(&checked)?;
    } else {
        report::line(&format!(
            "{} contracts, {} models, {} metrics, {} jobs and {} boards are right; {} cases passed, {} failed",
            checked.contracts,
            checked.models,
            checked.metrics,
            checked.jobs,
            checked.boards,
            checked.cases_passed,
            checked.cases_failed
        ))?;
    }
    Ok(if cases_failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
