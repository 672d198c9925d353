//! Meters of the buildings that have them, and their hourly readings.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::City;
use crate::calendar;
use crate::energy::item::Item;
use crate::month::Month;
use crate::number::{Quantity, divide_rounded};
use crate::office::Building;
use crate::organization::{Class, Organization};
use crate::random::{Draw, Kind};
use crate::spec::Spec;

/// A meter of a building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// The key of the collector.
    pub id: String,
    /// What it measures.
    pub item: Item,
    /// The building's place in [`crate::City::buildings`].
    pub building: usize,
    /// The account's place in [`crate::City::accounts`], where one is bound.
    pub account: Option<usize>,
    /// The part of the organisation's use that passes it, permille.
    pub(crate) share: i64,
    /// Transformer ratio.
    pub multiplier: i64,
    /// The day of installation.
    pub installed_date: NaiveDate,
}

/// The buildings with the most floor area of organisations that stay get an electricity meter, every
/// tenth of them one for water, every fifteenth one for gas.
pub(crate) fn meters(
    spec: &Spec,
    organizations: &[Organization],
    buildings: &[Building],
    accounts: &[crate::energy::account::Account],
) -> Vec<Meter> {
    let mut by_size: Vec<usize> = (0..buildings.len())
        .filter(|place| {
            let body = &organizations[buildings[*place].organization];
            body.first == spec.from && body.end.is_none() && body.survey_last.is_none()
        })
        .collect();
    by_size.sort_by_key(|place| std::cmp::Reverse((buildings[*place].floor_m2, *place)));
    let mut meters = Vec::new();
    for (rank, place) in by_size
        .into_iter()
        .take(spec.size.metered_buildings)
        .enumerate()
    {
        let mut draw = Draw::new(spec.seed, Kind::Meter, place as u64);
        let building = &buildings[place];
        let items = [
            (Item::Electricity, true),
            (Item::Water, rank % 10 == 0),
            (Item::NaturalGas, rank % 15 == 3),
        ];
        for (item, is_there) in items {
            if !is_there {
                continue;
            }
            meters.push(Meter {
                id: format!("BJ{:05}", meters.len() + 1),
                item,
                building: place,
                account: accounts.iter().position(|account| {
                    account.organization == building.organization && account.item == item
                }),
                share: draw.between(280, 460),
                multiplier: if item == Item::Electricity {
                    *draw.pick(&[40, 60, 80])
                } else {
                    1
                },
                installed_date: Month::new(2019, 3).day(draw.between(1, 28) as u32),
            });
        }
    }
    meters
}

/// The hourly use of a meter in a month, hours in order from the first day's first hour.
///
/// The hours add up exactly to the meter's share of the organisation's form, because each is the
/// difference of two rounded running totals.
pub fn hourly(city: &City, meter_place: usize, month: Month) -> Vec<Quantity> {
    let meter = &city.meters[meter_place];
    let organization = city.buildings[meter.building].organization;
    let class = city.organizations[organization].class;
    let total = city.form(organization, month).map_or(0, |form| {
        form.quantity(meter.item)
            .share(i128::from(meter.share), 1000)
            .digits()
            / 100
    });
    let mut draw = Draw::new(
        city.spec.seed,
        Kind::Reading,
        ((meter_place as u64) << 12) | u64::from(month.since(Month::new(2000, 1)).unsigned_abs()),
    );
    let mut weights = Vec::with_capacity(month.days() as usize * 24);
    for day in 1..=month.days() {
        let date = month.day(day);
        let shape = day_shape(class, date);
        for base in shape {
            weights.push(base * (900 + draw.below(201) as i64));
        }
    }
    let whole: i64 = weights.iter().sum();
    let (mut passed, mut given) = (0i64, 0i128);
    weights
        .into_iter()
        .map(|weight| {
            passed += weight;
            let upto = divide_rounded(total * i128::from(passed), i128::from(whole));
            let hour = upto - given;
            given = upto;
            Quantity::new(hour * 100)
        })
        .collect()
}

/// Weights of the 24 hours: offices by day, hospitals always, little on days off.
fn day_shape(class: Class, date: NaiveDate) -> [i64; 24] {
    const OFFICE: [i64; 24] = [
        12, 11, 11, 11, 11, 12, 16, 34, 78, 92, 95, 94, 70, 76, 96, 98, 96, 88, 52, 30, 24, 19, 15,
        13,
    ];
    const CLOSED: [i64; 24] = [
        11, 10, 10, 10, 10, 10, 11, 13, 17, 20, 22, 22, 21, 21, 22, 22, 21, 19, 16, 15, 14, 13, 12,
        11,
    ];
    const WARD: [i64; 24] = [
        48, 45, 44, 43, 44, 47, 56, 70, 92, 100, 102, 101, 92, 94, 100, 100, 97, 90, 80, 74, 68,
        62, 56, 51,
    ];
    const SCHOOL: [i64; 24] = [
        10, 9, 9, 9, 9, 14, 44, 70, 84, 88, 90, 92, 62, 58, 84, 88, 86, 72, 60, 70, 66, 40, 18, 12,
    ];
    if class == Class::Health {
        return WARD;
    }
    let is_open =
        calendar::is_workday(date) || (class == Class::Culture && date.weekday() == Weekday::Sat);
    match (is_open, class) {
        (false, _) => CLOSED,
        (true, Class::Education) if matches!(date.month(), 7 | 8) => CLOSED,
        (true, Class::Education) => SCHOOL,
        (true, _) => OFFICE,
    }
}
