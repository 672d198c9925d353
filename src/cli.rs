//! The words of the command line: what may be typed, and the help that is worth reading.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Jieyue 节约: the warehouse a city's government-offices administration runs its numbers on.
///
/// Source files become Delta tables, SQL builds cost and carbon marts from them, an audited state is
/// published, and the service shows it. Every row is accounted for:
/// read = inserted + updated + unchanged + duplicate + quarantined.
#[derive(Debug, Parser)]
#[command(
    name = "jieyue",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(after_help = "\
The way of a row:   jieyue check -> run -> build -> publish -> serve
A first look:       jieyue demo
Exit codes:         0 fine, 1 your input is at fault, 2 wrong usage, 3 something outside failed, 70 a defect of ours")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command. Each may also stand in `jieyue.yaml` or the environment.
#[derive(Debug, Args)]
pub struct Global {
    /// The project folder: schemas, pipelines, sql, dashboard and jieyue.yaml
    #[arg(
        long,
        global = true,
        env = "JIEYUE_PROJECT",
        default_value = ".",
        value_name = "DIR"
    )]
    pub project: PathBuf,
    /// Where the tables are: a folder or s3://bucket/prefix
    #[arg(long, global = true, env = "JIEYUE_LAKE", value_name = "URL")]
    pub lake: Option<String>,
    /// Where the source systems' files are
    #[arg(long, global = true, env = "JIEYUE_DATA", value_name = "DIR")]
    pub data: Option<String>,
    /// Memory for sorting, joining and grouping, such as "512 MiB"
    #[arg(long, global = true, env = "JIEYUE_MEMORY", value_name = "SIZE")]
    pub memory: Option<String>,
    /// File with the key of the pseudonyms of persons
    #[arg(
        long,
        global = true,
        env = "JIEYUE_PSEUDONYM_KEY_FILE",
        value_name = "FILE"
    )]
    pub pseudonym_key_file: Option<PathBuf>,
    /// How results are written to standard output
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Say less on standard error: no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// How a listing or a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    Table,
    /// JSON for programs
    Json,
    /// Comma-separated values, UTF-8
    Csv,
    /// A Parquet file (only `query`; give --output)
    Parquet,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a city, load it, build and publish it, and serve the pages
    Demo(Demo),
    /// Check every contract, job, model, case, metric and board; all faults with file and line
    Check(Check),
    /// Run jobs: land, decode, conform and load files into tables, with a ledger of every row
    Run(Run),
    /// Build the marts whose inputs changed, and run their audits
    Build(Build),
    /// Publish the newest state if its audits pass
    Publish(Publish),
    /// Serve the pages and the API
    Serve(Serve),
    /// Ask the tables in SQL
    Query(Query),
    /// Show every table: rows, version, freshness, last run
    Status(Status),
    /// List runs and their ledgers, or show one
    Runs(Runs),
    /// List refused rows, with the raw value and its place
    Quarantine(Quarantine),
    /// Take corrected or newly valid rows out of quarantine
    Replay(Replay),
    /// Compact, checkpoint and clean tables without breaking a kept publication
    Maintain(Maintain),
}

/// Arguments of `jieyue demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the made-up city and its lake go
    #[arg(long, default_value = "demo", value_name = "DIR")]
    pub into: PathBuf,
    /// How large the city is: 1 is 荆门 (about 600 organisations), 0.06 a county
    #[arg(long, default_value_t = 1.0)]
    pub scale: f64,
    /// The seed; the same seed makes the same city
    #[arg(long, default_value_t = 420_800)]
    pub seed: u64,
    /// The last month with data (default: the month before this one)
    #[arg(long, value_name = "YYYY-MM")]
    pub until: Option<String>,
    /// Stop when the marts are published; do not serve
    #[arg(long)]
    pub no_serve: bool,
    /// Address of the pages
    #[arg(long, env = "JIEYUE_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<String>,
}

/// Arguments of `jieyue check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Do not run the models' cases
    #[arg(long)]
    pub no_cases: bool,
}

/// Arguments of `jieyue run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Jobs to run, such as energy.monthly_forms or energy.*; all of them when none is named
    pub jobs: Vec<String>,
    /// Folder of job files to use instead of the project's pipelines/jobs
    #[arg(long, value_name = "DIR")]
    pub jobs_dir: Option<PathBuf>,
}

/// Arguments of `jieyue build`.
#[derive(Debug, Args)]
pub struct Build {
    /// Marts to build; all whose inputs changed when none is named
    pub marts: Vec<String>,
    /// Build even where nothing changed
    #[arg(long)]
    pub full: bool,
    /// Publish afterwards if the audits pass
    #[arg(long)]
    pub publish: bool,
}

/// Arguments of `jieyue publish`.
#[derive(Debug, Args)]
pub struct Publish {
    /// A note kept with the publication
    #[arg(long)]
    pub note: Option<String>,
}

/// Arguments of `jieyue serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address of the pages and the API
    #[arg(long, env = "JIEYUE_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<String>,
}

/// Arguments of `jieyue query`.
#[derive(Debug, Args)]
pub struct Query {
    /// The SQL; `-` reads it from standard input
    pub sql: String,
    /// A publication's number or a date (default: the newest publication)
    #[arg(long, value_name = "N|DATE", conflicts_with = "unpublished")]
    pub as_of: Option<String>,
    /// Ask the newest committed state instead of a publication
    #[arg(long)]
    pub unpublished: bool,
    /// Rows to print at the most
    #[arg(long, default_value_t = 1000)]
    pub limit: usize,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `jieyue status`.
#[derive(Debug, Args)]
pub struct Status {
    /// Print the settings in force and where each comes from
    #[arg(long)]
    pub settings: bool,
}

/// Arguments of `jieyue runs`.
#[derive(Debug, Args)]
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
pub struct Quarantine {
    /// Only rows of this table
    #[arg(long)]
    pub table: Option<String>,
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
pub struct Replay {
    /// Only rows of this table
    #[arg(long)]
    pub table: Option<String>,
    /// Only rows refused by this rule
    #[arg(long)]
    pub rule: Option<String>,
    /// Folder of job files to use instead of the project's pipelines/jobs
    #[arg(long, value_name = "DIR")]
    pub jobs_dir: Option<PathBuf>,
}

/// Arguments of `jieyue maintain`.
#[derive(Debug, Args)]
pub struct Maintain {
    /// Keep files that were removed less than this long ago, such as "7d" (longer than the longest write)
    #[arg(long, default_value = "7d", value_name = "DURATION")]
    pub retention: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}
