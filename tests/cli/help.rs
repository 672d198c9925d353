//! The help of every command, as it is read.

use crate::house::House;

fn help(command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
    let told = House::new().jieyue(&words).succeeds();
    assert_eq!(told.err, "");
    told.out
}

/// The options of every command are shown once, with the program's own help.
fn own_help(command: &str) -> String {
    let whole = help(command);
    let (before, after) = whole
        .split_once("Options of every command:\n")
        .expect("the options of every command");
    let (_, example) = after.split_once("\n\n").expect("an example");
    format!("{before}[options of every command]\n\n{example}")
}

#[test]
fn of_the_program() {
    insta::assert_snapshot!(help(""), @r#"
    Jieyue 节约: the warehouse a city's government-offices administration runs its numbers on. Source
    files become Delta tables, SQL builds cost and carbon marts from them, an audited state is
    published, and the service shows it. Every row is accounted for: read = inserted + updated +
    unchanged + duplicate + quarantined

    Usage: jieyue [OPTIONS] <COMMAND>

    Commands:
      demo        Make a city, load it, build and publish it, and serve the pages
      check       Check every contract, job, model, metric and board; all faults with file and line
      run         Run jobs: land, decode, conform and load files into tables, with a ledger of every row
      schedule    Run jobs when they are due, build and publish after them; ask that of a running
                  scheduler
      build       Build the marts whose inputs changed, and run their audits
      plan        Show what a build would do and why, before anything runs
      apply       Do exactly what a plan says, or nothing when its tables moved
      publish     Publish the newest state if its audits pass
      close       Close a month: its published numbers change by a restatement alone
      restate     Publish changed numbers of closed months, with a reason and the list of what changed
      serve       Serve the pages and the API
      query       Ask the tables in SQL
      metrics     List the metrics: what is measured, in which unit, by what
      metric      Ask one metric, by its dimensions and time
      explain     Open a metric's value down to the rows it was loaded from
      status      Show every table: rows, version, freshness, last run
      runs        List runs and their ledgers, or show one
      quarantine  List refused rows, with the raw value and its place
      replay      Take corrected or newly valid rows out of quarantine
      review      List review flags of the statistics, or accept one with a reason
      maintain    Compact, checkpoint and clean tables without breaking a kept publication
      help        Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Options of every command:
          --project <DIR>              The project folder: schemas, pipelines, sql, dashboard and
                                       jieyue.yaml [env: JIEYUE_PROJECT] [default: .]
          --lake <URL>                 Where the tables are: a folder or s3://bucket/prefix [env:
                                       JIEYUE_LAKE]
          --data <DIR>                 Where the source systems' files are [env: JIEYUE_DATA]
          --memory <SIZE>              Memory for sorting, joining and grouping, such as "512 MiB" [env:
                                       JIEYUE_MEMORY]
          --pseudonym-key-file <FILE>  File with the key of the pseudonyms of persons [env:
                                       JIEYUE_PSEUDONYM_KEY_FILE]
          --format <FORMAT>            How results are written: table for people, json, csv (UTF-8),
                                       parquet (only `query`) [default: table] [possible values: table,
                                       json, csv, parquet]
      -q, --quiet                      Say less on standard error: no progress

    The way of a row:   jieyue check -> run -> build -> publish -> serve
    A first look:       jieyue demo
    Exit codes:         0 fine, 1 your input is at fault, 2 wrong usage, 3 something outside failed,
                        70 a defect of ours
    "#);
}

#[test]
fn options_of_every_command() {
    let whole = help("check");
    let (_, options) = whole
        .split_once("Options of every command:\n")
        .expect("the options of every command");
    let (options, _) = options.split_once("\n\n").expect("an example");
    insta::assert_snapshot!(options, @r#"
        --project <DIR>              The project folder: schemas, pipelines, sql, dashboard and
                                     jieyue.yaml [env: JIEYUE_PROJECT] [default: .]
        --lake <URL>                 Where the tables are: a folder or s3://bucket/prefix [env:
                                     JIEYUE_LAKE]
        --data <DIR>                 Where the source systems' files are [env: JIEYUE_DATA]
        --memory <SIZE>              Memory for sorting, joining and grouping, such as "512 MiB" [env:
                                     JIEYUE_MEMORY]
        --pseudonym-key-file <FILE>  File with the key of the pseudonyms of persons [env:
                                     JIEYUE_PSEUDONYM_KEY_FILE]
        --format <FORMAT>            How results are written: table for people, json, csv (UTF-8),
                                     parquet (only `query`) [default: table] [possible values: table,
                                     json, csv, parquet]
    -q, --quiet                      Say less on standard error: no progress
    "#);
}

#[test]
fn of_demo() {
    insta::assert_snapshot!(own_help("demo"), @r"
    Make a city, load it, build and publish it, and serve the pages

    Usage: jieyue demo [OPTIONS]

    Options:
          --into <DIR>        Where the made-up city and its lake go [default: demo]
          --scale <SCALE>     How large the city is: 1 is 荆门 (about 600 organisations), 0.06 a county
                              [default: 1]
          --seed <SEED>       The seed; the same seed makes the same city [default: 420800]
          --until <YYYY-MM>   The last month with data (default: the month before this one)
          --no-serve          Stop when the marts are published; do not serve
          --listen <ADDRESS>  Address of the pages [env: JIEYUE_LISTEN]
      -h, --help              Print help

    [options of every command]

    Example:  jieyue demo --into demo --scale 0.06
    Writes:   DIR/data, the files source systems would write, and DIR/lake, loaded, built and published
    Prints:   the ledger of every job, the marts and the publication, then the address of the pages
    Again:    the same command goes on where it was stopped; what is loaded already is not loaded twice
    ");
}

#[test]
fn of_check() {
    insta::assert_snapshot!(own_help("check"), @r"
    Check every contract, job, model, metric and board; all faults with file and line

    Usage: jieyue check [OPTIONS]

    Options:
          --no-cases  Do not run the models' cases
      -h, --help      Print help

    [options of every command]

    Example:  jieyue check --project .
    Prints:   how many of each are right and how many cases passed (--format json for programs)
    Faults:   all of them at once on standard error, each with file, line and how to mend it
    ");
}

#[test]
fn of_run() {
    insta::assert_snapshot!(own_help("run"), @r"
    Run jobs: land, decode, conform and load files into tables, with a ledger of every row

    Usage: jieyue run [OPTIONS] [JOBS]...

    Arguments:
      [JOBS]...  Jobs to run, such as energy.monthly_forms or energy.*; all of them when none is named

    Options:
          --job <JOB>           The same, for callers that name what they give
          --interval <FROM/TO>  The stretch of time the run is for, such as 2024-01-01/2024-02-01; one
                                that a job has loaded is not loaded again
          --again               Run also for an interval that is loaded
          --jobs-dir <DIR>      Folder of job files to use instead of the project's pipelines/jobs
      -h, --help                Print help

    [options of every command]

    Example:  jieyue run 'energy.*' --data /exports
              jieyue run --job energy.monthly_2025 --interval 2026-10-01/2026-11-01
    Prints:   a line a job: read = inserted + updated + unchanged + duplicate + quarantined
    Faults:   files that cannot be read and refused rows on standard error, with file, row and column;
              the other files and jobs are loaded, and the exit code is that of the gravest fault.
              Refused rows alone are no fault: `jieyue quarantine` lists them
    Again:    running twice is safe; the second run says that nothing changed
    ");
}

#[test]
fn of_build() {
    insta::assert_snapshot!(own_help("build"), @r"
    Build the marts whose inputs changed, and run their audits

    Usage: jieyue build [OPTIONS] [MARTS]...

    Arguments:
      [MARTS]...  Marts to build; all whose inputs changed when none is named

    Options:
          --full            Build even where nothing changed
          --from <YYYY-MM>  Build these months, or the years they are in, even where nothing changed:
                            the first of them
          --to <YYYY-MM>    The last of them
          --publish         Publish afterwards if the audits pass
      -h, --help            Print help

    [options of every command]

    Example:  jieyue build --publish
              jieyue build --from 2024-01 --to 2024-06
    Prints:   a line a mart: built or unchanged, rows, version, why, and the partitions if not all
    Faults:   a mart that breaks its contract is not committed; a failed audit of severity error
              ends with code 1
    ");
}

#[test]
fn of_plan() {
    insta::assert_snapshot!(own_help("plan"), @r"
    Show what a build would do and why, before anything runs

    Usage: jieyue plan [OPTIONS] [MARTS]...

    Arguments:
      [MARTS]...  Marts to look at; all when none is named

    Options:
          --full            Plan to build even what did not change
          --from <YYYY-MM>  Plan to build these months, or the years they are in: the first of them
          --to <YYYY-MM>    The last of them
      -o, --output <FILE>   Write the plan to this file
      -h, --help            Print help

    [options of every command]

    Example:  jieyue plan --output plan.json
    Prints:   a line a mart: kept, built whole or in which partitions, and why; columns that change
    Reads:    logs, and rows where partitions have to be found; nothing is written but FILE
    Next:     jieyue apply plan.json
    ");
}

#[test]
fn of_apply() {
    insta::assert_snapshot!(own_help("apply"), @r"
    Do exactly what a plan says, or nothing when its tables moved

    Usage: jieyue apply [OPTIONS] <FILE>

    Arguments:
      <FILE>  The file that `jieyue plan --output` wrote

    Options:
      -h, --help  Print help

    [options of every command]

    Example:  jieyue apply plan.json
    Prints:   a line a mart, as `jieyue build` does
    Faults:   a plan whose tables or models moved since it was made is refused with what moved;
              nothing is built then
    ");
}

#[test]
fn of_publish() {
    insta::assert_snapshot!(own_help("publish"), @r"
    Publish the newest state if its audits pass

    Usage: jieyue publish [OPTIONS]

    Options:
          --note <NOTE>  A note kept with the publication
      -h, --help         Print help

    [options of every command]

    Example:  jieyue publish --note 'figures of October'
    Prints:   the publication readers see from now on, and the warnings it carries
    Faults:   a failed audit of severity error publishes nothing; readers keep the last good state
    ");
}

#[test]
fn of_serve() {
    insta::assert_snapshot!(own_help("serve"), @r"
    Serve the pages and the API

    Usage: jieyue serve [OPTIONS]

    Options:
          --listen <ADDRESS>  Address of the pages and the API [env: JIEYUE_LISTEN]
          --schedule          Also run jobs when they are due, as `jieyue schedule` does
          --operate           Let the pages run jobs and replay refused rows; only on an address of this
                              machine
      -h, --help              Print help

    [options of every command]

    Example:  jieyue serve --listen 0.0.0.0:8420
    Prints:   the address once it answers; GET /health and /ready tell how it is
    Ends:     by Ctrl-C or SIGTERM, when the answers under way are finished
    ");
}

#[test]
fn of_query() {
    insta::assert_snapshot!(own_help("query"), @r"
    Ask the tables in SQL

    Usage: jieyue query [OPTIONS] <SQL>

    Arguments:
      <SQL>  The SQL; `-` reads it from standard input

    Options:
          --as-of <N|DATE>  A publication's number or a date (default: the newest publication)
          --unpublished     Ask the newest committed state instead of a publication
          --limit <LIMIT>   Rows to print at the most; a Parquet file holds all of them [default: 1000]
      -o, --output <FILE>   Write to this file instead of standard output
      -h, --help            Print help

    [options of every command]

    Example:  jieyue query 'select carrier, sum(energy_kgce) from energy_month group by carrier'
              jieyue query --format parquet --output month.parquet 'select * from energy_month'
    Prints:   the rows. Tables are schema.table, marts also by bare name; `jieyue status` lists them
    Reads:    the newest publication; --as-of an older one, --unpublished what is loaded and built since
    ");
}

#[test]
fn of_status() {
    insta::assert_snapshot!(own_help("status"), @r"
    Show every table: rows, version, freshness, last run

    Usage: jieyue status [OPTIONS]

    Options:
          --late             List the organisations that owe monthly forms
          --months <MONTHS>  How many of the newest months that are due are looked at [default: 12]
          --settings         Print the settings in force and where each comes from
      -h, --help             Print help

    [options of every command]

    Example:  jieyue status
              jieyue status --late --months 3
    Prints:   a line a table: rows, age of the newest row against its promise, last run,
              refused rows that wait, newest and published version (--format json for programs)
    Late:     a line an organisation that owes monthly forms, with the months
    ");
}

#[test]
fn of_runs() {
    insta::assert_snapshot!(own_help("runs"), @r"
    List runs and their ledgers, or show one

    Usage: jieyue runs [OPTIONS] [RUN_ID]

    Arguments:
      [RUN_ID]  One run, with its whole report

    Options:
          --job <JOB>      Only runs of this job
          --limit <LIMIT>  Rows at the most [default: 20]
      -h, --help           Print help

    [options of every command]

    Example:  jieyue runs --job energy.monthly_forms --limit 5
    Prints:   a line a run with its ledger and, if it failed, why
    One:      jieyue runs RUN_ID prints its whole report as JSON: files, what was detected, refused rows
    ");
}

#[test]
fn of_quarantine() {
    insta::assert_snapshot!(own_help("quarantine"), @r"
    List refused rows, with the raw value and its place

    Usage: jieyue quarantine [OPTIONS]

    Options:
          --table <TABLE>  Only rows of this table
          --rule <RULE>    Only rows refused by this rule
          --all            Also rows that were replayed
          --limit <LIMIT>  Rows at the most [default: 50]
      -h, --help           Print help

    [options of every command]

    Example:  jieyue quarantine --table energy.monthly --rule required --format csv > to-correct.csv
    Prints:   a line a refused row: file, sheet, row, rule, column, raw value, message
    Next:     correct the file and run its job, or correct the rule and `jieyue replay`
    ");
}

#[test]
fn of_replay() {
    insta::assert_snapshot!(own_help("replay"), @r"
    Take corrected or newly valid rows out of quarantine

    Usage: jieyue replay [OPTIONS]

    Options:
          --table <TABLE>   Only rows of this table
          --rule <RULE>     Only rows refused by this rule
          --jobs-dir <DIR>  Folder of job files to use instead of the project's pipelines/jobs
      -h, --help            Print help

    [options of every command]

    Example:  jieyue replay --table energy.monthly
    Reads:    the landed files again, so the source is not needed; only rows in quarantine are loaded
    Prints:   a line a job, as `jieyue run` does; rows that are refused again stay in quarantine
    ");
}

#[test]
fn of_review() {
    insta::assert_snapshot!(own_help("review list"), @r"
    List what a reviewer of the statistics should look at, the greatest amounts of money first

    Usage: jieyue review list [OPTIONS]

    Options:
          --year <YEAR>                     Only flags of this year
          --rule <RULE>                     Only flags of this rule
          --organization <ORGANIZATION_ID>  Only flags of this organisation
          --all                             Also flags that were accepted
          --limit <LIMIT>                   Flags at the most [default: 50]
      -h, --help                            Print help

    [options of every command]

    Example:  jieyue review list --year 2025 --rule unit_price
    Prints:   a line a flag: what was reported, what was expected, what is at stake
    ");
    insta::assert_snapshot!(own_help("review accept"), @r"
    Accept a flag with a reason; it is open again when its figures change

    Usage: jieyue review accept [OPTIONS] --reason <REASON> --by <BY> <FLAG_ID>

    Arguments:
      <FLAG_ID>  The flag, as `jieyue review list` shows it

    Options:
          --reason <REASON>  Why the figures are right or may stand
          --by <BY>          Office or post that accepts it, not a person's name
      -h, --help             Print help

    [options of every command]

    Example:  jieyue review accept year_on_year/JM000005/2024/electricity --by 节能科 --reason '新办公楼启用'
    Holds:    for the figures of now; when they change, the flag is open again
    Next:     `jieyue build --publish` takes it off the open list
    ");
}

#[test]
fn of_maintain() {
    insta::assert_snapshot!(own_help("maintain"), @r"
    Compact, checkpoint and clean tables without breaking a kept publication

    Usage: jieyue maintain [OPTIONS]

    Options:
          --retention <DURATION>  Keep files that were removed less than this long ago, such as 7d
                                  (longer than the longest write) [default: 7d]
          --dry-run               Say what would be done, and do nothing
      -h, --help                  Print help

    [options of every command]

    Example:  jieyue maintain --dry-run
    Keeps:    every file that a kept publication or the newest state reads, and everything that landed
    Prints:   a line a table: what was compacted, what was removed, and what stood in the way
    ");
}
