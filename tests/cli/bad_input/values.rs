//! Values that cannot be: rows are set aside one by one, and the rest is loaded.

use super::{HEADER, House, MENDED};

/// Loads rows after [`MENDED`], which is right; answers how it ended and what it said.
#[track_caller]
fn set_aside(rows: &str) -> String {
    let house = House::loaded();
    house.write("data/use_2.csv", format!("{HEADER}{MENDED}{rows}"));
    let told = house.jieyue(&["run", "energy.use"]);
    let (_, loaded) = house.use_table();
    assert!(loaded.contains("c,2026-03,400.0000,240.00"), "{loaded}");
    assert!(!loaded.contains("\nd,"), "{loaded}");
    house.ledgers_balance();

    // Mended, the row loads; what was refused stays on record until it is replayed.
    house.write(
        "data/use_2.csv",
        format!("{HEADER}{MENDED}d,2026-03,1,1,2026-04-01\n"),
    );
    house.jieyue(&["run", "energy.use"]).succeeds();
    assert!(house.use_table().1.contains("d,2026-03,1.0000"));
    house.ledgers_balance();
    told.fault()
}

#[test]
fn a_number_too_large_for_its_decimal_is_set_aside() {
    // decimal(18,4) holds 14 digits before the point.
    insta::assert_snapshot!(set_aside("d,2026-03,100000000000000,1,2026-04-01\n"), @r"
    exit 0
    energy.use: 1 row refused by `too_large`
      data/use_2.csv row 3: `electricity_kwh`: `100000000000000` is too large for the column's type, decimal(18,4)
    ");
}

#[test]
fn dates_that_cannot_be_are_set_aside() {
    let rows = "d,2026-03,1,1,2999-04-01\n\
                d,2026-04,1,1,0000-04-01\n\
                d,2026-05,1,1,2026-02-30\n\
                d,0000-00,1,1,2026-04-01\n";
    insta::assert_snapshot!(set_aside(rows), @r"
    exit 0
    energy.use: 1 row refused by `no_such_day`
      data/use_2.csv row 5: `read_date`: `2026-02-30` is no such day in the calendar
    energy.use: 1 row refused by `not_a_month`
      data/use_2.csv row 6: `month`: `0000-00` is not a month
    energy.use: 1 row refused by `not_future`
      data/use_2.csv row 3: `read_date`: 2999-04-01 is in the future
    energy.use: 1 row refused by `year_out_of_range`
      data/use_2.csv row 4: `read_date`: `0000-04-01` is in a year outside 1583 to 9999
    ");
}

#[test]
fn a_file_of_invalid_rows_only_changes_nothing() {
    let house = House::loaded();
    let before = house.use_table();
    house.remove("data/use.csv");
    let rows: String = (0..1000)
        .map(|row| format!("o{row},2026-13,-1,x,soon\n"))
        .collect();
    house.write("data/use_2.csv", format!("{HEADER}{rows}"));
    let told = house.jieyue(&["run", "energy.use"]);
    insta::assert_snapshot!(told.fault(), @r"
    exit 1
    energy.use: no row is valid
    energy.use: 1,000 rows refused by `not_a_month`
      data/use_2.csv row 2: `month`: `2026-13` is not a month; `electricity_kwh`: -1.0000 is not at least 0; `cost_yuan`: `x` is not a number; `read_date`: `soon` is not a date
      data/use_2.csv row 3: `month`: `2026-13` is not a month; `electricity_kwh`: -1.0000 is not at least 0; `cost_yuan`: `x` is not a number; `read_date`: `soon` is not a date
      data/use_2.csv row 4: `month`: `2026-13` is not a month; `electricity_kwh`: -1.0000 is not at least 0; `cost_yuan`: `x` is not a number; `read_date`: `soon` is not a date
    ");
    assert_eq!(house.use_table(), before);
    assert_eq!(
        house.rows("select count(*) as rows from ops.quarantine where status = 'open'"),
        "rows\n1000\n"
    );
    house.ledgers_balance();
}

#[test]
fn a_snapshot_of_invalid_rows_only_removes_nothing() {
    let house = House::loaded();
    house.write("data/site.csv", "site_id,floor_m2\n,1200.5\n,80\n");
    let told = house.jieyue(&["run"]);
    insta::assert_snapshot!(told.fault(), @r"
    exit 1
    job `office.site` failed
    error: job `office.site` offers no valid row, and mode `snapshot` would remove all 2 rows of `office.site`
      hint: see `jieyue quarantine` for what is wrong with the rows; to empty a table on purpose, remove its folder
    ");
    assert_eq!(house.sites(), "s1 s2");
    house.ledgers_balance();
    house.write("data/site.csv", "site_id,floor_m2\ns9,40\n");
    house.jieyue(&["run"]).succeeds();
    assert_eq!(house.sites(), "s9");
}
