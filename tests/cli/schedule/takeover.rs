//! Two schedulers on one lake, and a `kill -9`: every interval is run once, and the ledger says so.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::process::Process;
use super::{USE_JOB, add};
use crate::house::{House, Told, not_tested};

/// Days of the backfill.
const DAYS: usize = 6;

/// Both schedulers work on this lake.
struct Lake<'a> {
    house: &'a House,
    /// Set for every command.
    environment: Vec<(&'static str, String)>,
}

impl Lake<'_> {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.house.command(words);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn does(&self, words: &[&str]) -> Told {
        Told::of(self.command(words).output().expect("the binary")).succeeds()
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        let told = self.does(&["-q", "query", "--unpublished", "--format", "csv", sql]);
        told.out.lines().skip(1).map(str::to_owned).collect()
    }

    fn scheduler(&self) -> Process {
        Process::start(&mut self.command(&["-q", "schedule", "--take-over-after", "3"]))
    }
}

#[test]
fn on_disk_every_interval_is_run_once_although_a_scheduler_kill() {
    let house = House::new();
    let lake = Lake {
        house: &house,
        environment: Vec::new(),
    };
    every_interval_is_run_once(&lake);
}

#[test]
fn on_s3_every_interval_is_run_once_although_a_scheduler_kill() {
    let Some(moto) = Moto::start() else { return };
    let house = House::new();
    let text = str::to_owned;
    let lake = Lake {
        house: &house,
        environment: vec![
            ("JIEYUE_LAKE", text("s3://city/lake")),
            (
                "AWS_ENDPOINT_URL",
                format!("http://127.0.0.1:{}", moto.port),
            ),
            ("AWS_ALLOW_HTTP", text("true")),
            ("AWS_ACCESS_KEY_ID", text("test")),
            ("AWS_SECRET_ACCESS_KEY", text("test")),
            ("AWS_REGION", text("us-east-1")),
        ],
    };
    every_interval_is_run_once(&lake);
}

fn every_interval_is_run_once(lake: &Lake<'_>) {
    add(
        lake.house,
        USE_JOB,
        "{ cron: \"30 6 * * *\", retries: { count: 50, base: 20 ms, cap: 100 ms } }",
    );
    lake.does(&["-q", "run", "office.site"]);
    let to = format!("2024-01-{:02}", DAYS + 2);
    let backfill = [
        "schedule",
        "backfill",
        "energy.use",
        "--from",
        "2024-01-01",
        "--to",
        &to,
    ];
    lake.does(&backfill);
    let good = "select interval_from from ops.run \
                where job = 'energy.use' and status = 'ok' order by interval_from";
    let first = lake.scheduler();
    first.says("has lease 1");
    let second = lake.scheduler();
    second.says("stands by");
    // The file changes after every run, so that the next one has something to commit.
    for number in 0..2 {
        first.says("energy.use is done");
        change_the_file(lake.house, number);
    }
    first.says("energy.use begins");
    first.kill();
    let taken_over = second.says("has lease 2");
    assert!(taken_over < Duration::from_secs(60), "{taken_over:?}");
    let begun = Instant::now();
    for number in 2.. {
        if lake.rows(good).len() >= DAYS {
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "{:#?}",
            lake.rows(good)
        );
        change_the_file(lake.house, number);
    }
    second.says("published");
    second.ends("TERM").succeeds();
    let mut intervals = lake.rows(good);
    assert_eq!(intervals.len(), DAYS, "{intervals:#?}");
    intervals.dedup();
    assert_eq!(intervals.len(), DAYS, "each once");
    // What they committed is in the table's log, a version each.
    let versions = "select count(*), count(distinct version), count(version) from ops.run \
                    where job = 'energy.use' and status = 'ok'";
    let counts = lake.rows(versions).remove(0);
    let counts: Vec<usize> = counts
        .split(',')
        .map(|count| count.parse().expect("a count"))
        .collect();
    assert_eq!(counts[1], counts[2], "no version is of two runs");
    assert!(counts[1] > 1, "runs have committed");
    let wrong = "select run_id from ops.run \
                 where read_rows <> inserted + updated + unchanged + duplicate + quarantined";
    assert_eq!(lake.rows(wrong), [] as [&str; 0]);
    // And whoever asks for one of them again finds it loaded.
    let again = "2024-01-01T06:30:00+08:00/2024-01-02T06:30:00+08:00";
    let told = lake.does(&["-q", "run", "energy.use", "--interval", again]);
    assert!(told.err.contains("was loaded by run"), "{}", told.shown());
}

/// Another file of the same rows, there all at once.
fn change_the_file(house: &House, number: u32) {
    let text = format!(
        "organization_id,month,electricity_kwh,cost_yuan,read_date\na,2026-01,{number},60.30,2026-02-01\n"
    );
    house.write("data/next", text);
    let (from, to) = (house.path("data/next"), house.path("data/use.csv"));
    std::fs::rename(from, to).expect("a file");
}

/// Starts moto on a free port and makes the bucket `city`, tells the port, and serves until its
/// input ends, that is, until this process does.
const SERVE: &str = r#"
import logging, sys, urllib.request
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
request = urllib.request.Request(f"http://127.0.0.1:{port}/city", method="PUT")
urllib.request.urlopen(request)
print(port, flush=True)
sys.stdin.read()
server.stop()
"#;

struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// The server; none, and told, where this machine has no moto.
    fn start() -> Option<Moto> {
        let python = match std::env::var_os("JIEYUE_PYTHON") {
            Some(path) => PathBuf::from(path),
            None => crate::house::repository().join(".cache/venv/bin/python"),
        };
        let process = Command::new(&python)
            .args(["-c", SERVE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut process) = process else {
            not_tested(&format!(
                "there is no `{}`; set JIEYUE_PYTHON",
                python.display()
            ));
            return None;
        };
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("a line");
        let Ok(port) = line.trim().parse() else {
            not_tested(&format!("`{}` cannot import moto.server", python.display()));
            return None;
        };
        Some(Moto { process, port })
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
