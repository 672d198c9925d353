//! Words that cannot be meant: exit code 2, before anything is opened; and faults told apart by whose they are.

use crate::house::House;

#[track_caller]
fn wrong(arguments: &[&str]) -> String {
    let house = House::new();
    let told = house.command(arguments).output().expect("the binary");
    let told = crate::house::Told::of(told);
    assert_eq!(told.code, 2, "{}", told.shown());
    assert_eq!(told.out, "");
    assert!(!house.path("lake").exists(), "a lake was made");
    told.err
}

#[test]
fn no_command_shows_the_help() {
    assert!(wrong(&[]).contains("The way of a row:"));
}

#[test]
fn an_unknown_command_is_told_with_the_nearest() {
    insta::assert_snapshot!(wrong(&["biuld"]), @r"
    error: unrecognized subcommand 'biuld'

      tip: a similar subcommand exists: 'build'

    Usage: jieyue [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn an_unknown_option_is_told_with_the_nearest() {
    insta::assert_snapshot!(wrong(&["run", "--job-dir", "x"]), @r"
    error: unexpected argument '--job-dir' found

      tip: a similar argument exists: '--jobs-dir'

    Usage: jieyue run --jobs-dir <DIR> [JOBS]...

    For more information, try '--help'.
    ");
}

#[test]
fn values_that_cannot_be_meant_are_told_with_an_example() {
    let cases: [&[&str]; 9] = [
        &["demo", "--scale", "0"],
        &["demo", "--until", "October"],
        &["query", "--as-of", "yesterday", "select 1"],
        &["query", "--as-of", "1", "--unpublished", "select 1"],
        &["query"],
        &["quarantine", "--table", "energy"],
        &["maintain", "--retention", "a week"],
        &["run", "--memory", "512 MB"],
        &["runs", "--limit", "-1"],
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|words| {
            let told = wrong(words);
            let first = told.lines().next().unwrap_or_default().to_owned();
            format!("{}\n  {first}", words.join(" "))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    demo --scale 0
      error: invalid value '0' for '--scale <SCALE>': write a number between 0.001 and 100, such as 0.06
    demo --until October
      error: invalid value 'October' for '--until <YYYY-MM>': write a year and a month, such as 2026-10
    query --as-of yesterday select 1
      error: invalid value 'yesterday' for '--as-of <N|DATE>': write the number of a publication or a date, such as 12 or 2025-12-31
    query --as-of 1 --unpublished select 1
      error: the argument '--as-of <N|DATE>' cannot be used with '--unpublished'
    query
      error: the following required arguments were not provided:
    quarantine --table energy
      error: invalid value 'energy' for '--table <TABLE>': write schema.table, such as energy.monthly
    maintain --retention a week
      error: invalid value 'a week' for '--retention <DURATION>': write whole days or hours, such as 7d or 36h
    run --memory 512 MB
      error: invalid value '512 MB' for '--memory <SIZE>': write a whole number and KiB, MiB or GiB, such as "512 MiB"
    runs --limit -1
      error: unexpected argument '-1' found
    "#);
}

#[test]
fn parquet_wants_a_file() {
    insta::assert_snapshot!(wrong(&["query", "--format", "parquet", "select 1"]), @r"
    error: Parquet goes to a file
      hint: give --output FILE.parquet
    ");
}

/// Runs over a loaded project and answers how it ended.
fn fault(arguments: &[&str]) -> String {
    House::loaded().jieyue(arguments).fault()
}

#[test]
fn what_the_caller_names_wrongly_is_the_callers_fault() {
    let cases: [&[&str]; 8] = [
        &["run", "energy.usage"],
        &["run", "vehicle.*"],
        &["run", "--jobs-dir", "nowhere"],
        &["build", "use_yaer"],
        &["query", "--unpublished", "select * from energy.usage"],
        &["query", "--unpublished", "delete from energy.use"],
        &["quarantine", "--table", "energy.usage"],
        &["runs", "20260101T000000.000Z-00000000"],
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|words| format!("$ {}\n{}", words.join(" "), fault(words)))
        .collect();
    assert!(
        told.iter().all(|told| told.contains("\nexit 1\n")),
        "{told:#?}"
    );
    insta::assert_snapshot!(told.join("\n"), @r"
    $ run energy.usage
    exit 1
    error: there is no job `energy.usage`
      hint: write `energy.use`

    $ run vehicle.*
    exit 1
    error: no job matches `vehicle.*`
      hint: the jobs are energy.use, office.site

    $ run --jobs-dir nowhere
    exit 1
    error: there is no folder of jobs at `nowhere`
      hint: name a folder with job files (*.yaml) in it

    $ build use_yaer
    exit 1
    error: there is no mart `use_yaer`
      hint: write `use_year`

    $ query --unpublished select * from energy.usage
    exit 1
    error: Error during planning: table 'datafusion.energy.usage' not found
      hint: write `energy.use`

    $ query --unpublished delete from energy.use
    exit 1
    error: Error during planning: DML not supported: Delete
      hint: a query only reads; tables change by `jieyue run` and `jieyue build`

    $ quarantine --table energy.usage
    exit 1
    error: there is no contract of a table `energy.usage`
      hint: write `energy.use`

    $ runs 20260101T000000.000Z-00000000
    exit 1
    error: there is no run `[run]`
      hint: `jieyue runs` lists them
    ");
}

#[test]
fn what_is_not_there_yet_is_told_with_the_next_step() {
    let house = House::new();
    let mut told = Vec::new();
    for words in [["status"], ["build"], ["serve"]] {
        told.push(house.jieyue(&words).fault());
    }
    house.jieyue(&["run"]).succeeds();
    told.push(house.jieyue(&["query", "select 1"]).fault());
    told.push(house.jieyue(&["publish"]).fault());
    insta::assert_snapshot!(told.join("\n"), @r"
    exit 1
    error: there is no lake at `lake`
      hint: check the spelling of the place, or load something: the first run makes the lake

    exit 1
    error: there is no lake at `lake`
      hint: check the spelling of the place, or load something: the first run makes the lake

    exit 1
    error: there is no lake at `lake`
      hint: check the spelling of the place, or load something: the first run makes the lake

    exit 1
    error: nothing has been published
      hint: build and publish first: `jieyue build`, `jieyue publish`

    exit 1
    error: nothing was published: not built yet: `use_year`
      hint: run `jieyue build`, then publish
    ");
}

#[test]
fn a_failed_audit_publishes_nothing_and_is_the_callers_fault() {
    let house = House::loaded();
    house.write(
        "data/use_2.csv",
        "organization_id,month,electricity_kwh,cost_yuan,read_date\nz,2026-01,1000000,1,2026-02-01\n",
    );
    house.jieyue(&["run"]).succeeds();
    let told = house.jieyue(&["build", "--publish"]);
    assert_eq!(told.code, 1, "{}", told.shown());
    insta::assert_snapshot!(told.fault(), @r"
    exit 1
    error: nothing was published: audit `use_is_below_a_million` of `use_year` found 1 row (no organisation of the small project uses a million kilowatt-hours a year); for example organization_id = z, year = 2026, electricity_kwh = 1000000.0000
      hint: look at the rows with `jieyue query --unpublished`; readers keep the last good publication
    ");
    assert_eq!(house.jieyue(&["query", "select 1"]).code, 1);
}

#[test]
fn an_address_in_use_is_somebody_elses_fault() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("an address");
    let address = taken.local_addr().expect("its number").to_string();
    let house = House::loaded();
    house.jieyue(&["build", "--publish"]).succeeds();
    let told = house.jieyue(&["serve", "--listen", &address]);
    assert_eq!(told.code, 3, "{}", told.shown());
    insta::assert_snapshot!(told.fault().replace(&address, "[address]"), @r"
    exit 3
    error: cannot listen at `[address]`
      because: Address already in use (os error 98)
      hint: choose another address with --listen, such as 127.0.0.1:8421
    ");
}

#[test]
fn a_spoilt_table_is_somebody_elses_fault() {
    let house = House::loaded();
    let log = "lake/tables/energy/use/_delta_log/00000000000000000001.json";
    house.write(log, "{\"add\":");
    let told = house.jieyue(&["query", "--unpublished", "select * from energy.use"]);
    assert_eq!(told.code, 3, "{}", told.shown());
    insta::assert_snapshot!(told.fault(), @r"
    exit 3
    error: cannot read the table `energy.use`
      because: Kernel error: Json error: Truncated record whilst reading value
      hint: see the cause below; if a file is damaged or missing, restore it from a copy of the lake
    ");
}
