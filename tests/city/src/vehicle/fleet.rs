//! The fleet: fewer vehicles each year, and more of them new-energy ones.

use chrono::{Datelike, NaiveDate};

use crate::identifier;
use crate::month::Month;
use crate::number::{Fixed, Yuan};
use crate::organization::{Class, OrganLevel, Organization};
use crate::random::{Draw, Kind};
use crate::region::Region;
use crate::spec::Spec;

/// What drives a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Fuel {
    /// 汽油.
    Petrol,
    /// 柴油.
    Diesel,
    /// 纯电.
    Battery,
    /// 插混.
    PlugIn,
}

impl Fuel {
    /// Whether it counts as a new-energy vehicle.
    pub const fn is_nev(self) -> bool {
        matches!(self, Self::Battery | Self::PlugIn)
    }

    /// The word of the register.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Petrol => "汽油",
            Self::Diesel => "柴油",
            Self::Battery => "纯电",
            Self::PlugIn => "插混",
        }
    }
}

/// What a vehicle is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseClass {
    /// 机要通信用车.
    Confidential,
    /// 应急保障用车.
    Emergency,
    /// 执法执勤用车.
    LawEnforcement,
    /// 特种专业技术用车.
    SpecialTech,
    /// 其他按照规定配备的公务用车.
    Other,
}

impl UseClass {
    /// All classes.
    pub const ALL: [Self; 5] = [
        Self::Confidential,
        Self::Emergency,
        Self::LawEnforcement,
        Self::SpecialTech,
        Self::Other,
    ];

    /// The word of the register.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Confidential => "机要通信用车",
            Self::Emergency => "应急保障用车",
            Self::LawEnforcement => "执法执勤用车",
            Self::SpecialTech => "特种专业技术用车",
            Self::Other => "其他公务用车",
        }
    }
}

/// A vehicle over its whole life with the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    /// The key of the platform.
    pub id: String,
    /// Its organisation's place in [`crate::City::organizations`].
    pub organization: usize,
    /// Frame number, valid.
    pub vin: String,
    /// Plate, valid for its class.
    pub plate: String,
    /// What it is for.
    pub use_class: UseClass,
    /// What drives it.
    pub fuel: Fuel,
    /// Brand and model, invented.
    pub model: &'static str,
    /// Seats.
    pub seats: i64,
    /// Displacement in mL; 0 for battery cars.
    pub displacement_ml: i64,
    /// Motor power in kW; 0 without a motor.
    pub motor_kw: i64,
    /// The day it was bought and registered.
    pub bought_date: NaiveDate,
    /// Price without purchase tax.
    pub price: Yuan,
    /// The last day of service, if it has been disposed of.
    pub disposed_date: Option<NaiveDate>,
    /// What the disposal brought.
    pub proceeds: Yuan,
    /// Whether the platform manages it, rather than its unit.
    pub is_on_platform: bool,
    /// Whether it carries the uniform mark.
    pub is_marked: bool,
    /// Fuel in hundredths of a litre for 100 km.
    pub(crate) fuel_rate: i64,
    /// Electricity in hundredths of a kWh for 100 km.
    pub(crate) charge_rate: i64,
    /// The odometer when the history begins, or when it was bought.
    pub(crate) odometer_start: i64,
    /// How much it is driven, permille.
    pub(crate) diligence: i64,
}

impl Vehicle {
    /// Whether it is in the fleet at the end of a month.
    pub fn is_in_stock(&self, month: Month) -> bool {
        let end = month.last_day();
        self.bought_date <= end && self.disposed_date.is_none_or(|disposed| disposed > end)
    }

    /// Whether it is driven in a month: bought before it, and not disposed of in it.
    pub(crate) fn is_driven(&self, month: Month) -> bool {
        self.bought_date < month.first_day()
            && self
                .disposed_date
                .is_none_or(|disposed| disposed > month.last_day())
    }
}

/// The approved number of vehicles of an organisation and class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleQuota {
    /// Its organisation's place in [`crate::City::organizations`].
    pub organization: usize,
    /// The class approved.
    pub use_class: UseClass,
    /// How many.
    pub approved: i64,
    /// The day of approval.
    pub approved_date: NaiveDate,
}

/// New-energy share of what is bought, permille, by year from 2020.
const NEV_BOUGHT: [u64; 7] = [220, 300, 400, 520, 650, 820, 850];

/// Makes the fleet: the stock at the start, and for most of what is disposed of a successor.
pub(crate) fn fleet(
    spec: &Spec,
    regions: &[Region],
    organizations: &[Organization],
) -> Vec<Vehicle> {
    // Only organisations that exist throughout have vehicles: nobody inherits a car.
    let weights: Vec<u64> = organizations
        .iter()
        .map(|organization| {
            let stays = organization.first == spec.from
                && organization.end.is_none()
                && !organization.is_mistyped;
            match organization.class {
                _ if !stays => 0,
                Class::Organ if organization.level == Some(OrganLevel::Township) => 5,
                Class::Organ => 8,
                Class::Health => 4,
                Class::OtherInstitution => 3,
                Class::Education => 1,
                Class::Science | Class::Culture | Class::Sports | Class::Group => 1,
            }
        })
        .collect();
    let mut maker = Maker {
        spec,
        regions,
        organizations,
        vehicles: Vec::new(),
        serials: vec![[0; 2]; regions.len()],
    };
    for place in 0..spec.size.vehicles {
        let mut draw = Draw::new(spec.seed, Kind::Vehicle, place as u64);
        let organization = draw.weighted(&weights);
        let age_days = draw.between(30, 11 * 365);
        let bought = spec.from.first_day() - chrono::Duration::days(age_days);
        let use_class = UseClass::ALL[draw.weighted(&[70, 330, 330, 60, 210])];
        let is_nev = age_days < 4 * 365 && draw.chance(160);
        maker.add(&mut draw, organization, use_class, bought, is_nev);
    }
    maker.vehicles
}

struct Maker<'a> {
    spec: &'a Spec,
    regions: &'a [Region],
    organizations: &'a [Organization],
    vehicles: Vec<Vehicle>,
    /// Plates given out, by region: ordinary and new-energy.
    serials: Vec<[usize; 2]>,
}

impl Maker<'_> {
    fn add(
        &mut self,
        draw: &mut Draw,
        organization: usize,
        use_class: UseClass,
        bought: NaiveDate,
        is_nev: bool,
    ) {
        // Service lasts nine to thirteen years; the successor is bought in the next month.
        let service_days = draw.between(9 * 365, 13 * 365);
        let first_allowed = self.spec.from.plus(1).first_day();
        let leaves = (bought + chrono::Duration::days(service_days)).max(first_allowed);
        let disposed = (leaves <= self.spec.to.first_day()).then_some(leaves);
        let vehicle = self.vehicle(draw, organization, use_class, bought, disposed, is_nev);
        self.vehicles.push(vehicle);
        if let Some(disposed) = disposed {
            let month = Month::of(disposed).plus(1);
            let year = (month.year() - 2020).clamp(0, 6) as usize;
            if month <= self.spec.to && draw.chance(810) {
                let is_nev = draw.chance(NEV_BOUGHT[year]);
                let day = draw.between(3, 26) as u32;
                self.add(draw, organization, use_class, month.day(day), is_nev);
            }
        }
    }

    fn vehicle(
        &mut self,
        draw: &mut Draw,
        organization: usize,
        use_class: UseClass,
        bought: NaiveDate,
        disposed: Option<NaiveDate>,
        is_nev: bool,
    ) -> Vehicle {
        let serial = self.vehicles.len();
        let region_place = self.organizations[organization].region;
        let fuel = match (is_nev, use_class) {
            (true, _) if draw.chance(700) => Fuel::Battery,
            (true, _) => Fuel::PlugIn,
            (false, UseClass::SpecialTech) if draw.chance(650) => Fuel::Diesel,
            (false, UseClass::Emergency) if draw.chance(60) => Fuel::Diesel,
            (false, _) => Fuel::Petrol,
        };
        // Prices and displacements keep to reference.vehicle_limit.
        let (model, seats, displacement_ml, price) = match (fuel, use_class) {
            (Fuel::Battery, _) => ("知行EV30", 5, 0, draw.between(98_000, 168_000)),
            (Fuel::PlugIn, _) => ("知行DM15", 5, 1498, draw.between(96_000, 118_000)),
            (Fuel::Diesel, _) => ("远山2.8T", 9, 2776, draw.between(150_000, 240_000)),
            (_, UseClass::Confidential) => ("明途1.5", 5, 1498, draw.between(86_000, 119_000)),
            (_, UseClass::LawEnforcement) => ("明途1.6", 5, 1598, draw.between(88_000, 119_500)),
            (_, UseClass::SpecialTech) => ("远山2.0", 7, 1998, draw.between(120_000, 220_000)),
            _ => ("明途1.8", 5, 1798, draw.between(110_000, 179_000)),
        };
        let serials = &mut self.serials[region_place][usize::from(is_nev)];
        let battery = match fuel {
            Fuel::Battery => Some('D'),
            Fuel::PlugIn => Some('F'),
            Fuel::Petrol | Fuel::Diesel => None,
        };
        // Regions share the letter 鄂H, so each takes serials from a range of its own.
        let plate = identifier::plate(
            self.regions[region_place].plate,
            battery,
            region_place % 9 * 20_000 + *serials,
        );
        *serials += 1;
        let age_days = (self.spec.from.first_day() - bought).num_days().max(0);
        Vehicle {
            id: format!("CL{:06}", serial + 1),
            organization,
            vin: identifier::vin(
                draw,
                if is_nev { "LNE" } else { "LMT" },
                bought.year(),
                serial + 1,
            ),
            plate,
            use_class,
            fuel,
            model,
            seats,
            displacement_ml,
            motor_kw: match fuel {
                Fuel::Battery => 150,
                Fuel::PlugIn => 120,
                Fuel::Petrol | Fuel::Diesel => 0,
            },
            bought_date: bought,
            price: Yuan::whole(price),
            disposed_date: disposed,
            proceeds: if disposed.is_some() {
                Fixed::whole(draw.between(3_000, 21_000))
            } else {
                Fixed::ZERO
            },
            is_on_platform: draw.chance(620),
            is_marked: use_class != UseClass::Confidential && draw.chance(900),
            fuel_rate: match fuel {
                Fuel::Petrol => draw.between(780, 1_080),
                Fuel::Diesel => draw.between(980, 1_260),
                Fuel::PlugIn => draw.between(260, 420),
                Fuel::Battery => 0,
            },
            charge_rate: match fuel {
                Fuel::Battery => draw.between(1_380, 1_720),
                Fuel::PlugIn => draw.between(620, 900),
                Fuel::Petrol | Fuel::Diesel => 0,
            },
            odometer_start: age_days * draw.between(28, 46),
            diligence: draw.around(420),
        }
    }
}

/// Approves for each organisation and class what it has at the start, and sometimes one more.
pub(crate) fn quotas(spec: &Spec, vehicles: &[Vehicle]) -> Vec<VehicleQuota> {
    let mut counts = std::collections::BTreeMap::new();
    for vehicle in vehicles
        .iter()
        .filter(|vehicle| vehicle.is_in_stock(spec.from))
    {
        *counts
            .entry((vehicle.organization, vehicle.use_class))
            .or_insert(0i64) += 1;
    }
    counts
        .into_iter()
        .enumerate()
        .map(|(place, ((organization, use_class), count))| {
            let mut draw = Draw::new(spec.seed, Kind::Vehicle, (1 << 32) | place as u64);
            VehicleQuota {
                organization,
                use_class,
                approved: count + i64::from(draw.chance(250)),
                approved_date: Month::new(2018, 3).day(draw.between(1, 28) as u32),
            }
        })
        .collect()
}
