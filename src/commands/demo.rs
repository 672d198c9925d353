//! `jieyue demo`: a made-up city from nothing to the cockpit.
//!
//! The same commands a newcomer would type, one after the other: make the files, run every job, build,
//! publish, serve. Nothing here is a way of its own.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use chrono::{DateTime, Datelike, FixedOffset, Utc};
use city::{Month, Spec};
use contracts::Fault;
use transform::{BuildOptions, PublishOptions};

use crate::cli::Demo;
use crate::commands::{build, ledger, publish, run, serve};
use crate::context::{self, Context};
use crate::failure::{Failure, Outcome};
use crate::report;
use crate::settings::{Origin, Setting};

/// Makes, loads, builds, publishes and serves the city.
///
/// # Errors
/// A step fails; the steps before it stay done, and the same command goes on from there.
pub async fn demo(mut context: Context, arguments: Demo) -> Outcome<ExitCode> {
    let started = Instant::now();
    let spec = spec(&arguments, context.now);
    settle(&mut context, &arguments.into)?;
    let project = context.project()?;
    let jobs = context.jobs(&project.contracts, None)?;

    report::note("1/4 making the city: every name, person and number in it is invented");
    let folder = arguments.into.clone();
    let manifest =
        tokio::task::spawn_blocking(move || city::generate(&spec).write_sources(&folder))
            .await
            .map_err(context::stopped)?
            .map_err(|error| {
                Failure::of(
                    error,
                    Some("choose another folder with --into, or free some space".to_owned()),
                    Fault::External,
                )
            })?;
    report::note(&format!(
        "    {} rows in {} files",
        ledger::with_thousands(manifest.rows()),
        manifest.file_count()
    ));

    report::note("2/4 loading it");
    let lake = context.lake(project.contracts.clone()).await?;
    lake.mark_made_up().await?;
    let chosen: Vec<_> = jobs.iter().collect();
    let options = run::options(&context)?;
    let code = run::run_all(&context, &lake, &chosen, &options).await?;
    if code != 0 {
        return Ok(ExitCode::from(code));
    }

    report::note("3/4 building the marts");
    let progress = context.progress("build");
    let built = transform::build(
        &lake,
        &project.models,
        &BuildOptions::all(context.now),
        progress.as_ref(),
    )
    .await?;
    build::print(context.format, &built)?;

    report::note("4/4 publishing");
    let options = PublishOptions {
        now: context.now,
        note: Some("made-up city".to_owned()),
    };
    let published = transform::publish(&lake, &project.models, &options, progress.as_ref()).await?;
    progress.done();
    publish::print(context.format, &published)?;
    report::note(&format!(
        "from files to published marts in {:.1} s",
        started.elapsed().as_secs_f64()
    ));
    if arguments.no_serve {
        return Ok(ExitCode::SUCCESS);
    }
    serve::serve_lake(&context, lake, false).await
}

/// How large, from when to when.
fn spec(arguments: &Demo, now: DateTime<Utc>) -> Spec {
    let to = arguments.until.unwrap_or_else(|| month_before(now));
    let mut spec = Spec::city(arguments.seed, to);
    let scaled = |count: usize| ((count as f64 * arguments.scale).round() as usize).max(1);
    spec.size.organizations = scaled(spec.size.organizations).max(40);
    spec.size.buildings = scaled(spec.size.buildings).max(60);
    spec.size.rooms = scaled(spec.size.rooms).max(300);
    spec.size.vehicles = scaled(spec.size.vehicles).max(80);
    spec.size.metered_buildings = scaled(spec.size.metered_buildings).max(2);
    spec
}

/// The last month that is over in the city.
fn month_before(now: DateTime<Utc>) -> Month {
    let city = FixedOffset::east_opt(8 * 3600).map_or(now.naive_utc(), |zone| {
        now.with_timezone(&zone).naive_local()
    });
    let (year, month) = if city.month() == 1 {
        (city.year() - 1, 12)
    } else {
        (city.year(), city.month() - 1)
    };
    Month::new(year, month)
}

/// Lake, data and key of the demo lie in its folder, unless they were given.
fn settle(context: &mut Context, folder: &Path) -> Outcome {
    let text = |path: PathBuf| Setting {
        value: path.display().to_string(),
        origin: Origin::CommandLine,
    };
    let settings = &mut context.settings;
    if settings.lake.origin == Origin::Default || settings.lake.origin == Origin::File {
        settings.lake = text(folder.join("lake"));
    }
    settings.data = text(folder.to_owned());
    if settings.pseudonym_key_file.value.is_none() {
        let key = folder.join("pseudonym.key");
        write_key(&key)?;
        settings.pseudonym_key_file = Setting {
            value: Some(key),
            origin: Origin::CommandLine,
        };
    }
    Ok(())
}

/// A key for the invented persons of the demo. It protects nobody, so it may lie beside the lake.
fn write_key(path: &Path) -> Outcome {
    if path.exists() {
        return Ok(());
    }
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(
            path,
            "the persons of the demo are invented; a real key is random and kept apart\n",
        )
    };
    write().map_err(|error| {
        Failure::outside(
            format!("cannot write `{}`", path.display()),
            &error,
            "choose another folder with --into, or free some space",
        )
    })
}
