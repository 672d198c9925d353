//! Each target of the region served in each year since its base year.

use std::collections::{BTreeMap, BTreeSet};

use super::reference::Target;
use super::{IntensityYear, Reference, TargetProgress};
use crate::City;
use crate::number::{Fixed, Quantity, Ratio};

/// Sums over all organisations in and below a region, for one year.
#[derive(Debug, Default, Clone)]
struct Sums {
    energy_kgce: Quantity,
    vehicle_energy_kgce: Quantity,
    water_m3: Quantity,
    co2_fixed_kg: Quantity,
    people: Quantity,
    floor_m2: Quantity,
}

impl Sums {
    fn value(&self, metric: &str, without_vehicles: bool) -> Option<Ratio> {
        match metric {
            "energy_per_capita" => self.energy_kgce.over(self.people),
            "water_per_capita" => self.water_m3.over(self.people),
            "energy_per_area" if without_vehicles => {
                (self.energy_kgce - self.vehicle_energy_kgce).over(self.floor_m2)
            }
            "energy_per_area" => self.energy_kgce.over(self.floor_m2),
            _ => self.co2_fixed_kg.over(self.floor_m2),
        }
    }
}

pub(super) fn target_progress(
    city: &City,
    reference: &Reference,
    intensity: &[IntensityYear],
) -> Vec<TargetProgress> {
    let years: BTreeSet<i32> = intensity.iter().map(|row| row.year).collect();
    let mut rows = Vec::new();
    for target in reference.targets() {
        let is_within: BTreeMap<&str, bool> = city
            .regions
            .iter()
            .map(|region| {
                (
                    region.code,
                    reference.is_within(region.code, &target.region_code),
                )
            })
            .collect();
        let mut sums: BTreeMap<i32, Sums> = BTreeMap::new();
        for row in intensity.iter().filter(|row| is_within[row.region_code]) {
            let sum = sums.entry(row.year).or_default();
            sum.energy_kgce += row.energy_kgce;
            sum.vehicle_energy_kgce += row.vehicle_energy_kgce;
            sum.water_m3 += row.water_m3;
            sum.co2_fixed_kg += row.co2_fixed_kg;
            sum.people += row.people;
            sum.floor_m2 += row.floor_m2;
        }
        let reported = months_reported(city, &is_within);
        let without_vehicles = reference.setting("energy_per_area_numerator") == "excl_vehicle";
        let months = |year: i32| reported.range((year, 1)..=(year, 12)).count() as u32;
        let value = |year: i32| {
            sums.get(&year)
                .and_then(|sum| sum.value(&target.metric, without_vehicles))
        };
        let base = value(target.base_year).filter(|_| months(target.base_year) == 12);
        for year in years
            .iter()
            .copied()
            .filter(|year| target.base_year <= *year)
        {
            rows.push(progress(&target, year, months(year), base, value(year)));
        }
    }
    rows
}

/// The months, by year and number, in which anybody of the region reported.
fn months_reported(city: &City, is_within: &BTreeMap<&str, bool>) -> BTreeSet<(i32, u32)> {
    let is_there =
        |organization: usize| is_within[city.regions[city.organizations[organization].region].code];
    city.forms
        .iter()
        .enumerate()
        .filter(|(place, form)| is_there(form.organization) && city.is_form_accepted(*place))
        .map(|(_, form)| (form.month.year(), form.month.month()))
        .collect()
}

fn progress(
    target: &Target,
    year: i32,
    months_reported: u32,
    base_value: Option<Ratio>,
    value: Option<Ratio>,
) -> TargetProgress {
    let reason = match (months_reported, value, base_value) {
        (0, _, _) => Some("no_data"),
        (_, None, _) => Some("no_denominator"),
        (1..12, _, _) => Some("year_incomplete"),
        (_, _, None) => Some("no_base_value"),
        _ => None,
    };
    let allowed_value = base_value.map(|base| base.times(path(target, year)));
    let judged = reason
        .is_none()
        .then_some((value, base_value, allowed_value));
    let (mut change_pct, mut gap) = (None, None);
    if let Some((Some(value), Some(base), Some(allowed))) = judged {
        change_pct = hundredfold(value - base).over(base);
        gap = Some(value - allowed);
    }
    TargetProgress {
        plan: target.plan.clone(),
        region_code: target.region_code.clone(),
        metric: target.metric.clone(),
        year,
        reason,
        months_reported,
        base_value,
        value,
        change_pct,
        progress_pct: change_pct.and_then(|change| hundredfold(change).over(target.change_pct)),
        allowed_value,
        gap,
        gap_pct: gap.and_then(|gap| hundredfold(gap).over(allowed_value?)),
        is_on_track: gap.map(|gap| gap <= Fixed::ZERO),
    }
}

fn hundredfold(ratio: Ratio) -> Ratio {
    Fixed::new(ratio.digits() * 100)
}

/// The part of the base value that the target's path allows in a year.
fn path(target: &Target, year: i32) -> Fixed<12> {
    let elapsed = year.min(target.target_year) - target.base_year;
    let planned = target.target_year - target.base_year;
    if target.is_linear {
        let change = target
            .change_pct
            .rescale::<12>()
            .share(i128::from(elapsed), i128::from(100 * planned));
        return Fixed::<12>::whole(1) + change;
    }
    // A root is no decimal: it is taken as a float and rounded to twelve digits, well above its error.
    let change = target.change_pct.digits() as f64 / 1_000_000.0;
    let root = (1.0 + change).powf(f64::from(elapsed) / f64::from(planned));
    Fixed::new((root * 1e12).round() as i128)
}
