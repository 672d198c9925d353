//! The demo city looks like a city: sizes, anchors, trends, and targets that land differently.

use std::collections::BTreeMap;
use std::path::Path;

use city::energy::item::Item;
use city::{City, Month, Reference, Spec, Truth, generate};

fn demo(to: Month) -> (City, Truth) {
    let mut spec = Spec::city(20_260_101, to);
    // Readings are not made here; rooms are not looked at.
    spec.size.rooms = 1_000;
    let city = generate(&spec);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/reference");
    let truth = city.truth(&Reference::read(&folder).unwrap());
    (city, truth)
}

#[test]
fn the_four_targets_of_2025_land_differently() {
    let (_, truth) = demo(Month::new(2025, 12));
    let landed: BTreeMap<&str, (bool, f64)> = truth
        .target_progress
        .iter()
        .filter(|row| row.year == 2025)
        .map(|row| {
            assert_eq!(row.reason, None, "{row:?}");
            let gap: f64 = row.gap_pct.unwrap().to_string().parse().unwrap();
            (row.metric.as_str(), (row.is_on_track.unwrap(), gap))
        })
        .collect();
    assert_eq!(landed.len(), 4);
    assert!(landed["energy_per_capita"].0, "{landed:?}");
    assert!(landed["water_per_capita"].0, "{landed:?}");
    let (met, gap) = landed["energy_per_area"];
    assert!(!met && gap < 1.5, "nearly met: {landed:?}");
    let (met, gap) = landed["co2_per_area"];
    assert!(!met && gap > 2.0, "missed: {landed:?}");
    // National 2020: 329.56 kgce and 21.53 m³ a person, 18.48 kgce a square metre; this city lies within
    // a fifth of each, below in energy, as the south does.
    let value = |metric: &str, year: i32| -> f64 {
        let row = truth
            .target_progress
            .iter()
            .find(|row| row.metric == metric && row.year == year)
            .unwrap();
        row.value.unwrap().to_string().parse().unwrap()
    };
    assert!(
        (265.0..330.0).contains(&value("energy_per_capita", 2020)),
        "{}",
        value("energy_per_capita", 2020)
    );
    assert!(
        (15.0..18.5).contains(&value("energy_per_area", 2020)),
        "{}",
        value("energy_per_area", 2020)
    );
    assert!(
        (18.0..23.0).contains(&value("water_per_capita", 2020)),
        "{}",
        value("water_per_capita", 2020)
    );
}

#[test]
fn sizes_and_trends_are_those_of_a_prefecture() {
    let to = Month::new(2026, 10);
    let (city, truth) = demo(to);
    let first = city.spec.from;
    assert_eq!(city.regions.len(), 9);
    assert!((600..620).contains(&city.organizations.len()));
    assert_eq!(city.buildings.len(), 900);
    let classes: std::collections::BTreeSet<_> =
        city.organizations.iter().map(|body| body.class).collect();
    assert_eq!(classes.len(), 8);
    assert!(city.organizations.iter().any(|body| body.end.is_some()));
    assert!(
        city.organizations
            .iter()
            .any(|body| body.survey_last.is_some())
    );

    let stock = |month: Month| {
        city.vehicles
            .iter()
            .filter(|vehicle| vehicle.is_in_stock(month))
            .count()
    };
    let nev = |month: Month| {
        let is = city
            .vehicles
            .iter()
            .filter(|vehicle| vehicle.is_in_stock(month) && vehicle.fuel.is_nev());
        is.count() * 100 / stock(month)
    };
    assert!(
        stock(to) < stock(first) && stock(to) > stock(first) * 3 / 4,
        "{} to {}",
        stock(first),
        stock(to)
    );
    assert!(
        nev(first) < 12 && nev(to) > 25,
        "{} to {}",
        nev(first),
        nev(to)
    );

    // 三公 fall each year that is over.
    let three_public = |year: i32| -> i128 {
        truth
            .operating_cost_month
            .iter()
            .filter(|row| row.month.year() == year)
            .filter(|row| ["30212", "30217", "30231", "31013"].contains(&row.expense_code))
            .map(|row| row.executed_yuan.unwrap_or_default().digits())
            .sum()
    };
    assert!(
        three_public(2025) < three_public(2020),
        "{} to {}",
        three_public(2020),
        three_public(2025)
    );

    // Hot summers, cool winters: July takes more power than April, January more gas than July.
    let used = |item: Item, month: Month| -> i128 {
        let forms = city.forms.iter().filter(|form| form.month == month);
        forms.map(|form| form.quantity(item).digits()).sum()
    };
    assert!(
        used(Item::Electricity, Month::new(2023, 7)) > used(Item::Electricity, Month::new(2023, 4))
    );
    assert!(
        used(Item::NaturalGas, Month::new(2023, 1))
            > 2 * used(Item::NaturalGas, Month::new(2023, 7))
    );
}

#[test]
fn unit_prices_lie_in_their_bands() {
    // Section 6 of the statistics page, in thousandths of a yuan.
    let bands = [
        (Item::Electricity, 400, 1_200),
        (Item::Water, 1_500, 8_000),
        (Item::NaturalGas, 2_000, 6_000),
        (Item::PetrolVehicle, 6_000, 10_000),
        (Item::DieselVehicle, 5_500, 9_000),
    ];
    for month in Month::new(2020, 1).through(Month::new(2027, 12)) {
        for (item, low, high) in bands {
            let price = item.price_yuan(month).digits();
            assert!(
                (low..=high).contains(&price),
                "{item:?} costs {price} in {month}"
            );
        }
    }
}
