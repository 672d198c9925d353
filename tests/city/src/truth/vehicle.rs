//! Vehicles by month, from accepted trips and payments.

use std::collections::{BTreeMap, BTreeSet};

use super::VehicleMonth;
use crate::City;
use crate::month::Month;
use crate::number::Fixed;
use crate::vehicle::CostClass;

pub(super) fn vehicle_month(city: &City) -> Vec<VehicleMonth> {
    let mut rows: BTreeMap<(usize, Month), (VehicleMonth, BTreeSet<chrono::NaiveDate>)> =
        BTreeMap::new();
    let empty = |place: usize, month: Month| {
        let vehicle = &city.vehicles[place];
        // A vehicle whose register row is refused has trips and costs, but no holder.
        let is_known = city.is_vehicle_accepted(place);
        VehicleMonth {
            vehicle_id: vehicle.id.clone(),
            month,
            organization_id: is_known.then(|| city.organizations[vehicle.organization].id.clone()),
            is_nev: is_known && vehicle.fuel.is_nev(),
            km: 0,
            odometer_km: None,
            fuel_l: Fixed::ZERO,
            charge_kwh: Fixed::ZERO,
            cost_yuan: Fixed::ZERO,
            fuel_cost_yuan: Fixed::ZERO,
            trips: 0,
            days_used: 0,
        }
    };
    for (place, trip) in city.trips.iter().enumerate() {
        if !city.is_trip_accepted(place) {
            continue;
        }
        let date = trip.out_at.date();
        let month = Month::of(date);
        let (row, days) = rows
            .entry((trip.vehicle, month))
            .or_insert_with(|| (empty(trip.vehicle, month), BTreeSet::new()));
        row.km += trip.km();
        row.odometer_km = row.odometer_km.max(Some(trip.odometer_in_km));
        row.trips += 1;
        days.insert(date);
    }
    for (place, cost) in city.vehicle_costs.iter().enumerate() {
        if !city.is_vehicle_cost_accepted(place) {
            continue;
        }
        let month = Month::of(cost.date);
        let (row, _) = rows
            .entry((cost.vehicle, month))
            .or_insert_with(|| (empty(cost.vehicle, month), BTreeSet::new()));
        row.cost_yuan += cost.amount;
        match cost.class {
            CostClass::Fuel => {
                row.fuel_l += cost.quantity;
                row.fuel_cost_yuan += cost.amount;
            }
            CostClass::Charge => {
                row.charge_kwh += cost.quantity;
                row.fuel_cost_yuan += cost.amount;
            }
            CostClass::Toll | CostClass::Insurance | CostClass::Repair => {}
        }
    }
    rows.into_values()
        .map(|(mut row, days)| {
            row.days_used = days.len() as u32;
            row
        })
        .collect()
}
