//! What the marts must show: computed here from the generated objects, in exact integers.
//!
//! The arithmetic is written a second time on purpose; it shares no line with `sql/`. Only rows that a
//! correct loader accepts count. Rounding, which both sides do alike:
//! - `energy_kgce` and `co2_*_kg` are rounded once a row (organisation, month, carrier), half away from
//!   zero, to four digits; sums of them are exact;
//! - `people` and `floor_m2` of a year are the mean of its reported months, rounded once to four digits;
//! - a ratio is a sum over a sum, rounded once to eight digits;
//! - the path of a target is a root: it is rounded to twelve digits before it meets a decimal.
//!
//! Names of structs and fields are those of the marts and their columns.

mod cost;
mod energy;
mod office;
mod reference;
mod target;
mod vehicle;

use serde::Serialize;

use crate::month::Month;
use crate::number::{Quantity, Ratio, Yuan};
use crate::{City, Fixed};

pub use reference::Reference;

/// All that is known to be true of a loaded city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// Always true.
    pub made_up: bool,
    /// By organisation, month, carrier; a carrier neither used nor paid for has no row.
    pub energy_month: Vec<EnergyMonth>,
    /// By organisation, month, carrier; water has no row.
    pub carbon_month: Vec<CarbonMonth>,
    /// By organisation and year.
    pub intensity_year: Vec<IntensityYear>,
    /// By plan, metric, year.
    pub target_progress: Vec<TargetProgress>,
    /// By organisation, month, expense code and kind of spending.
    pub operating_cost_month: Vec<OperatingCostMonth>,
    /// By vehicle and month.
    pub vehicle_month: Vec<VehicleMonth>,
    /// By building.
    pub office_space: Vec<OfficeSpace>,
    /// By organisation and month.
    pub reporting_month: Vec<ReportingMonth>,
}

/// A row of `mart.energy_month`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the mart's columns, documented in its contract"
)]
pub struct EnergyMonth {
    pub organization_id: String,
    pub month: Month,
    pub carrier: &'static str,
    pub quantity: Quantity,
    pub vehicle_quantity: Quantity,
    pub energy_kgce: Quantity,
    pub vehicle_energy_kgce: Quantity,
    pub cost_yuan: Yuan,
}

/// A row of `mart.carbon_month`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the mart's columns, documented in its contract"
)]
pub struct CarbonMonth {
    pub organization_id: String,
    pub month: Month,
    pub carrier: &'static str,
    pub quantity: Quantity,
    pub co2_fixed_kg: Option<Quantity>,
    pub fixed_factor_id: Option<String>,
    pub co2_year_kg: Option<Quantity>,
    pub year_factor_id: Option<String>,
    pub is_carried_forward: bool,
}

/// A row of `mart.intensity_year`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the mart's columns, documented in its contract"
)]
pub struct IntensityYear {
    pub organization_id: String,
    pub year: i32,
    pub region_code: &'static str,
    pub months_reported: u32,
    pub people: Quantity,
    pub staff: Option<i64>,
    pub floor_m2: Quantity,
    pub energy_kgce: Quantity,
    pub vehicle_energy_kgce: Quantity,
    pub water_m3: Quantity,
    pub co2_fixed_kg: Quantity,
    pub co2_year_kg: Quantity,
}

/// A row of `mart.target_progress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the mart's columns, documented in its contract"
)]
pub struct TargetProgress {
    pub plan: String,
    pub region_code: String,
    pub metric: String,
    pub year: i32,
    pub reason: Option<&'static str>,
    pub months_reported: u32,
    pub base_value: Option<Ratio>,
    pub value: Option<Ratio>,
    pub change_pct: Option<Ratio>,
    pub progress_pct: Option<Ratio>,
    pub allowed_value: Option<Ratio>,
    pub gap: Option<Ratio>,
    pub gap_pct: Option<Ratio>,
    pub is_on_track: Option<bool>,
}

/// A row of `mart.operating_cost_month`; an amount is `None` where no row gives one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the mart's columns, documented in its contract"
)]
pub struct OperatingCostMonth {
    pub organization_id: String,
    pub month: Month,
    pub expense_code: &'static str,
    pub spending_kind: &'static str,
    pub budget_yuan: Option<Yuan>,
    pub executed_yuan: Option<Yuan>,
    pub final_yuan: Option<Yuan>,
}

/// A row of `mart.vehicle_month`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the mart's columns, documented in its contract"
)]
pub struct VehicleMonth {
    pub vehicle_id: String,
    pub month: Month,
    pub organization_id: Option<String>,
    pub is_nev: bool,
    pub km: i64,
    pub odometer_km: Option<i64>,
    pub fuel_l: Fixed<2>,
    pub charge_kwh: Fixed<2>,
    pub cost_yuan: Yuan,
    pub fuel_cost_yuan: Yuan,
    pub trips: u32,
    pub days_used: u32,
}

/// A row of `mart.office_space`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the mart's columns, documented in its contract"
)]
pub struct OfficeSpace {
    pub building_id: String,
    pub organization_id: String,
    pub region_code: &'static str,
    pub floor_m2: Fixed<2>,
    pub usable_m2: Fixed<2>,
    pub room_count: u32,
    pub vacant_m2: Fixed<2>,
    pub let_m2: Fixed<2>,
    pub lent_m2: Fixed<2>,
    pub occupant_count: u32,
    pub over_standard_rooms: u32,
    pub over_standard_m2: Fixed<2>,
    pub unjudged_rooms: u32,
    pub is_registrable: bool,
    pub is_registered: bool,
}

/// A row of `mart.reporting_month`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the mart's columns, documented in its contract"
)]
pub struct ReportingMonth {
    pub organization_id: String,
    pub month: Month,
    pub expected: bool,
    pub reported: bool,
    pub is_missing: bool,
    pub is_late: bool,
}

impl City {
    /// Computes the truth with the factors, coefficients, settings and targets given.
    pub fn truth(&self, reference: &Reference) -> Truth {
        let energy_month = energy::energy_month(self, reference);
        let carbon_month = energy::carbon_month(self, reference, &energy_month);
        let intensity_year = energy::intensity_year(self, &energy_month, &carbon_month);
        Truth {
            made_up: true,
            target_progress: target::target_progress(self, reference, &intensity_year),
            operating_cost_month: cost::operating_cost_month(self),
            vehicle_month: vehicle::vehicle_month(self),
            office_space: office::office_space(self),
            reporting_month: energy::reporting_month(self, reference),
            energy_month,
            carbon_month,
            intensity_year,
        }
    }
}
