//! The words of the command line: what may be typed, and the help that is worth reading.

mod numbers;
mod periods;
mod schedule;
mod verbs;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use numbers::*;
pub use periods::*;
pub use schedule::*;
pub use verbs::*;

/// Jieyue 节约: the warehouse a city's government-offices administration runs its numbers on.
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
Exit codes:         0 fine, 1 your input is at fault, 2 wrong usage, 3 something outside failed,
                    70 a defect of ours")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command. Each may also stand in `jieyue.yaml` or the environment.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The project folder: schemas, pipelines, sql, dashboard and jieyue.yaml
    #[arg(
        long,
        global = true,
        env = "JIEYUE_PROJECT",
        hide_env_values = true,
        default_value = ".",
        value_name = "DIR"
    )]
    pub project: PathBuf,
    /// Where the tables are: a folder or s3://bucket/prefix
    #[arg(
        long,
        global = true,
        env = "JIEYUE_LAKE",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub lake: Option<String>,
    /// Where the source systems' files are
    #[arg(
        long,
        global = true,
        env = "JIEYUE_DATA",
        hide_env_values = true,
        value_name = "DIR"
    )]
    pub data: Option<String>,
    /// Memory for sorting, joining and grouping, such as "512 MiB"
    #[arg(
        long,
        global = true,
        env = "JIEYUE_MEMORY",
        hide_env_values = true,
        value_name = "SIZE",
        value_parser = verbs::size
    )]
    pub memory: Option<String>,
    /// File with the key of the pseudonyms of persons
    #[arg(
        long,
        global = true,
        env = "JIEYUE_PSEUDONYM_KEY_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub pseudonym_key_file: Option<PathBuf>,
    /// How results are written: table for people, json, csv (UTF-8), parquet (only `query`)
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Say less on standard error: no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// How a listing or a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // No documentation: clap would print it as a list, and the help of every command would be twice as long.
    Table,
    Json,
    Csv,
    Parquet,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a city, load it, build and publish it, and serve the pages
    Demo(Demo),
    /// Check every contract, job, model, metric and board; all faults with file and line
    Check(Check),
    /// Run jobs: land, decode, conform and load files into tables, with a ledger of every row
    Run(Run),
    /// Run jobs when they are due, build and publish after them; ask that of a running scheduler
    Schedule(Schedule),
    /// Build the marts whose inputs changed, and run their audits
    Build(Build),
    /// Show what a build would do and why, before anything runs
    Plan(Plan),
    /// Do exactly what a plan says, or nothing when its tables moved
    Apply(Apply),
    /// Publish the newest state if its audits pass
    Publish(Publish),
    /// Close a month: its published numbers change by a restatement alone
    Close(Close),
    /// Publish changed numbers of closed months, with a reason and the list of what changed
    Restate(Restate),
    /// Serve the pages and the API
    Serve(Serve),
    /// Ask the tables in SQL
    Query(Query),
    /// List the metrics: what is measured, in which unit, by what
    Metrics(Metrics),
    /// Ask one metric, by its dimensions and time
    Metric(Metric),
    /// Open a metric's value down to the rows it was loaded from
    Explain(Explain),
    /// Show every table: rows, version, freshness, last run
    Status(Status),
    /// List runs and their ledgers, or show one
    Runs(Runs),
    /// List refused rows, with the raw value and its place
    Quarantine(Quarantine),
    /// Take corrected or newly valid rows out of quarantine
    Replay(Replay),
    /// List review flags of the statistics, or accept one with a reason
    #[command(subcommand)]
    Review(Review),
    /// Compact, checkpoint and clean tables without breaking a kept publication
    Maintain(Maintain),
}
