//! Who owes which month's form.
//!
//! | month | due | ORG-A | ORG-B | ORG-C |
//! |---|---|---|---|---|
//! | 2026-07 | 15 August | in time | missing | not expected |
//! | 2026-08 | 15 September | late | missing | not expected |
//! | 2026-09 | 15 October | in time | in time | missing |
//! | 2026-10 | 15 November | no form of anybody came: the mart has no row | | |

use crate::{Lateness, OrganizationLateness};

use super::lake::{Lake, at};

const FORMS: &str = r#"
{"organization_id":"ORG-A","month":"2026-07","region_code":"420802","year":2026,"expected":true,"reported":true,"is_missing":false,"is_late":false,"days_late":0,"due_date":"2026-08-15","reported_date":"2026-08-10"}
{"organization_id":"ORG-B","month":"2026-07","region_code":"420804","year":2026,"expected":true,"reported":false,"is_missing":true,"is_late":false,"due_date":"2026-08-15"}
{"organization_id":"ORG-A","month":"2026-08","region_code":"420802","year":2026,"expected":true,"reported":true,"is_missing":false,"is_late":true,"days_late":3,"due_date":"2026-09-15","reported_date":"2026-09-18"}
{"organization_id":"ORG-B","month":"2026-08","region_code":"420804","year":2026,"expected":true,"reported":false,"is_missing":true,"is_late":false,"due_date":"2026-09-15"}
{"organization_id":"ORG-A","month":"2026-09","region_code":"420802","year":2026,"expected":true,"reported":true,"is_missing":false,"is_late":false,"days_late":0,"due_date":"2026-10-15","reported_date":"2026-10-15"}
{"organization_id":"ORG-B","month":"2026-09","region_code":"420804","year":2026,"expected":true,"reported":true,"is_missing":false,"is_late":false,"days_late":0,"due_date":"2026-10-15","reported_date":"2026-10-12"}
{"organization_id":"ORG-C","month":"2026-09","region_code":"420804","year":2026,"expected":true,"reported":false,"is_missing":true,"is_late":false,"due_date":"2026-10-15"}
"#;

const ORGANIZATIONS: &str = r#"
{"organization_id":"ORG-B","from_date":"2020-01-01","to_date":"2022-12-31","name":"乙局","region_code":"420804","class_code":"A1","status":"active","in_energy_survey":true,"in_cost_survey":true}
{"organization_id":"ORG-B","from_date":"2023-01-01","name":"乙中心","region_code":"420804","class_code":"A1","status":"active","in_energy_survey":true,"in_cost_survey":true}
"#;

async fn late(now: &str, months: u32) -> Lateness {
    let lake = Lake::empty().await;
    let forms = lake.frame("mart.reporting_month", FORMS);
    let organizations = lake.frame("reference.organization", ORGANIZATIONS);
    let late = Lateness::read(forms, organizations, at(now), months).await;
    late.expect("lateness")
}

fn owed(of: &OrganizationLateness) -> (&str, Vec<(&str, u64)>) {
    let owed = of
        .owed
        .iter()
        .map(|owed| (owed.month.as_str(), owed.days_overdue));
    (of.organization_id.as_str(), owed.collect())
}

#[tokio::test]
async fn a_month_of_which_no_form_came_is_owed_by_all_who_were_expected() {
    // In the city it is the 24th; October's forms were due on the 15th, nine days ago.
    let late = late("2026-11-23T17:00:00Z", 12).await;
    let months: Vec<_> = late
        .months
        .iter()
        .map(|month| {
            (
                month.month.as_str(),
                month.expected,
                month.reported,
                month.late,
                month.owed,
                month.is_unheard,
            )
        })
        .collect();
    assert_eq!(
        months,
        [
            ("2026-10", 3, 0, 0, 3, true),
            ("2026-09", 3, 2, 0, 1, false),
            ("2026-08", 2, 1, 1, 1, false),
            ("2026-07", 2, 1, 0, 1, false),
        ]
    );
    let owing: Vec<_> = late.organizations.iter().map(owed).collect();
    assert_eq!(
        owing,
        [
            // August 15 to November 24 are 16 + 30 + 31 + 24 = 101 days, September 15 to then 70.
            (
                "ORG-B",
                vec![("2026-07", 101), ("2026-08", 70), ("2026-10", 9)]
            ),
            // October 15 to November 24 are 16 + 24 = 40 days.
            ("ORG-C", vec![("2026-09", 40), ("2026-10", 9)]),
            ("ORG-A", vec![("2026-10", 9)]),
        ]
    );
    assert_eq!(late.organizations[0].name.as_deref(), Some("乙中心"));
    assert_eq!(late.organizations[1].name, None);
    assert_eq!(late.organizations[2].late_forms, 1);
}

#[tokio::test]
async fn a_form_is_owed_from_the_day_after_it_was_due() {
    // It is still the 15th in the city: October's forms are not late.
    let late = late("2026-11-15T15:59:59Z", 2).await;
    let months: Vec<_> = late
        .months
        .iter()
        .map(|month| month.month.as_str())
        .collect();
    assert_eq!(months, ["2026-09", "2026-08"]);
    let owing: Vec<_> = late
        .organizations
        .iter()
        .map(|one| one.organization_id.as_str())
        .collect();
    assert_eq!(owing, ["ORG-B", "ORG-C"]);
}

#[tokio::test]
async fn without_forms_nobody_is_late() {
    let lake = Lake::empty().await;
    let forms = lake.frame("mart.reporting_month", "");
    let organizations = lake.frame("reference.organization", "");
    let late = Lateness::read(forms, organizations, at("2026-11-24T02:00:00Z"), 12).await;
    assert_eq!(late.expect("lateness"), Lateness::default());
}
