//! A folder where files are dropped.

use std::time::{Duration, SystemTime};

use super::*;
use crate::report::RunStatus;

/// Writes a file that was left alone for an hour when the house's runs begin.
fn drop_file(house: &House, name: &str, text: &str, minutes_ago: u64) {
    house.write(name, text);
    let begun = SystemTime::UNIX_EPOCH + Duration::from_secs(house.now.timestamp().unsigned_abs());
    let file = std::fs::File::options()
        .append(true)
        .open(house.data().join(name))
        .expect("a file");
    file.set_modified(begun - Duration::from_secs(minutes_ago * 60))
        .expect("a moment");
}

const HEAD: &str = "organization_id,month,electricity_kwh\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_when_it_comes_and_when_it_changes() {
    let house = House::new().await;
    std::fs::create_dir_all(house.data().join("inbox")).expect("a folder");
    let job = house.job("job: energy.test\ntable: energy.use\nsource: { inbox: \"data/inbox/**/*.csv\", settle: 1 min }\nmode: upsert\n");
    let nothing = house.run(&job).await;
    assert_eq!(nothing.message.as_deref(), Some("nothing changed"));

    drop_file(
        &house,
        "inbox/office/a.csv",
        &format!("{HEAD}a,2026-01,1\n"),
        60,
    );
    drop_file(
        &house,
        "inbox/school/b.csv",
        &format!("{HEAD}b,2026-01,2\n"),
        60,
    );
    drop_file(&house, "inbox/late.csv", &format!("{HEAD}c,2026-01,3\n"), 0);
    let first = house.run(&job).await;
    assert_eq!((first.files.len(), first.ledger.inserted), (2, 2));
    assert!(
        notes(&first)[0].starts_with("`data/inbox/late.csv` was written "),
        "{:?}",
        notes(&first)
    );

    // The one that was written just now is complete, one has changed, and one cannot be read.
    drop_file(
        &house,
        "inbox/late.csv",
        &format!("{HEAD}c,2026-01,3\n"),
        30,
    );
    drop_file(
        &house,
        "inbox/school/b.csv",
        &format!("{HEAD}b,2026-01,22\n"),
        20,
    );
    drop_file(&house, "inbox/z.csv", "no such columns\n1\n", 60);
    let second = house.run(&job).await;
    assert_eq!(second.status, RunStatus::Failed);
    assert_eq!((second.ledger.inserted, second.ledger.updated), (1, 1));
    let names: Vec<&str> = second.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "data/inbox/late.csv",
            "data/inbox/school/b.csv",
            "data/inbox/z.csv"
        ]
    );

    // The one that could not be read is tried again, the others are not.
    drop_file(&house, "inbox/z.csv", &format!("{HEAD}z,2026-01,9\n"), 10);
    let third = house.run(&job).await;
    let names: Vec<&str> = third.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        (names, third.ledger.inserted),
        (vec!["data/inbox/z.csv"], 1)
    );
    let fourth = house.run(&job).await;
    assert_eq!(fourth.message.as_deref(), Some("nothing changed"));
    assert_eq!(cursors(&house).await.len(), 3);
}
