//! Closed months: which published numbers of them would be others.
//!
//! A mart has months when its key has a column `month`, and years when it has `year`; a year is closed
//! with its December. Marts without either are a state of today and are never closed. What is about to be
//! published is held against what is: every column of every row of closed months. A mart or a column that
//! is no longer there has lost its numbers; one that is new has changed none.

use std::collections::BTreeMap;

use std::sync::Arc;

use contracts::{Contract, TableId};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::{Column, DataFusionError, JoinType, ScalarValue, TableReference};
use datafusion::datasource::empty::EmptyTable;
use datafusion::functions_aggregate::expr_fn::sum;
use datafusion::logical_expr::{Expr, Operator, binary_expr, cast, col, ident, lit, when};
use datafusion::prelude::DataFrame;
use warehouse::{Period, Publication, Restated, Snapshot, Warehouse, WarehouseError};

use crate::error::TransformError;

/// Rows of one mart that are listed at the most; all are counted.
const LISTED_ROWS: usize = 1000;
/// The two states that are held against each other.
const BEFORE: &str = "before";
const AFTER: &str = "after";

/// What a publication would change in closed months.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    /// How many numbers, by month (`2024-12`) or year (`2024`).
    pub by_time: BTreeMap<String, u64>,
    /// The numbers; the first of each mart.
    pub listed: Vec<Restated>,
}

impl Changes {
    /// How many numbers there are.
    pub fn total(&self) -> u64 {
        self.by_time.values().sum()
    }

    /// The months and years that none of `months` is or is in.
    pub fn beyond(&self, months: &[Period]) -> Vec<String> {
        let is_meant = |time: &str| {
            months
                .iter()
                .any(|month| month.to_string() == time || month.year().to_string() == time)
        };
        let times = self.by_time.keys().filter(|time| !is_meant(time));
        times.cloned().collect()
    }
}

/// Holds the marts of `next` against those of `latest`, up to the end of `through`.
pub(crate) async fn changes(
    warehouse: &Warehouse,
    latest: &Publication,
    next: &BTreeMap<TableId, Snapshot>,
    through: Period,
) -> Result<Changes, TransformError> {
    let mut changes = Changes::default();
    for (id, version) in &latest.tables {
        let is_same = next
            .get(id)
            .is_some_and(|snapshot| snapshot.version() == *version);
        if id.schema() != "mart" || is_same {
            continue;
        }
        let Some(table) = warehouse.existing_table(id).await? else {
            continue;
        };
        let before = table.snapshot_at(*version).await?.provider();
        let after = match next.get(id) {
            Some(snapshot) => snapshot.provider(),
            None => Arc::new(EmptyTable::new(before.schema())),
        };
        let Some(both) = Both::of(warehouse, id, &before.schema()) else {
            continue;
        };
        let compared = both.compare(before, after, through, &mut changes).await;
        compared.map_err(|source| WarehouseError::Compute {
            table: id.clone(),
            source: Box::new(source),
        })?;
    }
    Ok(changes)
}

/// The column of a mart that says when.
#[derive(Clone, Copy)]
enum Time {
    Month,
    Year,
}

impl Time {
    fn of(key: &[String]) -> Option<Self> {
        let has = |name: &str| key.iter().any(|column| column == name);
        match (has("month"), has("year")) {
            (true, _) => Some(Self::Month),
            (_, true) => Some(Self::Year),
            _ => None,
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Rows whose time is closed.
    fn is_closed(self, through: Period) -> Expr {
        let column = col(self.column());
        match self {
            Self::Month => column.lt_eq(lit(through.to_string())),
            Self::Year if through.ends_year() => column.lt_eq(lit(i64::from(through.year()))),
            Self::Year => column.lt(lit(i64::from(through.year()))),
        }
    }
}

/// Two states of a mart.
struct Both<'a> {
    warehouse: &'a Warehouse,
    mart: &'a TableId,
    key: Vec<String>,
    time: Time,
    /// The columns of the first state, the key aside.
    columns: Vec<String>,
}

impl<'a> Both<'a> {
    /// How the states of a mart are held against each other; `None` when it has no time. A mart that has
    /// left the project has no contract to tell its key: then it is the column of time, because no row is
    /// left to be found again.
    fn of(warehouse: &'a Warehouse, mart: &'a TableId, before: &SchemaRef) -> Option<Self> {
        let key: Vec<String> = match warehouse.contracts().get(mart) {
            Some(contract) => key_of(contract),
            None => {
                let times = [Time::Month.column(), Time::Year.column()].into_iter();
                let mut there = times.filter(|name| before.column_with_name(name).is_some());
                there.next().map(str::to_owned).into_iter().collect()
            }
        };
        let names = before.fields().iter().map(|field| field.name().clone());
        Some(Self {
            warehouse,
            mart,
            time: Time::of(&key)?,
            columns: names.filter(|name| !key.contains(name)).collect(),
            key,
        })
    }

    async fn compare(
        &self,
        before: Arc<dyn TableProvider>,
        after: Arc<dyn TableProvider>,
        through: Period,
        changes: &mut Changes,
    ) -> Result<(), DataFusionError> {
        let joined = self.joined(before, after, through)?;
        let counted = self.counted(joined.clone())?.collect().await?;
        for batch in &counted {
            for row in 0..batch.num_rows() {
                if let (Some(time), Some(count)) = (text(batch, 0, row)?, text(batch, 1, row)?) {
                    *changes.by_time.entry(time).or_default() += count.parse().unwrap_or(0);
                }
            }
        }
        let key = self.key.iter();
        let order = key.map(|column| either(column).sort(true, false));
        let listed = joined.sort(order.collect())?.limit(0, Some(LISTED_ROWS))?;
        for batch in listed.collect().await? {
            for row in 0..batch.num_rows() {
                self.list(&batch, row, &mut changes.listed)?;
            }
        }
        Ok(())
    }

    /// Rows of closed times that differ: `before.<column>` beside `after.<column>`.
    fn joined(
        &self,
        before: Arc<dyn TableProvider>,
        after: Arc<dyn TableProvider>,
        through: Period,
    ) -> Result<DataFrame, DataFusionError> {
        let session = self.warehouse.session();
        let closed = |table: Arc<dyn TableProvider>, side: &str| {
            let schema = table.schema();
            let names = self.key.iter().chain(&self.columns);
            let shown = names.map(|name| match schema.column_with_name(name) {
                Some(_) => ident(name),
                None => lit(ScalarValue::Null).alias(name),
            });
            let rows = session
                .read_table(table)?
                .select(shown.collect::<Vec<_>>())?;
            rows.filter(self.time.is_closed(through))?.alias(side)
        };
        let key = self.key.iter();
        let on = key.map(|name| side(BEFORE, name).eq(side(AFTER, name)));
        let (before, after) = (closed(before, BEFORE)?, closed(after, AFTER)?);
        let joined = before.join_on(after, JoinType::Full, on)?;
        let differs = self.columns.iter().map(|column| distinct(column));
        joined.filter(differs.fold(self.one_sided(), Expr::or))
    }

    /// How many numbers differ by time: a row that came or went counts once.
    fn counted(&self, joined: DataFrame) -> Result<DataFrame, DataFusionError> {
        let mut differing = lit(0_i64);
        for column in &self.columns {
            differing = differing + cast(distinct(column), DataType::Int64);
        }
        let numbers = when(self.one_sided(), lit(1_i64)).otherwise(differing)?;
        let time = cast(either(self.time.column()), DataType::Utf8).alias("time");
        joined
            .select(vec![time, numbers.alias("numbers")])?
            .aggregate(vec![col("time")], vec![sum(col("numbers"))])
    }

    fn list(
        &self,
        batch: &RecordBatch,
        row: usize,
        listed: &mut Vec<Restated>,
    ) -> Result<(), DataFusionError> {
        let width = batch.num_columns() / 2;
        let position = |name: &str, offset: usize| {
            let half = batch.schema();
            let names = half.fields().iter().skip(offset).take(width);
            names
                .map(|field| field.name().as_str())
                .position(|field| field == name)
                .map(|index| index + offset)
        };
        let cell = |name: &str, offset: usize| match position(name, offset) {
            Some(column) => text(batch, column, row),
            None => Ok(None),
        };
        let mut key = Vec::new();
        let (mut has_before, mut has_after) = (false, false);
        let mut time = String::new();
        for name in &self.key {
            let (old, new) = (cell(name, 0)?, cell(name, width)?);
            has_before |= old.is_some();
            has_after |= new.is_some();
            let value = old.or(new).unwrap_or_default();
            if name == self.time.column() {
                time.clone_from(&value);
            }
            key.push(format!("{name} = {value}"));
        }
        let restated = |column: Option<&String>, from, to| Restated {
            mart: self.mart.to_string(),
            time: time.clone(),
            key: key.join(", "),
            column: column.cloned(),
            from,
            to,
        };
        if has_before != has_after {
            let row = |is_there: bool| is_there.then(|| "a row".to_owned());
            listed.push(restated(None, row(has_before), row(has_after)));
            return Ok(());
        }
        for column in &self.columns {
            let (from, to) = (cell(column, 0)?, cell(column, width)?);
            if from != to {
                listed.push(restated(Some(column), from, to));
            }
        }
        Ok(())
    }

    /// Whether a row is on one side alone: times are never null.
    fn one_sided(&self) -> Expr {
        let time = self.time.column();
        side(BEFORE, time).is_null().or(side(AFTER, time).is_null())
    }
}

fn side(side: &str, name: &str) -> Expr {
    Expr::Column(Column::new(Some(TableReference::bare(side)), name))
}

fn distinct(column: &str) -> Expr {
    let (before, after) = (side(BEFORE, column), side(AFTER, column));
    binary_expr(before, Operator::IsDistinctFrom, after)
}

/// The value of a key column on whichever side has the row.
fn either(name: &str) -> Expr {
    datafusion::functions::expr_fn::coalesce(vec![side(BEFORE, name), side(AFTER, name)])
}

fn key_of(contract: &Contract) -> Vec<String> {
    contract.key.iter().map(ToString::to_string).collect()
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> Result<Option<String>, DataFusionError> {
    crate::explain::text(batch, column, row)
}
