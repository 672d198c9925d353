//! What is wrong with a lake, as things that begin and end.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::freshness::FreshnessState;
use crate::lateness::Lateness;
use crate::status::{Status, Title};

/// What kind of thing is wrong.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// A job fails.
    Failure,
    /// A table is older than promised, or forms of a month are owed.
    Lateness,
    /// A run's ledger does not balance.
    Imbalance,
}

/// Something that is wrong until it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The same as long as it lasts: `failure energy.readings`.
    pub key: String,
    /// What kind of thing it is.
    pub kind: IncidentKind,
    /// The job, table or month it is about.
    pub subject: String,
    /// Since when, where that is known.
    pub since: Option<DateTime<Utc>>,
    /// What is wrong, in both languages.
    pub message: Title,
}

/// What is wrong in a state, by key.
pub fn incidents(status: &Status, lateness: Option<&Lateness>) -> BTreeMap<String, Incident> {
    let mut found = BTreeMap::new();
    let mut add = |kind, word: &str, subject: &str, since, zh: String, en: String| {
        let incident = Incident {
            key: format!("{word} {subject}"),
            kind,
            subject: subject.to_owned(),
            since,
            message: Title { zh, en },
        };
        found.insert(incident.key.clone(), incident);
    };
    for job in &status.jobs {
        let name = &job.job;
        if job.failures > 0 {
            add(
                IncidentKind::Failure,
                "failure",
                name,
                job.failing_since,
                format!("任务 {name} 运行失败（{}）", job.last_run.run_id),
                format!("job {name} failed in run {}", job.last_run.run_id),
            );
        }
        if !job.last_run.balances {
            add(
                IncidentKind::Imbalance,
                "imbalance",
                name,
                Some(job.last_run.started_at),
                format!("任务 {name} 的台账收支不平（{}）", job.last_run.run_id),
                format!(
                    "the ledger of job {name} does not balance in run {}",
                    job.last_run.run_id
                ),
            );
        }
    }
    for table in &status.tables {
        let Some(freshness) = &table.freshness else {
            continue;
        };
        if freshness.state == FreshnessState::Stale {
            let (name, days) = (table.table.to_string(), freshness.within_seconds / 86_400);
            let newest = freshness.newest.as_deref().unwrap_or("—");
            add(
                IncidentKind::Lateness,
                "stale",
                &name,
                freshness.reaches,
                format!(
                    "{}（{name}）超期未更新：数据至 {newest}，时限 {days} 天",
                    table.title.zh
                ),
                format!(
                    "{} ({name}) is older than promised: it reaches {newest}, within {days} days",
                    table.title.en
                ),
            );
        }
    }
    for month in lateness.iter().flat_map(|lateness| &lateness.months) {
        if month.owed > 0 {
            let (name, owed, expected) = (&month.month, month.owed, month.expected);
            add(
                IncidentKind::Lateness,
                "forms",
                name,
                None,
                format!("{name} 月报：应报 {expected} 家，欠报 {owed} 家"),
                format!("monthly forms of {name}: {owed} of {expected} are owed"),
            );
        }
    }
    found
}
