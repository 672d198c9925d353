//! The property that incremental builds rest on: after any edits they hold what a full build holds.

use proptest::prelude::*;
use warehouse::progress::Silent;
use warehouse::{PartitionValues, Removal};

use super::project::{FACTORS, UNITS, contracts, files, lines_of};
use crate::tests::lake::{Lake, now};
use crate::{BuildOptions, Range};

/// What happens to the sources between two builds.
#[derive(Debug, Clone)]
enum Edit {
    /// A month is delivered, for the first time or again, with so many lines.
    Month(String, u32),
    /// A month is withdrawn.
    NoMonth(String),
    /// Lines arrive late, beside those of the month.
    Late(String),
    /// The factor of a code in a year is restated.
    Factor(&'static str, u32),
    /// A unit moves to another region, or is only described otherwise.
    Unit(&'static str, &'static str),
}

const MONTHS: [&str; 6] = [
    "2022-12", "2023-01", "2023-12", "2024-01", "2024-02", "2025-01",
];

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let month = || prop::sample::select(MONTHS.to_vec()).prop_map(str::to_owned);
    let edit = prop_oneof![
        4 => (month(), 0_u32..8).prop_map(|(month, count)| Edit::Month(month, count)),
        1 => month().prop_map(Edit::NoMonth),
        2 => month().prop_map(Edit::Late),
        2 => (prop::sample::select(vec!["2.5", "3.5", "1.5", "1.25"]), 1_u32..9)
            .prop_map(|(factor, digit)| Edit::Factor(factor, digit)),
        2 => (
            prop::sample::select(vec!["'south'", "'note'"]),
            prop::sample::select(vec!["'east'", "'west'"])
        )
            .prop_map(|(from, to)| Edit::Unit(from, to)),
    ];
    prop::collection::vec(edit, 1..4)
}

impl Edit {
    async fn apply(&self, lakes: [&Lake; 2]) {
        for lake in lakes {
            match self {
                Edit::Month(month, count) => {
                    let partition = vec![PartitionValues::of("month", month)];
                    let rows = lines_of(month, *count);
                    lake.replace("cost.line", &rows, Removal::Partitions(partition))
                        .await;
                }
                Edit::NoMonth(month) => {
                    let partition = vec![PartitionValues::of("month", month)];
                    let rows = format!("{} limit 0", lines_of(month, 1));
                    lake.replace("cost.line", &rows, Removal::Partitions(partition))
                        .await;
                }
                Edit::Late(month) => {
                    // Keys of their own, whatever the month holds.
                    let rows = format!(
                        "select month, concat('late', line_id) as line_id, unit_id, code, amount
                         from ({}) where line_id = '2'",
                        lines_of(month, 2)
                    );
                    let rows =
                        format!("select month, line_id, unit_id, code, amount from ({rows})");
                    lake.late(month, &rows).await;
                }
                Edit::Factor(from, digit) => {
                    let rows = FACTORS.replace(from, &format!("{from}{digit}"));
                    lake.load("reference.factor", &rows).await;
                }
                Edit::Unit(from, to) => {
                    lake.load("reference.unit", &UNITS.replace(from, to)).await;
                }
            }
        }
    }
}

impl Lake {
    /// Puts late lines into a month once.
    async fn late(&self, month: &str, rows: &str) {
        let known = self
            .query(&format!(
                "select line_id from cost.line where month = '{month}' and line_id = 'late2'"
            ))
            .await;
        if !known.contains("late2") {
            self.replace("cost.line", rows, Removal::None).await;
        }
    }

    async fn content(&self) -> Vec<String> {
        let mut content = Vec::new();
        for mart in ["cost_month", "cost_year", "cost_trend"] {
            content.push(
                self.query(&format!("select * from {mart} order by 1, 2"))
                    .await,
            );
        }
        content
    }
}

async fn stays_equal(rounds: Vec<Vec<Edit>>) -> Result<(), TestCaseError> {
    let models = files().models_under(&contracts());
    let (by_parts, whole) = (
        Lake::with_contracts(contracts()).await,
        Lake::with_contracts(contracts()).await,
    );
    for lake in [&by_parts, &whole] {
        lake.load("cost.line", &lines_of("2024-01", 4)).await;
        lake.load("reference.factor", FACTORS).await;
        lake.load("reference.unit", UNITS).await;
    }
    let full = BuildOptions {
        full: true,
        ..BuildOptions::all(now())
    };
    let ranged = BuildOptions {
        range: Some(Range::new("2023-12", "2024-01").expect("a range")),
        ..BuildOptions::all(now())
    };
    for (index, edits) in rounds.into_iter().enumerate() {
        for edit in &edits {
            edit.apply([&by_parts, &whole]).await;
        }
        // Every third build is asked for a range as well.
        let options = if index % 3 == 2 {
            ranged.clone()
        } else {
            BuildOptions::all(now())
        };
        crate::build(&by_parts.warehouse, &models, &options, &Silent)
            .await
            .map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        crate::build(&whole.warehouse, &models, &full, &Silent)
            .await
            .map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!(
            by_parts.content().await,
            whole.content().await,
            "after {:?}",
            edits
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn incremental_builds_hold_what_full_builds_hold(rounds in prop::collection::vec(edits(), 2..5)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(stays_equal(rounds))?;
    }
}
