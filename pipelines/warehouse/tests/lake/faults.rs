//! Lakes that are not as they should be.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use warehouse::{LakeLocation, Warehouse, WarehouseError};

use crate::support::*;

async fn open_at(path: &Path) -> Result<Warehouse, WarehouseError> {
    open(&LakeLocation::local(path), &[readings()]).await
}

/// The error without the directory, which differs from run to run.
fn told_in(error: &WarehouseError, directory: &Path) -> String {
    told(error).replace(&directory.display().to_string(), "…")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_of_a_newer_format_is_refused() {
    let lake = Lake::new(&[readings()]).await;
    std::fs::write(lake.path("format.json"), r#"{"format": 2, "new": true}"#).unwrap();
    let error = open_at(&lake.path("")).await.unwrap_err();
    insta::assert_snapshot!(told_in(&error, &lake.path("")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_format_file_is_told() {
    let lake = Lake::new(&[readings()]).await;
    std::fs::write(lake.path("format.json"), "").unwrap();
    let error = open_at(&lake.path("")).await.unwrap_err();
    insta::assert_snapshot!(told_in(&error, &lake.path("")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_with_other_things_does_not_become_a_lake() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("thesis.doc"), "precious").unwrap();
    let error = open_at(directory.path()).await.unwrap_err();
    insta::assert_snapshot!(told_in(&error, directory.path()));
    assert!(!directory.path().join("format.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_where_no_lake_is_makes_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lake");
    let contracts = std::sync::Arc::new(contracts::Contracts::parse([]).unwrap());
    let location = LakeLocation::local(&path);
    let error = Warehouse::open_existing(&location, contracts, settings())
        .await
        .unwrap_err();
    insta::assert_snapshot!(told_in(&error, directory.path()));
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_place_of_the_lake_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lake");
    std::fs::write(&path, "not a directory").unwrap();
    let error = open_at(&path).await.unwrap_err();
    insta::assert_snapshot!(told_in(&error, directory.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_path_may_hold_any_characters() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("数据 湖 #1%20 100%");
    let warehouse = open_at(&path).await.unwrap();
    let table = warehouse.table(&id("mart.reading")).await.unwrap();
    append(&table, &reading_rows(1, 10)).await;
    assert_eq!(
        number(&table.snapshot().await.unwrap(), "select sum(1) from t").await,
        10
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_directory_with_foreign_files_is_read_and_written_as_if_they_were_not_there() {
    let lake = Lake::new(&[readings()]).await;
    let directory = lake.path("tables/mart/reading");
    std::fs::create_dir_all(directory.join("month=2025-01")).unwrap();
    std::fs::write(directory.join("readme.md"), "hello").unwrap();
    std::fs::write(directory.join("month=2025-01/other.parquet"), "not parquet").unwrap();
    assert!(lake.warehouse.table_ids().await.unwrap().is_empty());
    let table = lake.warehouse.table(&id("mart.reading")).await.unwrap();
    append(&table, &reading_rows(1, 10)).await;
    assert_eq!(
        number(&table.snapshot().await.unwrap(), "select sum(1) from t").await,
        10
    );
    assert!(directory.join("readme.md").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_log_is_told_with_the_table() {
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 10)).await;
    std::fs::write(
        lake.path("tables/mart/reading/_delta_log/00000000000000000001.json"),
        "{\"add\":",
    )
    .unwrap();
    let error = table.snapshot().await.unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_with_deletion_vectors_is_refused() {
    let (lake, _table) = Lake::with_readings().await;
    let commit = concat!(
        r#"{"commitInfo":{"timestamp":1,"operation":"UPGRADE"}}"#,
        "\n",
        r#"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"#,
        r#""readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}"#,
    );
    std::fs::write(
        lake.path("tables/mart/reading/_delta_log/00000000000000000001.json"),
        commit,
    )
    .unwrap();
    let error = lake.warehouse.table(&id("mart.reading")).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_data_file_is_told_by_the_query() {
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 10)).await;
    let snapshot = table.snapshot().await.unwrap();
    let path = snapshot.files()[0].path().to_owned();
    std::fs::remove_file(lake.path("tables/mart/reading").join(&path)).unwrap();
    let session = session();
    session.register_table("t", snapshot.provider()).unwrap();
    let error = session
        .sql("select sum(pulses) from t")
        .await
        .unwrap()
        .collect()
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&path), "{error}");
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

/// A small file system of its own; `None` where this user may not mount one.
struct SmallDisk {
    directory: tempfile::TempDir,
}

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = format!("size={megabytes}m");
        let mounted = is_root()
            && Command::new("mount")
                .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
                .arg(directory.path())
                .status()
                .is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("NOT TESTED: this user may not mount a small file system");
            return None;
        }
        Some(Self { directory })
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(self.directory.path())
            .status();
        assert!(status.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("-l")
            .arg(self.directory.path())
            .status();
    }
}

/// Text that does not compress.
const NOISE: &str =
    "select value as n, cast(random() as varchar) || cast(random() as varchar) as text
                     from generate_series(1, 600000) as numbers(value)";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_a_write_and_changes_nothing() {
    let Some(disk) = SmallDisk::mount(8) else {
        return;
    };
    let lake = disk.directory.path().join("lake");
    let wide = contract("mart.wide", &["n integer key", "text text"]);
    let warehouse = open(&LakeLocation::local(&lake), &[wide]).await.unwrap();
    let table = warehouse.table(&id("mart.wide")).await.unwrap();
    append(&table, "select 0 as n, 'x' as text").await;
    let error = write(&table, NOISE).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
    // What was written is gone again, and the table works.
    assert_eq!(table.snapshot().await.unwrap().num_rows(), Some(1));
    append(&table, "select 1 as n, 'y' as text").await;
    assert_eq!(
        number(&table.snapshot().await.unwrap(), "select sum(n) from t").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_a_commit_and_a_landing() {
    let Some(disk) = SmallDisk::mount(4) else {
        return;
    };
    let lake = disk.directory.path().join("lake");
    let warehouse = open_at(&lake).await.unwrap();
    let table = warehouse.table(&id("mart.reading")).await.unwrap();
    let written = write(&table, &reading_rows(1, 10)).await.unwrap();
    let on = table.snapshot().await.unwrap();
    // Fill the disk to the last byte.
    let filler = disk.directory.path().join("filler");
    let _ = Command::new("dd")
        .args(["if=/dev/zero", "bs=1k"])
        .arg(format!("of={}", filler.display()))
        .output();
    let change = warehouse::Change {
        add: written,
        ..Default::default()
    };
    let error = table.commit(&on, change).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
    let day = "2026-11-24".parse().unwrap();
    let error = warehouse
        .land(table.id(), day, "csv", &b"abc"[..])
        .await
        .unwrap_err();
    assert!(
        matches!(error, WarehouseError::DiskFull { .. }),
        "{error:?}"
    );
    std::fs::remove_file(filler).unwrap();
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!((snapshot.version(), snapshot.num_rows()), (0, Some(0)));
    append(&table, &reading_rows(1, 10)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_on_a_read_only_disk_is_read_and_not_written() {
    let Some(disk) = SmallDisk::mount(8) else {
        return;
    };
    let lake = disk.directory.path().join("lake");
    let warehouse = open_at(&lake).await.unwrap();
    let table = warehouse.table(&id("mart.reading")).await.unwrap();
    append(&table, &reading_rows(1, 10)).await;
    drop((warehouse, table));
    disk.remount("ro");
    let warehouse = open_at(&lake).await.unwrap();
    let table = warehouse.table(&id("mart.reading")).await.unwrap();
    assert_eq!(
        number(&table.snapshot().await.unwrap(), "select sum(1) from t").await,
        10
    );
    let error = write(&table, &reading_rows(1, 10)).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_this_user_may_not_read_is_told() {
    if is_root() {
        eprintln!("NOT TESTED: root may read everything");
        return;
    }
    let lake = Lake::new(&[readings()]).await;
    let path = lake.path("format.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    let error = open_at(&lake.path("")).await.unwrap_err();
    assert!(matches!(error, WarehouseError::Denied { .. }), "{error:?}");
}
