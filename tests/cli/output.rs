//! Where the output goes: pipes that close, disks that are full, and readers that are no terminal.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::Stdio;

use crate::house::{House, Told};

const MANY_ROWS: &str = "select value from generate_series(1, 200000) as numbers(value)";

#[test]
fn a_reader_that_has_read_enough_ends_it_quietly() {
    let house = House::loaded();
    let words = [
        "query",
        "--unpublished",
        "--limit",
        "200000",
        "--format",
        "csv",
        MANY_ROWS,
    ];
    let mut command = house.command(&words);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary");
    let mut out = child.stdout.take().expect("its output");
    out.read_exact(&mut [0; 10]).expect("a few bytes");
    drop(out);
    let told = Told::of(child.wait_with_output().expect("its end"));
    assert_eq!((told.code, told.err.as_str()), (0, ""));
}

#[test]
fn nobody_who_reads_is_no_reason_not_to_load() {
    let house = House::new();
    let mut command = house.command(&["run"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary");
    drop((child.stdout.take(), child.stderr.take()));
    assert!(child.wait().expect("its end").success());
    assert_eq!(house.sites(), "s1 s2");
}

#[test]
fn a_full_disk_behind_the_output_is_told() {
    let house = House::loaded();
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else {
        return crate::house::not_tested("there is no /dev/full");
    };
    let mut command = house.command(&["query", "--unpublished", "select 1 as one"]);
    let told = Told::of(command.stdout(full).output().expect("the binary"));
    insta::assert_snapshot!(told.fault(), @r"
    exit 3
    error: cannot write the output
      because: No space left on device (os error 28)
      hint: look whether the disk it goes to is full
    ");
    let words = [
        "query",
        "--unpublished",
        "select 1 as one",
        "--output",
        "no/such/folder.csv",
    ];
    insta::assert_snapshot!(house.jieyue(&words).fault(), @r"
    exit 3
    error: cannot write `no/such/folder.csv`
      because: No such file or directory (os error 2)
      hint: give another file with --output, or free some space
    ");
}

#[test]
fn progress_and_faults_are_plain_lines_where_no_terminal_is() {
    let house = House::new();
    house.write("data/use_2.csv", "");
    let told = Told::of(house.command(&["run"]).output().expect("the binary"));
    assert!(
        !told.err.contains('\u{1b}') && !told.out.contains('\u{1b}'),
        "{told:?}"
    );
    insta::assert_snapshot!(told.fault(), @r"
    exit 3
    [1/2] energy.use: land
    [1/2] energy.use: read
    [1/2] energy.use: merge
    [1/2] energy.use: commit
    [1/2] energy.use: record
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.csv`: `data/use_2.csv` is empty
      hint: check that the export has finished; when there is nothing to report, a file with the header alone is fine
    [2/2] office.site: land
    [2/2] office.site: read
    [2/2] office.site: merge
    [2/2] office.site: commit
    [2/2] office.site: record
    ");
}

/// A terminal by way of util-linux's `script`, with and without `NO_COLOR`.
#[test]
fn no_colour_reaches_a_terminal_that_wants_none() {
    let house = House::loaded();
    let on_terminal = |no_color: bool| {
        let mut command = std::process::Command::new("script");
        let line = format!(
            "{} query --unpublished 'select * from nowhere'",
            crate::house::JIEYUE
        );
        command.args(["--quiet", "--return", "--command", &line, "typescript"]);
        house.settle(&mut command);
        command.env("TERM", "xterm-256color");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let status = command.stdout(Stdio::null()).status().ok()?;
        let mut text = String::new();
        let mut file = File::open(house.path("typescript")).expect("what was typed");
        file.read_to_string(&mut text).expect("a text");
        // `script` begins and ends with a line of its own.
        let lines: Vec<&str> = text
            .lines()
            .skip(1)
            .filter(|line| !line.starts_with("Script "))
            .collect();
        Some((status.code(), lines.join("\n")))
    };
    let Some((code, plain)) = on_terminal(true) else {
        return crate::house::not_tested("there is no `script` to make a terminal");
    };
    assert_eq!(code, Some(1), "{plain}");
    assert!(
        plain.contains("nowhere") && !plain.contains("\u{1b}[3"),
        "{plain:?}"
    );
    let (_, colourful) = on_terminal(false).expect("a terminal again");
    assert!(colourful.contains("\u{1b}[3"), "{colourful:?}");
}
