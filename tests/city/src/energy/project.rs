//! 节能改造项目: what was done to save, what it cost and what it saved.

use chrono::{Duration, NaiveDate};

use crate::month::Month;
use crate::number::{Fixed, Yuan};
use crate::office::Building;
use crate::random::{Draw, Kind};
use crate::spec::Spec;

/// A retrofit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its number.
    pub id: String,
    /// The building's place in [`crate::City::buildings`].
    pub building: usize,
    /// Its kind, in the words of the list.
    pub kind: &'static str,
    /// How it was contracted, in the words of the list.
    pub contract: &'static str,
    /// The day of approval.
    pub approved_date: NaiveDate,
    /// The first day of work.
    pub started_date: NaiveDate,
    /// The last day of work, if it is over.
    pub finished_date: Option<NaiveDate>,
    /// Investment.
    pub investment: Yuan,
    /// Subsidy, within the investment.
    pub subsidy: Yuan,
    /// Saving expected, kgce a year.
    pub estimated_kgce: Fixed<2>,
    /// Saving measured, kgce a year, once finished.
    pub measured_kgce: Option<Fixed<2>>,
    /// Photovoltaic capacity, kW.
    pub pv_kw: i64,
}

const KINDS: [&str; 6] = ["照明", "空调", "围护结构", "光伏", "充电设施", "节水"];

/// About one project for 40 buildings a year.
pub(crate) fn projects(spec: &Spec, buildings: &[Building]) -> Vec<Project> {
    let mut projects = Vec::new();
    for year in spec.years() {
        for (place, building) in buildings.iter().enumerate() {
            let mut draw = Draw::new(
                spec.seed,
                Kind::Project,
                ((year as u64) << 24) | place as u64,
            );
            let month = Month::new(year, draw.between(1, 12) as u32);
            if !draw.chance(25) || month < spec.from || month > spec.to {
                continue;
            }
            let kind = KINDS[draw.weighted(&[34, 22, 8, 14, 12, 10])];
            let approved_date = month.day(draw.between(1, 28) as u32);
            let started_date = approved_date + Duration::days(draw.between(10, 60));
            let finished = started_date + Duration::days(draw.between(20, 160));
            let is_finished = finished <= spec.to.last_day();
            let investment =
                Yuan::new(building.floor_m2.digits() * i128::from(draw.between(8, 60)));
            let estimated = building
                .floor_m2
                .share(i128::from(draw.between(300, 1_900)), 1000);
            projects.push(Project {
                id: format!("JN{year}{:04}", place + 1),
                building: place,
                kind,
                contract: ["自筹", "合同能源管理", "补助"][draw.weighted(&[60, 25, 15])],
                approved_date,
                started_date,
                finished_date: is_finished.then_some(finished),
                investment,
                subsidy: if draw.chance(300) {
                    investment.share(1, 5)
                } else {
                    Yuan::ZERO
                },
                estimated_kgce: estimated,
                measured_kgce: is_finished
                    .then(|| estimated.share(i128::from(draw.between(700, 1_120)), 1000)),
                pv_kw: if kind == "光伏" {
                    draw.between(20, 320)
                } else {
                    0
                },
            });
        }
    }
    projects
}
