//! Every way a metric can be wrong, as its author reads it.

use contracts::Contracts;
use insta::assert_snapshot;

use super::world::{Files, contract, print};
use crate::metric::Metrics;

const PATH: &str = "sql/metrics/energy.yaml";

const SOUND: &str = "\
metrics:
  - metric: electricity
    title: { zh: 用电量, en: Electricity }
    unit: MWh
    mart: energy_month
    numerator: { sum: electricity_kwh }
    dimensions: [organization_id]
    time: month
";

fn refusal(text: &str) -> String {
    match Files::default().with(PATH, text).metrics() {
        Ok(_) => panic!("the metrics were accepted"),
        Err(faults) => print(&faults),
    }
}

#[test]
fn a_sound_metric_knows_its_formula_and_factor() {
    let metrics = Files::default()
        .with(PATH, SOUND)
        .metrics()
        .expect("the metric is right");
    let metric = metrics.get("electricity").expect("the metric");
    assert_eq!(metric.formula(), "sum(electricity_kwh)");
    assert_eq!(metric.mart.to_string(), "mart.energy_month");
    // kWh to MWh.
    assert_eq!(metric.factor.to_string(), "1/1000");
    assert!(metric.has_dimension("organization_id") && metric.has_dimension("month"));
    assert_eq!(metric.reason_when_empty, "no_denominator");
}

#[test]
fn units_that_do_not_come_out_are_refused() {
    assert_snapshot!(refusal(&SOUND.replace("MWh", "m3")), @r"
        error: metric `electricity` at sql/metrics/energy.yaml:4 is declared in `m3`, but its measure is in `kWh`
        hint: declare `kWh`, or mend the measure
    ");
    assert_snapshot!(refusal(&SOUND.replace("MWh", "MWhh")), @r"
        error: `MWhh` at sql/metrics/energy.yaml:4 is not a unit
        hint: write `MWh`
    ");
    let per_row = SOUND.replace(
        "    dimensions",
        "    denominator: { count: month }\n    dimensions",
    );
    assert_snapshot!(refusal(&per_row), @r"
        error: metric `electricity` at sql/metrics/energy.yaml:4 is declared in `MWh`, but its measure is in `kWh/count`
        hint: declare `kWh/count`, or mend the measure
    ");
}

#[test]
fn names_that_are_not_in_the_contract_are_refused_with_the_nearest() {
    let text = SOUND
        .replace(
            "sum: electricity_kwh",
            "sum: electricity_kw, where: { moth: 2024-01 }",
        )
        .replace("[organization_id]", "[organization_id, region_code]")
        .replace("time: month", "time: organization_id");
    assert_snapshot!(refusal(&text), @r"
        error: unknown column `electricity_kw` in `mart.energy_month` at sql/metrics/energy.yaml:6
        hint: write `electricity_kwh`
        error: unknown column `region_code` in `mart.energy_month` at sql/metrics/energy.yaml:7
        hint: its columns are `organization_id`, `month`, `electricity_kwh`
        error: time column `organization_id` of metric `electricity` at sql/metrics/energy.yaml:8 is text
        hint: name a text column `month`, an integer column `year` or a date column
    ");
    assert_snapshot!(refusal(&SOUND.replace("mart: energy_month", "mart: energy_moth")), @r"
        error: metric `electricity` at sql/metrics/energy.yaml:5 is over an unknown mart `energy_moth`
        hint: write `energy_month`
    ");
}

#[test]
fn measures_that_are_none_are_refused() {
    assert_snapshot!(refusal(&SOUND.replace("sum: electricity_kwh", "")), @r"
        error: the numerator of metric `electricity` at sql/metrics/energy.yaml:6 names 0 aggregates
        hint: name exactly one of `sum`, `count`, `count_distinct`, `min`, `max`
    ");
    let two = SOUND.replace(
        "sum: electricity_kwh",
        "sum: electricity_kwh, max: electricity_kwh",
    );
    assert_snapshot!(refusal(&two), @r"
        error: the numerator of metric `electricity` at sql/metrics/energy.yaml:6 names 2 aggregates
        hint: name exactly one of `sum`, `count`, `count_distinct`, `min`, `max`
    ");
    assert_snapshot!(refusal(&SOUND.replace("sum: electricity_kwh", "sum: organization_id")), @r"
        error: metric `electricity` at sql/metrics/energy.yaml:6 sums column `organization_id`, which is text
        hint: sum an integer or decimal column, or use `count_distinct`
    ");
    let filtered = SOUND.replace(
        "sum: electricity_kwh",
        "sum: electricity_kwh, where: { electricity_kwh: [1, many] }",
    );
    assert_snapshot!(refusal(&filtered), @r"
        error: `many` at sql/metrics/energy.yaml:6 is no decimal(18,4), which column `electricity_kwh` is
        hint: write a value of type decimal(18,4)
    ");
}

#[test]
fn misspelt_keys_and_names_taken_are_refused() {
    assert_snapshot!(refusal(&SOUND.replace("numerator", "numeratr")), @r"
        error: key `numerator` is missing in `metrics[0]` at sql/metrics/energy.yaml:2
        hint: add `numerator:`
        error: unknown key `numeratr` in `metrics[0]` at sql/metrics/energy.yaml:6
        hint: write `numerator`
    ");
    let second = SOUND.replace("metrics:\n", "");
    assert_snapshot!(refusal(&format!("{SOUND}{second}")), @r"
        error: metric `electricity` at sql/metrics/energy.yaml:9 is already at sql/metrics/energy.yaml:2
        hint: give one of the two another name
    ");
    assert_snapshot!(refusal(&SOUND.replace("metric: electricity", "metric: Electricity")), @r"
        error: `Electricity` of sql/metrics/energy.yaml:2 is not a model's name
        hint: begin with a letter and use only a-z, 0-9 and _
    ");
}

#[test]
fn a_column_without_a_unit_cannot_be_measured() {
    let columns = [
        "organization_id text key",
        "month text key",
        "electricity decimal(18,4)",
    ];
    let contracts = Contracts::parse([contract("mart.energy_month", &columns)]);
    let contracts = contracts.expect("the contract is right");
    let files = [(
        PATH.to_owned(),
        SOUND.replace("electricity_kwh", "electricity"),
    )];
    let faults = Metrics::parse(files, &contracts).expect_err("the column has no unit");
    assert_snapshot!(print(&faults), @r"
        error: metric `electricity` at sql/metrics/energy.yaml:6 measures column `electricity`, which has no unit in schemas/contracts/mart/energy_month.yaml
        hint: give `electricity` a unit in its contract (`count` or `%` when it has no other)
    ");
}
