//! Files whose columns or rows are not those of the table.

use super::{HEADER, House, MENDED, refused_file};

#[test]
fn a_missing_key_column_is_named() {
    let text = "month,electricity_kwh,cost_yuan,read_date\n2026-03,400,240.00,2026-04-01\n";
    insta::assert_snapshot!(refused_file("data/use_2.csv", text), @r#"
    exit 1
    energy.use: 1 file could not be read
    energy.use: `data/use_2.csv` has no column `organization_id` for `energy.use`, and job `energy.use` has no select
      hint: the file has "month", "electricity_kwh", "cost_yuan", "read_date"; give the job a select with `… as organization_id`, or have the column exported
    "#);
}

#[test]
fn a_missing_optional_column_is_left_empty_and_told() {
    let house = House::loaded();
    house.write(
        "data/use_2.csv",
        "organization_id,month,electricity_kwh,read_date\nc,2026-03,400,2026-04-01\n",
    );
    let told = house.jieyue(&["run", "energy.use"]).succeeds();
    insta::assert_snapshot!(told.fault(), @r"
    exit 0
    energy.use: data/use_2.csv: the file has no column `cost_yuan`, which is left empty
    ");
    assert!(
        house
            .use_table()
            .1
            .contains("c,2026-03,400.0000,,2026-04-01")
    );
}

/// Loaded as a file without the column, it would put nothing in the place of every cost known.
#[test]
fn a_renamed_optional_column_is_told_with_the_nearest_name() {
    let text = HEADER.replace("cost_yuan", "costs_yuan") + MENDED;
    insta::assert_snapshot!(refused_file("data/use_2.csv", text), @r#"
    exit 1
    energy.use: 1 file could not be read
    energy.use: `data/use_2.csv` has no column `cost_yuan` for `energy.use`, and job `energy.use` has no select
      hint: have the export name "costs_yuan" as before, or give the job a select with `"costs_yuan" as cost_yuan`
    "#);
}

#[test]
fn a_renamed_column_is_told_with_the_nearest_name() {
    let text = HEADER.replace("organization_id", "organisation_id") + MENDED;
    insta::assert_snapshot!(refused_file("data/use_2.csv", text), @r#"
    exit 1
    energy.use: 1 file could not be read
    energy.use: `data/use_2.csv` has no column `organization_id` for `energy.use`, and job `energy.use` has no select
      hint: have the export name "organisation_id" as before, or give the job a select with `"organisation_id" as organization_id`
    "#);
}

#[test]
fn a_renamed_column_of_a_select_is_told_with_the_nearest_name() {
    let house = House::loaded();
    house.edit(
        "pipelines/jobs/energy/use.yaml",
        "mode: upsert",
        "mode: upsert\nselect: select organization_id, month, electricity_kwh, cost_yuan, read_date from decoded",
    );
    let spoil = |house: &House| {
        house.write(
            "data/use_2.csv",
            HEADER.replace("electricity_kwh", "electricty_kwh") + MENDED,
        )
    };
    let mend = |house: &House| house.write("data/use_2.csv", super::mended());
    insta::assert_snapshot!(super::refused(&house, spoil, mend), @r#"
    exit 1
    energy.use: 1 file could not be read
    energy.use: `data/use_2.csv` has no column `electricity_kwh`, which the select of job `energy.use` reads
      hint: write "electricty_kwh" in the select, or have the export name the column as before
    "#);
}

#[test]
fn a_doubled_column_is_told() {
    let text = "organization_id,month,electricity_kwh,electricity_kwh,cost_yuan,read_date\n\
                c,2026-03,400,401,240.00,2026-04-01\n";
    insta::assert_snapshot!(refused_file("data/use_2.csv", text), @r#"
    exit 1
    energy.use: 1 file could not be read
    energy.use: `data/use_2.csv` has several columns for `electricity_kwh`, and job `energy.use` has no select that says which
      hint: give the job a select with `"electricity_kwh" as electricity_kwh` or `"electricity_kwh_2" as electricity_kwh`, or have one of them taken out of the export
    "#);
}

#[test]
fn a_row_with_more_fields_than_the_header_is_set_aside() {
    let house = House::loaded();
    house.write(
        "data/use_2.csv",
        format!("{HEADER}{MENDED}d,2026-03,1,1,2026-04-01,more\n"),
    );
    let told = house.jieyue(&["run"]);
    insta::assert_snapshot!(told.fault(), @r"
    exit 0
    energy.use: 1 row refused by `uneven_row`
      data/use_2.csv row 3: the row has 6 fields, the header 5; beyond it stands `more`
    ");
    assert!(house.use_table().1.contains("c,2026-03,400.0000"));
    assert!(!house.use_table().1.contains("\nd,"));
    house.ledgers_balance();
}
