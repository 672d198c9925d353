//! Cases: right ones pass, wrong ones say how they differ.

use insta::assert_snapshot;

use super::lake::{Files, contracts};
use crate::{CaseFilter, run_cases};

const CASES: &str = "sql/marts/energy_month.test.yaml";

/// What the cases of `text` over the sound models show, a line each.
async fn show(text: &str) -> String {
    show_of(Files::sound().with(CASES, text)).await
}

async fn show_of(files: Files) -> String {
    let filter = CaseFilter {
        models: vec!["energy_month".to_owned()],
        name: None,
    };
    let report = run_cases(&files.models(), &contracts(), &filter).await;
    let mut lines = Vec::new();
    for case in &report.cases {
        let word = if case.passed { "pass" } else { "FAIL" };
        lines.push(format!("{word} {} ({})", case.case, case.at));
        lines.extend(case.differences.iter().map(|line| format!("  {line}")));
    }
    lines.join("\n")
}

#[tokio::test]
async fn all_sound_cases_pass_also_over_given_marts() {
    let report = run_cases(
        &Files::sound().models(),
        &contracts(),
        &CaseFilter::default(),
    )
    .await;
    assert!(report.passed(), "{:?}", report.cases);
    assert_eq!(report.cases.len(), 2);
}

#[tokio::test]
async fn differences_are_told_row_by_row() {
    let shown = show(
        "- case: values differ\n\
         \x20 given:\n\
         \x20   energy.monthly:\n\
         \x20     - { organization_id: a, month: 2024-01, electricity_kwh: 1.5 }\n\
         \x20     - { organization_id: b, month: 2024-01, electricity_kwh: 2.0001 }\n\
         \x20     - { organization_id: c, month: 2024-01 }\n\
         \x20 expect:\n\
         \x20   - { organization_id: a, month: 2024-01, electricity_kwh: 1.5000 }\n\
         \x20   - { organization_id: b, month: 2024-01, electricity_kwh: 2 }\n\
         \x20   - { organization_id: d, month: 2024-01, electricity_kwh: 9 }\n\
         - case: only named columns are compared\n\
         \x20 given: { energy.monthly: [{ organization_id: a, month: 2024-01, electricity_kwh: 7 }] }\n\
         \x20 expect: [{ electricity_kwh: 7 }]\n\
         - case: nothing given gives nothing\n\
         \x20 expect: [{ electricity_kwh: 1 }]\n",
    )
    .await;
    assert_snapshot!(shown, @r"
        FAIL values differ (sql/marts/energy_month.test.yaml:1)
          organization_id = b, month = 2024-01: `electricity_kwh` is 2.0001, expected 2.0000
          the model misses: organization_id = d, month = 2024-01, electricity_kwh = 9.0000
          the model gives beyond what is expected: organization_id = c, month = 2024-01, electricity_kwh = null
        pass only named columns are compared (sql/marts/energy_month.test.yaml:11)
        FAIL nothing given gives nothing (sql/marts/energy_month.test.yaml:14)
          the model misses: electricity_kwh = 1.0000
    ");
}

#[tokio::test]
async fn order_counts_only_when_the_case_says_so() {
    let shown = show(
        "- case: another order\n\
         \x20 given: &given\n\
         \x20   energy.monthly:\n\
         \x20     - { organization_id: a, month: 2024-01 }\n\
         \x20     - { organization_id: b, month: 2024-01 }\n\
         \x20 expect: [{ organization_id: b }, { organization_id: a }]\n\
         - case: another order, and it counts\n\
         \x20 given: *given\n\
         \x20 ordered: true\n\
         \x20 expect: [{ organization_id: b }, { organization_id: a }]\n",
    )
    .await;
    assert_snapshot!(shown, @r"
        pass another order (sql/marts/energy_month.test.yaml:1)
        FAIL another order, and it counts (sql/marts/energy_month.test.yaml:7)
          the rows are right and in another order:
          the model gives: organization_id = a
          the model gives: organization_id = b
    ");
}

#[tokio::test]
async fn a_step_can_be_looked_at() {
    let shown = show(
        "- case: the step\n\
         \x20 cte: forms\n\
         \x20 given: { energy.monthly: [{ organization_id: a, electricity_kwh: 3 }] }\n\
         \x20 expect: [{ organization_id: a, month: ~, electricity_kwh: 3 }]\n",
    )
    .await;
    assert_snapshot!(shown, @"pass the step (sql/marts/energy_month.test.yaml:1)");
}

#[tokio::test]
async fn a_broken_grain_and_a_division_by_zero_fail_the_case() {
    let case = "- case: one form\n\
         \x20 given: { energy.monthly: [{ organization_id: a, month: 2024-01, electricity_kwh: 1 }] }\n\
         \x20 expect: [{ electricity_kwh: 1 }, { electricity_kwh: 1 }]\n";
    let twice = Files::sound()
        .change(
            "sql/marts/energy_month.sql",
            "month, electricity_kwh from forms",
            "month, electricity_kwh from forms\n\
             union all\n\
             select organization_id, month, electricity_kwh from forms",
        )
        .with(CASES, case);
    assert_snapshot!(show_of(twice).await, @r"
        FAIL one form (sql/marts/energy_month.test.yaml:1)
          the grain is broken, a second row of organization_id = a, month = 2024-01
    ");
    let divides = Files::sound()
        .change(
            "sql/marts/energy_month.sql",
            "month, electricity_kwh from forms",
            "month, cast(electricity_kwh / (1 - 1) as decimal(18,4)) as electricity_kwh from forms",
        )
        .with(CASES, case);
    assert_snapshot!(show_of(divides).await, @r"
        FAIL one form (sql/marts/energy_month.test.yaml:1)
          the model divides by zero (sql/marts/energy_month.sql)
    ");
}
