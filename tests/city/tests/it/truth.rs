//! The truth against a second, simple computation: from the files themselves, without the faulty rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use city::{
    City, FaultKind, Fixed, Manifest, Place, Quantity, Reference, Spec, Truth, Yuan, generate,
};

use crate::read::{Table, read};

struct Loaded {
    city: City,
    truth: Truth,
    manifest: Manifest,
    _folder: tempfile::TempDir,
    root: PathBuf,
}

fn reference() -> Reference {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/reference");
    Reference::read(&folder).unwrap()
}

fn loaded(spec: &Spec) -> Loaded {
    let city = generate(spec);
    let folder = tempfile::tempdir().unwrap();
    let manifest = city.write_sources(folder.path()).unwrap();
    let truth = city.truth(&reference());
    Loaded {
        city,
        truth,
        manifest,
        root: folder.path().to_owned(),
        _folder: folder,
    }
}

impl Loaded {
    /// Calls `each` for every row of a job that a correct loader loads, once.
    fn accepted(&self, job: &str, mut each: impl FnMut(&Table, &[String])) {
        let job = &self.manifest.jobs[job];
        let left_out: BTreeSet<&Place> = job
            .faults
            .iter()
            .filter(|fault| fault.kind != FaultKind::LateRow)
            .flat_map(|fault| &fault.places)
            .collect();
        for file in &job.files {
            let table = read(&self.root.join(&file.path));
            for (row, cells) in &table.rows {
                if !left_out.contains(&Place {
                    file: file.path.clone(),
                    row: *row,
                }) {
                    each(&table, cells);
                }
            }
        }
    }
}

fn number<const SCALE: u32>(cell: &str) -> Fixed<SCALE> {
    match cell {
        "" => Fixed::ZERO,
        cell => {
            Fixed::parse(&cell.replace(',', "")).unwrap_or_else(|| panic!("`{cell}` is no number"))
        }
    }
}

/// Both versions of the form: the last quarter of 2024 and the first of 2025.
fn two_versions() -> Spec {
    let mut spec = Spec::county(23);
    spec.from = city::Month::new(2024, 10);
    spec.to = city::Month::new(2025, 3);
    spec
}

#[test]
fn energy_of_each_month_is_what_the_forms_say() {
    let loaded = loaded(&two_versions());
    let mut quantities: BTreeMap<(String, String, &str), Quantity> = BTreeMap::new();
    let mut costs: BTreeMap<(String, String, &str), Yuan> = BTreeMap::new();
    let mut add = |key: (String, String, &'static str), quantity: Quantity, cost: Yuan| {
        if !quantity.is_zero() || !cost.is_zero() {
            quantities.insert(key.clone(), quantity);
            costs.insert(key, cost);
        }
    };
    loaded.accepted("energy.monthly_2021", |table, cells| {
        let cell = |name: &str| cells[table.column(name)].as_str();
        let stamp = cell("统计月份");
        let month = format!("{}-{}", &stamp[..4], &stamp[4..]);
        let key = |carrier| (cell("单位编号").to_owned(), month.clone(), carrier);
        let scaled = |name: &str, by: i128| Quantity::new(number::<4>(cell(name)).digits() * by);
        for (carrier, quantity, cost, by) in [
            ("electricity", "电消费量(千瓦时)", "电费用(元)", 1),
            ("water", "水消费量(吨)", "水费用(元)", 1),
            ("raw_coal", "煤炭消费量(吨)", "煤炭费用(元)", 1000),
            ("natural_gas", "天然气消费量(立方米)", "天然气费用(元)", 1),
            ("gasoline_litre", "汽油消费量(升)", "汽油费用(元)", 1),
            ("diesel_litre", "柴油消费量(升)", "柴油费用(元)", 1),
            ("lpg", "液化石油气消费量(千克)", "液化石油气费用(元)", 1),
            (
                "other_energy",
                "其他能源消费量(吨标准煤)",
                "其他能源费用(元)",
                1000,
            ),
        ] {
            add(key(carrier), scaled(quantity, by), number(cell(cost)));
        }
        let heat = Quantity::new(number::<4>(cell("热力消费量(MJ)")).digits() / 1000);
        add(key("heat"), heat, number(cell("热力费用(元)")));
    });
    loaded.accepted("energy.monthly_2025", |table, cells| {
        let cell = |name: &str| cells[table.column(name)].as_str();
        let key = |carrier| {
            (
                cell("单位_编号").to_owned(),
                cell("统计月份").to_owned(),
                carrier,
            )
        };
        // 万元 with six digits is yuan with two.
        let wan = |name: &str| Yuan::new(number::<6>(cell(name)).digits());
        let scaled = |name: &str, by: i128| Quantity::new(number::<4>(cell(name)).digits() * by);
        let kwh = Quantity::new(number::<6>(cell("电_消费量(万千瓦时)")).digits() * 100);
        add(key("electricity"), kwh, wan("电_费用(万元)"));
        add(
            key("water"),
            scaled("水_消费量(吨)", 1),
            wan("水_费用(万元)"),
        );
        add(
            key("raw_coal"),
            scaled("煤炭_消费量(吨)", 1000),
            wan("煤炭_费用(万元)"),
        );
        add(
            key("natural_gas"),
            scaled("天然气_消费量(立方米)", 1),
            wan("天然气_费用(万元)"),
        );
        for (carrier, fuel) in [("gasoline_litre", "汽油"), ("diesel_litre", "柴油")] {
            let cost = wan(&format!("{fuel}_车辆用油费用(万元)"))
                + wan(&format!("{fuel}_其他用油费用(万元)"));
            add(key(carrier), scaled(&format!("{fuel}_合计(升)"), 1), cost);
        }
        add(key("lpg"), scaled("其他_液化石油气(千克)", 1), Yuan::ZERO);
        add(
            key("heat"),
            scaled("其他_热力按热量收费(GJ)", 1),
            Yuan::ZERO,
        );
        add(
            key("other_energy"),
            scaled("其他_其他能源(吨标准煤)", 1000),
            Yuan::ZERO,
        );
    });
    let of_truth = |pick: fn(&city::truth::EnergyMonth) -> Quantity| -> BTreeMap<_, _> {
        let rows = loaded.truth.energy_month.iter();
        rows.map(|row| {
            (
                (
                    row.organization_id.clone(),
                    row.month.to_string(),
                    row.carrier,
                ),
                pick(row),
            )
        })
        .collect()
    };
    assert_eq!(quantities, of_truth(|row| row.quantity));
    let costs: BTreeMap<_, _> = costs
        .into_iter()
        .map(|(key, cost)| (key, cost.rescale::<4>()))
        .collect();
    assert_eq!(costs, of_truth(|row| row.cost_yuan.rescale()));
}

#[test]
fn standard_coal_and_carbon_follow_the_published_coefficients() {
    let loaded = loaded(&two_versions());
    let digits = |text: &str| Fixed::<8>::parse(text).unwrap().digits();
    // kgce a unit, and kgCO2 a unit of the fixed series, as the domain pages print them.
    let published: BTreeMap<&str, (i128, i128)> = [
        ("electricity", "0.1229", "0.3672"),
        ("raw_coal", "0.7143", "1.9003"),
        ("natural_gas", "1.33", "2.1622"),
        ("gasoline_litre", "1.0741", "2.1353"),
        ("diesel_litre", "1.2531", "2.6625"),
        ("lpg", "1.7143", "3.1013"),
        ("heat", "34.12", "110"),
    ]
    .into_iter()
    .map(|(carrier, coal, carbon)| (carrier, (digits(coal), digits(carbon))))
    .collect();
    // Half away from zero at the eighth digit below the fourth.
    let rounded =
        |quantity: Quantity, factor: i128| (quantity.digits() * factor + 50_000_000) / 100_000_000;
    let mut seen = BTreeSet::new();
    for row in &loaded.truth.energy_month {
        let expected = match row.carrier {
            "water" => 0,
            "other_energy" => row.quantity.digits(),
            carrier => rounded(row.quantity, published[carrier].0),
        };
        assert_eq!(row.energy_kgce.digits(), expected, "{row:?}");
        seen.insert(row.carrier);
    }
    assert_eq!(seen.len(), 9);
    for row in &loaded.truth.carbon_month {
        if row.carrier == "other_energy" {
            assert_eq!(row.co2_fixed_kg, None);
            continue;
        }
        let expected = rounded(row.quantity, published[row.carrier].1);
        assert_eq!(row.co2_fixed_kg.unwrap().digits(), expected, "{row:?}");
        if row.carrier == "electricity" {
            // The latest official factor of 湖北 is that of 2023.
            assert_eq!(
                row.year_factor_id.as_deref(),
                Some("electricity@420000@2023")
            );
            assert!(row.is_carried_forward);
            assert_eq!(
                row.co2_year_kg.unwrap().digits(),
                rounded(row.quantity, digits("0.4044"))
            );
        }
    }
}

#[test]
fn years_sum_their_months() {
    let loaded = loaded(&Spec::county(29));
    let months = &loaded.truth.energy_month;
    for year in &loaded.truth.intensity_year {
        let own = || {
            months
                .iter()
                .filter(|row| row.organization_id == year.organization_id)
        };
        assert_eq!(year.energy_kgce, own().map(|row| row.energy_kgce).sum());
        assert_eq!(
            year.water_m3,
            own()
                .filter(|row| row.carrier == "water")
                .map(|row| row.quantity)
                .sum()
        );
    }
    let energy: Quantity = loaded
        .truth
        .intensity_year
        .iter()
        .map(|row| row.energy_kgce)
        .sum();
    let people: Quantity = loaded
        .truth
        .intensity_year
        .iter()
        .map(|row| row.people)
        .sum();
    let value = loaded
        .truth
        .target_progress
        .iter()
        .find(|row| row.metric == "energy_per_capita")
        .and_then(|row| row.value)
        .unwrap();
    // Eight digits of the quotient, rounded half up: twice the remainder is at most the divisor.
    let error = energy.digits() * 100_000_000 - value.digits() * people.digits();
    assert!(
        error.abs() * 2 <= people.digits(),
        "{value} is not {energy} / {people}"
    );
}

#[test]
fn operating_cost_is_what_vouchers_budgets_and_final_accounts_say() {
    let loaded = loaded(&Spec::county(31));
    let kind = |word: &str| {
        if word == "基本支出" {
            "basic"
        } else {
            "project"
        }
    };
    let mut sums: BTreeMap<(String, String, String, &str), [Option<Yuan>; 3]> = BTreeMap::new();
    let mut add = |key, version: usize, amount: Yuan| {
        let sum = &mut sums.entry(key).or_default()[version];
        *sum = Some(sum.unwrap_or_default() + amount);
    };
    loaded.accepted("cost.expense", |table, cells| {
        let cell = |name: &str| cells[table.column(name)].clone();
        let month = cell("记账日期")[..7].to_owned();
        let key = (
            cell("单位编号"),
            month,
            cell("经济分类科目"),
            kind(&cell("支出类型")),
        );
        add(key, 1, number(&cell("金额(元)")));
    });
    loaded.accepted("cost.budget", |table, cells| {
        let cell = |name: &str| cells[table.column(name)].clone();
        let month = if cell("批次") == "年初预算" {
            "01"
        } else {
            "07"
        };
        let key = (
            cell("单位编号"),
            format!("{}-{month}", cell("年度")),
            cell("经济分类科目"),
            kind(&cell("支出类型")),
        );
        add(key, 0, Yuan::new(number::<6>(&cell("金额(万元)")).digits()));
    });
    loaded.accepted("cost.settlement", |table, cells| {
        for (name, cell) in table.header.iter().zip(cells) {
            let Some((spending, code)) = name.split_once('_').filter(|_| !cell.is_empty()) else {
                continue;
            };
            let month = format!("{}-12", cells[table.column("决算年度")]);
            let key = (cells[0].clone(), month, code.to_owned(), kind(spending));
            add(key, 2, Yuan::new(number::<6>(cell).digits()));
        }
    });
    let truth: BTreeMap<_, _> = loaded
        .truth
        .operating_cost_month
        .iter()
        .map(|row| {
            let key = (
                row.organization_id.clone(),
                row.month.to_string(),
                row.expense_code.to_owned(),
                row.spending_kind,
            );
            (key, [row.budget_yuan, row.executed_yuan, row.final_yuan])
        })
        .collect();
    assert_eq!(sums, truth);
}

#[test]
fn vehicles_are_what_trips_and_costs_say() {
    let loaded = loaded(&Spec::county(37));
    // Kilometres, trips, litres, kilowatt hours and cost, by vehicle and month.
    type Use = (i64, u32, Fixed<2>, Fixed<2>, Yuan);
    let mut sums: BTreeMap<(String, String), Use> = BTreeMap::new();
    loaded.accepted("vehicle.trip", |table, cells| {
        let cell = |name: &str| cells[table.column(name)].clone();
        let sum = sums
            .entry((cell("vehicleId"), cell("outTime")[..7].to_owned()))
            .or_default();
        sum.0 += cell("km").parse::<i64>().unwrap();
        sum.1 += 1;
    });
    loaded.accepted("vehicle.cost", |table, cells| {
        let cell = |name: &str| cells[table.column(name)].clone();
        let date = cell("发生日期");
        let mut parts = date.split('/');
        let (year, month) = (parts.next().unwrap(), parts.next().unwrap());
        let sum = sums
            .entry((cell("车辆编号"), format!("{year}-{month:0>2}")))
            .or_default();
        match cell("费用类别").as_str() {
            "加油" => sum.2 += number(&cell("数量")),
            "充电" => sum.3 += number(&cell("数量")),
            _ => {}
        }
        sum.4 += number(&cell("金额"));
    });
    let truth: BTreeMap<_, _> = loaded
        .truth
        .vehicle_month
        .iter()
        .map(|row| {
            let key = (row.vehicle_id.clone(), row.month.to_string());
            (
                key,
                (row.km, row.trips, row.fuel_l, row.charge_kwh, row.cost_yuan),
            )
        })
        .collect();
    assert_eq!(sums, truth);
}

#[test]
fn rooms_made_too_large_are_the_ones_found_over_standard() {
    let loaded = loaded(&Spec {
        size: city::Size {
            rooms: 3_000,
            ..Spec::county(1).size
        },
        ..Spec::county(41)
    });
    let over: u32 = loaded
        .truth
        .office_space
        .iter()
        .map(|row| row.over_standard_rooms)
        .sum();
    let rooms: u32 = loaded
        .truth
        .office_space
        .iter()
        .map(|row| row.room_count)
        .sum();
    // Rooms of the two refused buildings stand in no row.
    assert!(over > 0 && rooms > 2_000, "{over} of {rooms}");
    // A room may also seem too large because the row of one of its occupants was refused, or vanish with
    // its building; without faults the two counts are one.
    let clean = Spec {
        has_faults: false,
        ..loaded.city.spec.clone()
    };
    let clean = generate(&clean);
    let truth = clean.truth(&reference());
    let over: u32 = truth
        .office_space
        .iter()
        .map(|row| row.over_standard_rooms)
        .sum();
    assert_eq!(
        over as usize,
        clean
            .rooms
            .iter()
            .filter(|room| room.is_over_standard)
            .count()
    );
}

#[test]
fn hourly_readings_add_up_to_the_bill_they_are_part_of() {
    let loaded = loaded(&Spec::county(43));
    let mut sums: BTreeMap<String, Fixed<2>> = BTreeMap::new();
    loaded.accepted("energy.reading_electricity", |table, cells| {
        *sums
            .entry(cells[table.column("meter")].clone())
            .or_default() += number(&cells[2]);
    });
    assert!(!sums.is_empty());
    for (meter, sum) in sums {
        let place = loaded
            .city
            .meters
            .iter()
            .position(|other| other.id == meter)
            .unwrap();
        let building = loaded.city.meters[place].building;
        let organization = loaded.city.buildings[building].organization;
        let used: Quantity = loaded
            .city
            .forms
            .iter()
            .filter(|form| form.organization == organization)
            .map(|form| form.quantity(city::energy::item::Item::Electricity))
            .sum();
        assert!(
            sum.rescale::<4>() < used,
            "{meter} reads more than its organisation uses"
        );
        assert!(
            sum.rescale::<4>().digits() * 5 > used.digits(),
            "{meter} reads next to nothing"
        );
    }
}
