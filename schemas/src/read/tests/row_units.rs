//! Columns whose unit another column of the row tells.

use super::{VALID, faults, parse};

const KWH: &str = "{ property: unit, value: kWh }, { property: shareType, value: none }";

fn with_unit(unit: &str) -> String {
    VALID.replace("quantity_kwh", "quantity").replace(
        KWH,
        &format!("{{ property: unit, value: \"{unit}\" }}, {{ property: shareType, value: none }}"),
    )
}

#[test]
fn a_unit_in_braces_stands_in_another_column() {
    let contracts = parse(&with_unit("kgce/{meter_id}")).expect("valid");
    let contract = contracts.iter().next().expect("one");
    let quantity = contract.column("quantity").expect("the column");
    assert_eq!(quantity.unit, None);
    let row_unit = quantity.row_unit.as_ref().expect("a unit by row");
    assert_eq!(row_unit.to_string(), "kgce/{meter_id}");
}

#[test]
fn codes_have_units_and_meters_tell_those_of_their_readings() {
    let text = VALID.replace(
        "{ property: labelsZh",
        "{ property: units, value: { measured: kWh } }, { property: unitOf, value: meter_id }, { property: labelsZh",
    );
    let contracts = parse(&text).expect("valid");
    let contract = contracts.iter().next().expect("one");
    let quality = contract.column("quality").expect("the column");
    let units: Vec<String> = quality
        .units_by_value
        .iter()
        .map(|(value, unit)| format!("{value} {unit}"))
        .collect();
    assert_eq!(units, ["measured kWh"]);
    assert_eq!(
        quality.unit_of.as_ref().map(|of| of.as_str()),
        Some("meter_id")
    );
}

#[test]
fn the_column_in_braces_is_a_text_column_of_the_table() {
    let told = |unit: &str| {
        faults(
            KWH,
            &format!(
                "{{ property: unit, value: \"{unit}\" }}, {{ property: shareType, value: none }}"
            ),
        )
    };
    insta::assert_snapshot!(told("kWh/{meter}"), @r"
    `unit` of column `quantity_kwh` at schemas/contracts/energy/reading.yaml:48 names a column `meter` that table `energy.reading` does not have
      hint: write `meter_id`
    ");
    insta::assert_snapshot!(told("kWh/{read_at}"), @r"
    property `unit` of column `quantity_kwh` at schemas/contracts/energy/reading.yaml:48 cannot be `read_at`
      hint: write one of `meter_id`, `month`, `quality`
    ");
    insta::assert_snapshot!(told("kWhh/{meter_id}"), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:55 has unknown unit `kWhh/{meter_id}`
      hint: write `kWh/{meter_id}`
    ");
    insta::assert_snapshot!(told("kgce/{meter_id}"), @r"
    column `quantity_kwh` at schemas/contracts/energy/reading.yaml:55 is in `kgce`, though its name ends in `_kwh`
      hint: write the unit `kWh`, or name the column `quantity_kgce`
    ");
}

#[test]
fn units_of_codes_are_units_of_valid_values() {
    let told = |units: &str| {
        faults(
            "{ property: labelsZh",
            &format!("{units}, {{ property: labelsZh"),
        )
    };
    insta::assert_snapshot!(told("{ property: units, value: { guessed: kWh } }"), @r"
    property `units` of column `quality` at schemas/contracts/energy/reading.yaml:62 cannot be `guessed`
      hint: write one of `measured`, `estimated`
    ");
    insta::assert_snapshot!(told("{ property: units, value: { measured: kwhh } }"), @r"
    column `quality` at schemas/contracts/energy/reading.yaml:62 has unknown unit `kwhh`
      hint: write `kWh`
    ");
    insta::assert_snapshot!(told("{ property: units, value: kWh }"), @r"
    property `units` of column `quality` at schemas/contracts/energy/reading.yaml:62 cannot be `kWh`
      hint: write `{ value: unit }`
    ");
    insta::assert_snapshot!(told("{ property: unitOf, value: meter }"), @r"
    `unitOf` of column `quality` at schemas/contracts/energy/reading.yaml:56 names a column `meter` that table `energy.reading` does not have
      hint: write `meter_id`
    ");
}
