//! Declared files with a misspelt key, and a lake of a newer version: refused before anything is done. A wrong
//! job stops itself alone.

use super::{House, refused};

/// Runs a project that is refused as a whole; answers how it ended. Nothing may have happened.
#[track_caller]
fn nothing_is_done(spoil: impl FnOnce(&House), mend: impl FnOnce(&House)) -> String {
    let house = House::loaded();
    let before = (house.use_table(), house.ledgers_balance());
    spoil(&house);
    house.write("data/use_2.csv", super::mended());
    let told = house.jieyue(&["run"]);
    mend(&house);
    assert_eq!((house.use_table(), house.ledgers_balance()), before);
    house.jieyue(&["run"]).succeeds();
    assert!(house.use_table().1.contains("c,2026-03,400.0000"));
    told.fault()
}

#[test]
fn a_misspelt_key_of_a_job_is_told_with_its_line_and_the_right_word() {
    let job = "pipelines/jobs/energy/use.yaml";
    let fault = refused(
        &House::loaded(),
        |house| {
            house.edit(job, "mode: upsert", "moed: upsert");
            house.write("data/use_2.csv", super::mended());
        },
        |house| house.edit(job, "moed: upsert", "mode: upsert"),
    );
    insta::assert_snapshot!(fault, @r"
    exit 1
    error: key `mode` is missing at pipelines/jobs/energy/use.yaml:1
      hint: add `mode:`
    error: unknown key `moed` at pipelines/jobs/energy/use.yaml:5
      hint: write `mode`
    2 faults
    the other jobs go on
    ");
}

#[test]
fn a_misspelt_key_of_a_contract_is_told_with_its_line_and_the_right_word() {
    let contract = "schemas/contracts/energy/use.yaml";
    let fault = nothing_is_done(
        |house| house.edit(contract, "primaryKeyPosition: 2", "primaryKeyPositon: 2"),
        |house| house.edit(contract, "primaryKeyPositon: 2", "primaryKeyPosition: 2"),
    );
    insta::assert_snapshot!(fault, @r"
    exit 1
    error: column `month` at schemas/contracts/energy/use.yaml:31 has no `primaryKeyPosition`, where 2 is due
      hint: write `primaryKeyPosition: 2`
    error: unknown key `primaryKeyPositon` in `schema[0].properties[1]` at schemas/contracts/energy/use.yaml:37
      hint: write `primaryKeyPosition`
    2 faults
    ");
}

#[test]
fn a_misspelt_key_of_the_settings_is_told_with_its_line_and_the_right_word() {
    let fault = nothing_is_done(
        |house| house.write("jieyue.yaml", "lake: lake\nmemroy: 1 GiB\n"),
        |house| house.write("jieyue.yaml", "lake: lake\nmemory: 1 GiB\n"),
    );
    insta::assert_snapshot!(fault, @r"
    exit 1
    error: unknown key `memroy` at jieyue.yaml:2
      hint: write `memory`
    ");
}

#[test]
fn a_lake_of_a_newer_version_is_left_alone() {
    let fault = nothing_is_done(
        |house| house.edit("lake/format.json", "1", "99"),
        |house| house.edit("lake/format.json", "99", "1"),
    );
    insta::assert_snapshot!(fault, @r"
    exit 1
    error: the lake at `lake` has format 99; this program knows formats up to 1
      hint: use the newer program that wrote the lake
    ");
}
