//! The atoms: every unit that is not a product, with its size, dimension and spellings.
//!
//! Sizes are by definition (SI, the international yard and pound of 1959, the International Table
//! calorie and British thermal unit), hence exact fractions. To add a unit, add a row.

use super::Ratio;

/// Exponents over the base dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Dimension([i8; BASES]);

const BASES: usize = 13;

/// A unit that is not a product of others.
#[derive(Debug)]
pub(super) struct Atom {
    /// The canonical spelling.
    pub symbol: &'static str,
    /// Other spellings found in source files.
    pub spellings: &'static [&'static str],
    /// The size in the base unit of its dimension.
    pub size: Ratio,
    pub dimension: Dimension,
    /// Whether this is a number put before a unit: `万元`, `亿千瓦时`.
    pub is_numeral: bool,
}

impl Dimension {
    pub(super) const NONE: Dimension = Dimension([0; BASES]);
    /// Base: the kilowatt-hour. Energy is a base dimension because everything here is metered.
    const ENERGY: Dimension = Dimension::base(0);
    /// Base: the hour.
    const TIME: Dimension = Dimension::base(1);
    /// Base: the metre.
    const LENGTH: Dimension = Dimension::base(2);
    /// Base: the kilogram.
    const MASS: Dimension = Dimension::base(3);
    /// Base: the yuan.
    pub(super) const MONEY: Dimension = Dimension::base(4);
    /// Base: the kilogram of coal equivalent (标准煤).
    const COAL: Dimension = Dimension::base(5);
    /// Base: the kilogram of carbon dioxide.
    const CARBON_DIOXIDE: Dimension = Dimension::base(6);
    /// Base: the kilogram of carbon.
    const CARBON: Dimension = Dimension::base(7);
    /// Base: the person.
    const PERSON: Dimension = Dimension::base(8);
    /// Base: the counted thing (vehicle, room, meter, time).
    const COUNT: Dimension = Dimension::base(9);
    /// Base: the degree Celsius, of differences: there is no conversion to other scales.
    const TEMPERATURE: Dimension = Dimension::base(10);
    /// Base: the month. A month is no fixed number of days, hence no [`Dimension::TIME`].
    const CALENDAR: Dimension = Dimension::base(11);
    /// Base: the kilovolt-ampere, which is not added to kilowatts.
    const APPARENT_POWER: Dimension = Dimension::base(12);

    const fn base(index: usize) -> Dimension {
        let mut powers = [0; BASES];
        powers[index] = 1;
        Dimension(powers)
    }

    const fn times(self, factor: i8) -> Dimension {
        let mut powers = self.0;
        let mut index = 0;
        while index < BASES {
            powers[index] *= factor;
            index += 1;
        }
        Dimension(powers)
    }

    const fn over(self, other: Dimension) -> Dimension {
        let mut powers = self.0;
        let mut index = 0;
        while index < BASES {
            powers[index] -= other.0[index];
            index += 1;
        }
        Dimension(powers)
    }

    /// This and `power` times `other`; `None` past the range of exponents.
    pub(super) fn plus(self, other: Dimension, power: i8) -> Option<Dimension> {
        let mut powers = self.0;
        for (own, more) in powers.iter_mut().zip(other.0) {
            *own = own.checked_add(more.checked_mul(power)?)?;
        }
        Some(Dimension(powers))
    }
}

const AREA: Dimension = Dimension::LENGTH.times(2);
const VOLUME: Dimension = Dimension::LENGTH.times(3);
const POWER: Dimension = Dimension::ENERGY.over(Dimension::TIME);

const fn atom(
    symbol: &'static str,
    size: (i128, i128),
    dimension: Dimension,
    spellings: &'static [&'static str],
) -> Atom {
    Atom {
        symbol,
        spellings,
        size: match Ratio::new(size.0, size.1) {
            Some(size) => size,
            None => panic!("sizes are positive"),
        },
        dimension,
        is_numeral: false,
    }
}

const fn numeral(symbol: &'static str, size: i128) -> Atom {
    Atom {
        is_numeral: true,
        ..atom(symbol, (size, 1), Dimension::NONE, &[])
    }
}

/// 1 Btu (International Table) = 1055.05585262 J, in kilowatt-hours of 3 600 000 J.
const BTU: (i128, i128) = (105_505_585_262, 360_000_000_000_000);

pub(super) static ATOMS: &[Atom] = &[
    atom(
        "kWh",
        (1, 1),
        Dimension::ENERGY,
        &["千瓦时", "千瓦小时", "度", "度电"],
    ),
    atom("Wh", (1, 1_000), Dimension::ENERGY, &["瓦时"]),
    atom("MWh", (1_000, 1), Dimension::ENERGY, &["兆瓦时"]),
    atom("GWh", (1_000_000, 1), Dimension::ENERGY, &["吉瓦时"]),
    atom("kJ", (1, 3_600), Dimension::ENERGY, &["千焦"]),
    atom("MJ", (5, 18), Dimension::ENERGY, &["兆焦"]),
    atom("GJ", (2_500, 9), Dimension::ENERGY, &["吉焦", "百万千焦"]),
    atom("TJ", (2_500_000, 9), Dimension::ENERGY, &["太焦"]),
    // 1 kcal (International Table) = 4186.8 J.
    atom(
        "kcal",
        (11_630, 10_000_000),
        Dimension::ENERGY,
        &["千卡", "大卡"],
    ),
    atom(
        "Gcal",
        (1_163, 1),
        Dimension::ENERGY,
        &["吉卡", "百万千卡", "百万大卡"],
    ),
    atom("Btu", BTU, Dimension::ENERGY, &[]),
    atom("kBtu", (BTU.0 * 1_000, BTU.1), Dimension::ENERGY, &[]),
    atom("MMBtu", (BTU.0 * 1_000_000, BTU.1), Dimension::ENERGY, &[]),
    atom(
        "therm",
        (BTU.0 * 100_000, BTU.1),
        Dimension::ENERGY,
        &["therms"],
    ),
    atom("W", (1, 1_000), POWER, &["瓦"]),
    atom("kW", (1, 1), POWER, &["千瓦"]),
    atom("MW", (1_000, 1), POWER, &["兆瓦"]),
    atom("kVA", (1, 1), Dimension::APPARENT_POWER, &["千伏安"]),
    atom(
        "h",
        (1, 1),
        Dimension::TIME,
        &["小时", "时", "hour", "hours"],
    ),
    atom(
        "min",
        (1, 60),
        Dimension::TIME,
        &["分钟", "minute", "minutes"],
    ),
    atom(
        "s",
        (1, 3_600),
        Dimension::TIME,
        &["秒", "second", "seconds"],
    ),
    atom("d", (24, 1), Dimension::TIME, &["天", "日", "day", "days"]),
    atom(
        "month",
        (1, 1),
        Dimension::CALENDAR,
        &["月", "个月", "months"],
    ),
    atom(
        "quarter",
        (3, 1),
        Dimension::CALENDAR,
        &["季度", "quarters"],
    ),
    atom("year", (12, 1), Dimension::CALENDAR, &["年", "years"]),
    atom("m", (1, 1), Dimension::LENGTH, &["米"]),
    atom("mm", (1, 1_000), Dimension::LENGTH, &["毫米"]),
    atom("cm", (1, 100), Dimension::LENGTH, &["厘米"]),
    atom("km", (1_000, 1), Dimension::LENGTH, &["千米", "公里"]),
    atom("ft", (3_048, 10_000), Dimension::LENGTH, &["feet"]),
    atom(
        "mi",
        (1_609_344, 1_000),
        Dimension::LENGTH,
        &["mile", "miles", "英里"],
    ),
    atom("亩", (2_000, 3), AREA, &["mu"]),
    atom("ha", (10_000, 1), AREA, &["公顷", "hm2"]),
    atom(
        "L",
        (1, 1_000),
        VOLUME,
        &["升", "公升", "litre", "litres", "liter", "liters"],
    ),
    atom("mL", (1, 1_000_000), VOLUME, &["毫升"]),
    // 1 US gallon = 231 cubic inches of 2.54 cm.
    atom(
        "gal",
        (3_785_411_784, 1_000_000_000_000),
        VOLUME,
        &["gallon", "gallons"],
    ),
    atom("kgal", (3_785_411_784, 1_000_000_000), VOLUME, &[]),
    // 100 cubic feet.
    atom(
        "CCF",
        (28_316_846_592 * 100, 1_000_000_000_000),
        VOLUME,
        &[],
    ),
    atom("kg", (1, 1), Dimension::MASS, &["千克", "公斤"]),
    atom("g", (1, 1_000), Dimension::MASS, &["克"]),
    atom(
        "t",
        (1_000, 1),
        Dimension::MASS,
        &["吨", "公吨", "tonne", "tonnes"],
    ),
    atom("斤", (1, 2), Dimension::MASS, &["市斤"]),
    atom(
        "lb",
        (45_359_237, 100_000_000),
        Dimension::MASS,
        &["lbs", "pound", "pounds"],
    ),
    atom(
        "yuan",
        (1, 1),
        Dimension::MONEY,
        &["元", "人民币元", "CNY", "RMB", "¥"],
    ),
    atom(
        "kgce",
        (1, 1),
        Dimension::COAL,
        &["千克标准煤", "公斤标准煤", "千克标煤", "公斤标煤"],
    ),
    atom("gce", (1, 1_000), Dimension::COAL, &["克标准煤", "克标煤"]),
    atom("tce", (1_000, 1), Dimension::COAL, &["吨标准煤", "吨标煤"]),
    atom(
        "kgCO2",
        (1, 1),
        Dimension::CARBON_DIOXIDE,
        &["千克二氧化碳", "公斤二氧化碳"],
    ),
    atom(
        "gCO2",
        (1, 1_000),
        Dimension::CARBON_DIOXIDE,
        &["克二氧化碳"],
    ),
    atom(
        "tCO2",
        (1_000, 1),
        Dimension::CARBON_DIOXIDE,
        &["吨二氧化碳"],
    ),
    atom("kgC", (1, 1), Dimension::CARBON, &["千克碳"]),
    atom("tC", (1_000, 1), Dimension::CARBON, &["吨碳"]),
    atom(
        "person",
        (1, 1),
        Dimension::PERSON,
        &["人", "people", "persons"],
    ),
    atom(
        "count",
        (1, 1),
        Dimension::COUNT,
        &[
            "个", "台", "辆", "间", "套", "件", "次", "户", "栋", "张", "座", "人次", "vehicle",
            "vehicles",
        ],
    ),
    atom(
        "degC",
        (1, 1),
        Dimension::TEMPERATURE,
        &["°C", "℃", "摄氏度"],
    ),
    atom(
        "%",
        (1, 100),
        Dimension::NONE,
        &["percent", "pct", "百分比", "％"],
    ),
    atom("‰", (1, 1_000), Dimension::NONE, &["permille", "千分比"]),
    // 千万 and 百万 are products of these.
    numeral("百", 100),
    numeral("千", 1_000),
    numeral("万", 10_000),
    numeral("亿", 100_000_000),
];
