//! The same specification gives the same city, and a kind more changes no other.

use std::collections::BTreeMap;
use std::path::Path;

use city::{Month, Spec, generate};

/// The bytes of all files below a folder, by path.
fn bytes_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn written(seed: u64) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    generate(&Spec::county(seed))
        .write_sources(folder.path())
        .unwrap();
    bytes_below(folder.path())
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (first, again, other) = (written(7), written(7), written(8));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        again.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &first {
        assert!(bytes == &again[name], "{name} differs between two runs");
    }
    assert_ne!(
        first["data/energy/monthly_2024.csv"],
        other["data/energy/monthly_2024.csv"]
    );
}

#[test]
fn a_longer_history_and_more_rooms_leave_earlier_months_as_they_were() {
    let short = Spec {
        to: Month::new(2024, 9),
        ..Spec::county(7)
    };
    let mut long = Spec {
        to: Month::new(2024, 12),
        ..short.clone()
    };
    long.size.rooms *= 2;
    // What the history ends with decides who is renamed when; what is measured does not depend on it.
    let (short, long) = (generate(&short), generate(&long));
    assert_eq!(short.vehicles[0].vin, long.vehicles[0].vin);
    assert_eq!(short.weather[..], long.weather[..short.weather.len()]);
    assert_eq!(short.buildings, long.buildings);
    let trips = |city: &city::City| city.trips.iter().take(100).cloned().collect::<Vec<_>>();
    assert_eq!(trips(&short), trips(&long));
}

#[test]
fn without_faults_every_row_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let spec = Spec {
        has_faults: false,
        ..Spec::county(3)
    };
    let manifest = generate(&spec).write_sources(folder.path()).unwrap();
    for (name, job) in &manifest.jobs {
        assert_eq!(job.ledger.read, job.ledger.inserted, "{name}");
        assert!(job.faults.is_empty(), "{name}");
    }
}
