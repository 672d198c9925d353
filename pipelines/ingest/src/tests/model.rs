//! Random loads in every mode, against a model in memory that does the same to a map.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray};
use arrow::datatypes::Decimal128Type;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use warehouse::open_latest;

use super::harness::{House, USE, use_job};
use crate::{IngestError, Ledger};

type Key = (u8, u8);

/// A row of a file: organisation, month, and a value that is valid or not.
#[derive(Debug, Clone, Copy)]
struct Row {
    key: Key,
    value: Option<i128>,
}

#[derive(Debug, Clone)]
struct Load {
    mode: &'static str,
    takes_last: bool,
    files: Vec<Vec<Row>>,
}

fn loads() -> impl Strategy<Value = Vec<Load>> {
    let row = (
        (0..4_u8, 1..4_u8),
        prop_oneof![4 => (0..3_i128).prop_map(Some), 1 => Just(None)],
    )
        .prop_map(|(key, value)| Row { key, value });
    let file = prop::collection::vec(row, 0..8);
    let mode = prop_oneof![
        Just("append"),
        Just("upsert"),
        Just("snapshot"),
        Just("replace_period")
    ];
    let load = (mode, any::<bool>(), prop::collection::vec(file, 1..3)).prop_map(
        |(mode, takes_last, files)| Load {
            mode,
            takes_last,
            files,
        },
    );
    prop::collection::vec(load, 1..4)
}

/// The table as a map, and what a load should do to it.
#[derive(Debug, Clone, Default)]
struct Model(BTreeMap<Key, i128>);

impl Model {
    /// The ledger, or nothing when the load must be refused.
    fn load(&mut self, load: &Load) -> Option<Ledger> {
        let mut ledger = Ledger::default();
        let mut next = self.0.clone();
        let (mut kept, mut periods) = (BTreeSet::new(), BTreeSet::new());
        let mut loaded: BTreeMap<Key, i128> = BTreeMap::new();
        for file in &load.files {
            ledger.decoded += file.len() as u64;
            ledger.read += file.len() as u64;
            let mut values: BTreeMap<Key, Vec<i128>> = BTreeMap::new();
            for row in file {
                kept.insert(row.key);
                match row.value {
                    None => ledger.quarantined += 1,
                    Some(value) => {
                        periods.insert(row.key.1);
                        values.entry(row.key).or_default().push(value);
                    }
                }
            }
            for (key, values) in values {
                let others = values.iter().filter(|value| **value != values[0]).count() as u64;
                let value = if load.takes_last {
                    ledger.duplicate += values.len() as u64 - 1;
                    values[values.len() - 1]
                } else if others > 0 {
                    ledger.quarantined += others + 1;
                    ledger.duplicate += values.len() as u64 - others - 1;
                    continue;
                } else {
                    ledger.duplicate += values.len() as u64 - 1;
                    values[0]
                };
                if load.mode == "append" {
                    match (self.0.get(&key), loaded.get(&key)) {
                        (Some(there), _) if *there == value => ledger.unchanged += 1,
                        (None, Some(before)) if *before == value => ledger.duplicate += 1,
                        (None, None) => {
                            loaded.insert(key, value);
                        }
                        _ => ledger.quarantined += 1,
                    }
                } else if loaded.insert(key, value).is_some() {
                    ledger.duplicate += 1;
                }
            }
        }
        for (key, value) in &loaded {
            match next.insert(*key, *value) {
                None => ledger.inserted += 1,
                Some(there) if there == *value => ledger.unchanged += 1,
                Some(_) => ledger.updated += 1,
            }
        }
        next.retain(|key, _| {
            let goes = match load.mode {
                "snapshot" => !kept.contains(key),
                "replace_period" => periods.contains(&key.1) && !kept.contains(key),
                _ => false,
            };
            ledger.deleted += u64::from(goes);
            !goes
        });
        if load.mode == "snapshot" && loaded.is_empty() && ledger.deleted > 0 {
            return None;
        }
        self.0 = next;
        Some(ledger)
    }
}

async fn table(house: &House) -> BTreeMap<Key, i128> {
    let session = open_latest(&house.warehouse).await.expect("a session");
    let rows = session
        .sql("select organization_id, month, electricity_kwh from energy.use")
        .await;
    let Ok(rows) = rows else {
        return BTreeMap::new();
    };
    let mut table = BTreeMap::new();
    for batch in rows.collect().await.expect("rows") {
        let (organizations, months) = (
            batch.column(0).as_string::<i32>(),
            batch.column(1).as_string::<i32>(),
        );
        let values = batch.column(2).as_primitive::<Decimal128Type>();
        for row in 0..batch.num_rows() {
            let key = (
                organizations.value(row)[1..].parse().expect("a number"),
                months.value(row)[5..].parse().expect("a number"),
            );
            assert!(values.is_valid(row));
            assert_eq!(
                table.insert(key, values.value(row) / 10_000),
                None,
                "a key twice"
            );
        }
    }
    table
}

async fn follow(loads: &[Load], contract: &str) {
    let house = House::with(&[("energy/use.yaml", contract)]).await;
    let mut model = Model::default();
    for (step, load) in loads.iter().enumerate() {
        let _ = std::fs::remove_dir_all(house.data());
        for (index, file) in load.files.iter().enumerate() {
            let mut text = "organization_id,month,electricity_kwh\n".to_owned();
            for row in file {
                let value = row.value.map_or("x".to_owned(), |value| value.to_string());
                text.push_str(&format!("o{},2026-{:02},{value}\n", row.key.0, row.key.1));
            }
            house.write(&format!("{index}.csv"), text);
        }
        let period = if load.mode == "replace_period" {
            "period: month\n"
        } else {
            ""
        };
        let last = if load.takes_last {
            "on_conflict: last\n"
        } else {
            ""
        };
        let job = house.job(&use_job(load.mode, &format!("{period}{last}")));
        let done = house.try_run(&job).await;
        match (model.load(load), done) {
            (Some(ledger), Ok(report)) => assert_eq!(report.ledger, ledger, "load {step}"),
            (None, Err(IngestError::NothingValid { .. })) => {}
            (expected, done) => panic!("load {step}: expected {expected:?}, found {done:?}"),
        }
        assert_eq!(table(&house).await, model.0, "after load {step}");
    }
}

fn check(contract: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    runner
        .run(&loads(), |loads| {
            runtime.block_on(follow(&loads, contract));
            Ok(())
        })
        .expect("the table is the model");
}

#[test]
fn any_loads_do_to_a_table_what_they_do_to_a_map() {
    check(USE);
}

#[test]
fn any_loads_do_the_same_to_a_partitioned_table() {
    check(&USE.replace(
        "primaryKeyPosition: 2\n",
        "primaryKeyPosition: 2\n        partitioned: true\n        partitionKeyPosition: 1\n",
    ));
}
