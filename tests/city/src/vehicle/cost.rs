//! What vehicles cost: fuel and charging with their quantities, tolls, insurance, repair.

use chrono::NaiveDate;

use crate::energy::item::Item;
use crate::month::Month;
use crate::number::{Fixed, Yuan};
use crate::random::{Draw, Kind};
use crate::spec::Spec;
use crate::vehicle::trip::stream;
use crate::vehicle::{Fuel, Trip, Vehicle};

/// What was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CostClass {
    /// 加油, with litres.
    Fuel,
    /// 充电, with kWh.
    Charge,
    /// 路桥.
    Toll,
    /// 保险.
    Insurance,
    /// 维修保养.
    Repair,
}

impl CostClass {
    /// The word of the platform.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Fuel => "加油",
            Self::Charge => "充电",
            Self::Toll => "路桥费",
            Self::Insurance => "保险",
            Self::Repair => "维修保养",
        }
    }
}

/// One payment for a vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleCost {
    /// Its vehicle's place in [`crate::City::vehicles`].
    pub vehicle: usize,
    /// The number of the payment within its vehicle and month, from 0.
    pub(crate) serial: u32,
    /// The day.
    pub date: NaiveDate,
    /// What was paid for.
    pub class: CostClass,
    /// Litres or kWh; zero for the other classes.
    pub quantity: Fixed<2>,
    /// The amount.
    pub amount: Yuan,
}

/// Makes the payments of all vehicles, by month and then vehicle.
///
/// Fuel follows the distance driven: a vehicle buys what its trips of the month have used.
pub(crate) fn costs(spec: &Spec, vehicles: &[Vehicle], trips: &[Trip]) -> Vec<VehicleCost> {
    let mut costs = Vec::new();
    // Hundredths of a litre and of a kWh used and not yet bought.
    let mut open = vec![(0i64, 0i64); vehicles.len()];
    let mut next = 0;
    for month in spec.months() {
        for (place, vehicle) in vehicles.iter().enumerate() {
            if !vehicle.is_driven(month) {
                continue;
            }
            let first = next;
            while next < trips.len()
                && trips[next].vehicle == place
                && Month::of(trips[next].out_at.date()) == month
            {
                next += 1;
            }
            let driven = &trips[first..next];
            let km: i64 = driven.iter().map(Trip::km).sum();
            open[place].0 += km * vehicle.fuel_rate / 100;
            open[place].1 += km * vehicle.charge_rate / 100;
            let mut till = Till {
                vehicle: place,
                serial: 0,
                costs: &mut costs,
            };
            pay(
                spec,
                place,
                vehicle,
                month,
                driven,
                &mut open[place],
                &mut till,
            );
        }
    }
    costs
}

struct Till<'a> {
    vehicle: usize,
    serial: u32,
    costs: &'a mut Vec<VehicleCost>,
}

impl Till<'_> {
    fn pay(&mut self, date: NaiveDate, class: CostClass, quantity: Fixed<2>, amount: Yuan) {
        let serial = self.serial;
        self.serial += 1;
        self.costs.push(VehicleCost {
            vehicle: self.vehicle,
            serial,
            date,
            class,
            quantity,
            amount,
        });
    }
}

fn pay(
    spec: &Spec,
    place: usize,
    vehicle: &Vehicle,
    month: Month,
    driven: &[Trip],
    open: &mut (i64, i64),
    till: &mut Till<'_>,
) {
    let mut draw = Draw::new(
        spec.seed,
        Kind::VehicleMonth,
        (1 << 44) | stream(place, month),
    );
    let days: Vec<NaiveDate> = driven.iter().map(|trip| trip.out_at.date()).collect();
    let Some(last_day) = days.last().copied() else {
        return;
    };

    let item = if vehicle.fuel == Fuel::Diesel {
        Item::DieselVehicle
    } else {
        Item::PetrolVehicle
    };
    let fuel_price = item.price_yuan(month);
    while open.0 >= 2_000 {
        let litres = Fixed::<2>::new(i128::from(open.0.min(draw.between(3_600, 5_200))));
        open.0 -= litres.digits() as i64;
        till.pay(
            *draw.pick(&days),
            CostClass::Fuel,
            litres,
            litres.times(fuel_price),
        );
    }
    // Half of the new-energy vehicles charge at public posts; the others inside item 110.
    if place.is_multiple_of(2) {
        while open.1 >= 2_500 {
            let kwh = Fixed::<2>::new(i128::from(open.1.min(draw.between(3_500, 5_500))));
            open.1 -= kwh.digits() as i64;
            let price = Fixed::<3>::new(i128::from(draw.between(980, 1_320)));
            till.pay(*draw.pick(&days), CostClass::Charge, kwh, kwh.times(price));
        }
    }
    let tolls: Yuan = driven.iter().map(|trip| trip.tolls).sum();
    if !tolls.is_zero() {
        till.pay(
            month.last_day().min(last_day),
            CostClass::Toll,
            Fixed::ZERO,
            tolls,
        );
    }
    if month.index() == place % 12 {
        let premium = Yuan::new(i128::from(draw.between(260_000, 420_000)));
        till.pay(
            *draw.pick(&days),
            CostClass::Insurance,
            Fixed::ZERO,
            premium,
        );
    }
    let age = Month::new(month.year(), 1)
        .since(Month::of(vehicle.bought_date))
        .max(0)
        / 12;
    if draw.chance(90 + 14 * u64::from(age.unsigned_abs())) {
        let bill = Yuan::new(i128::from(
            draw.between(28_000, 90_000 + 16_000 * i64::from(age)),
        ));
        till.pay(*draw.pick(&days), CostClass::Repair, Fixed::ZERO, bill);
    }
}
