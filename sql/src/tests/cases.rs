//! Cases: what is read from them and what is refused.

use datafusion::common::ScalarValue;
use insta::assert_snapshot;

use super::world::{Files, model_faults};

const CASES: &str = "sql/marts/energy_month.test.yaml";

fn with_cases(text: &str) -> Files {
    Files::sound().with(CASES, text)
}

#[test]
fn values_have_the_types_of_their_columns_to_the_last_digit() {
    let models = with_cases(
        "- case: a sum\n\
         \x20 given:\n\
         \x20   energy.monthly:\n\
         \x20     - { organization_id: 007, month: 2024-01, electricity_kwh: 0.1000 }\n\
         \x20     - { organization_id: \"null\", electricity_kwh: ~ }\n\
         \x20 expect:\n\
         \x20   - { month: 2024-01, electricity_kwh: 0.1 }\n\
         \x20 cte: forms\n\
         \x20 ordered: true\n",
    )
    .models()
    .unwrap_or_else(|faults| panic!("{}", super::world::print(&faults)));
    let case = &models.get("energy_month").expect("the mart").cases[0];
    assert_eq!(case.name, "a sum");
    assert_eq!(case.at.to_string(), "sql/marts/energy_month.test.yaml:1");
    assert_eq!(case.cte.as_deref(), Some("forms"));
    assert!(case.is_ordered);
    let given = &case.given[0].rows;
    assert_eq!(
        given.columns,
        ["organization_id", "month", "electricity_kwh"]
    );
    assert_eq!(
        given.rows,
        [
            vec![
                ScalarValue::Utf8(Some("007".to_owned())),
                ScalarValue::Utf8(Some("2024-01".to_owned())),
                ScalarValue::Decimal128(Some(1000), 18, 4),
            ],
            vec![
                ScalarValue::Utf8(Some("null".to_owned())),
                ScalarValue::Utf8(None),
                ScalarValue::Decimal128(None, 18, 4),
            ],
        ]
    );
}

#[test]
fn an_upstream_model_can_be_given_instead_of_its_sources() {
    let models = with_cases(
        "- case: from staging\n\
         \x20 given:\n\
         \x20   stg_energy__monthly: [{ organization_id: a, water_m3: 2 }]\n\
         \x20 expect: []\n",
    )
    .models()
    .unwrap_or_else(|faults| panic!("{}", super::world::print(&faults)));
    let case = &models.get("energy_month").expect("the mart").cases[0];
    assert_eq!(case.given[0].input.to_string(), "stg_energy__monthly");
}

#[test]
fn names_and_values_that_are_wrong_are_all_told() {
    let files = with_cases(
        "- case: first\n\
         \x20 given:\n\
         \x20   energy.montly: []\n\
         \x20   reference.organization: []\n\
         \x20   energy.monthly:\n\
         \x20     - { organization_id: a, electricity_kw: 1 }\n\
         \x20     - { electricity_kwh: 1.23456 }\n\
         \x20     - { electricity_kwh: many }\n\
         \x20 expect:\n\
         \x20   - { month: 2024-01, electricity: 3 }\n\
         - case: first\n\
         \x20 cte: form\n\
         \x20 expect: []\n",
    );
    assert_snapshot!(model_faults(&files), @r"
        error: unknown table or model `energy.montly` at sql/marts/energy_month.test.yaml:3
        hint: write `energy.monthly`
        error: the case gives rows of `reference.organization` at sql/marts/energy_month.test.yaml:4, which the model does not read
        hint: it reads `energy.monthly`, `stg_energy__monthly`
        error: unknown column `electricity_kw` in `energy.monthly` at sql/marts/energy_month.test.yaml:6
        hint: write `electricity_kwh`
        error: `1.23456` at sql/marts/energy_month.test.yaml:7 is no decimal(18,4), which column `electricity_kwh` is
        hint: the type keeps 4 decimals and this has 5
        error: `many` at sql/marts/energy_month.test.yaml:8 is no decimal(18,4), which column `electricity_kwh` is
        hint: write a number with at most 4 decimals, such as `1.5`
        error: unknown column `electricity` at sql/marts/energy_month.test.yaml:10
        hint: write `electricity_kwh`
        error: case `first` at sql/marts/energy_month.test.yaml:11 is already at sql/marts/energy_month.test.yaml:1
        hint: say in its name what this case shows beyond the other
        error: unknown step `form` at sql/marts/energy_month.test.yaml:12
        hint: its steps are `forms`
    ");
}

#[test]
fn misspelt_and_missing_keys_are_told_with_the_right_one() {
    let files = with_cases(
        "- case: first\n\
         \x20 givn: {}\n\
         \x20 expect: []\n\
         - given: {}\n",
    );
    assert_snapshot!(model_faults(&files), @r"
        error: unknown key `givn` in `[0]` at sql/marts/energy_month.test.yaml:2
        hint: write `given`
        error: key `case` is missing in `[1]` at sql/marts/energy_month.test.yaml:4
        hint: add `case:`
        error: key `expect` is missing in `[1]` at sql/marts/energy_month.test.yaml:4
        hint: add `expect:`
    ");
}

#[test]
fn cases_of_no_model_and_an_empty_file() {
    let files = with_cases("[]\n").with("sql/marts/energy_moth.test.yaml", "[]\n");
    assert_snapshot!(model_faults(&files), @r"
        error: mart `energy_month` at sql/marts/energy_month.sql:1 has no cases
        hint: add `sql/marts/energy_month.test.yaml` with rows given and rows expected, worked out by hand
        error: sql/marts/energy_moth.test.yaml:1 belongs to an unknown model `energy_moth`
        hint: rename the file for `energy_month`
    ");
}
