//! Whether a mart has to be built, how much of it, and why.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{Contract, TableId};
use datafusion::dataframe::DataFrame;
use models::{Model, Models};
use warehouse::{Snapshot, Warehouse};

use super::changes::{self, Changed, Untold};
use super::info::{BuildInfo, last_build};
use super::mart;
use super::part::{MOST_VALUES, Part};
use super::range::Range;
use crate::error::TransformError;
use crate::reach::{Lost, Reach, ScanReach};
use crate::session::{Lake, table_of};

/// What has to be done for a mart.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Nothing: its inputs and SQL are those it was built with.
    Nothing,
    /// All of it is computed.
    Whole {
        /// Why.
        reason: String,
    },
    /// Some of its partitions are computed.
    Some {
        /// Why.
        reason: String,
        /// Which; none at all when only columns changed that it does not read.
        part: Box<Part>,
    },
}

/// What is needed to decide about marts.
pub(super) struct Judge<'a> {
    pub warehouse: &'a Warehouse,
    pub models: &'a Models,
    pub full: bool,
    pub range: Option<&'a Range>,
}

impl Judge<'_> {
    /// What has to be done for `model`, stored as `snapshot`, when it is built on the state of `lake`.
    pub async fn work(
        &self,
        model: &Model,
        contract: &Contract,
        snapshot: &Snapshot,
        current: &BuildInfo,
        lake: &Lake,
    ) -> Result<Work, TransformError> {
        let whole = |reason: &str| {
            Ok(Work::Whole {
                reason: reason.to_owned(),
            })
        };
        if self.full {
            return whole("everything was asked for");
        }
        let Some(last) = last_build(snapshot).await? else {
            return whole("it was not built before");
        };
        if last.model_hash != current.model_hash {
            return whole("its SQL changed");
        }
        if !last.inputs.keys().eq(current.inputs.keys()) {
            return whole("it reads other tables");
        }
        let partition_by: Vec<&str> = contract.partition_by.iter().map(AsRef::as_ref).collect();
        if snapshot.partition_by() != partition_by {
            return whole("its contract partitions it otherwise");
        }
        let mut changed = Vec::new();
        for (table, then) in &last.inputs {
            let now = lake.snapshots.get(table);
            changed.extend(changes::since(table, *then, now).await);
        }
        let asked = match (self.range, partition_by.first()) {
            (Some(range), Some(_)) => Some(range),
            (Some(_), None) if changed.is_empty() => {
                return whole("a range was asked for, and it has no partitions");
            }
            _ => None,
        };
        if changed.is_empty() && asked.is_none() {
            return Ok(Work::Nothing);
        }
        let reason = if changed.is_empty() {
            "a range was asked for".to_owned()
        } else {
            let names: Vec<String> = changed.iter().map(|one| one.table.to_string()).collect();
            format!("{} changed", names.join(", "))
        };
        let Some(column) = partition_by.first() else {
            return Ok(Work::Whole { reason });
        };
        let reach = self.reach(model, contract, column, lake).await?;
        let touched = match self.touched(model, &reach, &changed, lake).await? {
            Ok(values) => values,
            Err(why) => {
                return Ok(Work::Whole {
                    reason: format!("{reason}; {why}"),
                });
            }
        };
        let data_type = contract.arrow_schema();
        let mut values = touched;
        if let Some(range) = asked {
            let field = data_type
                .field_with_name(column)
                .map_err(|error| TransformError::compute(model, error.into()))?;
            values.extend(range.values(field.data_type()).into_iter().map(Some));
        }
        Ok(limited(contract, reach, values, snapshot, reason))
    }

    /// Where the rows of a partition come from.
    async fn reach(
        &self,
        model: &Model,
        contract: &Contract,
        column: &str,
        lake: &Lake,
    ) -> Result<Reach, TransformError> {
        let failed = |source| TransformError::compute(model, source);
        let inputs = self.models.tables_below(&model.name);
        // A session without the rows of shared views: those are of all partitions.
        let plain = Lake::at(self.warehouse, &inputs, lake.snapshots.clone())?;
        plain
            .add_views(self.models, &self.models.views_below(&model.name))
            .await?;
        let rows: DataFrame = plain.session.sql(model.sql()).await.map_err(failed)?;
        let rows = mart::in_contract_form(rows, model, contract)?;
        let plan = plain
            .session
            .state()
            .optimize(rows.logical_plan())
            .map_err(failed)?;
        Reach::of(plan, column).map_err(failed)
    }

    /// The values of the partition column that the changes touch, or why all are.
    async fn touched(
        &self,
        model: &Model,
        reach: &Reach,
        changed: &[Changed],
        lake: &Lake,
    ) -> Result<Result<BTreeSet<Option<String>>, String>, TransformError> {
        let mut touched = BTreeSet::new();
        for change in changed {
            let scans: Vec<&ScanReach> = reach
                .scans
                .iter()
                .filter(|scan| scan.table == change.table)
                .collect();
            match changes::values_touched(&lake.session, change, &scans).await {
                Ok(values) => touched.extend(values),
                Err(Untold::Everything(Lost(why))) => {
                    return Ok(Err(format!(
                        "{} reaches every partition: {why}",
                        change.table
                    )));
                }
                Err(Untold::Failed(source)) => {
                    return Err(TransformError::compute(model, *source));
                }
            }
        }
        Ok(Ok(touched))
    }
}

/// The part, unless it is nearly everything.
fn limited(
    contract: &Contract,
    reach: Reach,
    values: BTreeSet<Option<String>>,
    snapshot: &Snapshot,
    reason: String,
) -> Work {
    let Some(part) = Part::new(contract, reach, values) else {
        return Work::Whole { reason };
    };
    let stored = snapshot.partitions().len();
    if part.values.len() > MOST_VALUES {
        return Work::Whole {
            reason: format!("{reason}, in more than {MOST_VALUES} partitions"),
        };
    }
    if stored > 0 && part.stored_in(snapshot).len() == stored {
        return Work::Whole {
            reason: format!("{reason}, in every partition"),
        };
    }
    Work::Some {
        reason,
        part: Box::new(part),
    }
}

/// The version of each stored table `model` reads.
pub(super) fn inputs(
    models: &Models,
    model: &Model,
    lake: &Lake,
) -> BTreeMap<TableId, Option<u64>> {
    models
        .tables_below(&model.name)
        .iter()
        .map(|input| {
            let id = table_of(input);
            let version = lake.snapshots.get(&id).map(Snapshot::version);
            (id, version)
        })
        .collect()
}
