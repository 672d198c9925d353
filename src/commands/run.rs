//! `jieyue run`: jobs land, decode, conform and load their files, with a ledger of every row.

use std::process::ExitCode;

use contracts::Fault;
use globset::Glob;
use ingest::job::{Job, Jobs};
use ingest::{RunId, RunOptions, RunReport, RunStatus};
use warehouse::Warehouse;

use crate::cli::{Format, Run};
use crate::commands::ledger;
use crate::commands::watch::Watch;
use crate::context::Context;
use crate::failure::{self, Failure, Outcome};
use crate::report;

/// Runs the jobs named, or all. A job that fails does not stop the others.
///
/// # Errors
/// The declared files are wrong; there is no such job; the lake cannot be opened.
pub async fn run(context: &Context, arguments: Run) -> Outcome<ExitCode> {
    let contracts = context.contracts()?;
    let (jobs, wrong) = context.sound_jobs(&contracts, arguments.jobs_dir.as_deref())?;
    let wrong = match wrong {
        Some(wrong) if jobs.is_empty() => return Err(wrong),
        Some(wrong) => {
            let code = wrong.code();
            report::tell(wrong);
            report::note("the other jobs go on");
            code
        }
        None => 0,
    };
    let names: Vec<String> = arguments.jobs.into_iter().chain(arguments.named).collect();
    let chosen = choose(&jobs, &names)?;
    let lake = context.lake(contracts).await?;
    let mut options = options(context)?;
    options.interval = arguments.interval;
    options.again = arguments.again;
    let ran = run_all(context, &lake, &chosen, &options).await?;
    Watch::of(context)?.look(&lake, context.now).await;
    Ok(ExitCode::from(ran.max(wrong)))
}

/// What a run needs to know beside its job.
///
/// # Errors
/// The key of the pseudonyms cannot be read.
pub fn options(context: &Context) -> Outcome<RunOptions> {
    let mut options = RunOptions::new(context.data_folder(), context.now);
    options.project = context.project_folder().to_owned();
    options.pseudonym_key = context.pseudonym_key()?;
    Ok(options)
}

/// Runs jobs one after the other, tells what became of each, and answers the exit code of the worst.
///
/// # Errors
/// Standard output is closed.
pub async fn run_all(
    context: &Context,
    lake: &Warehouse,
    jobs: &[&Job],
    options: &RunOptions,
) -> Outcome<u8> {
    let watch = Watch::of(context)?;
    let mut reports = Vec::new();
    let mut worst = None;
    for (done, job) in jobs.iter().enumerate() {
        let progress = context.progress(&format!("[{}/{}] {}", done + 1, jobs.len(), job.name));
        let run_id = RunId::of_job(options.now, job.name.as_str());
        let options = RunOptions {
            run_id: Some(run_id.clone()),
            ..options.clone()
        };
        watch.run_begins(lake, job, &run_id, options.now).await;
        let ended = ingest::run(lake, job, options, progress.as_ref()).await;
        watch
            .run_ended(lake, job, &run_id, context.now, &ended)
            .await;
        match ended {
            Ok(run) => {
                worst = worst.max(grade(&run));
                if context.format == Format::Table {
                    ledger::tell_details(&run);
                }
                reports.push(run);
            }
            Err(error) => {
                let failure = Failure::from(error);
                worst = worst.max(Some(failure.code()));
                report::note(&format!("job `{}` failed", job.name));
                report::tell(failure);
            }
        }
        progress.done();
    }
    ledger::print(context.format, &reports)?;
    Ok(worst.unwrap_or(0))
}

/// The exit code of a run that ended: none when it went well. Refused rows are no failure, as long as
/// there are others.
fn grade(run: &RunReport) -> Option<u8> {
    if run.status == RunStatus::Ok && run.nothing_is_valid() {
        return Some(failure::code_of(Fault::User));
    }
    let failed = run.status == RunStatus::Failed;
    failed.then(|| failure::code_of(run.fault().unwrap_or(Fault::Internal)))
}

/// The jobs that match the names or patterns given; all when none is given.
fn choose<'a>(jobs: &'a Jobs, names: &[String]) -> Outcome<Vec<&'a Job>> {
    if jobs.is_empty() {
        return Err(Failure::user(
            "there are no jobs",
            "declare them in pipelines/jobs/<schema>/<job>.yaml, or name a folder with --jobs-dir",
        ));
    }
    if names.is_empty() {
        return Ok(jobs.iter().collect());
    }
    let mut chosen = Vec::new();
    for name in names {
        if !name.contains('*') {
            chosen.push(jobs.require(name)?);
            continue;
        }
        let glob = Glob::new(name)
            .map_err(|error| Failure::user(error.to_string(), "write energy.* or *.readings"))?;
        let matcher = glob.compile_matcher();
        let before = chosen.len();
        chosen.extend(
            jobs.iter()
                .filter(|job| matcher.is_match(job.name.as_str())),
        );
        if chosen.len() == before {
            let known: Vec<_> = jobs.iter().map(|job| job.name.as_str()).collect();
            return Err(Failure::user(
                format!("no job matches `{name}`"),
                format!("the jobs are {}", known.join(", ")),
            ));
        }
    }
    Ok(chosen)
}
