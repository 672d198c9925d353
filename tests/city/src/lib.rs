//! A made-up 荆门 with known truth.
//!
//! [`generate`] makes a city from a [`Spec`]: organisations of every class with their history, buildings
//! and rooms with occupants, vehicles with trips and costs, energy by month and hour, money by voucher.
//! Regions are real; organisations carry generic names; addresses and towns are invented; people are
//! numbers. The same specification gives the same city to the byte, on every machine.
//!
//! - [`City::write_sources`] writes what the source systems of such a city export: GBK CSV with title
//!   rows, XLSX with merged titles and headers over two rows, NDJSON, JSON, Parquet, gzip. Faults are put
//!   in, each kind in a known number; the [`Manifest`] says what a correct loader does with every row.
//! - [`City::truth`] computes what the marts must show, in exact integers, from the objects and not by SQL,
//!   leaving out the rows that the manifest says are refused.
//! - [`readings_csv`] writes hourly readings of any number, for the benchmark.
//!
//! Begin with [`Spec`], then `source.rs` (how files are written) and `truth.rs`. The jobs that load the
//! files are `pipelines/jobs/`. What is not here: a database or a REST service with the same objects.

mod calendar;
mod fault;
mod identifier;
mod manifest;
mod month;
mod names;
mod number;
mod random;
mod reading_bench;
mod region;
mod source;
mod spec;

pub mod asset;
pub mod cost;
pub mod energy;
pub mod headcount;
pub mod office;
pub mod organization;
pub mod plan;
pub mod service;
pub mod truth;
pub mod vehicle;

use std::path::PathBuf;

pub use fault::FaultKind;
pub use manifest::{ExpectedLedger, FaultRecord, FileRecord, JobRecord, Manifest, Place};
pub use month::{Month, MonthError};
pub use number::{Factor, Fixed, Quantity, Ratio, Yuan};
pub use reading_bench::readings_csv;
pub use region::{Region, RegionLevel};
pub use spec::{Reach, Size, Spec};
pub use truth::{Reference, Truth};

use crate::vehicle::Fuel;

/// Why files could not be written or references not be read.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// A file or folder could not be written or read.
    #[error("cannot access `{path}`")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A workbook could not be written.
    #[error("cannot write workbook `{path}`")]
    Workbook {
        /// Which one.
        path: PathBuf,
        /// What the writer says.
        #[source]
        source: Box<rust_xlsxwriter::XlsxError>,
    },
    /// A Parquet file could not be written.
    #[error("cannot write Parquet file `{path}`")]
    Parquet {
        /// Which one.
        path: PathBuf,
        /// What the writer says.
        #[source]
        source: Box<parquet::errors::ParquetError>,
    },
    /// A reference table lacks what the truth needs.
    #[error("`{path}` lacks {what}")]
    Reference {
        /// Which one.
        path: PathBuf,
        /// The column or row that is missing.
        what: String,
    },
}

/// A generated city: all objects, in the order in which sources export them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    /// What was asked for.
    pub spec: Spec,
    /// Regions with organisations.
    pub regions: Vec<Region>,
    /// Public institutions.
    pub organizations: Vec<organization::Organization>,
    /// Their sizes over time.
    pub headcounts: headcount::Headcounts,
    /// 院落.
    pub compounds: Vec<office::Compound>,
    /// 建筑物.
    pub buildings: Vec<office::Building>,
    /// 楼层.
    pub floors: Vec<office::Floor>,
    /// 房间.
    pub rooms: Vec<office::Room>,
    /// 占用.
    pub occupancies: Vec<office::Occupancy>,
    /// 租赁.
    pub leases: Vec<office::Lease>,
    /// 维修.
    pub repairs: Vec<office::Repair>,
    /// 处置.
    pub disposals: Vec<office::Disposal>,
    /// 巡检.
    pub inspections: Vec<office::Inspection>,
    /// Vehicles, those disposed of too.
    pub vehicles: Vec<vehicle::Vehicle>,
    /// 车辆编制.
    pub vehicle_quotas: Vec<vehicle::VehicleQuota>,
    /// 派车单, by month, vehicle and time.
    pub trips: Vec<vehicle::Trip>,
    /// Payments for vehicles, by month and vehicle.
    pub vehicle_costs: Vec<vehicle::VehicleCost>,
    /// Alarms of terminals.
    pub alarms: Vec<vehicle::Alarm>,
    /// 户号.
    pub accounts: Vec<energy::account::Account>,
    /// Meters of the buildings that have them.
    pub meters: Vec<energy::meter::Meter>,
    /// Retrofits.
    pub projects: Vec<energy::project::Project>,
    /// Daily weather.
    pub weather: Vec<energy::weather::WeatherDay>,
    /// Base form 2, by month and organisation.
    pub forms: Vec<energy::consumption::Form>,
    /// Supplier bills, by account and month.
    pub bills: Vec<energy::account::Bill>,
    /// Voucher lines, by month and organisation.
    pub expenses: Vec<cost::Expense>,
    /// Budgets and their adjustments.
    pub budgets: Vec<cost::Budget>,
    /// Final accounts.
    pub settlements: Vec<cost::Settlement>,
    /// Asset cards.
    pub cards: Vec<asset::Card>,
    /// Stocktakes.
    pub stocktakes: Vec<asset::Stocktake>,
    /// Assets let.
    pub asset_leases: Vec<asset::AssetLease>,
    /// Judgements of services.
    pub evaluations: Vec<service::Evaluation>,
    /// Canteens by month.
    pub canteens: Vec<service::Canteen>,
    /// Meetings.
    pub meetings: Vec<service::Meeting>,
    /// Tasks of the plan.
    pub tasks: Vec<plan::Task>,
    /// Which rows of which job carry which fault.
    pub(crate) faults: fault::Faults,
    /// Where the form of an organisation and month lies, or `u32::MAX`.
    form_places: Vec<u32>,
}

/// Makes a city. The demo city takes about two seconds in the development profile.
pub fn generate(spec: &Spec) -> City {
    let regions = region::regions(spec.size.reach);
    let organizations = organization::organizations(spec, &regions);
    let headcounts = headcount::headcounts(spec, &organizations);
    let (compounds, buildings, floors) = office::building::estate(spec, &regions, &organizations);
    let (rooms, occupancies) = office::room::rooms(spec, &organizations, &buildings);
    let vehicles = vehicle::fleet::fleet(spec, &regions, &organizations);
    let trips = vehicle::trip::trips(spec, &vehicles);
    let accounts = energy::account::accounts(spec, &organizations);
    let mut city = City {
        leases: office::estate::leases(spec, &buildings, &rooms),
        repairs: office::estate::repairs(spec, &buildings),
        disposals: office::estate::disposals(spec, &buildings),
        inspections: office::estate::inspections(spec, &buildings),
        vehicle_quotas: vehicle::fleet::quotas(spec, &vehicles),
        vehicle_costs: vehicle::cost::costs(spec, &vehicles, &trips),
        alarms: vehicle::trip::alarms(spec, &vehicles),
        meters: energy::meter::meters(spec, &organizations, &buildings, &accounts),
        projects: energy::project::projects(spec, &buildings),
        weather: energy::weather::weather(spec),
        spec: spec.clone(),
        regions,
        organizations,
        headcounts,
        compounds,
        buildings,
        floors,
        rooms,
        occupancies,
        vehicles,
        trips,
        accounts,
        forms: Vec::new(),
        bills: Vec::new(),
        expenses: Vec::new(),
        budgets: Vec::new(),
        settlements: Vec::new(),
        cards: Vec::new(),
        stocktakes: Vec::new(),
        asset_leases: Vec::new(),
        evaluations: Vec::new(),
        canteens: Vec::new(),
        meetings: Vec::new(),
        tasks: Vec::new(),
        faults: fault::Faults::default(),
        form_places: Vec::new(),
    };
    // From here on each kind is made from the kinds before it.
    city.forms = energy::consumption::forms(&city);
    city.place_forms();
    city.bills = energy::account::bills(&city);
    city.expenses = cost::expenses(&city);
    city.budgets = cost::budgets(&city);
    city.settlements = cost::settlements(&city);
    city.cards = asset::cards(&city);
    city.stocktakes = asset::stocktakes(&city);
    city.asset_leases = asset::leases(&city);
    city.evaluations = service::evaluations(&city);
    city.canteens = service::canteens(&city);
    city.meetings = service::meetings(&city);
    city.tasks = plan::tasks(&city);
    city.faults = source::plan_faults(&city);
    city
}

impl City {
    /// The last day of the history.
    pub fn today(&self) -> chrono::NaiveDate {
        self.spec.to.last_day()
    }

    /// The form of an organisation and month, whether or not it was delivered without fault.
    pub fn form(&self, organization: usize, month: Month) -> Option<&energy::consumption::Form> {
        let place = self.form_place(organization, month)?;
        self.forms.get(*self.form_places.get(place)? as usize)
    }

    fn form_place(&self, organization: usize, month: Month) -> Option<usize> {
        let month = usize::try_from(month.since(self.spec.from)).ok()?;
        Some(month * self.organizations.len() + organization)
    }

    fn place_forms(&mut self) {
        let months = self.spec.months().count();
        let mut places = vec![u32::MAX; months * self.organizations.len()];
        for (index, form) in self.forms.iter().enumerate() {
            if let Some(place) = self.form_place(form.organization, form.month) {
                places[place] = index as u32;
            }
        }
        self.form_places = places;
    }

    fn vehicle_costs_of(&self, month: Month) -> &[vehicle::VehicleCost] {
        let start = self
            .vehicle_costs
            .partition_point(|cost| Month::of(cost.date) < month);
        let end = self
            .vehicle_costs
            .partition_point(|cost| Month::of(cost.date) <= month);
        &self.vehicle_costs[start..end]
    }

    /// Litres and yuan of petrol and of diesel bought in a month, by organisation.
    pub(crate) fn fuel_bought(&self, month: Month) -> Vec<[(Fixed<2>, Yuan); 2]> {
        let mut bought = vec![[(Fixed::ZERO, Fixed::ZERO); 2]; self.organizations.len()];
        for cost in self.vehicle_costs_of(month) {
            if cost.class == vehicle::CostClass::Fuel {
                let vehicle = &self.vehicles[cost.vehicle];
                let kind = usize::from(vehicle.fuel == Fuel::Diesel);
                let (litres, yuan) = &mut bought[vehicle.organization][kind];
                *litres += cost.quantity;
                *yuan += cost.amount;
            }
        }
        bought
    }

    /// What vehicles cost to run in a month, and what new ones cost, by organisation.
    pub(crate) fn vehicle_spending(&self, month: Month) -> Vec<(Yuan, Yuan)> {
        let mut spending = vec![(Yuan::ZERO, Yuan::ZERO); self.organizations.len()];
        for cost in self.vehicle_costs_of(month) {
            spending[self.vehicles[cost.vehicle].organization].0 += cost.amount;
        }
        for vehicle in self
            .vehicles
            .iter()
            .filter(|vehicle| Month::of(vehicle.bought_date) == month)
        {
            spending[vehicle.organization].1 += vehicle.price;
        }
        spending
    }

    /// Petrol, diesel and new-energy vehicles at the end of a month, by organisation.
    pub(crate) fn vehicle_stock(&self, month: Month) -> Vec<[i64; 3]> {
        let mut stock = vec![[0; 3]; self.organizations.len()];
        for vehicle in self
            .vehicles
            .iter()
            .filter(|vehicle| vehicle.is_in_stock(month))
        {
            let kind = match vehicle.fuel {
                Fuel::Petrol => 0,
                Fuel::Diesel => 1,
                Fuel::Battery | Fuel::PlugIn => 2,
            };
            stock[vehicle.organization][kind] += 1;
        }
        stock
    }
}
