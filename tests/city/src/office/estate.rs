//! What happens to premises: leases, repairs, disposals, inspections.

use chrono::{Duration, NaiveDate};

use crate::month::Month;
use crate::number::{Fixed, Yuan};
use crate::office::{Building, Room, RoomStatus};
use crate::random::{Draw, Kind};
use crate::spec::Spec;

/// 租赁: premises let, rented or lent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The number of the contract.
    pub id: String,
    /// The building's place in [`crate::City::buildings`].
    pub building: usize,
    /// The room's place in [`crate::City::rooms`], where it is one room.
    pub room: Option<usize>,
    /// 出租, 出借 or 承租.
    pub direction: &'static str,
    /// The class of the other party.
    pub party: &'static str,
    /// Area of the contract.
    pub area_m2: Fixed<2>,
    /// Rent in yuan for a square metre and month; zero for lending.
    pub rent: Yuan,
    /// The first day.
    pub from_date: NaiveDate,
    /// The last day.
    pub to_date: NaiveDate,
    /// The approval.
    pub approval: String,
}

/// 维修.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The number of the project.
    pub id: String,
    /// The building's place in [`crate::City::buildings`].
    pub building: usize,
    /// 日常, 中修 or 大修.
    pub class: &'static str,
    /// What is repaired.
    pub title: &'static str,
    /// Amount approved, whole hundreds of yuan.
    pub approved: Yuan,
    /// Final amount, once finished.
    pub settled: Option<Yuan>,
    /// The day of approval.
    pub approved_date: NaiveDate,
    /// The first day of work.
    pub started_date: NaiveDate,
    /// The last day of work, if it is over.
    pub finished_date: Option<NaiveDate>,
}

/// 处置.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposal {
    /// The number of the disposal.
    pub id: String,
    /// The building's place in [`crate::City::buildings`].
    pub building: usize,
    /// 转换用途, 置换, 出租, 拍卖 or 拆除.
    pub way: &'static str,
    /// Area disposed of.
    pub area_m2: Fixed<2>,
    /// What went to the treasury.
    pub proceeds: Yuan,
    /// The day.
    pub date: NaiveDate,
}

/// 巡检: one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The number of the finding.
    pub id: String,
    /// The building's place in [`crate::City::buildings`].
    pub building: usize,
    /// The day.
    pub date: NaiveDate,
    /// Its category, in the words of the system.
    pub category: &'static str,
    /// The finding.
    pub finding: &'static str,
    /// By when it is to be mended.
    pub deadline: NaiveDate,
    /// When it was mended.
    pub closed: Option<NaiveDate>,
}

/// Every room let or lent has its contract; every rented building too.
pub(crate) fn leases(spec: &Spec, buildings: &[Building], rooms: &[Room]) -> Vec<Lease> {
    let given = rooms
        .iter()
        .enumerate()
        .filter_map(|(place, room)| match room.status {
            RoomStatus::Let => Some((room.building, Some(place), "出租", room.usable_m2)),
            RoomStatus::Lent => Some((room.building, Some(place), "出借", room.usable_m2)),
            _ => None,
        });
    let taken = buildings
        .iter()
        .enumerate()
        .filter(|(_, building)| building.is_rented)
        .map(|(place, building)| (place, None, "承租", building.floor_m2));
    given
        .chain(taken)
        .enumerate()
        .map(|(index, (building, room, direction, area_m2))| {
            let mut draw = Draw::new(spec.seed, Kind::Estate, index as u64);
            let from = spec.to.plus(-(draw.between(3, 30) as i32));
            Lease {
                id: format!("ZL{:05}", index + 1),
                building,
                room,
                direction,
                party: if direction == "承租" {
                    "企业"
                } else {
                    draw.pick::<&str>(&["机关", "事业单位", "企业", "企业", "个人"])
                },
                area_m2,
                rent: if direction == "出借" {
                    Yuan::ZERO
                } else {
                    Yuan::new(i128::from(draw.between(800, 3_200)))
                },
                from_date: from.first_day(),
                to_date: from.plus(12 * draw.between(1, 5) as i32 - 1).last_day(),
                approval: format!("荆机管批〔{}〕{}号", from.year(), draw.between(1, 180)),
            }
        })
        .collect()
}

/// About one repair for 9 buildings a year.
pub(crate) fn repairs(spec: &Spec, buildings: &[Building]) -> Vec<Repair> {
    const TITLES: [&str; 8] = [
        "屋面防水维修",
        "外墙修缮",
        "给排水管道更换",
        "电梯大修",
        "消防设施改造",
        "门窗更换",
        "配电系统改造",
        "卫生间改造",
    ];
    let mut repairs = Vec::new();
    for year in spec.years() {
        for place in 0..buildings.len() {
            let mut draw = Draw::new(
                spec.seed,
                Kind::Estate,
                (1 << 40) | ((year as u64) << 24) | place as u64,
            );
            let month = Month::new(year, draw.between(1, 12) as u32);
            if !draw.chance(115) || month < spec.from || month > spec.to {
                continue;
            }
            let class = ["日常维修", "中修", "大修"][draw.weighted(&[700, 220, 80])];
            let hundreds = match class {
                "日常维修" => draw.between(20, 480),
                "中修" => draw.between(500, 4_800),
                _ => draw.between(5_000, 26_000),
            };
            let approved = Yuan::whole(hundreds * 100);
            let approved_date = month.day(draw.between(1, 28) as u32);
            let started_date = approved_date + Duration::days(draw.between(5, 40));
            let finished = started_date + Duration::days(draw.between(6, 110));
            let is_finished = finished <= spec.to.last_day();
            let settled = approved.share(i128::from(draw.between(860, 1_000)), 1000);
            repairs.push(Repair {
                id: format!("WX{year}{:04}", place + 1),
                building: place,
                class,
                title: draw.pick::<&str>(&TITLES),
                approved,
                settled: is_finished.then_some(settled),
                approved_date,
                started_date,
                finished_date: is_finished.then_some(finished),
            });
        }
    }
    repairs
}

/// About one disposal for 150 buildings a year.
pub(crate) fn disposals(spec: &Spec, buildings: &[Building]) -> Vec<Disposal> {
    let mut disposals = Vec::new();
    for year in spec.years() {
        for (place, building) in buildings.iter().enumerate() {
            let mut draw = Draw::new(
                spec.seed,
                Kind::Estate,
                (2 << 40) | ((year as u64) << 24) | place as u64,
            );
            let month = Month::new(year, draw.between(1, 12) as u32);
            // However small the city, its list of disposals is not empty.
            let is_first = place == 0 && disposals.is_empty();
            if !(draw.chance(7) || is_first) || month < spec.from || month > spec.to {
                continue;
            }
            let way = *draw.pick(&["转换用途", "置换", "出租", "拍卖", "拆除"]);
            let area_m2 = building
                .floor_m2
                .share(i128::from(draw.between(40, 300)), 1000);
            let brings = matches!(way, "拍卖" | "出租");
            disposals.push(Disposal {
                id: format!("CZ{year}{:04}", place + 1),
                building: place,
                way,
                area_m2,
                proceeds: if brings {
                    area_m2.times(Yuan::whole(draw.between(400, 1_900)))
                } else {
                    Yuan::ZERO
                },
                date: month.day(draw.between(1, 28) as u32),
            });
        }
    }
    disposals
}

/// About one finding for 5 buildings a year.
pub(crate) fn inspections(spec: &Spec, buildings: &[Building]) -> Vec<Inspection> {
    const FINDINGS: [(&str, &str); 5] = [
        ("超标准", "单间办公室使用面积超标"),
        ("闲置", "房间长期闲置未调剂"),
        ("安全", "消防通道堆放杂物"),
        ("节能", "下班后空调未关闭"),
        ("未经批准", "未经批准改变用途"),
    ];
    let mut inspections = Vec::new();
    for year in spec.years() {
        for place in 0..buildings.len() {
            let mut draw = Draw::new(
                spec.seed,
                Kind::Estate,
                (3 << 40) | ((year as u64) << 24) | place as u64,
            );
            let month = Month::new(year, draw.between(1, 12) as u32);
            if !draw.chance(200) || month < spec.from || month > spec.to {
                continue;
            }
            let date = month.day(draw.between(1, 28) as u32);
            let closed = date + Duration::days(draw.between(2, 70));
            let (category, finding) = FINDINGS[draw.weighted(&[12, 18, 40, 22, 8])];
            inspections.push(Inspection {
                id: format!("XJ{year}{:04}", place + 1),
                building: place,
                date,
                category,
                finding,
                deadline: date + Duration::days(30),
                closed: (closed <= spec.to.last_day() && draw.chance(930)).then_some(closed),
            });
        }
    }
    inspections
}
