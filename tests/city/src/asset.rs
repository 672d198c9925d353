//! Fixed assets: cards, yearly stocktakes, assets let.

use chrono::NaiveDate;

use crate::City;
use crate::month::Month;
use crate::number::{Fixed, Yuan};
use crate::random::{Draw, Kind};

/// 资产卡片.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The number of the card.
    pub id: String,
    /// The place in [`City::organizations`] of who uses it.
    pub organization: usize,
    /// What kind of thing, a place in the list of kinds.
    kind: usize,
    /// How it was obtained, in the words of the card.
    pub way: &'static str,
    /// Its state, in the words of the card.
    pub status: &'static str,
    /// Pieces.
    pub pieces: i64,
    /// Original value.
    pub original: Yuan,
    /// Accumulated depreciation at the end of the history.
    pub depreciation: Yuan,
    /// Whether the label is on it.
    pub is_labelled: bool,
    /// The day it was acquired.
    pub acquired_date: NaiveDate,
}

impl Card {
    /// The class by GB/T 14885, its name and its useful life in months.
    pub fn kind(&self) -> (&'static str, &'static str, i64) {
        let (class, name, life, _, _) = KINDS[self.kind];
        (class, name, life)
    }

    /// Original value less depreciation.
    pub fn net(&self) -> Yuan {
        self.original - self.depreciation
    }
}

/// 盘点: one card in one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stocktake {
    /// The year of the stocktake.
    pub year: i32,
    /// The card's place in [`City::cards`].
    pub card: usize,
    /// The day counted.
    pub date: NaiveDate,
    /// The outcome, in the words of the report.
    pub outcome: &'static str,
    /// Whether the label was found.
    pub is_labelled: bool,
}

/// An asset let or lent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetLease {
    /// The number of the contract.
    pub id: String,
    /// The card's place in [`City::cards`].
    pub card: usize,
    /// 出租 or 出借.
    pub direction: &'static str,
    /// The first day.
    pub from_date: NaiveDate,
    /// The last day.
    pub to_date: NaiveDate,
    /// Rent a month.
    pub rent: Yuan,
    /// Paid to the treasury.
    pub paid: Yuan,
}

/// Class, name, life in months, least and greatest price of a piece in yuan.
const KINDS: [(&str, &str, i64, i64, i64); 8] = [
    ("2010104", "台式计算机", 72, 3_800, 5_600),
    ("2010105", "便携式计算机", 72, 5_200, 7_900),
    ("2021003", "激光打印机", 72, 1_200, 3_400),
    ("2020601", "空调机", 120, 2_600, 8_800),
    ("6010101", "办公桌", 180, 800, 2_900),
    ("6010302", "会议椅", 180, 180, 620),
    ("2020201", "投影仪", 72, 3_900, 9_800),
    ("2010201", "服务器", 72, 24_000, 96_000),
];

pub(crate) fn cards(city: &City) -> Vec<Card> {
    let mut cards = Vec::new();
    for (organization, body) in city.organizations.iter().enumerate() {
        if body.is_mistyped {
            continue;
        }
        let mut draw = Draw::new(city.spec.seed, Kind::Asset, organization as u64);
        for _ in 0..(6 + body.staff / 8).min(30) {
            let kind = draw.below(KINDS.len() as u64) as usize;
            let (_, _, life, low, high) = KINDS[kind];
            let pieces = draw.between(1, 24);
            let original = Yuan::whole(pieces * draw.between(low, high));
            let acquired = city.spec.to.plus(-(draw.between(1, 140) as i32));
            let age = i64::from(city.spec.to.since(acquired)).min(life);
            cards.push(Card {
                id: format!("ZC{:07}", cards.len() + 1),
                organization,
                kind,
                way: ["购置", "调拨", "捐赠"][draw.weighted(&[900, 85, 15])],
                status: ["在用", "闲置", "待处置", "出租"][draw.weighted(&[905, 50, 35, 10])],
                pieces,
                original,
                depreciation: original.share(i128::from(age), i128::from(life)),
                is_labelled: draw.chance(930),
                acquired_date: acquired.day(draw.between(1, 28) as u32),
            });
        }
    }
    cards
}

/// The last two years' stocktakes, each November or at the end of the history.
pub(crate) fn stocktakes(city: &City) -> Vec<Stocktake> {
    let mut stocktakes = Vec::new();
    for back in [1, 0] {
        let month = Month::new(city.spec.to.year() - back, 11).min(city.spec.to);
        if month < city.spec.from {
            continue;
        }
        for (place, card) in city.cards.iter().enumerate() {
            let date = month.last_day();
            if card.acquired_date > date {
                continue;
            }
            let year = month.year();
            let mut draw = Draw::new(
                city.spec.seed,
                Kind::Asset,
                (1 << 40) | ((year as u64) << 28) | place as u64,
            );
            stocktakes.push(Stocktake {
                year,
                card: place,
                date: month.day(draw.between(1, 28) as u32),
                outcome: ["账实相符", "盘亏", "地点不符", "使用人不符"]
                    [draw.weighted(&[955, 8, 20, 17])],
                is_labelled: card.is_labelled && draw.chance(985),
            });
        }
    }
    stocktakes
}

pub(crate) fn leases(city: &City) -> Vec<AssetLease> {
    let let_out = city
        .cards
        .iter()
        .enumerate()
        .filter(|(_, card)| card.status == "出租");
    let_out
        .enumerate()
        .map(|(index, (place, card))| {
            let mut draw = Draw::new(city.spec.seed, Kind::Asset, (2 << 40) | place as u64);
            let from = Month::of(card.acquired_date).plus(1);
            let rent = Yuan::whole(draw.between(40, 900));
            AssetLease {
                id: format!("ZZ{:05}", index + 1),
                card: place,
                direction: "出租",
                from_date: from.first_day(),
                to_date: from.plus(23).last_day(),
                rent,
                paid: Fixed::new(rent.digits() * i128::from(draw.between(1, 12))),
            }
        })
        .collect()
}
