//! What waits in quarantine, by table, job and rule.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use datafusion::functions_aggregate::expr_fn::{count, min};
use datafusion::prelude::{DataFrame, col, lit};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::OperationsError;
use crate::frames::collect;
use crate::status::Title;

const TABLE: &str = "ops.quarantine";

/// Rows of one job that break one rule and wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusedCount {
    /// The job that read them.
    pub job: String,
    /// The rule they break.
    pub rule: String,
    /// What a rule over the row demands, as the table's contract says it; none for rules of one column.
    pub title: Option<Title>,
    /// How many times it is broken; a row that breaks it in several columns counts for each.
    pub rows: u64,
    /// When the first of them was refused.
    pub since: Option<DateTime<Utc>>,
}

/// What waits, by table.
pub(crate) type Waiting = BTreeMap<String, Vec<RefusedCount>>;

/// Counts what waits; `quarantine` needs no column that quotes a file.
pub(crate) async fn waiting(quarantine: Option<DataFrame>) -> Result<Waiting, OperationsError> {
    let mut waiting = Waiting::new();
    let Some(quarantine) = quarantine else {
        return Ok(waiting);
    };
    let counted = || {
        let open = quarantine.filter(col("status").eq(lit("open")))?;
        let by = vec![col("table_name"), col("job"), col("rule")];
        let counts = vec![
            count(lit(1_i64)).alias("rows"),
            min(col("first_seen_at")).alias("since"),
        ];
        open.aggregate(by, counts)
    };
    for rows in collect(TABLE, counted()).await? {
        let (tables, jobs, rules) = (
            rows.texts("table_name")?,
            rows.texts("job")?,
            rows.texts("rule")?,
        );
        let (counts, since) = (rows.numbers("rows")?, rows.moments("since")?);
        for row in 0..rows.count() {
            let (Some(table), Some(job), Some(rule)) = (&tables[row], &jobs[row], &rules[row])
            else {
                continue;
            };
            waiting
                .entry(table.clone())
                .or_default()
                .push(RefusedCount {
                    job: job.clone(),
                    rule: rule.clone(),
                    title: None,
                    rows: counts[row].unwrap_or_default().unsigned_abs(),
                    since: since[row],
                });
        }
    }
    for counts in waiting.values_mut() {
        counts.sort_by(|a, b| (b.rows, &a.rule, &a.job).cmp(&(a.rows, &b.rule, &b.job)));
    }
    Ok(waiting)
}
