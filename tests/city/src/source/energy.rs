//! Statistical forms of both versions, accounts, bills of three suppliers, meters, projects, weather.

mod bill;
mod form;
mod register;

use crate::energy::consumption::Form;
use crate::energy::item::Item;
use crate::fault::{
    Planned, Spoil, blank, duplicate, late, missing, negative, no_such_day, too_many,
};
use crate::month::Month;
use crate::random::{Draw, Kind};
use crate::source::Export;
use crate::{City, FaultKind};

pub(crate) const FORMS_2021: &str = "energy.monthly_2021";
pub(crate) const FORMS_2025: &str = "energy.monthly_2025";

/// A total that was counted in millilitres: the parts below it no longer add up to it.
const fn swapped(one_in: usize, column: &'static str) -> Planned {
    Planned {
        kind: FaultKind::SwappedUnit,
        one_in,
        column,
        cell: Spoil::Thousandfold,
        rule: "petrol_parts",
    }
}

pub(crate) const EXPORTS: [Export; 9] = [
    Export {
        job: FORMS_2021,
        table: "energy.monthly",
        planned: &[
            late(500),
            duplicate(1_500),
            missing(1_200),
            swapped(2_000, "汽油消费量(升)"),
            negative(3_000, "液化石油气消费量(千克)"),
            blank(4_000, "统计月份"),
            no_such_day(3_500, "报出日期", "2023/2/30"),
            too_many(4_000),
        ],
        rows: City::first_new_form,
        write: form::forms_2021,
    },
    Export {
        job: FORMS_2025,
        table: "energy.monthly",
        planned: &[
            late(700),
            duplicate(1_500),
            missing(1_000),
            swapped(2_500, "汽油_合计(升)"),
            negative(4_000, "其他_液化石油气(千克)"),
        ],
        rows: |city| city.forms.len() - city.first_new_form(),
        write: form::forms_2025,
    },
    Export {
        job: "energy.bill_electricity",
        table: "energy.bill",
        planned: &[
            late(2_500),
            duplicate(3_000),
            blank(6_000, "电量(千瓦时)"),
            no_such_day(6_000, "出账日期", "2024-11-31"),
            too_many(7_000),
        ],
        rows: |city| bill::bills_of(city, Item::Electricity).count(),
        write: bill::electricity_bills,
    },
    Export {
        job: "energy.bill_water",
        table: "energy.bill",
        planned: &[duplicate(900), too_many(1_300)],
        rows: |city| bill::water_rows(city).len(),
        write: bill::water_bills,
    },
    Export {
        job: "energy.bill_gas",
        table: "energy.bill",
        planned: &[late(4_000), duplicate(4_000)],
        rows: |city| bill::bills_of(city, Item::NaturalGas).count(),
        write: bill::gas_bills,
    },
    Export {
        job: "energy.account",
        table: "energy.account",
        planned: &[duplicate(700)],
        rows: |city| city.accounts.len(),
        write: register::accounts,
    },
    Export {
        job: "energy.meter",
        table: "energy.meter",
        planned: &[duplicate(70)],
        rows: |city| city.meters.len(),
        write: register::meters,
    },
    Export {
        job: "energy.project",
        table: "energy.project",
        planned: &[duplicate(90)],
        rows: |city| city.projects.len(),
        write: register::projects,
    },
    Export {
        job: "energy.weather_day",
        table: "energy.weather_day",
        planned: &[duplicate(1_200), late(900)],
        rows: |city| city.weather.len(),
        write: register::weather,
    },
];

/// When a form was sent: most by the fifteenth of the next month, one in 25 later.
pub(crate) fn reported_date(city: &City, form: &Form) -> chrono::NaiveDate {
    let stream = (3 << 40)
        | ((form.organization as u64) << 12)
        | u64::from(form.month.since(Month::new(2000, 1)).unsigned_abs());
    let mut draw = Draw::new(city.spec.seed, Kind::Energy, stream);
    let day = if draw.chance(40) {
        draw.between(16, 27)
    } else {
        draw.between(3, 15)
    };
    form.month.plus(1).day(day as u32).min(city.today())
}
