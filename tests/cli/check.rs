//! `jieyue check` tells all faults of a project at once, each with file, line and the right word.

use crate::house::House;

#[test]
fn every_fault_of_contracts_is_told_at_once() {
    let house = House::new();
    let contract = "schemas/contracts/energy/use.yaml";
    house.edit(
        "schemas/contracts/office/site.yaml",
        "value: m2",
        "value: m22",
    );
    house.edit(contract, "logicalType: date", "logicalType: dat");
    house.edit(
        "schemas/contracts/office/site.yaml",
        "required: true",
        "requierd: true",
    );
    let told = house.jieyue(&["check"]);
    insta::assert_snapshot!(told.shown(), @r"
    exit 1
    --- out
    --- err
    error: `schema[0].properties[4].logicalType` at schemas/contracts/energy/use.yaml:59 cannot be `dat`
      hint: write `date`
    error: key column `site_id` at schemas/contracts/office/site.yaml:14 is not required
      hint: add `required: true`
    error: unknown key `requierd` in `schema[0].properties[0]` at schemas/contracts/office/site.yaml:18
      hint: write `required`
    error: column `floor_m2` at schemas/contracts/office/site.yaml:29 is in `m22`, though its name ends in `_m2`
      hint: write the unit `m2`, or rename the column
    4 faults
    ");
}

#[test]
fn every_fault_of_jobs_models_and_boards_is_told_at_once() {
    let house = House::new();
    house.edit(
        "pipelines/jobs/energy/use.yaml",
        "mode: upsert",
        "mode: upsrt\nfromat: { kind: csv }",
    );
    house.edit(
        "pipelines/jobs/office/site.yaml",
        "table: office.site",
        "table: office.sites",
    );
    house.edit(
        "sql/marts/use_year.sql",
        "stg_energy__use",
        "stg_energy__usage",
    );
    house.edit(
        "sql/staging/stg_energy__use.sql",
        "    electricity_kwh\n",
        "    electricty_kwh\n",
    );
    house.edit("sql/marts/use_year.test.yaml", "  expect:", "  expct:");
    house.edit(
        "sql/marts/use_year.use_is_below_a_million.audit.sql",
        "severity: error",
        "severity: eror",
    );
    house.write(
        "sql/metrics/energy.yaml",
        "metrics:\n  - metric: use\n    mart: use_yaer\n    tilte: { zh: 用能, en: Use }\n",
    );
    let told = house.jieyue(&["check"]);
    insta::assert_snapshot!(told.shown(), @r"
    exit 1
    --- out
    --- err
    error: `mode` at pipelines/jobs/energy/use.yaml:5 cannot be `upsrt`
      hint: write `upsert`
    error: unknown key `fromat` at pipelines/jobs/energy/use.yaml:6
      hint: write `format`
    error: there is no contract for the table `office.sites` named at pipelines/jobs/office/site.yaml:2
      hint: write `office.site`
    error: unknown table or model `stg_energy__usage` at sql/marts/use_year.sql:7
      hint: write `stg_energy__use`
    error: key `expect` is missing in `[0]` at sql/marts/use_year.test.yaml:1
      hint: add `expect:`
    error: unknown key `expct` in `[0]` at sql/marts/use_year.test.yaml:7
      hint: write `expect`
    error: severity at sql/marts/use_year.use_is_below_a_million.audit.sql:1 cannot be `eror`
      hint: write `error` to stop publication, `warning` to publish with it
    error: unknown column `electricty_kwh` at sql/staging/stg_energy__use.sql:7
      hint: write `electricity_kwh`
    error: key `title` is missing in `metrics[0]` at sql/metrics/energy.yaml:2
      hint: add `title:`
    error: key `unit` is missing in `metrics[0]` at sql/metrics/energy.yaml:2
      hint: add `unit:`
    error: key `numerator` is missing in `metrics[0]` at sql/metrics/energy.yaml:2
      hint: add `numerator:`
    error: key `dimensions` is missing in `metrics[0]` at sql/metrics/energy.yaml:2
      hint: add `dimensions:`
    error: unknown key `tilte` in `metrics[0]` at sql/metrics/energy.yaml:4
      hint: write `title`
    13 faults
    ");
}

#[test]
fn a_board_with_a_misspelt_key_is_told() {
    let house = House::new();
    house.write(
        "dashboard/boards/use.yaml",
        "board: use\ntitle: { zh: 用能, en: Use }\npurpse: x\npanels: []\n",
    );
    insta::assert_snapshot!(house.jieyue(&["check"]).shown(), @r"
    exit 1
    --- out
    --- err
    error: unknown key `purpse` at dashboard/boards/use.yaml:3
      hint: write `purpose`
    ");
}

#[test]
fn a_case_that_fails_is_told_with_the_difference() {
    let house = House::new();
    house.edit(
        "sql/marts/use_year.test.yaml",
        "electricity_kwh: 3.5 }",
        "electricity_kwh: 3.6 }",
    );
    insta::assert_snapshot!(house.jieyue(&["check"]).shown(), @r"
    exit 1
    --- out
    5 contracts, 2 models, 0 metrics, 2 jobs and 0 boards are right; 0 cases passed, 1 failed
    --- err
    sql/marts/use_year.test.yaml:1: case `the months of a year add up` of `use_year` failed
      organization_id = a, year = 2025: `electricity_kwh` is 3.5000, expected 3.6000
    ");
}

#[test]
fn sql_that_is_none_is_told_with_its_line() {
    let house = House::new();
    house.edit("sql/marts/use_year.sql", "group by", "gruop by");
    house.edit(
        "pipelines/jobs/energy/use.yaml",
        "mode: upsert",
        "mode: upsert\nselect: selct month from decoded",
    );
    insta::assert_snapshot!(house.jieyue(&["check"]).shown(), @r"
    exit 1
    --- out
    --- err
    error: the select is not SQL: Expected: an SQL statement, found: selct (at pipelines/jobs/energy/use.yaml:6)
      hint: mend the SQL; column names that are not plain lower-case words stand in double quotes
    error: cannot parse the SQL at sql/marts/use_year.sql:8: Expected: end of statement, found: by
    2 faults
    ");
}

#[test]
fn a_folder_that_is_no_project_is_told() {
    let house = House::new();
    insta::assert_snapshot!(house.jieyue(&["check", "--project", "nowhere"]).shown(), @r"
    exit 1
    --- out
    --- err
    error: there is no project at `nowhere`
      hint: name a directory with `schemas/contracts` and `sql` in it
    ");
    insta::assert_snapshot!(house.jieyue(&["check", "--project", "data"]).shown(), @r"
    exit 1
    --- out
    --- err
    error: `data` declares nothing: it has no contracts in `schemas/contracts`
      hint: name the project's folder with --project
    ");
}
