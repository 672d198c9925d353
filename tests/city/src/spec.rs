//! What is asked for: how large, from when to when, with or without faults.

use crate::month::Month;

/// Everything a city depends on. The same specification gives the same city, to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Where chance starts from.
    pub seed: u64,
    /// The first month of the history.
    pub from: Month,
    /// The last full month: the city's "today" is its last day.
    pub to: Month,
    /// How much of everything there is.
    pub size: Size,
    /// Whether the files carry faults; without, every row is accepted.
    pub has_faults: bool,
}

/// How much of everything there is, at the start of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// The part of the country that reports.
    pub reach: Reach,
    /// Public institutions in the register.
    pub organizations: usize,
    /// Buildings in use.
    pub buildings: usize,
    /// Rooms of Party and government organs, each with its occupants.
    pub rooms: usize,
    /// Official vehicles.
    pub vehicles: usize,
    /// Buildings with hourly meters.
    pub metered_buildings: usize,
}

/// The part of the country that reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// 荆门: 市本级, its five counties and its functional areas.
    City,
    /// 荆门 and beside it every other prefecture of 湖北 and every province, each as one region.
    Nation,
}

impl Spec {
    /// As many organisations as a county has (40), over all regions of the city, for the year 2024.
    /// It is made and written in well under a second, for unit tests.
    pub fn county(seed: u64) -> Self {
        let size = Size {
            reach: Reach::City,
            organizations: 40,
            buildings: 60,
            rooms: 300,
            vehicles: 80,
            metered_buildings: 4,
        };
        Self {
            seed,
            from: Month::new(2024, 1),
            to: Month::new(2024, 12),
            size,
            has_faults: true,
        }
    }

    /// The demo city: about 600 organisations, 900 buildings, 12,000 rooms and 1,500 vehicles from
    /// 2020 up to the month given.
    pub fn city(seed: u64, to: Month) -> Self {
        let size = Size {
            reach: Reach::City,
            organizations: 600,
            buildings: 900,
            rooms: 12_000,
            vehicles: 1_500,
            metered_buildings: 60,
        };
        Self {
            seed,
            from: Month::new(2020, 1),
            to,
            size,
            has_faults: true,
        }
    }

    /// The demo city `factor` times over, spread over the country's regions.
    pub fn nation(seed: u64, to: Month, factor: usize) -> Self {
        let mut spec = Self::city(seed, to);
        spec.size = Size {
            reach: Reach::Nation,
            organizations: spec.size.organizations * factor,
            buildings: spec.size.buildings * factor,
            rooms: spec.size.rooms * factor,
            vehicles: spec.size.vehicles * factor,
            metered_buildings: spec.size.metered_buildings * factor,
        };
        spec
    }

    /// The months of the history.
    pub fn months(&self) -> impl DoubleEndedIterator<Item = Month> + Clone {
        self.from.through(self.to)
    }

    /// The years of the history; the last may be incomplete.
    pub fn years(&self) -> std::ops::RangeInclusive<i32> {
        self.from.year()..=self.to.year()
    }
}
