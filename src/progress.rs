//! Progress of long work: a bar on a terminal, plain lines otherwise, always on standard error.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use warehouse::progress::{Progress, Silent};

use crate::report;

/// The progress for this terminal: a bar, lines, or nothing when quiet.
pub fn for_terminal(name: &str, quiet: bool) -> Box<dyn Progress> {
    if quiet {
        Box::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Box::new(Bar::new(name))
    } else {
        Box::new(Lines::new(name))
    }
}

/// A spinner with the step, the rows and the bytes so far.
struct Bar {
    bar: ProgressBar,
    rows: AtomicU64,
    bytes: AtomicU64,
}

impl Bar {
    fn new(name: &str) -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {prefix:.bold} {msg} {elapsed:.dim}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Bar {
            bar,
            rows: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }
}

impl Progress for Bar {
    fn step(&self, name: &str) {
        self.rows.store(0, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
        self.bar.set_message(name.to_owned());
    }

    fn advance(&self, rows: u64, bytes: u64) {
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.bar.set_message(amount(rows, bytes));
    }

    fn done(&self) {
        self.bar.finish_and_clear();
    }
}

/// A line a step, and one every ten seconds of a long step.
struct Lines {
    name: String,
    state: Mutex<LinesState>,
}

struct LinesState {
    step: String,
    rows: u64,
    bytes: u64,
    last_line: Instant,
}

impl Lines {
    fn new(name: &str) -> Self {
        let state = LinesState {
            step: String::new(),
            rows: 0,
            bytes: 0,
            last_line: Instant::now(),
        };
        Lines {
            name: name.to_owned(),
            state: Mutex::new(state),
        }
    }
}

impl Progress for Lines {
    fn step(&self, name: &str) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        *state = LinesState {
            step: name.to_owned(),
            rows: 0,
            bytes: 0,
            last_line: Instant::now(),
        };
        report::note(&format!("{}: {name}", self.name));
    }

    fn advance(&self, rows: u64, bytes: u64) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        state.rows += rows;
        state.bytes += bytes;
        if state.last_line.elapsed() >= Duration::from_secs(10) {
            state.last_line = Instant::now();
            let amount = amount(state.rows, state.bytes);
            report::note(&format!("{}: {} {amount}", self.name, state.step));
        }
    }

    fn done(&self) {}
}

fn amount(rows: u64, bytes: u64) -> String {
    match (rows, bytes) {
        (0, 0) => String::new(),
        (rows, 0) => format!("{} rows", HumanCount(rows)),
        (0, bytes) => HumanBytes(bytes).to_string(),
        (rows, bytes) => format!("{} rows, {}", HumanCount(rows), HumanBytes(bytes)),
    }
}
