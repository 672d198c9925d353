//! Every identifier passes the checks of the contracts, except the faulty ones.

use std::collections::HashSet;

use city::{Month, Spec, generate};
use contracts::identifier::{self, IdentifierKind};

fn check(kind: IdentifierKind, value: &str) {
    if let Err(error) = identifier::check(kind, value) {
        panic!("`{value}`: {error}");
    }
}

#[test]
fn identifiers_are_valid_and_unique() {
    let mut spec = Spec::city(5, Month::new(2022, 6));
    spec.size.rooms = 500;
    spec.size.metered_buildings = 2;
    let city = generate(&spec);
    let mut seen = HashSet::new();
    for uscc in city
        .organizations
        .iter()
        .filter_map(|body| body.uscc.as_deref())
    {
        check(IdentifierKind::Uscc, uscc);
        assert!(seen.insert(uscc), "{uscc} twice");
    }
    for vehicle in &city.vehicles {
        check(IdentifierKind::Vin, &vehicle.vin);
        check(IdentifierKind::Plate, &vehicle.plate);
        assert_eq!(vehicle.plate.chars().count() == 8, vehicle.fuel.is_nev());
        assert!(seen.insert(&vehicle.vin), "{} twice", vehicle.vin);
        assert!(seen.insert(&vehicle.plate), "{} twice", vehicle.plate);
    }
    for region in &city.regions {
        check(IdentifierKind::Region, region.code);
    }
    for account in &city.accounts {
        check(IdentifierKind::Account, &account.number);
        assert!(seen.insert(&account.number), "{} twice", account.number);
    }
    for title in city
        .buildings
        .iter()
        .filter_map(|building| building.title_number.as_deref())
    {
        check(IdentifierKind::TitleNumber, title);
    }
}
