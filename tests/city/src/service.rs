//! Logistics services: how they are judged, canteens, meetings.

use chrono::{Duration, NaiveDateTime, NaiveTime};

use crate::City;
use crate::calendar;
use crate::month::Month;
use crate::number::{Fixed, Yuan};
use crate::organization::Class;
use crate::random::{Draw, Kind};

/// 满意度: one organisation's score of one service in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The place in [`City::organizations`] of who judges.
    pub organization: usize,
    /// The service, in the words of the system.
    pub service: &'static str,
    /// The month.
    pub month: Month,
    /// Out of 100.
    pub score: Fixed<1>,
    /// Respondents.
    pub respondents: i64,
    /// Complaints.
    pub complaints: i64,
    /// Complaints resolved.
    pub resolved: i64,
}

/// 食堂: a canteen's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canteen {
    /// The place in [`City::organizations`] of who runs it.
    pub organization: usize,
    /// The month.
    pub month: Month,
    /// Meals served.
    pub meals: i64,
    /// Cost of food.
    pub food: Yuan,
    /// Cost of labour.
    pub labour: Yuan,
    /// Income.
    pub income: Yuan,
    /// Food waste, kg.
    pub waste_kg: Fixed<1>,
}

/// 会议: one meeting served. Times are those of the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// The number of the booking.
    pub id: String,
    /// The place in [`City::organizations`] of who holds it.
    pub organization: usize,
    /// Its class, in the words of the system.
    pub class: &'static str,
    /// Start.
    pub started_at: NaiveDateTime,
    /// End.
    pub ended_at: NaiveDateTime,
    /// People.
    pub people: i64,
    /// Cost.
    pub cost: Yuan,
    /// Whether held by video.
    pub is_online: bool,
}

const SERVICES: [&str; 5] = ["食堂", "物业", "会议", "公务用车", "维修"];

/// Each quarter every organ and group judges every service; scores rise slowly.
pub(crate) fn evaluations(city: &City) -> Vec<Evaluation> {
    let mut evaluations = Vec::new();
    for month in city
        .spec
        .months()
        .filter(|month| month.month().is_multiple_of(3))
    {
        for (place, body) in city.organizations.iter().enumerate() {
            if !body.has_office_rooms() || !body.is_active(month) {
                continue;
            }
            let mut draw = Draw::new(city.spec.seed, Kind::Service, stream(place, month));
            for service in SERVICES {
                let respondents = draw.between(3, 24);
                let complaints = draw.weighted(&[70, 18, 8, 4]) as i64;
                let rise = i64::from(month.year() - 2020) * 9;
                evaluations.push(Evaluation {
                    organization: place,
                    service,
                    month,
                    score: Fixed::new(i128::from((draw.between(810, 940) + rise).min(1000))),
                    respondents,
                    complaints,
                    resolved: draw.between((complaints - 1).max(0), complaints),
                });
            }
        }
    }
    evaluations
}

/// Hospitals, larger schools and every sixth organ run a canteen.
pub(crate) fn canteens(city: &City) -> Vec<Canteen> {
    let mut canteens = Vec::new();
    for month in city.spec.months() {
        let workdays = calendar::workdays(month).len() as i64;
        for (place, body) in city.organizations.iter().enumerate() {
            let runs = match body.class {
                Class::Health | Class::Education => body.people > 380,
                Class::Organ => place.is_multiple_of(6),
                _ => false,
            };
            if !runs || !body.is_active(month) {
                continue;
            }
            let mut draw = Draw::new(
                city.spec.seed,
                Kind::Service,
                (1 << 44) | stream(place, month),
            );
            let is_holiday = body.class == Class::Education && matches!(month.month(), 2 | 7 | 8);
            let attendance = if is_holiday {
                90
            } else {
                draw.between(620, 780)
            };
            let meals = body.people * workdays * attendance / 1000;
            let food = Yuan::new(i128::from(meals * draw.between(780, 960)));
            canteens.push(Canteen {
                organization: place,
                month,
                meals,
                food,
                labour: Yuan::whole(body.people.clamp(40, 900) * draw.between(58, 74)),
                income: food.share(i128::from(draw.between(560, 820)), 1000),
                waste_kg: Fixed::new(i128::from(
                    meals
                        * draw.between(28, 46)
                        * (1000 - 60 * i64::from(month.year() - 2020).min(6))
                        / 100_000,
                )),
            });
        }
    }
    canteens
}

/// Two or so a month for each organ and group; fewer cost anything each year.
pub(crate) fn meetings(city: &City) -> Vec<Meeting> {
    let mut meetings = Vec::new();
    for month in city.spec.months() {
        let workdays = calendar::workdays(month);
        for (place, body) in city.organizations.iter().enumerate() {
            if !body.has_office_rooms() || !body.is_active(month) {
                continue;
            }
            let mut draw = Draw::new(
                city.spec.seed,
                Kind::Service,
                (2 << 44) | stream(place, month),
            );
            for _ in 0..draw.between(0, 3) {
                let start = NaiveTime::from_hms_opt(
                    draw.between(8, 15) as u32,
                    [0, 30][draw.below(2) as usize],
                    0,
                )
                .unwrap_or_default();
                let started_at = draw.pick(&workdays).and_time(start);
                let class = ["内部会议", "四类会议", "三类会议", "二类会议"]
                    [draw.weighted(&[800, 140, 50, 10])];
                let people = draw.between(6, 60);
                let daily = match class {
                    "内部会议" => 0,
                    "四类会议" => draw.between(60, 150),
                    _ => draw.between(120, 260),
                };
                meetings.push(Meeting {
                    id: format!("HY{:07}", meetings.len() + 1),
                    organization: place,
                    class,
                    started_at,
                    ended_at: started_at + Duration::minutes(draw.between(4, 24) * 10),
                    people,
                    cost: Yuan::whole(people * daily),
                    is_online: draw
                        .chance(120 + 30 * i64::from(month.year() - 2020).unsigned_abs()),
                });
            }
        }
    }
    meetings
}

fn stream(place: usize, month: Month) -> u64 {
    ((place as u64) << 12) | u64::from(month.since(Month::new(2000, 1)).unsigned_abs())
}
