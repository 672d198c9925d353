//! The files checked in beside this crate: the deployment's contracts, the JSON Schema for editors, and
//! the fixture with typing mistakes.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files has nothing to say"
)]

use std::fs;
use std::path::{Path, PathBuf};

use contracts::{ContractError, Contracts, contract_json_schema};

fn house(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn report(faults: &[ContractError]) -> String {
    let lines = faults.iter().map(|fault| match fault.hint() {
        Some(hint) => format!("error: {fault}\n hint: {hint}"),
        None => format!("error: {fault}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn yaml_files(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            let text = fs::read_to_string(&path).unwrap();
            let inside = path.strip_prefix(house("")).unwrap().display().to_string();
            files.push((format!("schemas/{inside}"), text));
        }
    }
}

#[test]
fn every_contract_of_the_house_is_valid() {
    let mut files = Vec::new();
    yaml_files(&house("contracts"), &mut files);
    let count = files.len();
    match Contracts::parse(files) {
        Ok(contracts) => assert_eq!(contracts.len(), count),
        Err(faults) => panic!("{} faults\n{}", faults.len(), report(&faults)),
    }
}

#[test]
fn the_checked_in_json_schema_is_current() {
    let path = house("json/contract.schema.json");
    let current = serde_json::to_string_pretty(&contract_json_schema()).unwrap() + "\n";
    if std::env::var_os("JIEYUE_UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &current).unwrap();
    }
    let checked_in = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == current,
        "{} is stale; run this test with JIEYUE_UPDATE=1",
        path.display()
    );
}

#[test]
fn every_typing_mistake_is_found_with_its_line_and_the_right_word() {
    let text = fs::read_to_string(house("tests/fixtures/misspelt.yaml")).unwrap();
    let path = "schemas/contracts/energy/misspelt.yaml".to_owned();
    let faults = Contracts::parse([(path, text)]).unwrap_err();
    insta::assert_snapshot!(report(&faults), @r"
    error: `status` at schemas/contracts/energy/misspelt.yaml:7 cannot be `activ`
     hint: write `active`
    error: unknown key `purpos` in `description` at schemas/contracts/energy/misspelt.yaml:9
     hint: write `purpose`
    error: key `purpose` is missing in `description` at schemas/contracts/energy/misspelt.yaml:9
     hint: add `purpose:`
    error: `customProperties[0].property` at schemas/contracts/energy/misspelt.yaml:10 cannot be `titelZh`
     hint: write `titleZh`
    error: unknown key `busnessName` in `schema[0].properties[0]` at schemas/contracts/energy/misspelt.yaml:15
     hint: write `businessName`
    error: `schema[0].properties[0].logicalType` at schemas/contracts/energy/misspelt.yaml:16 cannot be `strng`
     hint: write `string`
    error: `schema[0].properties[0].required` at schemas/contracts/energy/misspelt.yaml:17 must be `true` or `false`, found text
    error: `schema[0].properties[0].primaryKeyPosition` at schemas/contracts/energy/misspelt.yaml:19 must be a whole number, found text
    error: unknown key `clasification` in `schema[0].properties[0]` at schemas/contracts/energy/misspelt.yaml:20
     hint: write `classification`
    error: `schema[0].properties[0].customProperties[0].property` at schemas/contracts/energy/misspelt.yaml:21 cannot be `shareTipe`
     hint: write `shareType`
    error: key `name` in `schema[0].properties[1]` at schemas/contracts/energy/misspelt.yaml:23 is a repetition of line 22
     hint: keep one of the two
    error: `schema[0].properties[1].physicalType` at schemas/contracts/energy/misspelt.yaml:26 must be text, found a number
     hint: put it in quotes
    error: `schema[0].properties[1].classification` at schemas/contracts/energy/misspelt.yaml:27 cannot be `L5`
     hint: write one of `L1`, `L2`, `L3`
    error: unknown key `minimun` in `schema[0].properties[1].logicalTypeOptions` at schemas/contracts/energy/misspelt.yaml:28
     hint: write `minimum`
    ");
}
