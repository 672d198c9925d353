//! Rooms of organs and groups, and who sits in them from when to when.

use chrono::NaiveDate;

use crate::number::Fixed;
use crate::office::Building;
use crate::organization::{OrganLevel, Organization};
use crate::random::{Draw, Kind};
use crate::spec::Spec;

/// What a room is for, by the area standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// 办公室.
    Office,
    /// 服务用房.
    Service,
    /// 设备用房.
    Equipment,
    /// 附属用房.
    Ancillary,
    /// 技术业务用房.
    Technical,
}

impl Function {
    /// The word of the ledger.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Office => "办公室",
            Self::Service => "服务用房",
            Self::Equipment => "设备用房",
            Self::Ancillary => "附属用房",
            Self::Technical => "技术业务用房",
        }
    }
}

/// The state of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoomStatus {
    /// 在用.
    InUse,
    /// 闲置.
    Vacant,
    /// 出租.
    Let,
    /// 出借.
    Lent,
    /// 维修.
    Repair,
}

impl RoomStatus {
    /// The word of the ledger.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::InUse => "在用",
            Self::Vacant => "闲置",
            Self::Let => "出租",
            Self::Lent => "出借",
            Self::Repair => "维修",
        }
    }
}

/// 房间.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The key of the ledger.
    pub id: String,
    /// Its building's place in [`crate::City::buildings`].
    pub building: usize,
    /// Its floor.
    pub floor: i64,
    /// The number on the door.
    pub number: String,
    /// 使用面积.
    pub usable_m2: Fixed<2>,
    /// What it is for.
    pub function: Function,
    /// What it is called within its function.
    pub sub_function: &'static str,
    /// Its state.
    pub status: RoomStatus,
    /// Whether it was made larger than the limits of those who sit in it now.
    pub is_over_standard: bool,
}

/// A rank with the limit that the area standard sets for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// The id in `reference.area_standard`.
    pub id: &'static str,
    /// The limit in m²; `None` where the province sets it (townships).
    pub limit_m2: Option<i64>,
}

const fn rank(id: &'static str, limit: i64) -> Rank {
    Rank {
        id,
        limit_m2: Some(limit),
    }
}

const CITY: [Rank; 5] = [
    rank("city_principal", 42),
    rank("city_deputy", 30),
    rank("bureau_principal", 24),
    rank("bureau_deputy", 18),
    rank("below_bureau", 9),
];
const COUNTY: [Rank; 5] = [
    rank("county_principal", 30),
    rank("county_deputy", 24),
    rank("section_principal", 18),
    rank("section_deputy", 12),
    rank("below_section", 9),
];
const TOWNSHIP: [Rank; 5] = [
    Rank {
        id: "township_principal",
        limit_m2: None,
    },
    Rank {
        id: "township_deputy",
        limit_m2: None,
    },
    Rank {
        id: "township_deputy",
        limit_m2: None,
    },
    Rank {
        id: "below_township",
        limit_m2: None,
    },
    Rank {
        id: "below_township",
        limit_m2: None,
    },
];

/// The ranks of a level of government, highest first.
pub(crate) const fn ranks(level: OrganLevel) -> &'static [Rank; 5] {
    match level {
        OrganLevel::City => &CITY,
        OrganLevel::County => &COUNTY,
        OrganLevel::Township => &TOWNSHIP,
    }
}

/// A person in a room; the person is a source's own number, a pseudonym after decoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occupancy {
    /// The room's place in [`crate::City::rooms`].
    pub room: usize,
    /// The number of the person in the personnel system.
    pub person: u32,
    /// The rank at that time.
    pub rank: Rank,
    /// The level of the organ.
    pub level: OrganLevel,
    /// What kind of staff, in the words of the ledger.
    pub staff_kind: &'static str,
    /// The first day.
    pub from_date: NaiveDate,
    /// The last day, if it has ended.
    pub to_date: Option<NaiveDate>,
}

/// Makes the rooms asked for, shared out over the buildings of organs and groups by their floor area.
pub(crate) fn rooms(
    spec: &Spec,
    organizations: &[Organization],
    buildings: &[Building],
) -> (Vec<Room>, Vec<Occupancy>) {
    let offices: Vec<usize> = (0..buildings.len())
        .filter(|place| organizations[buildings[*place].organization].has_office_rooms())
        .collect();
    let total: i128 = offices
        .iter()
        .map(|place| buildings[*place].usable_m2.digits())
        .sum();
    let mut maker = Maker {
        spec,
        rooms: Vec::new(),
        occupancies: Vec::new(),
        next_person: 0,
    };
    let (mut passed, mut made) = (0i128, 0usize);
    for place in offices {
        passed += buildings[place].usable_m2.digits();
        let upto = (spec.size.rooms as i128 * passed / total.max(1)) as usize;
        let organization = &organizations[buildings[place].organization];
        if let Some(level) = organization.level {
            maker.furnish(place, &buildings[place], organization, level, upto - made);
        }
        made = upto;
    }
    (maker.rooms, maker.occupancies)
}

struct Maker<'a> {
    spec: &'a Spec,
    rooms: Vec<Room>,
    occupancies: Vec<Occupancy>,
    next_person: u32,
}

impl Maker<'_> {
    fn furnish(
        &mut self,
        place: usize,
        building: &Building,
        organization: &Organization,
        level: OrganLevel,
        count: usize,
    ) {
        let per_floor = count.div_ceil(building.floors_above.max(1) as usize).max(1);
        for within in 0..count {
            let mut draw = Draw::new(self.spec.seed, Kind::Room, self.rooms.len() as u64);
            let floor = (within / per_floor) as i64 + 1;
            // Two of three rooms are offices; the leaders sit in the first rooms of the house.
            let function = match within % 12 {
                3 | 9 => Function::Service,
                6 => Function::Technical,
                11 if within % 24 == 11 => Function::Ancillary,
                11 => Function::Equipment,
                _ => Function::Office,
            };
            let mut room = Room {
                id: format!("FJ{:06}", self.rooms.len() + 1),
                building: place,
                floor,
                number: format!("{}{:02}", floor, within % per_floor + 1),
                usable_m2: Fixed::new(i128::from(draw.between(1_600, 9_000))),
                function,
                sub_function: sub_function(function, &mut draw),
                status: RoomStatus::InUse,
                is_over_standard: false,
            };
            if function == Function::Office {
                room.status = match draw.weighted(&[925, 42, 14, 9, 10]) {
                    0 => RoomStatus::InUse,
                    1 => RoomStatus::Vacant,
                    2 => RoomStatus::Let,
                    3 => RoomStatus::Lent,
                    _ => RoomStatus::Repair,
                };
                if room.status == RoomStatus::InUse {
                    self.seat(&mut room, organization, level, within, &mut draw);
                } else {
                    room.usable_m2 = Fixed::new(i128::from(draw.between(1_200, 2_800)));
                }
            }
            self.rooms.push(room);
        }
    }

    /// Fills a room with people whose limits it keeps, or exceeds where it is to be over standard.
    fn seat(
        &mut self,
        room: &mut Room,
        organization: &Organization,
        level: OrganLevel,
        within: usize,
        draw: &mut Draw,
    ) {
        let ranks = ranks(level);
        // Only a few leading organs have people of the highest two ranks.
        let leads = level != OrganLevel::Township && organization.people > 95;
        let (rank, people) = match within {
            0 if leads => (ranks[0], 1),
            1 | 2 if leads => (ranks[1], 1),
            0..=4 => (ranks[2], 1),
            5..=14 => (ranks[3], 1),
            _ => (ranks[4], draw.between(1, 4)),
        };
        // Townships have no limit of their own; their rooms follow 县级副职 and are not judged.
        let limit = rank.limit_m2.unwrap_or(12) * people;
        let hundredths = limit * draw.between(78, 100);
        room.is_over_standard = rank.limit_m2.is_some() && draw.chance(14);
        let surplus = if room.is_over_standard {
            limit * 100 - hundredths + draw.between(80, 900)
        } else {
            0
        };
        room.usable_m2 = Fixed::new(i128::from(hundredths + surplus));
        for _ in 0..people {
            // People move in up to the last month; the check is made on the newest day of them.
            let earliest = self.spec.to.plus(-130);
            let moved_in = if self.next_person.is_multiple_of(40) {
                130
            } else {
                draw.between(0, 130)
            };
            let from = earliest.plus(moved_in as i32);
            self.person(
                room,
                rank,
                level,
                from.day(draw.between(1, 28) as u32),
                None,
                draw,
            );
        }
        // Some rooms had somebody before: a closed row, which counts no more.
        if draw.chance(160) {
            let until = self.spec.to.plus(-(draw.between(3, 120) as i32));
            let from = self.spec.to.plus(-(draw.between(140, 180) as i32));
            self.person(
                room,
                rank,
                level,
                from.first_day(),
                Some(until.last_day()),
                draw,
            );
        }
    }

    fn person(
        &mut self,
        room: &Room,
        rank: Rank,
        level: OrganLevel,
        from_date: NaiveDate,
        to_date: Option<NaiveDate>,
        draw: &mut Draw,
    ) {
        debug_assert!(room.function == Function::Office);
        self.next_person += 1;
        self.occupancies.push(Occupancy {
            room: self.rooms.len(),
            person: self.next_person,
            rank,
            level,
            staff_kind: ["在编", "借调", "编外聘用", "工勤"][draw.weighted(&[860, 50, 60, 30])],
            from_date,
            to_date,
        });
    }
}

fn sub_function(function: Function, draw: &mut Draw) -> &'static str {
    match function {
        Function::Office => "普通办公室",
        Function::Service => draw.pick::<&str>(&["会议室", "接待室", "档案室", "值班室", "文印室"]),
        Function::Equipment => draw.pick::<&str>(&["配电间", "空调机房", "弱电间"]),
        Function::Ancillary => draw.pick::<&str>(&["食堂", "车库", "门卫"]),
        Function::Technical => draw.pick::<&str>(&["服务大厅", "信息机房", "实验室"]),
    }
}
