//! The manifest against what an independent pass over the files finds.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use chrono::NaiveDate;
use city::{FaultKind, FaultRecord, Fixed, JobRecord, Manifest, Place, Spec, generate};
use contracts::identifier::{self, IdentifierKind};

use crate::read::{Table, read};

fn with_city(check: impl Fn(&Path, &Manifest)) {
    let folder = tempfile::tempdir().unwrap();
    let manifest = generate(&Spec::county(11))
        .write_sources(folder.path())
        .unwrap();
    check(folder.path(), &manifest);
}

/// How many offers a row of a wide file makes; others make one.
fn offers(job: &str, table: &Table, row: &[String]) -> u64 {
    let is_cell = |name: &str| match job {
        "energy.bill_water" => name.ends_with('月'),
        "energy.reading_daily" => name.ends_with('时'),
        "cost.settlement" => name.starts_with("基本支出_") || name.starts_with("项目支出_"),
        _ => false,
    };
    if !table.header.iter().any(|name| is_cell(name)) {
        return 1;
    }
    let cells = table
        .header
        .iter()
        .zip(row)
        .filter(|(name, cell)| is_cell(name) && !cell.is_empty());
    cells.count() as u64
}

#[test]
fn ledgers_equal_what_the_files_hold() {
    with_city(|folder, manifest| {
        assert!(manifest.made_up);
        assert!(
            manifest.jobs.len() > 30,
            "only {} jobs",
            manifest.jobs.len()
        );
        for (name, job) in &manifest.jobs {
            let ledger = &job.ledger;
            let refused: u64 = ledger.by_rule.values().sum();
            assert_eq!(ledger.quarantined, refused, "{name}");
            assert_eq!(
                ledger.read,
                ledger.inserted + ledger.duplicate + ledger.quarantined,
                "{name}"
            );
            let (mut decoded, mut left_out, mut read_rows, mut uneven, mut duplicate) =
                (0, 0, 0, 0, 0);
            for file in &job.files {
                let table = read(&folder.join(&file.path));
                assert_eq!(table.rows.len() as u64, file.rows, "{}", file.path);
                decoded += file.rows + table.footers;
                left_out += table.footers;
                let mut seen = HashSet::new();
                for (_, row) in &table.rows {
                    let is_uneven = row.len() > table.header.len();
                    let offered = if is_uneven {
                        1
                    } else {
                        offers(name, &table, row)
                    };
                    uneven += u64::from(is_uneven);
                    left_out += u64::from(offered == 0);
                    read_rows += offered;
                    duplicate += if seen.insert(row.clone()) { 0 } else { offered };
                }
            }
            assert_eq!(decoded, ledger.decoded, "{name}: decoded");
            assert_eq!(left_out, ledger.left_out, "{name}: left out");
            assert_eq!(read_rows, ledger.read, "{name}: read");
            assert_eq!(duplicate, ledger.duplicate, "{name}: duplicates");
            assert_eq!(
                uneven,
                ledger.by_rule.get("uneven_row").copied().unwrap_or(0),
                "{name}: uneven"
            );
        }
    });
}

#[test]
fn each_fault_stands_where_the_manifest_says_and_nowhere_else() {
    with_city(|folder, manifest| {
        let mut kinds = BTreeSet::new();
        for (name, job) in &manifest.jobs {
            let tables: BTreeMap<&str, Table> = job
                .files
                .iter()
                .map(|file| (file.path.as_str(), read(&folder.join(&file.path))))
                .collect();
            for fault in &job.faults {
                kinds.insert(fault.kind);
                assert!(fault.count > 0, "{name}");
                if fault.kind == FaultKind::MissingRow {
                    assert!(fault.places.is_empty(), "{name}");
                    continue;
                }
                assert_eq!(
                    fault.count,
                    fault.places.len() as u64,
                    "{name} {:?}",
                    fault.kind
                );
                let stated: BTreeSet<Place> = fault.places.iter().cloned().collect();
                assert_eq!(stated, found(fault, &tables), "{name} {:?}", fault.kind);
            }
        }
        assert_eq!(
            kinds.len(),
            11,
            "some kind of fault is in no file: {kinds:?}"
        );
    });
}

/// Every row of a job's files that shows the fault.
fn found(fault: &FaultRecord, tables: &BTreeMap<&str, Table>) -> BTreeSet<Place> {
    let mut places = BTreeSet::new();
    for (file, table) in tables {
        let mut seen = HashSet::new();
        for (row, cells) in &table.rows {
            let is_again = !seen.insert(cells.clone());
            let shows = match fault.kind {
                FaultKind::LateRow => file.contains("_late."),
                FaultKind::ExactDuplicate => is_again,
                FaultKind::TooManyFields => cells.len() > table.header.len(),
                _ => shows(fault, table, cells),
            };
            if shows {
                places.insert(Place {
                    file: (*file).to_owned(),
                    row: *row,
                });
            }
        }
    }
    places
}

fn shows(fault: &FaultRecord, table: &Table, cells: &[String]) -> bool {
    let cell = |name: &str| cells[table.column(name)].as_str();
    let value = cell(&fault.column);
    match fault.kind {
        FaultKind::RequiredMissing => value.is_empty(),
        FaultKind::NegativeNumber => value.starts_with('-'),
        FaultKind::ImpossibleDate => !is_a_day(value),
        FaultKind::UnknownWord => ["小修小补", "302O1", "洗车美容", "茶话会"].contains(&value),
        FaultKind::OdometerBackwards => {
            let km = |name| cell(name).parse::<i64>().unwrap();
            km("odometerIn") < km("odometerOut")
        }
        FaultKind::SwappedUnit => {
            let litres = |name: &str| Fixed::<4>::parse(cell(name)).unwrap();
            let parts = if fault.column.starts_with("汽油_") {
                ["汽油_车辆用油(升)", "汽油_其他用油(升)"]
            } else {
                ["汽油:车辆用油(升)", "汽油:其他用油(升)"]
            };
            litres(&fault.column) != litres(parts[0]) + litres(parts[1])
        }
        FaultKind::WrongIdentifier => {
            let kind = if fault.rule == "invalid_vin" {
                IdentifierKind::Vin
            } else {
                IdentifierKind::Uscc
            };
            !value.is_empty() && identifier::check(kind, value).is_err()
        }
        FaultKind::LateRow
        | FaultKind::ExactDuplicate
        | FaultKind::MissingRow
        | FaultKind::TooManyFields => unreachable!("told by the row, not by a cell"),
    }
}

fn is_a_day(text: &str) -> bool {
    ["%Y-%m-%d", "%Y/%m/%d"]
        .iter()
        .any(|form| NaiveDate::parse_from_str(text, form).is_ok())
}

#[test]
fn missing_forms_are_those_of_organisations_that_should_have_reported() {
    let city = generate(&Spec::county(11));
    let folder = tempfile::tempdir().unwrap();
    let manifest = city.write_sources(folder.path()).unwrap();
    let job: &JobRecord = &manifest.jobs["energy.monthly_2021"];
    let expected = city
        .spec
        .months()
        .map(|month| {
            city.organizations
                .iter()
                .filter(|body| body.is_surveyed(month))
                .count() as u64
        })
        .sum::<u64>();
    let delivered = job.ledger.inserted + job.ledger.quarantined;
    assert_eq!(expected, delivered + manifest.missing_forms);
    assert!(manifest.missing_forms > 0);
}
