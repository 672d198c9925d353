//! 派车单: one row a trip, with the odometer out and in; and the alarms of the terminals.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::calendar;
use crate::month::Month;
use crate::number::Yuan;
use crate::random::{Draw, Kind};
use crate::spec::Spec;
use crate::vehicle::Vehicle;

/// One trip. Times are those of the city (Asia/Shanghai).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// Its vehicle's place in [`crate::City::vehicles`].
    pub vehicle: usize,
    /// The number of the trip within its vehicle and month, from 0.
    pub(crate) serial: u32,
    /// When it left.
    pub out_at: NaiveDateTime,
    /// When it came back.
    pub in_at: NaiveDateTime,
    /// The odometer when it left, km.
    pub odometer_out_km: i64,
    /// The odometer when it came back, km.
    pub odometer_in_km: i64,
    /// People beside the driver.
    pub passengers: i64,
    /// The reason, a place in [`REASONS`].
    pub(crate) reason: usize,
    /// Where it began and went, places in the names of places.
    pub(crate) places: (usize, usize),
    /// The driver's pseudonym.
    pub(crate) driver: u32,
    /// Tolls paid on the way.
    pub tolls: Yuan,
}

impl Trip {
    /// The distance.
    pub fn km(&self) -> i64 {
        self.odometer_in_km - self.odometer_out_km
    }
}

/// The reasons of the dispatch slip, as the platform writes them.
pub(crate) const REASONS: [&str; 6] = [
    "公务出行",
    "会议",
    "调研",
    "执法检查",
    "应急抢险",
    "机要通信",
];

/// Makes the trips of all vehicles, by month, then vehicle, then time.
pub(crate) fn trips(spec: &Spec, vehicles: &[Vehicle]) -> Vec<Trip> {
    let mut odometers: Vec<i64> = vehicles
        .iter()
        .map(|vehicle| vehicle.odometer_start)
        .collect();
    let mut trips = Vec::new();
    for month in spec.months() {
        let workdays = calendar::workdays(month);
        for (place, vehicle) in vehicles.iter().enumerate() {
            if vehicle.is_driven(month) {
                drive(
                    spec,
                    place,
                    vehicle,
                    month,
                    &workdays,
                    &mut odometers[place],
                    &mut trips,
                );
            }
        }
    }
    trips
}

fn drive(
    spec: &Spec,
    place: usize,
    vehicle: &Vehicle,
    month: Month,
    workdays: &[NaiveDate],
    odometer: &mut i64,
    trips: &mut Vec<Trip>,
) {
    let mut draw = Draw::new(spec.seed, Kind::VehicleMonth, stream(place, month));
    let count = draw.between(2, 5).min(workdays.len() as i64) as usize;
    // One trip a chosen day, in the order of days: no two are ever open at once.
    let mut left = count;
    for (passed, date) in workdays.iter().enumerate() {
        let days_left = (workdays.len() - passed) as u64;
        if draw.below(days_left) >= left as u64 {
            continue;
        }
        let serial = (count - left) as u32;
        left -= 1;
        let is_long = draw.chance(300);
        let base = if is_long {
            draw.between(180, 560)
        } else {
            draw.between(15, 170)
        };
        let km = (base * vehicle.diligence / 1000).max(4);
        let start =
            NaiveTime::from_hms_opt(draw.between(7, 13) as u32, draw.between(0, 59) as u32, 0)
                .unwrap_or_default();
        let out_at = date.and_time(start);
        let minutes = 25 + km * draw.between(90, 150) / 100 + draw.between(0, 90);
        let tolls = if is_long {
            Yuan::whole(km * 9 / 20)
        } else {
            Yuan::ZERO
        };
        trips.push(Trip {
            vehicle: place,
            serial,
            out_at,
            in_at: out_at + Duration::minutes(minutes.min(600)),
            odometer_out_km: *odometer,
            odometer_in_km: *odometer + km,
            passengers: draw.between(1, vehicle.seats.min(5) - 1),
            reason: draw.weighted(&[40, 20, 18, 14, 5, 3]),
            places: (0, 1 + draw.below(13) as usize),
            driver: draw.below(4_000) as u32,
            tolls,
        });
        *odometer += km;
        // A little is driven without a slip: to the pump, to the workshop.
        *odometer += draw.between(0, 3);
    }
}

/// The stream of one vehicle in one month.
pub(crate) fn stream(place: usize, month: Month) -> u64 {
    ((place as u64) << 12) | u64::from(month.since(Month::new(2000, 1)).unsigned_abs())
}

/// What a terminal complained about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmKind {
    /// 无单用车.
    NoOrder,
    /// 越界.
    OutOfFence,
    /// 超速.
    Overspeed,
    /// 节假日用车.
    HolidayUse,
    /// 长期闲置.
    Idle,
    /// 加油量超油箱.
    RefuelAboveTank,
}

impl AlarmKind {
    const ALL: [Self; 6] = [
        Self::NoOrder,
        Self::OutOfFence,
        Self::Overspeed,
        Self::HolidayUse,
        Self::Idle,
        Self::RefuelAboveTank,
    ];

    /// The word of the platform.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::NoOrder => "无单用车",
            Self::OutOfFence => "越界行驶",
            Self::Overspeed => "超速",
            Self::HolidayUse => "节假日用车",
            Self::Idle => "长期闲置",
            Self::RefuelAboveTank => "加油异常",
        }
    }
}

/// One alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Its vehicle's place in [`crate::City::vehicles`].
    pub vehicle: usize,
    /// What it complained about.
    pub kind: AlarmKind,
    /// When.
    pub raised_at: NaiveDateTime,
    /// When somebody had dealt with it.
    pub closed_date: Option<NaiveDate>,
}

/// About one alarm for 40 vehicle-months, fewer each year.
pub(crate) fn alarms(spec: &Spec, vehicles: &[Vehicle]) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    for month in spec.months() {
        for (place, vehicle) in vehicles.iter().enumerate() {
            let mut draw = Draw::new(spec.seed, Kind::Alarm, stream(place, month));
            let per_thousand = (34 - 3 * (month.year() - 2020)).max(8) as u64;
            if !vehicle.is_driven(month) || !draw.chance(per_thousand) {
                continue;
            }
            let kind = AlarmKind::ALL[draw.weighted(&[30, 14, 26, 10, 12, 8])];
            let mut date = month.day(draw.between(1, 28) as u32);
            while kind == AlarmKind::HolidayUse && date.weekday() != Weekday::Sun {
                date = date
                    .pred_opt()
                    .filter(|day| *day >= month.first_day())
                    .unwrap_or(month.day(28));
                if date.day() == 28 && date.weekday() != Weekday::Sun {
                    break;
                }
            }
            let time =
                NaiveTime::from_hms_opt(draw.between(6, 21) as u32, draw.between(0, 59) as u32, 0)
                    .unwrap_or_default();
            let closed = date + Duration::days(draw.between(1, 20));
            alarms.push(Alarm {
                vehicle: place,
                kind,
                raised_at: date.and_time(time),
                closed_date: (closed <= spec.to.last_day() && draw.chance(920)).then_some(closed),
            });
        }
    }
    alarms
}
