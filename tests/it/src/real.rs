//! Real files, loaded into our contracts and judged by readers that share no code with us.
//!
//! Each case is a job of `tests/fixtures/real/jobs` and a script of `tests/oracle`, which reads the same
//! files with Python and prints the counts and three totals the ledger and the table must show.

#![expect(clippy::panic, reason = "a test that cannot go on says why")]

mod harness;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rstest::rstest;
use serde::Deserialize;

use crate::lake::repository;
use harness::{Bench, Case, Data, Lake, compare};

#[rstest]
#[tokio::test]
async fn hourly_meters_of_cambridge_are_what_another_reader_finds(
    #[values("b0", "b1", "b4", "b13", "b25", "b40", "b61", "b105")] building: &str,
    #[values("electricity", "gas")] carrier: &str,
) {
    compare(Case {
        data: Data::Shipped,
        job: &format!("real.cambridge_{building}_{carrier}"),
        oracle: &["cambridge.py", building, carrier],
        totals: "select sum(quantity), max(quantity), count(*) filter (where quantity = 0) from energy.reading",
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn monthly_bills_of_allegheny_county_are_what_another_reader_finds(
    #[values("electricity", "natural_gas", "heat", "water", "wastewater")] carrier: &str,
) {
    compare(Case {
        data: Data::Shared,
        job: &format!("real.allegheny_{carrier}"),
        oracle: &["allegheny.py", carrier],
        totals: "select sum(quantity), sum(amount_yuan), count(distinct account_id) from energy.bill",
    })
    .await;
}

#[rstest]
#[case("active", "price_yuan", "registered_date")]
#[case("sold", "disposal_proceeds_yuan", "disposed_date")]
#[tokio::test]
async fn the_fleet_of_seattle_is_what_another_reader_finds(
    #[case] which: &str,
    #[case] money: &str,
    #[case] day: &str,
) {
    compare(Case {
        data: Data::Shared,
        job: &format!("real.seattle_{which}"),
        oracle: &["seattle.py", which],
        totals: &format!(
            "select sum({money}), count(distinct organization_id), max({day}) from vehicle.vehicle"
        ),
    })
    .await;
}

#[rstest]
#[case("2014q1", "jan-mar-2014")]
#[case("2015q2", "apr-jun-2015")]
#[case("2016q2", "apr-jun-2016")]
#[case("2018q1", "jan-mar-2018")]
#[tokio::test]
async fn payments_of_oxford_under_four_sets_of_titles_are_what_another_reader_finds(
    #[case] job: &str,
    #[case] quarter: &str,
) {
    compare(Case {
        data: Data::Shipped,
        job: &format!("real.oxford_{job}"),
        oracle: &["oxford.py", quarter],
        totals: "select sum(amount_yuan), count(distinct organization_id), max(voucher_date) from cost.expense",
    })
    .await;
}

#[tokio::test]
async fn payments_of_lambeth_without_their_commas_are_what_another_reader_finds() {
    compare(Case {
        data: Data::Shipped,
        job: "real.lambeth_2012_06",
        oracle: &["lambeth.py"],
        totals: "select sum(amount_yuan), count(distinct organization_id), max(voucher_date) from cost.expense",
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn budgets_of_oakland_summed_by_department_are_what_another_reader_finds(
    #[values("fy14_15", "fy16_17", "fy21_22")] year: &str,
) {
    compare(Case {
        data: Data::Shared,
        job: &format!("real.oakland_{year}"),
        oracle: &["oakland.py", year],
        totals: "select sum(amount_yuan), count(distinct organization_id), sum(amount_yuan) filter (where expense_code = '30299') from cost.budget",
    })
    .await;
}

#[tokio::test]
async fn buildings_of_the_gsa_are_what_another_reader_finds() {
    compare(Case {
        data: Data::Shared,
        job: "real.gsa_building",
        oracle: &["gsa.py", "buildings"],
        totals: "select sum(floor_m2), count(*) filter (where source_kind = 'leased'), min(built_year) from office.building",
    })
    .await;
}

#[tokio::test]
async fn leases_of_the_gsa_are_what_another_reader_finds() {
    compare(Case {
        data: Data::Shared,
        job: "real.gsa_lease",
        oracle: &["gsa.py", "leases"],
        totals: "select sum(leased_m2), count(distinct building_id), max(to_date) from office.lease",
    })
    .await;
}

#[tokio::test]
async fn register_with_the_line_ends_of_an_old_mac_is_what_another_reader_finds() {
    compare(Case {
        data: Data::Shipped,
        job: "real.bdg1_building",
        oracle: &["bdg1.py"],
        totals: "select sum(floor_m2), count(built_year), max(floors_above) from office.building",
    })
    .await;
}

#[rstest]
#[case("holiday_cn", "holiday-cn")]
#[case("chinese_days_holidays", "holidays")]
#[case("chinese_days_workdays", "workdays")]
#[tokio::test]
async fn holidays_of_two_collectors_are_what_another_reader_finds(
    #[case] job: &str,
    #[case] question: &str,
) {
    compare(Case {
        data: Data::Shipped,
        job: &format!("real.{job}"),
        oracle: &["holidays.py", question],
        totals: "select count(*) filter (where not is_workday), count(*) filter (where is_workday), count(distinct name) from reference.calendar",
    })
    .await;
}

/// What became of comparing the two collectors day by day; the reference rows beside them.
#[derive(Debug, PartialEq, Deserialize)]
struct Reconciled {
    days: u64,
    listed_by_one: Vec<String>,
    differ: Vec<String>,
    reference_differs: Vec<String>,
}

#[tokio::test]
async fn two_collectors_and_the_reference_calendar_agree_on_every_working_day_since_2019() {
    let Some(bench) = Bench::open(Data::Shipped) else {
        return;
    };
    let (one, two) = (bench.lake().await, bench.lake().await);
    bench.run(&one, "real.holiday_cn").await;
    bench.run(&two, "real.chinese_days_holidays").await;
    bench.run(&two, "real.chinese_days_workdays").await;
    let (one, two) = (listed_days(&one).await, listed_days(&two).await);
    let reference = reference_days();
    let mut ours = Reconciled {
        days: 0,
        listed_by_one: Vec::new(),
        differ: Vec::new(),
        reference_differs: Vec::new(),
    };
    let days = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    for day in days(2019, 1, 1).iter_days() {
        if day > days(2026, 12, 31) {
            break;
        }
        ours.days += 1;
        // A day a collector does not list is left to the week.
        let by_week = day.weekday().number_from_monday() <= 5;
        let day = day.to_string();
        let worked = one.get(&day).copied().unwrap_or(by_week);
        if one.contains_key(&day) != two.contains_key(&day) {
            ours.listed_by_one.push(day.clone());
        }
        if worked != two.get(&day).copied().unwrap_or(by_week) {
            ours.differ.push(day.clone());
        }
        if reference.get(&day) != Some(&worked) {
            ours.reference_differs.push(day);
        }
    }
    let calendar = repository().join("schemas/reference/calendar.csv");
    let theirs: Reconciled = bench.ask(&["holidays.py", "reconcile", &calendar.to_string_lossy()]);
    assert_eq!(ours, theirs);
    assert_eq!(ours.differ, [""; 0], "the collectors contradict each other");
    assert_eq!(ours.reference_differs, [""; 0], "mend the reference rows");
}

async fn listed_days(lake: &Lake) -> BTreeMap<String, bool> {
    let rows = lake
        .rows("select calendar_date, is_workday from reference.calendar")
        .await;
    let days = rows
        .into_iter()
        .map(|mut row| (row.remove(0), row[0] == "true"));
    days.collect()
}

/// Day and whether it is worked, of the reference rows.
fn reference_days() -> BTreeMap<String, bool> {
    let path = repository().join("schemas/reference/calendar.csv");
    let text = std::fs::read_to_string(path).expect("the reference calendar");
    let days = text.lines().skip(1).map(|line| {
        let (day, rest) = line.split_once(',').expect("two columns");
        (day.to_owned(), rest.starts_with("true,"))
    });
    days.collect()
}
