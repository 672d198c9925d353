//! At any level a metric is what exact arithmetic over the rows says.

use std::collections::BTreeMap;

use contracts::Contracts;
use datafusion::arrow::array::{Array, Decimal128Array, RecordBatch, StringArray};
use datafusion::prelude::SessionContext;
use models::metric::{MetricQuery, Metrics, compile};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::lake::contract;
use crate::SessionMarts;

const METRICS: &str = "\
metrics:
  - metric: energy
    title: { zh: 能耗, en: Energy }
    unit: kgce
    mart: intensity_year
    numerator: { sum: energy_kgce }
    dimensions: [region_code, organization_id]
  - metric: per_person
    title: { zh: 人均, en: Per person }
    unit: gce/person
    mart: intensity_year
    numerator: { sum: energy_kgce }
    denominator: { sum: people }
    dimensions: [region_code, organization_id]
";

/// Region, energy at scale 4, people.
type Row = (u8, i64, i64);

fn contracts() -> Contracts {
    let columns = [
        "organization_id text key",
        "region_code text",
        "energy_kgce decimal(18,4) kgce",
        "people integer person",
    ];
    Contracts::parse([contract("mart.intensity_year", &columns)]).expect("the contract is right")
}

/// The metrics by `dimensions`: region to (energy at scale 4, per person at scale 8).
async fn ask(rows: &[Row], dimensions: &[&str]) -> BTreeMap<String, (i128, Option<i128>)> {
    let contracts = contracts();
    let files = [("sql/metrics/all.yaml".to_owned(), METRICS.to_owned())];
    let metrics = Metrics::parse(files, &contracts).expect("the metrics are right");
    let session = crate::cases::session();
    let values: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(index, (region, energy, people))| {
            format!("('{index}', '{region}', cast({energy} as decimal(22,0)), {people})")
        })
        .collect();
    let create = format!(
        "create table mart.intensity_year as
         select organization_id, region_code,
             cast(energy / 10000 as decimal(18,4)) as energy_kgce, people
         from (values {}) as rows (organization_id, region_code, energy, people)",
        values.join(", ")
    );
    run(&session, "create schema mart").await;
    run(&session, &create).await;
    let marts = SessionMarts::of(&session).await.expect("the marts");
    let query = MetricQuery {
        metrics: vec!["energy".to_owned(), "per_person".to_owned()],
        dimensions: dimensions.iter().map(ToString::to_string).collect(),
        ..MetricQuery::default()
    };
    let compiled = compile(&query, &metrics, &contracts, &marts).expect("the query compiles");
    let rows = session
        .execute_logical_plan(compiled.plan)
        .await
        .expect("the plan runs");
    let mut answer = BTreeMap::new();
    for batch in rows.collect().await.expect("the rows come") {
        let energy = decimals(&batch, "energy");
        let per_person = decimals(&batch, "per_person");
        for index in 0..batch.num_rows() {
            let region = batch.column_by_name("region_code").map_or("", |column| {
                let text = column.as_any().downcast_ref::<StringArray>();
                text.expect("regions are text").value(index)
            });
            let ratio = per_person.is_valid(index).then(|| per_person.value(index));
            answer.insert(region.to_owned(), (energy.value(index), ratio));
        }
    }
    answer
}

async fn run(session: &SessionContext, sql: &str) -> Vec<RecordBatch> {
    let rows = session.sql(sql).await.expect("the statement plans");
    rows.collect().await.expect("the statement runs")
}

fn decimals<'a>(batch: &'a RecordBatch, name: &str) -> &'a Decimal128Array {
    let column = batch.column_by_name(name).expect("the column");
    column.as_any().downcast_ref().expect("a decimal")
}

/// Energy at scale 4 over people, × 1000 to grams, at scale 8, rounded once half away from zero.
fn exact(energy: i128, people: i128) -> Option<i128> {
    if people == 0 {
        return None;
    }
    let above = energy * 1000 * 10_000;
    let (whole, rest) = (above / people, above % people);
    let is_half_or_more = rest.abs() * 2 >= people.abs();
    let away = if (above < 0) == (people < 0) { 1 } else { -1 };
    Some(if is_half_or_more { whole + away } else { whole })
}

#[test]
fn ratios_are_exact_at_every_level_and_levels_add_up() {
    let row = (0_u8..3, -10_000_000_000_i64..100_000_000_000, 0_i64..500);
    let rows = prop::collection::vec(row, 1..12);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(Config::with_cases(48));
    let outcome = runner.run(&rows, |rows| {
        let by_region = runtime.block_on(ask(&rows, &["region_code"]));
        let whole = runtime.block_on(ask(&rows, &[]));
        let mut sums: BTreeMap<String, (i128, i128)> = BTreeMap::new();
        for (region, energy, people) in &rows {
            for key in [region.to_string(), String::new()] {
                let sum = sums.entry(key).or_default();
                sum.0 += i128::from(*energy);
                sum.1 += i128::from(*people);
            }
        }
        for (key, (energy, people)) in sums {
            let answer = if key.is_empty() { &whole } else { &by_region };
            prop_assert_eq!(answer.get(&key), Some(&(energy, exact(energy, people))));
        }
        let total: i128 = by_region.values().map(|(energy, _)| energy).sum();
        prop_assert_eq!(whole.get("").map(|(energy, _)| *energy), Some(total));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
