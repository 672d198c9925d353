//! What arrives is kept once, whole and unchanged.

use std::io::Read as _;

use chrono::NaiveDate;
use object_store::ObjectStoreExt as _;
use warehouse::{ObjectPrefix, Warehouse, WarehouseError};

use crate::support::*;

const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");

/// SHA-256 of `abc`, from FIPS 180-2, appendix B.1.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async fn lake() -> Lake {
    Lake::new(&[readings()]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_named_by_its_hash() {
    let lake = lake().await;
    let landed = lake
        .warehouse
        .land(&id("mart.reading"), DAY, "csv", &b"abc"[..])
        .await
        .unwrap();
    assert_eq!(
        landed.key.to_string(),
        format!("landing/mart/reading/2026-11-24/{ABC}.csv.zst")
    );
    assert_eq!((landed.size_bytes, landed.was_new), (3, true));
    assert_eq!(landed.key.object().prefix().as_str(), &ABC[..16]);
    assert!(lake.path(&landed.key.to_string()).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_land_once_whatever_the_day() {
    let lake = lake().await;
    let table = id("mart.reading");
    let first = lake
        .warehouse
        .land(&table, DAY, "csv", &b"abc"[..])
        .await
        .unwrap();
    let next_day = DAY.succ_opt().unwrap();
    for warehouse in [lake.warehouse.clone(), lake.reopened(&[readings()]).await] {
        let again = warehouse
            .land(&table, next_day, "csv", &b"abc"[..])
            .await
            .unwrap();
        assert!(!again.was_new);
        assert_eq!(
            (&again.key, again.stored_bytes),
            (&first.key, first.stored_bytes)
        );
    }
    assert_eq!(
        lake.warehouse.landed_objects(&table).await.unwrap().len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn large_objects_come_back_byte_for_byte() {
    let lake = lake().await;
    // 24 MB that do not compress: more than is held in memory.
    let bytes: Vec<u8> = (0..3_000_000_u64)
        .flat_map(|n| {
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(31)
                .to_le_bytes()
        })
        .collect();
    let landed = lake
        .warehouse
        .land(&id("mart.reading"), DAY, "bin", &bytes[..])
        .await
        .unwrap();
    assert_eq!(landed.size_bytes, 24_000_000);
    assert!(read(&lake.warehouse, landed.key.object().prefix()).await == bytes);
    let incoming = lake.path("landing/mart/reading/incoming");
    assert!(!incoming.exists() || std::fs::read_dir(incoming).unwrap().count() == 0);
}

async fn read(warehouse: &Warehouse, prefix: ObjectPrefix) -> Vec<u8> {
    let found = warehouse
        .landed(&id("mart.reading"), &prefix)
        .await
        .unwrap();
    let mut reader = warehouse.open_landed(&found.key).await.unwrap();
    let reading = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map(|_| bytes)
    });
    reading.await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_object_lands_too() {
    let lake = lake().await;
    let landed = lake
        .warehouse
        .land(&id("mart.reading"), DAY, "csv", &b""[..])
        .await
        .unwrap();
    assert_eq!(landed.size_bytes, 0);
    assert!(
        read(&lake.warehouse, landed.key.object().prefix())
            .await
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_break_off_do_not_land() {
    let lake = lake().await;
    let broken = tokio_test_reader();
    let error = lake
        .warehouse
        .land(&id("mart.reading"), DAY, "csv", broken)
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&error));
    assert!(
        lake.warehouse
            .landed_objects(&id("mart.reading"))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(!lake.path("landing").exists());
}

/// Ten megabytes, then a broken connection.
fn tokio_test_reader() -> impl tokio::io::AsyncRead + Send + Unpin {
    struct Broken;
    impl tokio::io::AsyncRead for Broken {
        fn poll_read(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            _: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            std::task::Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()))
        }
    }
    let bytes = std::io::Cursor::new(vec![7_u8; 10_000_000]);
    tokio::io::AsyncReadExt::chain(bytes, Broken)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_object_is_noticed_when_it_is_read() {
    let lake = lake().await;
    let landed = lake
        .warehouse
        .land(&id("mart.reading"), DAY, "csv", &b"abcdefghij"[..])
        .await
        .unwrap();
    let path = lake.path(&landed.key.to_string());
    let mut stored = std::fs::read(&path).unwrap();
    let middle = stored.len() / 2;
    stored[middle] ^= 1;
    std::fs::write(&path, stored).unwrap();
    let mut reader = lake.warehouse.open_landed(&landed.key).await.unwrap();
    let mut bytes = Vec::new();
    assert!(reader.read_to_end(&mut bytes).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_hash_is_told() {
    let lake = lake().await;
    let prefix = ObjectPrefix::parse("0123456789abcdef").unwrap();
    let error = lake
        .warehouse
        .landed(&id("mart.reading"), &prefix)
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&error));
    insta::assert_snapshot!(
        "a_hash_too_short",
        told(&ObjectPrefix::parse("0123").unwrap_err())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_landed_by_another_process_is_found() {
    let lake = lake().await;
    let other = lake.reopened(&[readings()]).await;
    let table = id("mart.reading");
    lake.warehouse
        .land(&table, DAY, "csv", &b"first"[..])
        .await
        .unwrap();
    let landed = other.land(&table, DAY, "csv", &b"abc"[..]).await.unwrap();
    let found = lake
        .warehouse
        .landed(&table, &landed.key.object().prefix())
        .await
        .unwrap();
    assert_eq!(found.key, landed.key);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_was_taken_away_lands_again() {
    let lake = lake().await;
    let table = id("mart.reading");
    let first = lake
        .warehouse
        .land(&table, DAY, "csv", &b"abc"[..])
        .await
        .unwrap();
    lake.warehouse
        .store()
        .delete(first.key.as_path())
        .await
        .unwrap();
    assert!(
        lake.warehouse
            .land(&table, DAY, "csv", &b"abc"[..])
            .await
            .unwrap()
            .was_new
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn extensions_are_plain() {
    let lake = lake().await;
    for extension in ["", ".csv", "CSV", "tar.gz", "a/b"] {
        let result = lake
            .warehouse
            .land(&id("mart.reading"), DAY, extension, &b"abc"[..])
            .await;
        assert!(
            matches!(result, Err(WarehouseError::Extension { .. })),
            "{extension}"
        );
    }
}
