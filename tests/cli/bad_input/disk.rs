//! A disk that is full: while a file lands, and at every file of the rest of a run.
//!
//! The lake lies on a small file system in a mount namespace of its own, which ends with the test
//! whatever happens to it. Any user may have one where user namespaces are allowed.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{HEADER, House, mended};
use crate::house::{JIEYUE, Told, not_tested};

#[test]
fn a_disk_that_is_full_while_a_file_lands_is_told() {
    let house = House::new();
    let Some(disk) = SmallDisk::mount(&house, "size=2m") else {
        return not_tested("this user may not mount a small file system");
    };
    disk.jieyue(&["run"]).succeeds();
    let before = disk.use_table();
    // Five megabytes of digits, of which zstd makes more than two.
    let mut state = 1_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state >> 11
    };
    let rows: String = (0..150_000)
        .map(|_| format!("{:x}{:x},2026-03,1,1,2026-04-01\n", noise(), noise()))
        .collect();
    house.write("data/use_2.csv", format!("{HEADER}{rows}"));
    house.write("data/site.csv", "site_id,floor_m2\ns1,1\ns2,2\ns3,3\n");
    let told = disk.jieyue(&["run"]);
    insta::assert_snapshot!(told.fault(), @r"
    exit 3
    job `energy.use` failed
    error: no space is left to write `landing/energy/use/[day]/[sha256].csv.zst`
      because: Generic LocalFileSystem error: No space left on device (os error 28)
      hint: free some space (`jieyue maintain` removes files no publication needs) and repeat the run; nothing was committed
    ");
    assert_eq!(disk.use_table(), before);
    assert!(
        disk.rows("select site_id from office.site").contains("s3"),
        "the other job"
    );

    disk.remount("size=64m");
    disk.jieyue(&["run"]).succeeds();
    assert_eq!(
        disk.rows("select count(*) from energy.use where month = '2026-03'"),
        "count(*)\n150000\n"
    );
}

/// Room for one file less each time: every file that a run makes is once the one that does not fit,
/// the table's data, its commit and the record of the run among them.
#[test]
fn a_disk_that_is_full_at_any_file_of_a_run_leaves_a_whole_table() {
    let house = House::new();
    let Some(disk) = SmallDisk::mount(&house, "size=16m,nr_inodes=100000") else {
        return not_tested("this user may not mount a small file system");
    };
    disk.jieyue(&["run"]).succeeds();
    let before = disk.use_table();
    house.write("data/use_2.csv", mended());
    let mut faults = Vec::new();
    let mut room = 0;
    let mut committed = false;
    loop {
        // What a failed run leaves behind, its record above all, takes room as well.
        disk.remount(&format!("size=16m,nr_inodes={}", disk.files() + room));
        let told = disk.jieyue(&["run", "energy.use"]);
        disk.remount("size=16m,nr_inodes=100000");
        let now = disk.use_table();
        if now == before {
            assert!(!committed, "what was committed is gone");
            assert_eq!(told.code, 3, "room for {room} files: {}", told.fault());
        } else {
            // The commit is the moment: from it on all rows are there, and each once.
            committed = true;
            assert_eq!(
                now.0,
                before.0.map(|version| version + 1),
                "{}",
                told.fault()
            );
            let added = now.1.strip_prefix(&before.1).expect("the rows before");
            assert!(added.starts_with("c,2026-03,400.0000,240.00,"), "{added}");
            assert_eq!(added.lines().count(), 1, "{added}");
        }
        faults.push(told.fault());
        if told.code == 0 && told.err.is_empty() {
            break;
        }
        room += 1;
        assert!(room < 40, "{faults:#?}");
    }
    faults.dedup();
    insta::assert_snapshot!(faults.join("\n"), @r"
    exit 3
    job `energy.use` failed
    error: no space is left to write `landing/energy/use/[day]/[sha256].csv.zst`
      because: Generic LocalFileSystem error: No space left on device (os error 28)
      hint: free some space (`jieyue maintain` removes files no publication needs) and repeat the run; nothing was committed

    exit 3
    job `energy.use` failed
    error: no space is left to write `energy.use`
      because: Failed to read delta log object: Generic LocalFileSystem error: No space left on device (os error 28)
      hint: free some space (`jieyue maintain` removes files no publication needs) and repeat the run; nothing was committed

    exit 0
    energy.use: the run is not recorded in `ops.run`: no space is left to write `ops.run`: Failed to read delta log object: Generic LocalFileSystem error: No space left on device (os error 28)

    exit 0
    energy.use: nothing changed; the run is not recorded in `ops.run`: no space is left to write `ops.run`: Failed to read delta log object: Generic LocalFileSystem error: No space left on device (os error 28)

    exit 0
    ");
    assert!(committed);
    let wrong = "select count(*) as runs from ops.run \
                 where read_rows <> inserted + updated + unchanged + duplicate + quarantined";
    assert_eq!(disk.rows(wrong), "runs\n0\n");
}

/// The lake's folder of a house as a small file system, and the process that holds its namespace.
struct SmallDisk<'a> {
    house: &'a House,
    holder: Child,
    enter: &'static [&'static str],
}

impl SmallDisk<'_> {
    fn mount<'a>(house: &'a House, options: &str) -> Option<SmallDisk<'a>> {
        let lake = house.path("lake");
        fs::create_dir_all(&lake).expect("a folder");
        // Without a user namespace root may do the same.
        let ways: [(&[&str], &[&str]); 2] = [
            (&["-rm"], &["--preserve-credentials", "-U", "-m"]),
            (&["-m"], &["-m"]),
        ];
        ways.into_iter().find_map(|(make, enter)| {
            let script = format!(
                "mount -t tmpfs -o {options} tmpfs '{}' && echo mounted && exec cat",
                lake.display()
            );
            let mut holder = Command::new("unshare")
                .args(make)
                .args(["sh", "-c", &script])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let mut word = [0; 8];
            let is_mounted = holder.stdout.as_mut()?.read_exact(&mut word).is_ok();
            let disk = SmallDisk {
                house,
                holder,
                enter,
            };
            (is_mounted && &word == b"mounted\n").then_some(disk)
        })
    }

    /// A command that sees the small file system.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["-t", &self.holder.id().to_string()])
            .args(self.enter)
            .arg(format!("--wd={}", self.house.path("").display()))
            .arg(program);
        self.house.settle(&mut command);
        command
    }

    fn jieyue(&self, arguments: &[&str]) -> Told {
        let mut command = self.command(Path::new(JIEYUE));
        Told::of(command.arg("-q").args(arguments).output().expect("nsenter"))
    }

    fn rows(&self, sql: &str) -> String {
        self.jieyue(&["query", "--unpublished", "--format", "csv", sql])
            .succeeds()
            .out
    }

    /// As [`House::use_table`].
    fn use_table(&self) -> (Option<u64>, String) {
        let rows = self.rows("select * from energy.use order by organization_id, month");
        let told = self.jieyue(&["status", "--format", "json"]).succeeds();
        let tables: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        let mut tables = tables.as_array().expect("a list").iter();
        let found = tables
            .find(|found| found["table"] == "energy.use")
            .expect("the table");
        (found["version"].as_u64(), rows)
    }

    fn remount(&self, options: &str) {
        let mut command = self.command(Path::new("mount"));
        command
            .args(["-o", &format!("remount,{options}")])
            .arg(self.house.path("lake"));
        assert!(command.status().expect("mount").success(), "{options}");
    }

    /// How many files and folders there are, as the file system counts them.
    fn files(&self) -> u64 {
        let mut command = self.command(Path::new("df"));
        command.arg("--output=iused").arg(self.house.path("lake"));
        let told = Told::of(command.output().expect("df")).succeeds();
        let count = told
            .out
            .split_whitespace()
            .last()
            .and_then(|text| text.parse().ok());
        count.expect("a number")
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // The namespace and what is mounted in it go with the last process in it.
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
