//! A line of a gibibyte: refused in little memory and little time, and the rows around it are read.

use std::fs;
use std::io::Write;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{HEADER, House, MENDED};
use crate::house::Told;

/// What a run may take at the most beside the engine and the program itself, which take about 100 MiB:
/// the bound of a row is 16 MiB.
const MOST_MEMORY: u64 = 300 << 20;
/// Far above what it takes in the profile of the tests on two busy cores.
const MOST_TIME: Duration = Duration::from_secs(60);

#[test]
fn a_line_of_a_gibibyte_is_set_aside_in_little_memory() {
    let house = House::loaded();
    // A gzip file may consist of several, one after the other: 64 times 16 MiB.
    let mut bytes = gzip(format!("{HEADER}{MENDED}").as_bytes());
    bytes.extend(gzip(&vec![b'x'; 16 << 20]).repeat(64));
    bytes.extend(gzip(b"\ne,2026-03,1,1,2026-04-01\n"));
    house.write("data/use_2.csv.gz", bytes);
    insta::assert_snapshot!(within_bounds(&house), @r"
    exit 0
    energy.use: 1 row refused by `row_too_long`
      data/use_2.csv.gz row 3: the row is 1073741824 bytes long; the bound is 16 MiB (`max_row` in the job's `format`)
    ");
    let (_, rows) = house.use_table();
    assert!(
        rows.contains("c,2026-03,400.0000") && rows.contains("e,2026-03,1.0000"),
        "{rows}"
    );
    house.ledgers_balance();
}

#[test]
fn a_gibibyte_of_nothing_is_refused_in_little_memory() {
    let house = House::loaded();
    let before = house.use_table();
    let file = fs::File::create(house.path("data/use_2.csv")).expect("a file");
    // A hole: NULs that take no room on the disk.
    file.set_len(1 << 30).expect("a long file");
    insta::assert_snapshot!(within_bounds(&house), @r"
    exit 3
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.csv`: the header in row 1 of `data/use_2.csv` cannot be read: the row is longer than 16 MiB, the bound (`max_row` in the job's `format`)
      hint: mend that row in the file, or the names in the job: `header: { names: [...] }` with `skip_rows`
    ");
    assert_eq!(house.use_table(), before);
    house.ledgers_balance();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).expect("bytes");
    gzip.finish().expect("bytes")
}

/// Runs the job of the forms; answers how it ended, if it kept within memory and time.
#[track_caller]
fn within_bounds(house: &House) -> String {
    let begun = Instant::now();
    let mut command = house.command(&["-q", "run", "energy.use"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary");
    let peak = peak_memory(&mut child);
    let told = Told::of(child.wait_with_output().expect("its end"));
    let taken = begun.elapsed();
    eprintln!("{taken:?}, {} MiB", peak >> 20);
    assert!(peak < MOST_MEMORY, "{} MiB", peak >> 20);
    assert!(taken < MOST_TIME, "{taken:?}");
    told.fault()
}

/// Waits for the end of a process; answers the most memory it has had in RAM, as Linux counts it.
fn peak_memory(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("its state").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let kib = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|line| line.trim().strip_suffix(" kB"))
            .and_then(|kib| kib.parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) << 10);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(peak > 0, "{status} said nothing");
    peak
}
