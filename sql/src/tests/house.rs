//! The deployment's own models against its own contracts: what `jieyue check` sees, without a lake.

use std::fs;
use std::path::{Path, PathBuf};

use contracts::Contracts;

use super::world::print;
use crate::Models;

fn read(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut open: Vec<PathBuf> = vec![root.join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the house") {
            let path = entry.expect("an entry").path();
            let name = path.display().to_string();
            if path.is_dir() {
                open.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let inside = path.strip_prefix(&root).expect("inside the house");
                let text = fs::read_to_string(&path).expect("a file of the house");
                files.push((inside.display().to_string(), text));
            }
        }
    }
    files
}

#[test]
fn every_model_of_the_house_keeps_its_units() {
    let contracts = Contracts::parse(read("schemas/contracts", &[".yaml"]));
    let contracts = contracts.unwrap_or_else(|faults| panic!("{faults:#?}"));
    let mut files = Vec::new();
    for layer in ["sql/staging", "sql/intermediate", "sql/marts"] {
        files.extend(read(layer, &[".sql", ".yaml"]));
    }
    if let Err(faults) = Models::parse(files, &contracts) {
        panic!("{} faults\n{}", faults.len(), print(&faults));
    }
}
