//! What each verb may be given, and what its help shows: an example and what comes of it.
//!
//! A value that cannot be meant is refused here, as wrong usage (exit code 2), before anything is opened.

use std::path::PathBuf;

use chrono::TimeDelta;
use city::Month;
use clap::{Args, Subcommand};
use contracts::TableId;
use ingest::Interval;
use warehouse::AsOf;

use crate::settings;

/// Arguments of `jieyue demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue demo --into demo --scale 0.06
Writes:   DIR/data, the files source systems would write, and DIR/lake, loaded, built and published
Prints:   the ledger of every job, the marts and the publication, then the address of the pages
Again:    the same command goes on where it was stopped; what is loaded already is not loaded twice")]
pub struct Demo {
    /// Where the made-up city and its lake go
    #[arg(long, default_value = "demo", value_name = "DIR")]
    pub into: PathBuf,
    /// How large the city is: 1 is 荆门 (about 600 organisations), 0.06 a county
    #[arg(long, default_value_t = 1.0, value_parser = scale)]
    pub scale: f64,
    /// The seed; the same seed makes the same city
    #[arg(long, default_value_t = 420_800)]
    pub seed: u64,
    /// The last month with data (default: the month before this one)
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub until: Option<Month>,
    /// Stop when the marts are published; do not serve
    #[arg(long)]
    pub no_serve: bool,
    /// Address of the pages
    #[arg(
        long,
        env = "JIEYUE_LISTEN",
        hide_env_values = true,
        value_name = "ADDRESS"
    )]
    pub listen: Option<String>,
}

/// Arguments of `jieyue check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue check --project .
Prints:   how many of each are right and how many cases passed (--format json for programs)
Faults:   all of them at once on standard error, each with file, line and how to mend it")]
pub struct Check {
    /// Do not run the models' cases
    #[arg(long)]
    pub no_cases: bool,
}

/// Arguments of `jieyue run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue run 'energy.*' --data /exports
          jieyue run --job energy.monthly_2025 --interval 2026-10-01/2026-11-01
Prints:   a line a job: read = inserted + updated + unchanged + duplicate + quarantined
Faults:   files that cannot be read and refused rows on standard error, with file, row and column;
          the other files and jobs are loaded, and the exit code is that of the gravest fault.
          Refused rows alone are no fault: `jieyue quarantine` lists them
Again:    running twice is safe; the second run says that nothing changed")]
pub struct Run {
    /// Jobs to run, such as energy.monthly_forms or energy.*; all of them when none is named
    pub jobs: Vec<String>,
    /// The same, for callers that name what they give
    #[arg(long = "job", value_name = "JOB")]
    pub named: Vec<String>,
    /// The stretch of time the run is for, such as 2024-01-01/2024-02-01; one that a job has loaded
    /// is not loaded again
    #[arg(long, value_name = "FROM/TO")]
    pub interval: Option<Interval>,
    /// Run also for an interval that is loaded
    #[arg(long, requires = "interval")]
    pub again: bool,
    /// Folder of job files to use instead of the project's pipelines/jobs
    #[arg(long, value_name = "DIR")]
    pub jobs_dir: Option<PathBuf>,
}

/// Arguments of `jieyue build`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue build --publish
          jieyue build --from 2024-01 --to 2024-06
Prints:   a line a mart: built or unchanged, rows, version, why, and the partitions if not all
Faults:   a mart that breaks its contract is not committed; a failed audit of severity error
          ends with code 1")]
pub struct Build {
    /// Marts to build; all whose inputs changed when none is named
    pub marts: Vec<String>,
    /// Build even where nothing changed
    #[arg(long)]
    pub full: bool,
    /// Build these months, or the years they are in, even where nothing changed: the first of them
    #[arg(long, value_name = "YYYY-MM", requires = "to", conflicts_with = "full")]
    pub from: Option<String>,
    /// The last of them
    #[arg(long, value_name = "YYYY-MM", requires = "from")]
    pub to: Option<String>,
    /// Publish afterwards if the audits pass
    #[arg(long)]
    pub publish: bool,
}

/// Arguments of `jieyue plan`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue plan --output plan.json
Prints:   a line a mart: kept, built whole or in which partitions, and why; columns that change
Reads:    logs, and rows where partitions have to be found; nothing is written but FILE
Next:     jieyue apply plan.json")]
pub struct Plan {
    /// Marts to look at; all when none is named
    pub marts: Vec<String>,
    /// Plan to build even what did not change
    #[arg(long)]
    pub full: bool,
    /// Plan to build these months, or the years they are in: the first of them
    #[arg(long, value_name = "YYYY-MM", requires = "to", conflicts_with = "full")]
    pub from: Option<String>,
    /// The last of them
    #[arg(long, value_name = "YYYY-MM", requires = "from")]
    pub to: Option<String>,
    /// Write the plan to this file
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `jieyue apply`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue apply plan.json
Prints:   a line a mart, as `jieyue build` does
Faults:   a plan whose tables or models moved since it was made is refused with what moved;
          nothing is built then")]
pub struct Apply {
    /// The file that `jieyue plan --output` wrote
    #[arg(value_name = "FILE")]
    pub plan: PathBuf,
}

/// Arguments of `jieyue publish`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue publish --note 'figures of October'
Prints:   the publication readers see from now on, and the warnings it carries
Faults:   a failed audit of severity error publishes nothing; readers keep the last good state")]
pub struct Publish {
    /// A note kept with the publication
    #[arg(long)]
    pub note: Option<String>,
}

/// Arguments of `jieyue serve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue serve --listen 0.0.0.0:8420
Prints:   the address once it answers; GET /health and /ready tell how it is
Ends:     by Ctrl-C or SIGTERM, when the answers under way are finished")]
pub struct Serve {
    /// Address of the pages and the API
    #[arg(
        long,
        env = "JIEYUE_LISTEN",
        hide_env_values = true,
        value_name = "ADDRESS"
    )]
    pub listen: Option<String>,
    /// Also run jobs when they are due, as `jieyue schedule` does
    #[arg(long)]
    pub schedule: bool,
    /// Let the pages run jobs and replay refused rows; only on an address of this machine
    #[arg(long)]
    pub operate: bool,
}

/// Arguments of `jieyue query`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue query 'select carrier, sum(energy_kgce) from energy_month group by carrier'
          jieyue query --format parquet --output month.parquet 'select * from energy_month'
Prints:   the rows. Tables are schema.table, marts also by bare name; `jieyue status` lists them
Reads:    the newest publication; --as-of an older one, --unpublished what is loaded and built since")]
pub struct Query {
    /// The SQL; `-` reads it from standard input
    pub sql: String,
    /// A publication's number or a date (default: the newest publication)
    #[arg(long, value_name = "N|DATE", conflicts_with = "unpublished", value_parser = as_of)]
    pub as_of: Option<AsOf>,
    /// Ask the newest committed state instead of a publication
    #[arg(long)]
    pub unpublished: bool,
    /// Rows to print at the most; a Parquet file holds all of them
    #[arg(long, default_value_t = 1000)]
    pub limit: usize,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `jieyue status`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue status
          jieyue status --late --months 3
Prints:   a line a table: rows, age of the newest row against its promise, last run,
          refused rows that wait, newest and published version (--format json for programs)
Late:     a line an organisation that owes monthly forms, with the months")]
pub struct Status {
    /// List the organisations that owe monthly forms
    #[arg(long, conflicts_with = "settings")]
    pub late: bool,
    /// How many of the newest months that are due are looked at
    #[arg(long, default_value_t = 12, requires = "late", value_parser = clap::value_parser!(u32).range(1..=120))]
    pub months: u32,
    /// Print the settings in force and where each comes from
    #[arg(long)]
    pub settings: bool,
}

/// Arguments of `jieyue runs`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue runs --job energy.monthly_forms --limit 5
Prints:   a line a run with its ledger and, if it failed, why
One:      jieyue runs RUN_ID prints its whole report as JSON: files, what was detected, refused rows")]
pub struct Runs {
    /// One run, with its whole report
    pub run_id: Option<String>,
    /// Only runs of this job
    #[arg(long)]
    pub job: Option<String>,
    /// Rows at the most
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
}

/// Arguments of `jieyue quarantine`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue quarantine --table energy.monthly --rule required --format csv > to-correct.csv
Prints:   a line a refused row: file, sheet, row, rule, column, raw value, message
Next:     correct the file and run its job, or correct the rule and `jieyue replay`")]
pub struct Quarantine {
    /// Only rows of this table
    #[arg(long, value_parser = table)]
    pub table: Option<TableId>,
    /// Only rows refused by this rule
    #[arg(long)]
    pub rule: Option<String>,
    /// Also rows that were replayed
    #[arg(long)]
    pub all: bool,
    /// Rows at the most
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Arguments of `jieyue replay`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue replay --table energy.monthly
Reads:    the landed files again, so the source is not needed; only rows in quarantine are loaded
Prints:   a line a job, as `jieyue run` does; rows that are refused again stay in quarantine")]
pub struct Replay {
    /// Only rows of this table
    #[arg(long, value_parser = table)]
    pub table: Option<TableId>,
    /// Only rows refused by this rule
    #[arg(long)]
    pub rule: Option<String>,
    /// Folder of job files to use instead of the project's pipelines/jobs
    #[arg(long, value_name = "DIR")]
    pub jobs_dir: Option<PathBuf>,
}

/// Verbs of `jieyue review`.
#[derive(Debug, Subcommand)]
pub enum Review {
    /// List what a reviewer of the statistics should look at, the greatest amounts of money first
    List(ReviewList),
    /// Accept a flag with a reason; it is open again when its figures change
    Accept(ReviewAccept),
}

/// Arguments of `jieyue review list`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue review list --year 2025 --rule unit_price
Prints:   a line a flag: what was reported, what was expected, what is at stake")]
pub struct ReviewList {
    /// Only flags of this year
    #[arg(long)]
    pub year: Option<i64>,
    /// Only flags of this rule
    #[arg(long)]
    pub rule: Option<String>,
    /// Only flags of this organisation
    #[arg(long, value_name = "ORGANIZATION_ID")]
    pub organization: Option<String>,
    /// Also flags that were accepted
    #[arg(long)]
    pub all: bool,
    /// Flags at the most
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Arguments of `jieyue review accept`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue review accept year_on_year/JM000005/2024/electricity --by 节能科 --reason '新办公楼启用'
Holds:    for the figures of now; when they change, the flag is open again
Next:     `jieyue build --publish` takes it off the open list")]
pub struct ReviewAccept {
    /// The flag, as `jieyue review list` shows it
    pub flag_id: String,
    /// Why the figures are right or may stand
    #[arg(long)]
    pub reason: String,
    /// Office or post that accepts it, not a person's name
    #[arg(long)]
    pub by: String,
}

/// Arguments of `jieyue maintain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue maintain --dry-run
Keeps:    every file that a kept publication or the newest state reads, and everything that landed
Prints:   a line a table: what was compacted, what was removed, and what stood in the way")]
pub struct Maintain {
    /// Keep files that were removed less than this long ago, such as 7d (longer than the longest write)
    #[arg(long, default_value = "7d", value_name = "DURATION", value_parser = duration)]
    pub retention: TimeDelta,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn scale(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|scale| (0.001..=100.0).contains(scale))
        .ok_or_else(|| "write a number between 0.001 and 100, such as 0.06".to_owned())
}

fn month(text: &str) -> Result<Month, String> {
    text.parse()
        .map_err(|_| "write a year and a month, such as 2026-10".to_owned())
}

pub(super) fn as_of(text: &str) -> Result<AsOf, String> {
    if let Ok(number) = text.parse() {
        return Ok(AsOf::Number(number));
    }
    text.parse().map(AsOf::Date).map_err(|_| {
        "write the number of a publication or a date, such as 12 or 2025-12-31".to_owned()
    })
}

pub(super) fn table(text: &str) -> Result<TableId, String> {
    text.parse()
        .map_err(|_| "write schema.table, such as energy.monthly".to_owned())
}

/// Checked here, read with the settings: the same text may stand in `jieyue.yaml`.
pub(super) fn size(text: &str) -> Result<String, String> {
    match settings::parse_size(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.hint()),
    }
}

fn duration(text: &str) -> Result<TimeDelta, String> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let number: Option<i64> = text[..digits].parse().ok();
    let duration = match (number, text[digits..].trim()) {
        (Some(days), "d") => TimeDelta::try_days(days),
        (Some(hours), "h") => TimeDelta::try_hours(hours),
        _ => None,
    };
    duration.ok_or_else(|| "write whole days or hours, such as 7d or 36h".to_owned())
}
