//! Units against pint: every unit of the list read as ours and as pint's, and the factor between every
//! two, to the last digit.
//!
//! `JIEYUE_PYTHON` names an interpreter with pint; else `.cache/venv/bin/python` of the repository is
//! taken. Where it is missing the test says so and passes, unless `JIEYUE_REQUIRE_SERVERS=1`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot talk to its second opinion has nothing to say"
)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use contracts::unit::Unit;

/// A unit as files here write it, and as pint does.
const UNITS: &[(&str, &str)] = &[
    ("kWh", "kilowatt_hour"),
    ("MWh", "megawatt_hour"),
    ("GWh", "gigawatt_hour"),
    ("Wh", "watt_hour"),
    ("万千瓦时", "wan * kilowatt_hour"),
    ("kJ", "kilojoule"),
    ("MJ", "megajoule"),
    ("GJ", "gigajoule"),
    ("TJ", "terajoule"),
    ("kcal", "kilocalorie_it"),
    ("Btu", "Btu_it"),
    ("kW", "kilowatt"),
    ("MW", "megawatt"),
    ("kW*h", "kilowatt * hour"),
    ("h", "hour"),
    ("min", "minute"),
    ("s", "second"),
    ("d", "day"),
    ("month", "calendar_month"),
    ("quarter", "calendar_quarter"),
    ("year", "calendar_year"),
    ("m", "meter"),
    ("mm", "millimeter"),
    ("cm", "centimeter"),
    ("km", "kilometer"),
    ("mi", "mile"),
    ("ft", "foot"),
    ("m²", "meter ** 2"),
    ("km2", "kilometer ** 2"),
    ("公顷", "hectare"),
    ("亩", "mu"),
    ("ft2", "foot ** 2"),
    ("m³", "meter ** 3"),
    ("L", "liter"),
    ("mL", "milliliter"),
    ("gal", "gallon"),
    ("CCF", "hundred_cubic_foot"),
    ("kg", "kilogram"),
    ("g", "gram"),
    ("t", "metric_ton"),
    ("斤", "jin"),
    ("lb", "pound"),
    ("yuan", "yuan"),
    ("万元", "wan * yuan"),
    ("亿元", "yi * yuan"),
    ("kgce", "kgce"),
    ("gce", "gce"),
    ("tce", "tce"),
    ("kgCO2", "kgCO2"),
    ("tCO₂", "tCO2"),
    ("kgC", "kgC"),
    ("tC", "tC"),
    ("person", "person"),
    ("count", "thing"),
    ("1", "dimensionless"),
    ("%", "percent"),
    // Products and quotients.
    ("kgce/m2", "kgce / meter ** 2"),
    ("tce/万m2", "tce / (wan * meter ** 2)"),
    ("kgce/person", "kgce / person"),
    ("yuan/km", "yuan / kilometer"),
    ("万元/km", "wan * yuan / kilometer"),
    ("L/百km", "liter / hundred_kilometer"),
    ("L/(100 km)", "liter / hundred_kilometer"),
    ("L/km", "liter / kilometer"),
    ("m3/km", "meter ** 3 / kilometer"),
    ("kgCO2/km", "kgCO2 / kilometer"),
    ("yuan/kWh", "yuan / kilowatt_hour"),
    ("元/MWh", "yuan / megawatt_hour"),
    ("元/㎡·月", "yuan / (meter ** 2 * calendar_month)"),
    ("yuan/m2/year", "yuan / meter ** 2 / calendar_year"),
    ("kgce/kWh", "kgce / kilowatt_hour"),
    ("gce/kWh", "gce / kilowatt_hour"),
    ("tCO2/MWh", "tCO2 / megawatt_hour"),
    ("kgCO2/kWh", "kgCO2 / kilowatt_hour"),
    ("tC/TJ", "tC / terajoule"),
    ("GJ/t", "gigajoule / metric_ton"),
    ("MJ/kg", "megajoule / kilogram"),
    ("kg/L", "kilogram / liter"),
    ("t/m3", "metric_ton / meter ** 3"),
];

#[test]
fn units_have_the_sizes_and_kinds_that_pint_gives_them() {
    let Some(python) = python() else { return };
    let pairs: Vec<(&str, &str, String)> = UNITS
        .iter()
        .flat_map(|from| UNITS.iter().map(move |to| (from, to)))
        .map(|(from, to)| (from.0, to.0, format!("{}\t{}\n", from.1, to.1)))
        .collect();
    let asked: String = pairs.iter().map(|(_, _, line)| line.as_str()).collect();
    let answers = ask(&python, &asked);
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), pairs.len());
    let mut wrong = Vec::new();
    for ((from, to, _), theirs) in pairs.iter().zip(answers) {
        let (from, to): (Unit, Unit) = (from.parse().unwrap(), to.parse().unwrap());
        let ours = from.factor_to(&to);
        let ours = ours.map_or("none".to_owned(), |factor| factor.to_string());
        if ours != theirs {
            wrong.push(format!("{from} in {to}: {ours} here, {theirs} by pint"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn ask(python: &PathBuf, asked: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/units_by_pint.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let asked = asked.to_owned();
    // Written beside the reading, or both sides wait for the other once the pipes are full.
    let writer = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "units_by_pint.py failed");
    String::from_utf8(output.stdout).unwrap()
}

fn python() -> Option<PathBuf> {
    let interpreter = std::env::var_os("JIEYUE_PYTHON").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../.cache/venv/bin/python"
            ))
        },
        PathBuf::from,
    );
    let imported = Command::new(&interpreter)
        .args(["-c", "import pint"])
        .output();
    if imported.is_ok_and(|output| output.status.success()) {
        return Some(interpreter);
    }
    let told = format!(
        "NOT TESTED: `{}` has no pint; set JIEYUE_PYTHON to a Python that has it",
        interpreter.display()
    );
    let is_required = std::env::var("JIEYUE_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
    assert!(!is_required, "{told}");
    eprintln!("{told}");
    None
}
