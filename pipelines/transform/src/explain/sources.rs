//! The stored rows behind a part of a number, a page of them, and what they come to.

use std::collections::BTreeSet;
use std::sync::Arc;

use contracts::{Contract, Contracts, OBJECT_COLUMN, ROW_COLUMN, SHEET_COLUMN, TableId};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::common::Result;
use datafusion::functions::expr_fn::abs;
use datafusion::functions_aggregate::expr_fn::{max, sum};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, ident, lit};
use datafusion::prelude::SessionContext;

use super::answer::{ListedColumn, Making, Mark, Place, Source, SourceRow};
use super::page::{Page, Paged, paged};
use super::strand::{Cover, PART, Strand};

/// Which way a listed row came by: an index into [`OneTable::used`].
const WAY: &str = "__way";
/// How large a part is: what adds most, or takes most away, comes first.
const SIZE: &str = "__size";
/// Columns that say where a row of reference is from.
const EVIDENCE: [&str; 2] = ["source", "grade"];

/// Which columns may be shown.
pub type MayShow<'a> = &'a (dyn Fn(&contracts::Column) -> bool + Send + Sync);

/// Lists the rows of covers whose parts make a total of decimals with `scale` places.
pub(super) struct Listing<'a> {
    pub session: &'a SessionContext,
    pub contracts: &'a Contracts,
    pub may_show: MayShow<'a>,
    pub scale: i8,
    pub total: Option<&'a str>,
    pub page: Page,
}

/// The strands of a cover that come from one table.
struct OneTable<'a> {
    contract: &'a Contract,
    strands: Vec<&'a Strand>,
    columns: Vec<ListedColumn>,
    adds: bool,
}

impl OneTable<'_> {
    /// The columns that hold the value, by [`WAY`].
    fn used(&self) -> Vec<&BTreeSet<String>> {
        let strands = self.strands.iter();
        strands.flat_map(|strand| &strand.columns).collect()
    }

    fn steps(&self) -> Vec<String> {
        let mut steps: Vec<String> = Vec::new();
        for step in self.strands.iter().flat_map(|strand| &strand.steps) {
            if !steps.contains(step) {
                steps.push(step.clone());
            }
        }
        steps
    }
}

impl Listing<'_> {
    /// The rows of a cover, by table; those of `table` alone, if one is named. What the rows of all
    /// its tables come to is held against the total.
    pub async fn sources(&self, cover: &Cover, table: Option<&TableId>) -> Result<Vec<Source>> {
        let adds = cover.strands.iter().all(|strand| strand.adds);
        let tables = cover.tables();
        let mut found = Vec::new();
        let mut sum = Some(0_i128);
        for id in &tables {
            let Some(contract) = self.contracts.get(id) else {
                continue;
            };
            let strands = cover.strands.iter().filter(|strand| strand.table == **id);
            let strands: Vec<&Strand> = strands.collect();
            let one = OneTable {
                columns: listed(contract, &strands, self.may_show),
                contract,
                strands,
                adds,
            };
            let source = self.source(&one).await?;
            let own = source.sum.as_deref().and_then(|sum| units(sum, self.scale));
            sum = sum.zip(own).map(|(sum, own)| sum + own);
            found.push(source);
        }
        let total = units(self.total.unwrap_or("0"), self.scale);
        for source in &mut found {
            let others = tables.iter().filter(|table| **table != &source.table);
            source.together_with = others.map(|table| (*table).clone()).collect();
            source.agrees = adds.then_some(sum.is_some() && sum == total);
        }
        found.retain(|source| table.is_none_or(|table| source.table == *table));
        Ok(found)
    }

    async fn source(&self, one: &OneTable<'_>) -> Result<Source> {
        let Paged {
            batch,
            total_rows,
            sum,
        } = self.page_of(one).await?;
        Ok(Source {
            table: one.contract.id.clone(),
            title: one.contract.title.clone(),
            making: if one.adds { Making::Sum } else { Making::Used },
            sum: one.adds.then(|| sum.unwrap_or_else(|| "0".to_owned())),
            agrees: None,
            together_with: Vec::new(),
            steps: one.steps(),
            rows: source_rows(&batch, one)?,
            columns: one.columns.clone(),
            total_rows,
            offset: self.page.offset,
        })
    }

    /// One row for each stored row and way it came by, with all it adds.
    fn rows(&self, one: &OneTable<'_>) -> Result<LogicalPlan> {
        let schema = one.contract.table_schema();
        let places = [OBJECT_COLUMN, SHEET_COLUMN, ROW_COLUMN].into_iter();
        let shown = one.columns.iter().map(|column| column.name.as_str());
        let key = one.contract.key.iter().map(|column| column.as_str());
        let names: BTreeSet<&str> = shown
            .chain(key)
            .chain(places.filter(|name| schema.column_with_name(name).is_some()))
            .collect();
        let mut all: Option<LogicalPlanBuilder> = None;
        let mut first = 0;
        for strand in &one.strands {
            let plan = self.strand_rows(strand, first, &names, one.adds)?;
            first += strand.columns.len();
            all = Some(match all {
                None => LogicalPlanBuilder::from(plan),
                Some(all) => all.union(plan)?,
            });
        }
        let all = all.unwrap_or_else(|| LogicalPlanBuilder::empty(false));
        let groups = names.iter().copied().chain([WAY]).map(ident);
        let part = if one.adds {
            sum(ident(PART))
        } else {
            max(ident(PART))
        };
        let rows = all.aggregate(groups, [part.alias(PART)])?;
        if !one.adds {
            return rows.build();
        }
        // What adds nothing does not belong to what adds up.
        rows.filter(ident(PART).not_eq(lit(0_i64)))?.build()
    }

    fn strand_rows(
        &self,
        strand: &Strand,
        first: usize,
        names: &BTreeSet<&str>,
        adds: bool,
    ) -> Result<LogicalPlan> {
        let stored = names.iter().filter_map(|name| {
            let stored = strand.stored(name)?;
            Some(stored.alias(*name))
        });
        let part = strand.part().unwrap_or_else(|| lit(0_i64));
        let part = if adds {
            cast(part, DataType::Decimal128(38, self.scale))
        } else {
            cast(part, DataType::Utf8)
        };
        let first = lit(i64::try_from(first).unwrap_or(i64::MAX));
        let way = match strand.via() {
            Some(via) => via + first,
            None => first,
        };
        let columns: Vec<Expr> = stored.chain([way.alias(WAY), part.alias(PART)]).collect();
        // A row that nothing was found for (an outer join) is no stored row.
        let place = strand.stored(OBJECT_COLUMN);
        let is_stored = place.map_or_else(|| lit(true), Expr::is_not_null);
        LogicalPlanBuilder::from(strand.plan.clone())
            .filter(is_stored)?
            .project(columns)?
            .build()
    }

    /// A page of the rows, and what all of them come to: largest parts first, of equal ones the order of the
    /// key.
    async fn page_of(&self, one: &OneTable<'_>) -> Result<Paged> {
        let mut rows = LogicalPlanBuilder::from(self.rows(one)?);
        if one.adds {
            let shown = rows.schema().columns().into_iter().map(Expr::Column);
            let size = abs(ident(PART)).alias(SIZE);
            rows = rows
                .clone()
                .project(shown.chain([size]).collect::<Vec<_>>())?;
        }
        let by_size = one.adds.then_some((SIZE, true)).into_iter();
        let key = one.contract.key.iter().map(|column| column.as_str());
        let ties = key.chain([WAY]).map(|name| (name, false));
        let order: Vec<(&str, bool)> = by_size.chain(ties).collect();
        let summed = one.adds.then_some(PART);
        paged(self.session, rows.build()?, &order, self.page, summed).await
    }
}

fn source_rows(batch: &RecordBatch, one: &OneTable<'_>) -> Result<Vec<SourceRow>> {
    let used = one.used();
    let mut rows = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let cell = |name: &str| match batch.schema().index_of(name) {
            Ok(column) => text(batch, column, row),
            Err(_) => Ok(None),
        };
        let way = cell(WAY)?.and_then(|way| way.parse::<usize>().ok());
        let used = way.and_then(|way| used.get(way).copied());
        let used = used.cloned().unwrap_or_default();
        let names = one.columns.iter().map(|column| cell(&column.name));
        let cells = names.collect::<Result<Vec<Option<String>>>>()?;
        let is_shown = |name: &String| one.columns.iter().any(|column| column.name == *name);
        let is_hidden = !used.iter().all(is_shown);
        let part = cell(PART)?.filter(|_| one.adds || !is_hidden);
        let values = one.columns.iter().zip(&cells);
        let values = values.filter(|(column, _)| used.contains(&column.name));
        let values: Vec<&Option<String>> = values.map(|(_, cell)| cell).collect();
        let is_said = is_hidden || is_reference(&one.contract.id);
        rows.push(SourceRow {
            marks: marks(&values, part.as_deref().filter(|_| !is_said)),
            place: place(&cell)?,
            used: used.into_iter().collect(),
            cells,
            part,
            raw: None,
        });
    }
    Ok(rows)
}

fn place(cell: &dyn Fn(&str) -> Result<Option<String>>) -> Result<Option<Place>> {
    let row = cell(ROW_COLUMN)?.and_then(|row| row.parse().ok());
    let sheet = cell(SHEET_COLUMN)?;
    let place = cell(OBJECT_COLUMN)?.zip(row);
    Ok(place.map(|(object, row)| Place { object, sheet, row }))
}

/// What was done to the values on the way to the part. What is counted and not added is neither.
fn marks(values: &[&Option<String>], part: Option<&str>) -> Vec<Mark> {
    let (Some(part), false) = (part, values.is_empty()) else {
        return Vec::new();
    };
    if values.iter().all(|value| value.is_none()) {
        return vec![Mark::Defaulted];
    }
    let numbers = values.iter().filter_map(|value| value.as_deref());
    let mut numbers = numbers.filter(|value| is_number(value)).peekable();
    let is_counted = numbers.peek().is_none();
    if is_counted || numbers.any(|value| shortest(value) == shortest(part)) {
        return Vec::new();
    }
    vec![Mark::Converted]
}

/// The columns worth showing: the key, the values used, and where a row of reference is from.
fn listed(contract: &Contract, strands: &[&Strand], may_show: MayShow<'_>) -> Vec<ListedColumn> {
    let used = strands.iter().flat_map(|strand| &strand.columns).flatten();
    let used: BTreeSet<&str> = used.map(String::as_str).collect();
    let columns = contract.columns.iter().filter(|column| {
        let name = column.name.as_str();
        let is_key = contract.key.contains(&column.name);
        let is_evidence = is_reference(&contract.id) && EVIDENCE.contains(&name);
        (is_key || is_evidence || used.contains(name)) && may_show(column)
    });
    columns.map(listed_column).collect()
}

pub(super) fn listed_column(column: &contracts::Column) -> ListedColumn {
    ListedColumn {
        name: column.name.to_string(),
        title: column.title.clone(),
        unit: column.unit.as_ref().map(ToString::to_string),
    }
}

/// Whether a table holds factors, coefficients, standards and the like.
pub(super) fn is_reference(table: &TableId) -> bool {
    table.schema() == "reference"
}

/// All rows of a plan as one batch.
pub(super) async fn collect(session: &SessionContext, plan: LogicalPlan) -> Result<RecordBatch> {
    let frame = session.execute_logical_plan(plan).await?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let batches = frame.collect().await?;
    Ok(datafusion::arrow::compute::concat_batches(
        &schema, &batches,
    )?)
}

/// A cell as text, exactly; null is `None`.
pub(crate) fn text(batch: &RecordBatch, column: usize, row: usize) -> Result<Option<String>> {
    let array = batch.column(column);
    // An array that holds nothing else keeps no record of what is null.
    let is_nothing = *array.data_type() == DataType::Null;
    if row >= array.len() || is_nothing || array.is_null(row) {
        return Ok(None);
    }
    Ok(Some(array_value_to_string(array, row)?))
}

/// A decimal of at most `scale` places as a whole number of its last place.
fn units(number: &str, scale: i8) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let places = usize::try_from(scale).ok()?;
    if fraction.len() > places {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse().ok()
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_digit = |character: char| character.is_ascii_digit() || character == '.';
    !digits.is_empty() && digits.chars().all(is_digit)
}

/// A number without the zeros at the end of its fraction.
fn shortest(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}
