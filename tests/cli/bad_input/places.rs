//! Files that are not where or what they should be, or may not be read.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::{House, mended, refused};
use crate::house::{JIEYUE, Told, not_tested};

#[test]
fn a_directory_where_a_file_is_expected_is_told() {
    let house = House::loaded();
    house.edit(
        "pipelines/jobs/energy/use.yaml",
        "data/use*",
        "data/use_2.csv",
    );
    let spoil = |house: &House| fs::create_dir(house.path("data/use_2.csv")).expect("a folder");
    let mend = |house: &House| {
        house.remove("data/use_2.csv");
        house.write("data/use_2.csv", mended());
    };
    insta::assert_snapshot!(refused(&house, spoil, mend), @r"
    exit 1
    job `energy.use` failed
    error: cannot read the source of job `energy.use`
      because: `data/use_2.csv` is a folder, not a file
      hint: write `data/use_2.csv/*.csv` for the files in it
    ");
}

#[test]
fn a_directory_beside_the_files_of_a_pattern_is_passed_over() {
    let house = House::loaded();
    let before = house.use_table();
    fs::create_dir(house.path("data/use_2.csv")).expect("a folder");
    let told = house.jieyue(&["run", "energy.use"]).succeeds();
    insta::assert_snapshot!(told.err, @"");
    assert_eq!(house.use_table(), before);
}

#[test]
fn a_file_that_is_not_there_is_told_with_what_is() {
    let house = House::loaded();
    house.edit(
        "pipelines/jobs/energy/use.yaml",
        "data/use*",
        "data/usage*.csv",
    );
    let mend = |house: &House| house.write("data/usage.csv", mended());
    insta::assert_snapshot!(refused(&house, |_| {}, mend), @r"
    exit 1
    job `energy.use` failed
    error: cannot read the source of job `energy.use`
      because: no file matches `data/usage*.csv`
      hint: `data/` holds 2 other files: `data/site.csv`, `data/use.csv`
    ");
}

/// An account that may not do everything, as `root` may.
const NOBODY: u32 = 65_534;

#[test]
fn a_file_that_may_not_be_read_is_told() {
    let house = House::new();
    let user = Unprivileged::of(&house);
    user.jieyue(&house, &["run"]).succeeds();
    house.write("data/use_2.csv", mended());
    house.write("data/site.csv", "site_id,floor_m2\ns1,1\ns2,2\ns3,3\n");
    user.own(&house.path("data"));
    let secret = house.path("data/use_2.csv");
    fs::set_permissions(&secret, Permissions::from_mode(0o000)).expect("permissions");
    let before = house.use_table();

    let told = user.jieyue(&house, &["run"]);
    insta::assert_snapshot!(told.fault(), @r"
    exit 3
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.csv`: no permission to read `data/use_2.csv`
      hint: let the account that runs jieyue read it (chmod, chown or the share's settings)
    ");
    assert_eq!(house.use_table(), before);
    assert_eq!(house.sites(), "s1 s2 s3");
    house.ledgers_balance();

    fs::set_permissions(&secret, Permissions::from_mode(0o600)).expect("permissions");
    user.jieyue(&house, &["run"]).succeeds();
    assert!(house.use_table().1.contains("c,2026-03,400.0000"));
}

#[test]
fn a_lake_that_may_not_be_written_is_told() {
    let house = House::new();
    let user = Unprivileged::of(&house);
    user.jieyue(&house, &["run"]).succeeds();
    let before = house.use_table();
    house.write("data/use_2.csv", mended());
    let tables = house.path("lake/tables/energy/use");
    let landing = house.path("lake/landing/energy/use");
    for folder in [&tables, &landing] {
        set_modes(folder, 0o555, 0o444);
    }
    let told = user.jieyue(&house, &["run", "energy.use"]);
    insta::assert_snapshot!(told.fault(), @r"
    exit 3
    job `energy.use` failed
    error: the storage does not allow this program to touch `landing/energy/use/[day]/[sha256].csv.zst`
      because: Generic LocalFileSystem error: Permission denied (os error 13)
      hint: give the user this program runs as (or the keys it uses) the right to read and write the lake
    ");
    assert_eq!(house.use_table(), before);

    for folder in [&tables, &landing] {
        set_modes(folder, 0o755, 0o644);
    }
    user.jieyue(&house, &["run"]).succeeds();
    assert!(house.use_table().1.contains("c,2026-03,400.0000"));
    house.ledgers_balance();
}

/// Whoever runs the test, or `nobody` when that is root.
struct Unprivileged {
    is_root: bool,
}

impl Unprivileged {
    fn of(house: &House) -> Unprivileged {
        let id = Command::new("id")
            .arg("-u")
            .output()
            .expect("the user's number");
        let user = Unprivileged {
            is_root: id.stdout.starts_with(b"0\n"),
        };
        if user.is_root {
            // The target folder may lie where `nobody` has no business.
            let binary = house.path("jieyue");
            if fs::hard_link(JIEYUE, &binary).is_err() {
                fs::copy(JIEYUE, &binary).expect("a copy of the binary");
            }
            user.own(&house.path(""));
        }
        user
    }

    /// Makes the user the owner of a folder and all below it.
    fn own(&self, folder: &Path) {
        if !self.is_root {
            return;
        }
        chown(folder, Some(NOBODY), Some(NOBODY)).expect("a new owner");
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.own(&path);
            } else if path.file_name().is_some_and(|name| name != "jieyue") {
                chown(&path, Some(NOBODY), Some(NOBODY)).expect("a new owner");
            }
        }
    }

    fn jieyue(&self, house: &House, arguments: &[&str]) -> Told {
        let binary = house.path("jieyue");
        let mut command = Command::new(if self.is_root {
            &binary
        } else {
            Path::new(JIEYUE)
        });
        house.settle(command.arg("-q").args(arguments));
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        match command.output() {
            Ok(output) => Told::of(output),
            Err(error) => {
                not_tested(&format!("the binary cannot be run as nobody: {error}"));
                panic!("{error}");
            }
        }
    }
}

fn set_modes(folder: &Path, folders: u32, files: u32) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            set_modes(&path, folders, files);
        } else {
            fs::set_permissions(&path, Permissions::from_mode(files)).expect("permissions");
        }
    }
    fs::set_permissions(folder, Permissions::from_mode(folders)).expect("permissions");
}
