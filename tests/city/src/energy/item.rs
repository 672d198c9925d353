//! The items of the statistical form, with the habits of use behind them.

use crate::month::Month;
use crate::number::Fixed;
use crate::organization::Class;

/// An item of base form 2 that has a quantity and a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(usize)]
pub enum Item {
    /// 电, kWh.
    Electricity,
    /// 水, m³.
    Water,
    /// 煤炭, t.
    Coal,
    /// 天然气, m³.
    NaturalGas,
    /// 汽油, 车辆用油, L.
    PetrolVehicle,
    /// 汽油, 其他用油, L.
    PetrolOther,
    /// 柴油, 车辆用油, L.
    DieselVehicle,
    /// 柴油, 其他用油, L.
    DieselOther,
    /// 液化石油气, kg.
    Lpg,
    /// 热力, GJ.
    Heat,
    /// 其他能源, t of standard coal.
    Other,
}

impl Item {
    /// All items, in the order of the form.
    pub const ALL: [Self; 11] = [
        Self::Electricity,
        Self::Water,
        Self::Coal,
        Self::NaturalGas,
        Self::PetrolVehicle,
        Self::PetrolOther,
        Self::DieselVehicle,
        Self::DieselOther,
        Self::Lpg,
        Self::Heat,
        Self::Other,
    ];

    /// Thousandths of the unit that one person uses in 2020, by class; vehicle fuel follows the
    /// vehicles instead.
    pub(crate) const fn per_person(self, class: Class) -> i64 {
        // 01 organ, 021 school, 022, 023, 024 health, 025, 026, 03.
        let by_class: [i64; 8] = match self {
            Self::Electricity => [
                1_570_000, 560_000, 2_400_000, 2_600_000, 3_400_000, 2_750_000, 1_570_000,
                1_300_000,
            ],
            Self::Water => [
                25_000, 15_500, 24_000, 22_000, 36_000, 40_000, 22_000, 20_000,
            ],
            Self::Coal => [0, 130, 0, 0, 150, 0, 0, 0],
            Self::NaturalGas => [
                32_000, 20_000, 25_000, 15_000, 130_000, 60_000, 20_000, 15_000,
            ],
            Self::PetrolOther => [800, 200, 500, 400, 700, 900, 900, 500],
            Self::DieselOther => [2_400, 900, 2_000, 1_500, 7_000, 2_500, 3_500, 1_000],
            Self::Lpg => [9_000, 30_000, 3_000, 3_000, 20_000, 6_000, 6_000, 4_000],
            Self::Heat => [0, 0, 0, 0, 4_200, 0, 0, 0],
            Self::Other => [0, 16, 0, 0, 20, 0, 12, 0],
            Self::PetrolVehicle | Self::DieselVehicle => [0; 8],
        };
        by_class[class as usize]
    }

    /// How many in a thousand organisations of a class use it at all.
    pub(crate) const fn users_permille(self) -> u64 {
        match self {
            Self::Electricity | Self::Water => 1000,
            Self::Coal => 300,
            Self::NaturalGas => 1000,
            Self::PetrolOther => 500,
            Self::DieselOther => 600,
            Self::Lpg => 450,
            Self::Heat => 500,
            Self::Other => 500,
            Self::PetrolVehicle | Self::DieselVehicle => 0,
        }
    }

    /// Use against 2020, permille, by year: savings, electrification, the end of coal.
    ///
    /// With people growing 9 ‰ and area about 1.2 ‰ a year these land the four plan targets of 2025
    /// differently: energy and water per person are met, energy per area is nearly met, carbon per
    /// area is missed, because electricity replaces coal.
    pub(crate) fn trend(self, year: i32) -> i64 {
        let by_year: [i64; 7] = match self {
            Self::Electricity => [1000, 1016, 1034, 1048, 1063, 1077, 1088],
            Self::Water => [1000, 993, 984, 974, 963, 953, 945],
            Self::Coal => [1000, 890, 770, 640, 510, 400, 320],
            Self::NaturalGas => [1000, 996, 990, 984, 977, 970, 964],
            Self::Lpg => [1000, 980, 960, 940, 920, 900, 885],
            Self::Heat => [1000, 995, 990, 984, 977, 970, 965],
            Self::PetrolOther | Self::DieselOther => [1000, 960, 920, 880, 840, 800, 770],
            Self::Other => [1000, 980, 960, 940, 920, 900, 880],
            Self::PetrolVehicle | Self::DieselVehicle => [1000; 7],
        };
        by_year[(year - 2020).clamp(0, 6) as usize]
    }

    /// The share of a month in a year, permille of an even month.
    pub(crate) const fn season(self, class: Class, month: Month) -> i64 {
        const OFFICE: [i64; 12] = [
            1180, 960, 860, 740, 810, 1060, 1380, 1400, 1080, 760, 760, 1010,
        ];
        const SCHOOL: [i64; 12] = [
            900, 560, 1090, 1000, 1100, 1330, 760, 420, 1290, 1130, 1120, 1300,
        ];
        const SUPPLY: [i64; 12] = [
            930, 860, 930, 970, 1030, 1100, 1130, 1130, 1040, 990, 940, 950,
        ];
        const WINTER: [i64; 12] = [
            1750, 1500, 1150, 780, 640, 600, 620, 610, 650, 780, 1170, 1750,
        ];
        const TERM: [i64; 12] = [
            900, 520, 1200, 1200, 1220, 1180, 560, 330, 1250, 1240, 1220, 1180,
        ];
        const EVEN: [i64; 12] = [1000; 12];
        let school = matches!(class, Class::Education);
        let table = match self {
            Self::Electricity if school => &SCHOOL,
            Self::Electricity => &OFFICE,
            Self::Water | Self::Lpg if school => &TERM,
            Self::Water => &SUPPLY,
            Self::Coal | Self::Heat => &WINTER,
            Self::NaturalGas => &WINTER,
            _ => &EVEN,
        };
        table[month.index()]
    }

    /// The price of a unit in a month, in thousandths of a yuan.
    pub(crate) fn price(self, month: Month) -> i64 {
        // Petrol and diesel at the pump follow the world; the rest is regulated and moves rarely.
        const PETROL: [i64; 7] = [6_150, 7_080, 8_520, 7_950, 7_890, 7_420, 7_300];
        let year = (month.year() - 2020).clamp(0, 6) as usize;
        let swing = [0, 60, 120, 90, 30, -40, -90, -60, 20, 80, 40, -30][month.index()];
        match self {
            Self::Electricity => [598, 602, 618, 624, 621, 616, 614][year],
            Self::Water => [2_750, 2_750, 2_900, 2_900, 3_050, 3_050, 3_100][year],
            Self::Coal => [
                780_000, 1_050_000, 1_120_000, 960_000, 900_000, 860_000, 850_000,
            ][year],
            Self::NaturalGas => [3_020, 3_120, 3_340, 3_380, 3_400, 3_420, 3_430][year],
            Self::PetrolVehicle | Self::PetrolOther => PETROL[year] + swing,
            Self::DieselVehicle | Self::DieselOther => PETROL[year] + swing - 340,
            Self::Lpg => [5_600, 6_300, 7_000, 6_600, 6_500, 6_300, 6_250][year],
            Self::Heat => [66_000, 67_500, 71_000, 70_500, 70_000, 69_500, 69_000][year],
            Self::Other => [
                980_000, 1_080_000, 1_150_000, 1_060_000, 1_030_000, 1_000_000, 990_000,
            ][year],
        }
    }

    /// The price of a unit in a month, in yuan.
    pub fn price_yuan(self, month: Month) -> Fixed<3> {
        Fixed::new(i128::from(self.price(month)))
    }
}
