//! The tree of this repository.

use std::path::Path;

use contracts::Contracts;

use super::world::print;
use crate::Models;
use crate::metric::Metrics;

#[test]
fn the_models_and_metrics_of_this_repository_are_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut contracts = Vec::new();
    read(&root, "schemas/contracts", &mut contracts);
    let contracts = Contracts::parse(contracts).unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"));
    });
    let mut files = Vec::new();
    for folder in [
        "sql/staging",
        "sql/intermediate",
        "sql/marts",
        "sql/metrics",
    ] {
        read(&root, folder, &mut files);
    }
    let mut faults = Vec::new();
    faults.extend(
        Models::parse(files.clone(), &contracts)
            .err()
            .unwrap_or_default(),
    );
    faults.extend(Metrics::parse(files, &contracts).err().unwrap_or_default());
    assert!(faults.is_empty(), "{}", print(&faults));
}

/// The files under a folder, as (path from the root, text).
fn read(root: &Path, folder: &str, files: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
        return;
    };
    for entry in entries {
        let entry = entry.expect("the folder can be read");
        let name = entry
            .file_name()
            .into_string()
            .expect("file names are text");
        let path = format!("{folder}/{name}");
        if entry.path().is_dir() {
            read(root, &path, files);
        } else {
            let text = std::fs::read_to_string(entry.path()).expect("files are text");
            files.push((path, text));
        }
    }
}
