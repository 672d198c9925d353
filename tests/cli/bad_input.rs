//! Bad input, each kind as a whole run.
//!
//! What holds for every kind is written once, in [`refused`]: the table is as it was, every ledger
//! balances, the other job of the run is done, and when the fault is mended the same command loads.

mod bytes;
mod declared;
mod disk;
mod long_line;
mod places;
mod tables;
mod values;

use crate::house::House;

/// The header of the small project's forms.
const HEADER: &str = "organization_id,month,electricity_kwh,cost_yuan,read_date\n";
/// What the mended file says.
const MENDED: &str = "c,2026-03,400,240.00,2026-04-01\n";

fn mended() -> String {
    format!("{HEADER}{MENDED}")
}

/// Runs the project with a file that is refused, then with the same file mended; answers how the first
/// run ended and what it said.
#[track_caller]
fn refused(house: &House, spoil: impl FnOnce(&House), mend: impl FnOnce(&House)) -> String {
    let before = house.use_table();
    spoil(house);
    house.write(
        "data/site.csv",
        "site_id,floor_m2\ns1,1200.5\ns2,80\ns3,40\n",
    );

    let told = house.jieyue(&["run"]);
    let fault = told.fault();
    assert_ne!(told.code, 0, "{fault}");
    assert_eq!(house.use_table(), before, "{fault}");
    assert_eq!(
        house.sites(),
        "s1 s2 s3",
        "the other job of the run: {fault}"
    );
    house.ledgers_balance();

    mend(house);
    house.jieyue(&["run"]).succeeds();
    let (_, rows) = house.use_table();
    assert!(rows.contains("c,2026-03,400.0000,240.00"), "{rows}");
    assert!(rows.starts_with(&before.1), "{rows}");
    house.ledgers_balance();
    fault
}

/// [`refused`] for a file that lies beside a good one.
#[track_caller]
fn refused_file(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let spoil = |house: &House| house.write(name, bytes);
    let mend = |house: &House| {
        house.remove(name);
        house.write("data/use_mended.csv", mended());
    };
    refused(&House::loaded(), spoil, mend)
}
