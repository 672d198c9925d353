//! Daily weather of the city: warm humid summers, cool winters, a few hot years.

use chrono::{Datelike, NaiveDate};

use crate::number::Fixed;
use crate::random::{Draw, Kind};
use crate::spec::Spec;

/// The weather of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeatherDay {
    /// The day.
    pub date: NaiveDate,
    /// Highest temperature, °C.
    pub max_c: Fixed<1>,
    /// Lowest temperature, °C.
    pub min_c: Fixed<1>,
    /// Mean temperature, °C.
    pub mean_c: Fixed<1>,
    /// Precipitation, mm.
    pub rain_mm: Fixed<1>,
    /// Mean relative humidity, %.
    pub humidity_pct: i64,
}

/// Mean temperature of the months, tenths of °C.
const NORMAL: [i64; 12] = [40, 66, 116, 175, 222, 262, 287, 281, 239, 182, 120, 63];

/// How much warmer a summer was than normal, tenths of °C, by year from 2020.
const SUMMER: [i64; 7] = [0, 3, 21, 4, 12, 1, 6];

/// The summer's departure from normal, tenths of °C; 0 outside June to September.
pub(crate) fn summer_departure(year: i32, month_index: usize) -> i64 {
    if (5..=8).contains(&month_index) {
        SUMMER[(year - 2020).clamp(0, 6) as usize]
    } else {
        0
    }
}

pub(crate) fn weather(spec: &Spec) -> Vec<WeatherDay> {
    let mut days = Vec::new();
    for month in spec.months() {
        let mut draw = Draw::new(
            spec.seed,
            Kind::Weather,
            month.since(crate::Month::new(1900, 1)) as u64,
        );
        for day in 1..=month.days() {
            days.push(weather_day(month.day(day), &mut draw));
        }
    }
    days
}

fn weather_day(date: NaiveDate, draw: &mut Draw) -> WeatherDay {
    let month = date.month0() as usize;
    // Between the middles of two months the normal runs straight.
    let day = i64::from(date.day());
    let (other, weight) = if day < 15 {
        ((month + 11) % 12, 15 - day)
    } else {
        ((month + 1) % 12, day - 15)
    };
    let normal = (NORMAL[month] * (30 - weight) + NORMAL[other] * weight) / 30;
    let mean = normal + summer_departure(date.year(), month) + (draw.around(42) - 1000);
    let half_range = draw.between(28, 62);
    let is_wet = draw.chance([180, 230, 300, 340, 360, 380, 330, 280, 250, 240, 210, 160][month]);
    let rain = if is_wet {
        draw.between(1, 60) * draw.between(1, 12)
    } else {
        0
    };
    WeatherDay {
        date,
        max_c: Fixed::new(i128::from(mean + half_range)),
        min_c: Fixed::new(i128::from(mean - half_range)),
        mean_c: Fixed::new(i128::from(mean)),
        rain_mm: Fixed::new(i128::from(rain)),
        humidity_pct: draw.between(52, 74) + if is_wet { 18 } else { 0 },
    }
}
