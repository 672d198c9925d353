//! Who owes which month's form.
//!
//! `mart.reporting_month` knows the months of which any form came. A month that is due and of which none
//! came at all is owed by everybody who was expected in the newest month known: the mart cannot say so,
//! because it has no row of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use datafusion::prelude::{DataFrame, col, lit};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::OperationsError;
use crate::frames::{Rows, collect};
use crate::freshness::city_day;

const TABLE: &str = "mart.reporting_month";
const ORGANIZATIONS: &str = "reference.organization";

/// Who is late.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lateness {
    /// The months looked at, newest first.
    pub months: Vec<MonthLateness>,
    /// The organisations that owe forms, those that owe most first.
    pub organizations: Vec<OrganizationLateness>,
}

/// How a month was reported. All counts are of organisations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonthLateness {
    /// The month, `2025-12`.
    pub month: String,
    /// When its forms were due.
    pub due_date: NaiveDate,
    /// Whose form is expected.
    pub expected: u64,
    /// Of these, whose form is here.
    pub reported: u64,
    /// Of these, whose form came after the due date.
    pub late: u64,
    /// Whose form is owed.
    pub owed: u64,
    /// No form of the month came at all; who is expected is taken from the month before.
    pub is_unheard: bool,
}

/// What one organisation owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrganizationLateness {
    /// The organisation.
    pub organization_id: String,
    /// Its newest name.
    pub name: Option<String>,
    /// Its region.
    pub region_code: Option<String>,
    /// The months owed, oldest first.
    pub owed: Vec<Owed>,
    /// Forms of the months looked at that came late.
    pub late_forms: u64,
}

/// A form owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Owed {
    /// The month.
    pub month: String,
    /// When it was due.
    pub due_date: NaiveDate,
    /// Days since then.
    pub days_overdue: u64,
}

/// One organisation and month of the mart.
struct Form {
    organization_id: String,
    region_code: Option<String>,
    month: String,
    due_date: NaiveDate,
    expected: bool,
    reported: bool,
    is_late: bool,
}

impl Lateness {
    /// Reads who owes what of the newest `months` months that are due at `now`: `reporting` is
    /// `mart.reporting_month` and `organizations` is `reference.organization`, both of one publication.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub async fn read(
        reporting: DataFrame,
        organizations: DataFrame,
        now: DateTime<Utc>,
        months: u32,
    ) -> Result<Lateness, OperationsError> {
        let today = city_day(now);
        let since = today
            .checked_sub_months(Months::new(months.saturating_add(1)))
            .unwrap_or_default();
        let since = format!("{}-{:02}", since.year(), since.month());
        let columns = [
            "organization_id",
            "region_code",
            "month",
            "due_date",
            "expected",
            "reported",
            "is_late",
        ];
        let asked = || {
            let recent = reporting.filter(col("month").gt_eq(lit(since)))?;
            recent.select_columns(&columns)
        };
        let mut forms = Vec::new();
        for rows in collect(TABLE, asked()).await? {
            read_forms(&rows, &mut forms)?;
        }
        let names = names(organizations).await?;
        Ok(lateness(forms, &names, today, months))
    }
}

fn read_forms(rows: &Rows, forms: &mut Vec<Form>) -> Result<(), OperationsError> {
    let (ids, regions) = (rows.texts("organization_id")?, rows.texts("region_code")?);
    let (months, due) = (rows.texts("month")?, rows.days("due_date")?);
    let (expected, reported) = (rows.truths("expected")?, rows.truths("reported")?);
    let late = rows.truths("is_late")?;
    for row in 0..rows.count() {
        let (Some(organization_id), Some(month), Some(due_date)) =
            (&ids[row], &months[row], due[row])
        else {
            continue;
        };
        forms.push(Form {
            organization_id: organization_id.clone(),
            region_code: regions[row].clone(),
            month: month.clone(),
            due_date,
            expected: expected[row].unwrap_or_default(),
            reported: reported[row].unwrap_or_default(),
            is_late: late[row].unwrap_or_default(),
        });
    }
    Ok(())
}

/// The newest name of each organisation.
async fn names(organizations: DataFrame) -> Result<BTreeMap<String, String>, OperationsError> {
    let columns = ["organization_id", "from_date", "name"];
    let mut newest: BTreeMap<String, (Option<NaiveDate>, String)> = BTreeMap::new();
    for rows in collect(ORGANIZATIONS, organizations.select_columns(&columns)).await? {
        let (ids, from) = (rows.texts("organization_id")?, rows.days("from_date")?);
        for (row, name) in rows.texts("name")?.into_iter().enumerate() {
            let (Some(id), Some(name)) = (&ids[row], name) else {
                continue;
            };
            let named = newest.entry(id.clone()).or_default();
            *named = named.clone().max((from[row], name));
        }
    }
    let names = newest.into_iter().map(|(id, (_, name))| (id, name));
    Ok(names.collect())
}

fn lateness(
    mut forms: Vec<Form>,
    names: &BTreeMap<String, String>,
    today: NaiveDate,
    months: u32,
) -> Lateness {
    let mut unheard = unheard(&forms, today);
    let unheard_months: Vec<String> = unheard.iter().map(|form| form.month.clone()).collect();
    forms.append(&mut unheard);
    forms.retain(|form| form.due_date < today);
    let mut due: Vec<String> = forms.iter().map(|form| form.month.clone()).collect();
    due.sort_unstable_by(|a, b| b.cmp(a));
    due.dedup();
    due.truncate(months as usize);
    forms.retain(|form| due.contains(&form.month));

    let mut by_month: BTreeMap<&str, MonthLateness> = BTreeMap::new();
    let mut by_organization: BTreeMap<&str, OrganizationLateness> = BTreeMap::new();
    for form in &forms {
        let month = by_month
            .entry(&form.month)
            .or_insert_with(|| MonthLateness {
                month: form.month.clone(),
                due_date: form.due_date,
                expected: 0,
                reported: 0,
                late: 0,
                owed: 0,
                is_unheard: unheard_months.contains(&form.month),
            });
        let owes = form.expected && !form.reported;
        month.expected += u64::from(form.expected);
        month.reported += u64::from(form.expected && form.reported);
        month.late += u64::from(form.expected && form.is_late);
        month.owed += u64::from(owes);
        let id = form.organization_id.as_str();
        let organization = by_organization
            .entry(id)
            .or_insert_with(|| OrganizationLateness {
                organization_id: id.to_owned(),
                name: names.get(id).cloned(),
                region_code: None,
                owed: Vec::new(),
                late_forms: 0,
            });
        organization.region_code.clone_from(&form.region_code);
        organization.late_forms += u64::from(form.is_late);
        if owes {
            organization.owed.push(Owed {
                month: form.month.clone(),
                due_date: form.due_date,
                days_overdue: (today - form.due_date).num_days().unsigned_abs(),
            });
        }
    }
    let mut organizations: Vec<_> = by_organization
        .into_values()
        .filter(|organization| !organization.owed.is_empty())
        .collect();
    for organization in &mut organizations {
        organization.owed.sort_by(|a, b| a.month.cmp(&b.month));
    }
    organizations.sort_by(|a, b| {
        let weight = |one: &OrganizationLateness| (one.owed.len(), one.late_forms);
        weight(b)
            .cmp(&weight(a))
            .then_with(|| a.organization_id.cmp(&b.organization_id))
    });
    Lateness {
        months: by_month.into_values().rev().collect(),
        organizations,
    }
}

/// The forms of months that are due and of which none came: the newest month's, again and again.
fn unheard(forms: &[Form], today: NaiveDate) -> Vec<Form> {
    let Some(newest) = forms.iter().map(|form| &form.month).max() else {
        return Vec::new();
    };
    let expected: Vec<&Form> = forms
        .iter()
        .filter(|form| form.month == *newest && form.expected)
        .collect();
    let mut unheard = Vec::new();
    let Ok(first) = format!("{newest}-01").parse::<NaiveDate>() else {
        return unheard;
    };
    for ahead in 1.. {
        let month = first.checked_add_months(Months::new(ahead));
        let due = expected
            .first()
            .and_then(|form| form.due_date.checked_add_months(Months::new(ahead)));
        let (Some(month), Some(due_date)) = (month, due) else {
            break;
        };
        if due_date >= today {
            break;
        }
        unheard.extend(expected.iter().map(|form| Form {
            organization_id: form.organization_id.clone(),
            region_code: form.region_code.clone(),
            month: format!("{}-{:02}", month.year(), month.month()),
            due_date,
            expected: true,
            reported: false,
            is_late: false,
        }));
    }
    unheard
}
