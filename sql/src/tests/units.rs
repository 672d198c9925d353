//! Units in the plan: one model a file in `units/`, with what is expected of it at its end.
//!
//! ```text
//! select electricity_kwh + water_m3 as total from energy.monthly
//! -- refused:
//! -- error: …
//! -- hint: …
//! ```
//! or `-- accepted:` and the derived unit of every number it gives. `-- as: mart.x` at its head holds the
//! model against the contract of `mart.x`. To write what is found instead, run with `JIEYUE_UPDATE=1` and
//! read the difference.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use contracts::{Contract, Contracts, TableId};

use super::world::{contract, print};
use crate::planner::Planner;
use crate::statement::SqlFile;
use crate::units::Units;

const VERDICTS: [&str; 2] = ["-- accepted:", "-- refused:"];

/// Tables with one of each difficulty.
fn world() -> Contracts {
    let (cost_path, cost) = contract(
        "vehicle.cost",
        &[
            "vehicle_id text key",
            "cost_class text key",
            "amount_yuan decimal(18,2) yuan",
            "fuel_l decimal(18,4) L",
            "charge_kwh decimal(18,4) kWh",
            "unit_price_yuan decimal(18,4) yuan/{cost_class}",
            "odometer_km decimal(18,4) km",
        ],
    );
    let (meter_path, meter) = contract(
        "energy.meter",
        &[
            "meter_id text key",
            "unit text",
            "multiplier decimal(18,4) 1",
        ],
    );
    let with = |text: String, column: &str, property: &str| {
        let at = text
            .find(&format!("- name: {column}\n"))
            .expect("the column");
        let list = "customProperties: [";
        let at = at + text[at..].find(list).expect("its properties") + list.len();
        format!("{}{property}, {}", &text[..at], &text[at..])
    };
    let cost = with(
        cost,
        "cost_class",
        "{ property: units, value: { fuel: L, charge: kWh } }",
    );
    let meter = with(meter, "unit", "{ property: unitOf, value: meter_id }");
    let files = [
        contract(
            "energy.monthly",
            &[
                "organization_id text key",
                "month text key",
                "year integer",
                "electricity_kwh decimal(18,4) kWh",
                "solar_mwh decimal(18,4) MWh",
                "water_m3 decimal(18,4) m3",
                "raw_coal_t decimal(18,4) t",
                "cost_yuan decimal(18,2) yuan",
                "people integer person",
                "floor_m2 decimal(18,4) m2",
                "share_pct decimal(18,4) %",
                "line_no integer",
                "read_date date",
                "base_date date",
            ],
        ),
        contract(
            "energy.carrier",
            &[
                "organization_id text key",
                "carrier text key",
                "unit text",
                "quantity decimal(18,4) {unit}",
            ],
        ),
        contract(
            "energy.reading",
            &[
                "meter_id text key",
                "month text key",
                "quantity decimal(18,4) {meter_id}",
            ],
        ),
        contract(
            "reference.coefficient",
            &[
                "carrier text key",
                "unit text",
                "kgce_per_unit decimal(18,8) kgce/{unit}",
                "kgce_per_kwh decimal(18,8) kgce/kWh",
            ],
        ),
        contract("reference.setting", &["name text key", "value text {name}"]),
        contract(
            "mart.energy_year",
            &[
                "organization_id text key",
                "year integer key",
                "electricity_kwh decimal(18,4) kWh",
                "energy_per_person decimal(18,4) kgce/person",
                "forms integer count",
                "share_pct decimal(18,4) %",
                "months_reported integer month",
            ],
        ),
        contract(
            "mart.carrier_year",
            &[
                "organization_id text key",
                "carrier text key",
                "unit text",
                "quantity decimal(18,4) {unit}",
                "note_value decimal(18,4)",
            ],
        ),
        (cost_path, cost),
        (meter_path, meter),
    ];
    Contracts::parse(files).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// What is found of one file, in the words of its last lines.
fn verdict(path: &str, text: &str, contracts: &Contracts) -> String {
    let mut units = Units::default();
    let mut schemas = HashMap::new();
    for contract in contracts.iter() {
        units.add_contract(&contract.id.to_string(), contract);
        schemas.insert(contract.id.to_string(), contract.table_schema());
    }
    let mart: Option<&Contract> = text
        .lines()
        .find_map(|line| line.strip_prefix("-- as: mart."))
        .map(|table| {
            let id = TableId::new("mart", table.trim()).expect("a table's name");
            contracts.get(&id).expect("a contract of the world")
        });
    let mut faults = Vec::new();
    let file = SqlFile::parse(path, text, &mut faults);
    let planned = file
        .as_ref()
        .and_then(|file| Planner::new().plan_file(file, &schemas, &BTreeSet::new(), &mut faults));
    if let (Some(file), Some(planned)) = (&file, &planned) {
        units.derive(Some("case"), file, &planned.plans, mart, &mut faults);
    }
    let (verdict, found) = match faults.is_empty() {
        true => (VERDICTS[0], units.shown("case")),
        false => (VERDICTS[1], print(&faults)),
    };
    let lines = found.lines().map(|line| format!("-- {line}\n"));
    format!("{verdict}\n{}", lines.collect::<String>())
}

/// The SQL of a case and its verdict.
fn split(text: &str) -> (&str, &str) {
    let at = VERDICTS.iter().find_map(|verdict| text.find(verdict));
    text.split_at(at.unwrap_or(text.len()))
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/units");
    let entries = fs::read_dir(folder).expect("the folder of cases");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_case_is_judged_as_its_file_says() {
    let contracts = world();
    let mut wrong = String::new();
    for path in cases() {
        let text = fs::read_to_string(&path).expect("a case");
        let name = path.file_name().expect("a file").to_string_lossy();
        let (sql, expected) = split(&text);
        let found = verdict(&name, sql, &contracts);
        if found == expected {
            continue;
        }
        if std::env::var_os("JIEYUE_UPDATE").is_some() {
            fs::write(&path, format!("{sql}{found}")).expect("a case can be written");
        } else {
            wrong.push_str(&format!(
                "== {name}\n-- expected\n{expected}-- found\n{found}\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_kind_of_fault_has_a_case() {
    let texts: String = cases()
        .iter()
        .map(|path| fs::read_to_string(path).expect("a case"))
        .collect();
    let sentences = [
        " adds `",
        " compares `",
        " subtracts `",
        " has branches in `",
        " puts into one column `",
        "but its name says",
        "but the header says",
        "but schemas/contracts/mart",
        "gives it no unit",
        "cannot be told",
        "whose contract gives no unit",
        "a unit that differs from row to row",
        " applies `",
        "is not `column unit`",
        "which no select of the file names",
    ];
    for sentence in sentences {
        assert!(texts.contains(sentence), "no case says `{sentence}`");
    }
}
