//! Compounds, the buildings in them and their floors.

use chrono::NaiveDate;

use crate::names;
use crate::number::{Fixed, Yuan};
use crate::organization::Organization;
use crate::random::{Draw, Kind};
use crate::region::Region;
use crate::spec::Spec;

/// 院落: a piece of land with buildings, of one organisation or of several (集中办公区).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compound {
    /// The key of the ledger.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region's place in [`crate::City::regions`].
    pub region: usize,
    /// An invented address.
    pub address: String,
    /// Longitude in millionths of a degree.
    pub longitude: Fixed<6>,
    /// Latitude in millionths of a degree.
    pub latitude: Fixed<6>,
    /// Land area.
    pub land_m2: Fixed<2>,
    /// Whether several organisations work here.
    pub is_centralized: bool,
}

/// In whose name a title is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Registration {
    /// 已登记本级机关事务.
    Own,
    /// 已登记其他单位.
    Other,
    /// 未登记.
    Unregistered,
    /// 备案.
    Filed,
}

impl Registration {
    /// The word of the ledger.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Own => "已登记至本级机关事务管理部门",
            Self::Other => "已登记至其他单位",
            Self::Unregistered => "未登记",
            Self::Filed => "备案",
        }
    }
}

/// 建筑物.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Building {
    /// The key of the ledger.
    pub id: String,
    /// Its place in [`crate::City::compounds`].
    pub compound: usize,
    /// Its main user's place in [`crate::City::organizations`].
    pub organization: usize,
    /// Its name.
    pub name: String,
    /// Year of completion.
    pub built_year: i64,
    /// Floors above ground.
    pub floors_above: i64,
    /// Floors below ground.
    pub floors_below: i64,
    /// 建筑面积.
    pub floor_m2: Fixed<2>,
    /// 使用面积.
    pub usable_m2: Fixed<2>,
    /// Whether it has more than six floors; the allowed ratio of usable to floor area follows.
    pub is_high: bool,
    /// In whose name the title is.
    pub registration: Registration,
    /// The title number, if there is a title.
    pub title_number: Option<String>,
    /// The day the title was registered.
    pub registered_date: Option<NaiveDate>,
    /// Whether it is rented rather than owned; then its title cannot be registered.
    pub is_rented: bool,
    /// Original value.
    pub original_value: Yuan,
    /// Whether it has been retrofitted to save energy.
    pub is_retrofitted: bool,
    /// Structural safety, A to D.
    pub safety: &'static str,
    /// Stars of green building.
    pub green_stars: i64,
    /// Heating and cooling.
    pub hvac: &'static str,
}

/// 楼层.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    /// Its building's place in [`crate::City::buildings`].
    pub building: usize,
    /// The number of the floor, negative below ground.
    pub number: i64,
    /// 建筑面积.
    pub floor_m2: Fixed<2>,
    /// 使用面积.
    pub usable_m2: Fixed<2>,
}

/// Every organisation gets a compound, but organs of one region share one by fours; then buildings:
/// one each, the rest to the largest.
pub(crate) fn estate(
    spec: &Spec,
    regions: &[Region],
    organizations: &[Organization],
) -> (Vec<Compound>, Vec<Building>, Vec<Floor>) {
    let (compounds, compound_of) = compounds(spec, regions, organizations);
    let counts = building_counts(spec, organizations);
    let mut buildings = Vec::new();
    for (place, organization) in organizations.iter().enumerate() {
        for part in 0..counts[place] {
            let index = buildings.len();
            buildings.push(building(
                spec,
                &regions[organization.region],
                organization,
                place,
                compound_of[place],
                (part, counts[place]),
                index,
            ));
        }
    }
    let floors = buildings
        .iter()
        .enumerate()
        .flat_map(|(place, building)| floors(place, building))
        .collect();
    (compounds, buildings, floors)
}

fn compounds(
    spec: &Spec,
    regions: &[Region],
    organizations: &[Organization],
) -> (Vec<Compound>, Vec<usize>) {
    let mut compounds: Vec<Compound> = Vec::new();
    let mut compound_of = Vec::with_capacity(organizations.len());
    // The open shared compound of a region, and how many organisations it has room for.
    let mut open: Vec<Option<(usize, usize)>> = vec![None; regions.len()];
    for organization in organizations {
        let region = &regions[organization.region];
        if organization.has_office_rooms()
            && let Some((shared, room)) = open[organization.region]
        {
            compound_of.push(shared);
            compounds[shared].is_centralized = true;
            open[organization.region] = (room > 1).then_some((shared, room - 1));
            continue;
        }
        let index = compounds.len();
        let mut draw = Draw::new(spec.seed, Kind::Compound, index as u64);
        let is_shared = organization.has_office_rooms();
        let name = if is_shared {
            format!(
                "{}办公区{}",
                region.name,
                names::chinese_number(index % 90 + 1)
            )
        } else {
            format!("{}院落", organization.versions[0].name)
        };
        compounds.push(Compound {
            id: format!("YL{:05}", index + 1),
            name,
            region: organization.region,
            address: names::address(region.name, index, draw.below(280) + 1),
            longitude: Fixed::new(i128::from(112_200_000 + draw.between(-420_000, 420_000))),
            latitude: Fixed::new(i128::from(31_030_000 + draw.between(-380_000, 380_000))),
            land_m2: Fixed::new(i128::from(draw.between(220_000, 4_800_000))),
            is_centralized: false,
        });
        if is_shared {
            open[organization.region] = Some((index, draw.between(2, 5) as usize));
        }
        compound_of.push(index);
    }
    (compounds, compound_of)
}

/// How many buildings each organisation has; the sum is what the specification asks for, if it can be.
fn building_counts(spec: &Spec, organizations: &[Organization]) -> Vec<usize> {
    let mut counts: Vec<usize> = organizations
        .iter()
        .map(|body| usize::from(!body.is_mistyped))
        .collect();
    let mut left = spec.size.buildings.saturating_sub(counts.iter().sum());
    let mut by_size: Vec<usize> = (0..organizations.len())
        .filter(|place| counts[*place] == 1)
        .collect();
    by_size.sort_by_key(|place| std::cmp::Reverse((organizations[*place].floor_m2, *place)));
    while left > 0 && !by_size.is_empty() {
        // The larger half gets one more, then the larger half of that, and so on.
        for place in by_size.iter().take(left) {
            counts[*place] += 1;
        }
        left = left.saturating_sub(by_size.len());
        by_size.truncate(by_size.len().div_ceil(2));
    }
    counts
}

fn building(
    spec: &Spec,
    region: &Region,
    organization: &Organization,
    place: usize,
    compound: usize,
    (part, parts): (usize, usize),
    index: usize,
) -> Building {
    let mut draw = Draw::new(spec.seed, Kind::Building, index as u64);
    // Shares fall with the number of the building and add up exactly.
    let weight = |number: usize| (2 * (parts - number) + 1) as i128;
    let total: i128 = (0..parts).map(weight).sum();
    let before: i128 = (0..part).map(weight).sum();
    let start = organization.floor_m2.share(before, total);
    let end = organization.floor_m2.share(before + weight(part), total);
    let floor_m2 = end - start;
    let floors_above = match floor_m2.digits() / 100 {
        0..1_200 => draw.between(2, 4),
        1_200..5_000 => draw.between(4, 6),
        5_000..12_000 => draw.between(5, 11),
        _ => draw.between(8, 18),
    };
    let is_high = floors_above > 6;
    let is_rented = draw.chance(45);
    let built_year = draw.between(1982, 2018);
    let registration = match draw.weighted(&[560, 190, 160, 90]) {
        _ if is_rented => Registration::Filed,
        0 => Registration::Own,
        1 => Registration::Other,
        2 => Registration::Unregistered,
        _ => Registration::Filed,
    };
    let has_title = matches!(registration, Registration::Own | Registration::Other);
    let title_year = draw.between(2016, 2019);
    Building {
        id: format!("JZ{:05}", index + 1),
        compound,
        organization: place,
        name: format!("{}{}号楼", organization.versions[0].name, part + 1),
        built_year,
        floors_above,
        floors_below: i64::from(is_high && draw.chance(700)),
        floor_m2,
        usable_m2: floor_m2.share(if is_high { 600 } else { 650 }, 1000),
        is_high,
        registration,
        title_number: has_title.then(|| {
            format!(
                "鄂({title_year}){}不动产权第{:07}号",
                region.name,
                100_000 + index * 37 % 9_000_000
            )
        }),
        registered_date: has_title
            .then(|| crate::Month::new(title_year as i32, 6).day(draw.between(1, 28) as u32)),
        is_rented,
        original_value: Yuan::new(floor_m2.digits() * i128::from(draw.between(1_300, 3_600))),
        is_retrofitted: draw.chance(280),
        safety: ["A", "B", "C", "D"][draw.weighted(&[620, 320, 50, 10])],
        green_stars: draw.weighted(&[880, 70, 40, 10]) as i64,
        hvac: ["分体空调", "多联机", "风冷热泵", "水冷机组"][draw.weighted(&[480, 270, 160, 90])],
    }
}

fn floors(place: usize, building: &Building) -> Vec<Floor> {
    let count = i128::from(building.floors_above + building.floors_below);
    let numbers = (-building.floors_below..=building.floors_above).filter(|number| *number != 0);
    numbers
        .enumerate()
        .map(|(done, number)| {
            let done = done as i128;
            let part = |total: Fixed<2>| total.share(done + 1, count) - total.share(done, count);
            Floor {
                building: place,
                number,
                floor_m2: part(building.floor_m2),
                usable_m2: part(building.usable_m2),
            }
        })
        .collect()
}
