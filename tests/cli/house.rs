//! A small project and its lake in a temporary folder, and the binary run over them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use regex::Regex;
use tempfile::TempDir;

/// The binary under test.
pub const JIEYUE: &str = env!("CARGO_BIN_EXE_jieyue");

/// The small project of `tests/fixtures/small`, in a folder of its own.
pub struct House {
    folder: TempDir,
}

/// What a process said and how it ended.
#[derive(Debug)]
pub struct Told {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl House {
    /// The project with its two files, nothing loaded.
    pub fn new() -> House {
        let folder = TempDir::new().expect("a temporary folder");
        let repository = repository();
        copy(&repository.join("tests/fixtures/small"), folder.path());
        // The tables that runs are recorded in are those of every project.
        let ops = "schemas/contracts/ops";
        copy(&repository.join(ops), &folder.path().join(ops));
        House { folder }
    }

    /// The project with its two files loaded.
    pub fn loaded() -> House {
        let house = House::new();
        house.jieyue(&["run"]).succeeds();
        house
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the project.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    /// Writes a file of the project with `from`, which is in it, replaced.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).expect("a text");
        assert!(text.contains(from), "{name} holds no `{from}`");
        self.write(name, text.replace(from, to));
    }

    pub fn remove(&self, name: &str) {
        let path = self.path(name);
        if path.is_dir() {
            fs::remove_dir_all(path).expect("a folder that can go");
        } else {
            fs::remove_file(path).expect("a file that can go");
        }
    }

    /// The binary in the project's folder, with an environment that says nothing.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(JIEYUE);
        command.args(arguments);
        self.settle(&mut command);
        command
    }

    /// Gives a command the project's folder and an environment that says nothing.
    pub fn settle(&self, command: &mut Command) {
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("JIEYUE_")
                || name.starts_with("AWS_")
                || matches!(&*name, "NO_COLOR" | "COLUMNS" | "RUST_BACKTRACE")
            {
                command.env_remove(&*name);
            }
        }
    }

    /// Runs the binary without progress.
    pub fn jieyue(&self, arguments: &[&str]) -> Told {
        let mut all = vec!["-q"];
        all.extend(arguments);
        Told::of(self.command(&all).output().expect("the binary"))
    }

    /// What a query over the newest state gives, as CSV.
    pub fn rows(&self, sql: &str) -> String {
        self.jieyue(&["query", "--unpublished", "--format", "csv", sql])
            .succeeds()
            .out
    }

    /// Version and rows of the small project's tables: what must not move when a load is refused.
    pub fn use_table(&self) -> (Option<u64>, String) {
        let rows = self.rows("select * from energy.use order by organization_id, month");
        (self.version("energy.use"), rows)
    }

    /// The version of a table; none when it was never written.
    pub fn version(&self, table: &str) -> Option<u64> {
        let told = self.jieyue(&["status", "--format", "json"]).succeeds();
        let tables: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        let mut tables = tables.as_array().expect("a list").iter();
        let found = tables.find(|found| found["table"] == table);
        found.expect("a table of the project")["version"].as_u64()
    }

    /// The sites loaded, in one line.
    pub fn sites(&self) -> String {
        let rows = self.rows("select site_id from office.site order by site_id");
        rows.split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Every run ever recorded balances; answers how many there are.
    pub fn ledgers_balance(&self) -> usize {
        let wrong = "select run_id, read_rows from ops.run \
                     where read_rows <> inserted + updated + unchanged + duplicate + quarantined";
        assert_eq!(self.rows(wrong).lines().count(), 1, "{}", self.rows(wrong));
        self.rows("select run_id from ops.run").lines().count() - 1
    }
}

impl Told {
    pub fn of(output: Output) -> Told {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Told {
            // A process ended by a signal, as by a panic in a destructor, has no code.
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Itself, if it ended well.
    #[track_caller]
    pub fn succeeds(self) -> Told {
        assert_eq!(self.code, 0, "{}", self.shown());
        self
    }

    /// How it ended and what it said on standard error, without what differs from run to run.
    pub fn fault(&self) -> String {
        steady(&format!("exit {}\n{}", self.code, self.err))
    }

    /// All of it, without what differs from run to run.
    pub fn shown(&self) -> String {
        steady(&format!(
            "exit {}\n--- out\n{}--- err\n{}",
            self.code, self.out, self.err
        ))
    }
}

/// Times, durations, hashes and temporary folders replaced by what they are.
pub fn steady(text: &str) -> String {
    static MOVING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}", "[run]"),
            (r"\b[0-9a-f]{64}\b", "[sha256]"),
            (
                r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
                "[uuid]",
            ),
            (
                r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?( UTC)?",
                "[time]",
            ),
            (
                r"landing/(\w+)/(\w+)/\d{4}-\d\d-\d\d/",
                "landing/$1/$2/[day]/",
            ),
            (r"/tmp/\.tmp\w+", "[folder]"),
        ]
        .map(|(pattern, name)| (Regex::new(pattern).expect("a pattern"), name))
        .into()
    });
    let mut text = text.to_owned();
    for (pattern, name) in MOVING.iter() {
        text = pattern.replace_all(&text, *name).into_owned();
    }
    text
}

pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a test that cannot run has failed: the gate says so.
pub fn not_tested(why: &str) {
    let is_required = std::env::var("JIEYUE_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
    assert!(!is_required, "NOT TESTED: {why}");
    eprintln!("NOT TESTED: {why}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
