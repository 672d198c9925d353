//! Energy, carbon, intensity and reporting, from the accepted forms.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::{CarbonMonth, EnergyMonth, IntensityYear, Reference, ReportingMonth};
use crate::City;
use crate::energy::consumption::Form;
use crate::energy::item::Item;
use crate::month::Month;
use crate::number::{Factor, Fixed, Quantity, divide_rounded};

/// The carriers of the marts: name, the items in it, the item that vehicles use, and how many of the
/// mart's units one of the form's is.
const CARRIERS: [(&str, &[Item], Option<Item>, i128); 9] = [
    ("electricity", &[Item::Electricity], None, 1),
    ("water", &[Item::Water], None, 1),
    ("raw_coal", &[Item::Coal], None, 1000),
    ("natural_gas", &[Item::NaturalGas], None, 1),
    (
        "gasoline_litre",
        &[Item::PetrolVehicle, Item::PetrolOther],
        Some(Item::PetrolVehicle),
        1,
    ),
    (
        "diesel_litre",
        &[Item::DieselVehicle, Item::DieselOther],
        Some(Item::DieselVehicle),
        1,
    ),
    ("lpg", &[Item::Lpg], None, 1),
    ("heat", &[Item::Heat], None, 1),
    ("other_energy", &[Item::Other], None, 1000),
];

/// The 2025 form has no cost column for these.
const WITHOUT_COST_2025: [&str; 3] = ["lpg", "heat", "other_energy"];

fn accepted_forms(city: &City) -> impl Iterator<Item = &Form> {
    city.forms
        .iter()
        .enumerate()
        .filter(|(place, _)| city.is_form_accepted(*place))
        .map(|(_, form)| form)
}

pub(super) fn energy_month(city: &City, reference: &Reference) -> Vec<EnergyMonth> {
    let mut rows = Vec::new();
    let mut memory: BTreeMap<(Month, &str), Option<Factor>> = BTreeMap::new();
    for form in accepted_forms(city) {
        for (carrier, items, vehicle_item, units) in CARRIERS {
            let sum: Quantity = items.iter().map(|item| form.quantity(*item)).sum();
            let quantity = Quantity::new(sum.digits() * units);
            let is_costed =
                form.month < crate::organization::NEW_FORM || !WITHOUT_COST_2025.contains(&carrier);
            let cost_yuan = if is_costed {
                items.iter().map(|item| form.cost(*item)).sum()
            } else {
                Fixed::ZERO
            };
            if quantity.is_zero() && cost_yuan.is_zero() {
                continue;
            }
            let coefficient = match carrier {
                "water" => Some(Fixed::ZERO),
                _ => *memory.entry((form.month, carrier)).or_insert_with(|| {
                    reference.coefficient(carrier, &form.month.last_day().to_string())
                }),
            };
            let coal = |quantity: Quantity| -> Quantity {
                coefficient.map_or(Fixed::ZERO, |coefficient| quantity.times(coefficient))
            };
            let vehicle_quantity = vehicle_item.map_or(Fixed::ZERO, |item| form.quantity(item));
            rows.push(EnergyMonth {
                organization_id: city.organizations[form.organization].id.clone(),
                month: form.month,
                carrier,
                quantity,
                vehicle_quantity,
                energy_kgce: coal(quantity),
                vehicle_energy_kgce: coal(vehicle_quantity),
                cost_yuan,
            });
        }
    }
    rows.sort_by(|one, other| {
        (&one.organization_id, one.month, one.carrier).cmp(&(
            &other.organization_id,
            other.month,
            other.carrier,
        ))
    });
    rows
}

pub(super) fn carbon_month(
    city: &City,
    reference: &Reference,
    energy: &[EnergyMonth],
) -> Vec<CarbonMonth> {
    let provinces: BTreeMap<&str, String> = city
        .organizations
        .iter()
        .map(|body| {
            (
                body.id.as_str(),
                reference.province_of(city.regions[body.region].code),
            )
        })
        .collect();
    let mut memory = BTreeMap::new();
    energy
        .iter()
        .filter(|row| row.carrier != "water")
        .map(|row| {
            let province = provinces[row.organization_id.as_str()].as_str();
            let year = row.month.year();
            let (fixed, of_year) =
                memory
                    .entry((row.carrier, province, year))
                    .or_insert_with(|| {
                        (
                            reference.fixed_factor(row.carrier, province),
                            reference.year_factor(row.carrier, province, year),
                        )
                    });
            CarbonMonth {
                organization_id: row.organization_id.clone(),
                month: row.month,
                carrier: row.carrier,
                quantity: row.quantity,
                co2_fixed_kg: fixed
                    .as_ref()
                    .map(|factor| row.quantity.times(factor.kgco2_per_unit)),
                fixed_factor_id: fixed.as_ref().map(|factor| factor.id.clone()),
                co2_year_kg: of_year
                    .as_ref()
                    .map(|factor| row.quantity.times(factor.kgco2_per_unit)),
                year_factor_id: of_year.as_ref().map(|factor| factor.id.clone()),
                is_carried_forward: of_year
                    .as_ref()
                    .is_some_and(|factor| factor.is_carried_forward),
            }
        })
        .collect()
}

pub(super) fn intensity_year(
    city: &City,
    energy: &[EnergyMonth],
    carbon: &[CarbonMonth],
) -> Vec<IntensityYear> {
    /// Sums of an organisation's year on the way.
    #[derive(Default)]
    struct Sums {
        months: u32,
        last: Option<Month>,
        people: i128,
        floor_m2: Fixed<2>,
    }
    let mut years: BTreeMap<(usize, i32), Sums> = BTreeMap::new();
    for form in accepted_forms(city) {
        let sums = years
            .entry((form.organization, form.month.year()))
            .or_default();
        sums.months += 1;
        sums.last = sums.last.max(Some(form.month));
        sums.people += i128::from(form.people);
        sums.floor_m2 += form.floor_m2;
    }
    let mut rows: Vec<IntensityYear> = years
        .into_iter()
        .map(|((place, year), sums)| {
            let body = &city.organizations[place];
            let months = i128::from(sums.months);
            IntensityYear {
                organization_id: body.id.clone(),
                year,
                region_code: city.regions[body.region].code,
                months_reported: sums.months,
                people: Quantity::new(divide_rounded(sums.people * 10_000, months)),
                staff: sums
                    .last
                    .and_then(|last| city.headcounts.at(place, last))
                    .map(|size| size.staff),
                floor_m2: Quantity::new(divide_rounded(sums.floor_m2.digits() * 100, months)),
                energy_kgce: Fixed::ZERO,
                vehicle_energy_kgce: Fixed::ZERO,
                water_m3: Fixed::ZERO,
                co2_fixed_kg: Fixed::ZERO,
                co2_year_kg: Fixed::ZERO,
            }
        })
        .collect();
    let places: BTreeMap<(String, i32), usize> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| ((row.organization_id.clone(), row.year), place))
        .collect();
    for row in energy {
        let sums = &mut rows[places[&(row.organization_id.clone(), row.month.year())]];
        sums.energy_kgce += row.energy_kgce;
        sums.vehicle_energy_kgce += row.vehicle_energy_kgce;
        if row.carrier == "water" {
            sums.water_m3 += row.quantity;
        }
    }
    for row in carbon {
        let sums = &mut rows[places[&(row.organization_id.clone(), row.month.year())]];
        sums.co2_fixed_kg += row.co2_fixed_kg.unwrap_or_default();
        sums.co2_year_kg += row.co2_year_kg.unwrap_or_default();
    }
    rows
}

pub(super) fn reporting_month(city: &City, reference: &Reference) -> Vec<ReportingMonth> {
    let due_day: u32 = reference.setting("reporting_due_day").parse().unwrap_or(15);
    let reported: BTreeMap<(usize, Month), &Form> = accepted_forms(city)
        .map(|form| ((form.organization, form.month), form))
        .collect();
    let mut rows = Vec::new();
    for (place, body) in city.organizations.iter().enumerate() {
        for month in city.spec.months().filter(|month| body.is_surveyed(*month)) {
            let form = reported.get(&(place, month));
            let due = month.plus(1).day(due_day);
            rows.push(ReportingMonth {
                organization_id: body.id.clone(),
                month,
                expected: true,
                reported: form.is_some(),
                is_missing: form.is_none(),
                is_late: form.is_some_and(|form| crate::source::reported_date(city, form) > due),
            });
        }
    }
    debug_assert!(rows.iter().all(|row| row.month.first_day().day() == 1));
    rows
}
