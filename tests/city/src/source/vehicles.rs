//! The vehicle platform: register, quotas, trips, costs, alarms.

use chrono::{Datelike, Duration};

use crate::fault::{Planned, Spoil, blank, duplicate, late, negative, no_such_day, rule, too_many};
use crate::month::Month;
use crate::names;
use crate::number::{Fixed, Trimmed};
use crate::source::buildings::wan;
use crate::source::layout::{
    Column, Compression, Encoding, Format, GBK, Layout, number, text, truth,
};
use crate::source::people::{SlashDay, yes};
use crate::source::row::Row;
use crate::source::{Export, JobWriter};
use crate::vehicle::trip::REASONS;
use crate::vehicle::{CostClass, Vehicle};
use crate::{City, CityError, FaultKind};

pub(crate) const VEHICLES: &str = "vehicle.vehicle";
pub(crate) const TRIPS: &str = "vehicle.trip";
pub(crate) const COSTS: &str = "vehicle.cost";

pub(crate) const EXPORTS: [Export; 5] = [
    Export {
        job: TRIPS,
        table: "vehicle.trip",
        planned: &[
            late(4_000),
            duplicate(6_000),
            Planned {
                kind: FaultKind::OdometerBackwards,
                one_in: 5_000,
                column: "odometerIn",
                cell: Spoil::BelowColumn("odometerOut"),
                rule: "odometer_runs_forward",
            },
            blank(9_000, "vehicleId"),
        ],
        rows: |city| city.trips.len(),
        write: trips,
    },
    Export {
        job: COSTS,
        table: "vehicle.cost",
        planned: &[
            late(5_000),
            duplicate(5_000),
            blank(8_000, "金额"),
            no_such_day(9_000, "发生日期", "2023/2/30"),
            too_many(9_000),
            Planned {
                kind: FaultKind::UnknownWord,
                one_in: 9_000,
                column: "费用类别",
                cell: Spoil::To("洗车美容"),
                rule: rule::ONE_OF,
            },
        ],
        rows: |city| city.vehicle_costs.len(),
        write: costs,
    },
    Export {
        job: VEHICLES,
        table: "vehicle.vehicle",
        planned: &[
            duplicate(400),
            Planned {
                kind: FaultKind::WrongIdentifier,
                one_in: 700,
                column: "车辆识别代号",
                // I, O and Q are in no VIN.
                cell: Spoil::To("LMTIOQ00000000000"),
                rule: rule::VIN,
            },
            no_such_day(900, "购置日期", "2019/6/31"),
        ],
        rows: |city| city.vehicles.len(),
        write: vehicles,
    },
    Export {
        job: "vehicle.vehicle_quota",
        table: "vehicle.vehicle_quota",
        planned: &[duplicate(250), negative(400, "核定编制数")],
        rows: |city| city.vehicle_quotas.len(),
        write: quotas,
    },
    Export {
        job: "vehicle.alarm",
        table: "vehicle.alarm",
        planned: &[duplicate(500)],
        rows: |city| city.alarms.len(),
        write: alarms,
    },
];

const VEHICLE: [Column; 26] = [
    text("车辆编号"),
    text("车辆识别代号"),
    text("号牌号码"),
    text("号牌颜色"),
    text("使用单位编号"),
    text("行政区划代码"),
    text("品牌型号"),
    text("车辆类型"),
    number("核定座位"),
    text("燃料种类"),
    number("排量(毫升)"),
    number("电机功率(千瓦)"),
    text("用途分类"),
    text("管理形式"),
    text("终端编号"),
    number("购置价格(万元)"),
    number("购置税(万元)"),
    text("使用状态"),
    text("处置方式"),
    number("处置收入(元)"),
    text("统一标识"),
    text("购置日期"),
    text("注册登记日期"),
    text("处置日期"),
    text("保险到期"),
    text("年检到期"),
];

fn vehicles(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: GBK,
        titles: vec![
            "公务用车登记台账(虚构数据)".to_owned(),
            "价格单位: 万元".to_owned(),
        ],
        columns: &VEHICLE,
        footer: None,
    };
    writer.open("vehicle/vehicle.csv", layout)?;
    let mut row = Row::default();
    for (place, vehicle) in city.vehicles.iter().enumerate() {
        describe(city, place, vehicle, row.clear());
        writer.row(&row)?;
    }
    Ok(())
}

fn describe(city: &City, place: usize, vehicle: &Vehicle, row: &mut Row) {
    let body = &city.organizations[vehicle.organization];
    let is_gone = vehicle.disposed_date.is_some();
    // A tenth of the price without the tax on the car, rounded to the yuan; new-energy cars are exempt.
    let tax = if vehicle.fuel.is_nev() {
        Fixed::ZERO
    } else {
        vehicle.price.share(1, 10)
    };
    row.text(&vehicle.id)
        .text(&vehicle.vin)
        .text(&vehicle.plate)
        .text(if vehicle.fuel.is_nev() { "绿" } else { "蓝" })
        .text(&body.id)
        .text(city.regions[body.region].code)
        .text(vehicle.model)
        .text(if vehicle.seats > 7 {
            "小型普通客车"
        } else {
            "小型轿车"
        })
        .push(vehicle.seats)
        .text(vehicle.fuel.name_zh())
        .maybe((vehicle.displacement_ml > 0).then_some(vehicle.displacement_ml))
        .maybe((vehicle.motor_kw > 0).then_some(vehicle.motor_kw))
        .text(vehicle.use_class.name_zh())
        .text(if vehicle.is_on_platform {
            "平台管理"
        } else {
            "单位保留"
        })
        .push(format_args!("T{:08}", 10_000_000 + place * 17))
        .push(wan(vehicle.price))
        .push(wan(tax))
        .text(if is_gone { "已处置" } else { "在用" })
        .text(if is_gone { "拍卖" } else { "" })
        .maybe(is_gone.then_some(vehicle.proceeds))
        .text(yes(vehicle.is_marked))
        .push(SlashDay(vehicle.bought_date))
        .push(SlashDay(vehicle.bought_date))
        .maybe(vehicle.disposed_date.map(SlashDay));
    let next = |months: u32| SlashDay(Month::new(city.spec.to.year() + 1, months).last_day());
    if is_gone {
        row.text("").text("");
    } else {
        row.push(next(place as u32 % 12 + 1))
            .push(next(vehicle.bought_date.month()));
    }
}

const QUOTA: [Column; 5] = [
    text("单位编号"),
    text("单位名称"),
    text("编制类别"),
    number("核定编制数"),
    text("批准日期"),
];

fn quotas(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let total: i64 = city.vehicle_quotas.iter().map(|quota| quota.approved).sum();
    let mut footer = Row::default();
    footer.text("合计").text("").text("").push(total).text("");
    let layout = Layout {
        format: Format::Xlsx { sheet: "编制" },
        titles: vec!["公务用车编制核定表(虚构数据)".to_owned()],
        columns: &QUOTA,
        footer: Some(footer),
    };
    writer.open("vehicle/vehicle_quota.xlsx", layout)?;
    let mut row = Row::default();
    for quota in &city.vehicle_quotas {
        let body = &city.organizations[quota.organization];
        row.clear()
            .text(&body.id)
            .text(body.name())
            .text(quota.use_class.name_zh())
            .push(quota.approved)
            .push(quota.approved_date);
        writer.row(&row)?;
    }
    Ok(())
}

const TRIP: [Column; 16] = [
    text("orderNo"),
    text("vehicleId"),
    text("orgId"),
    text("reason"),
    number("passengers"),
    text("driverNo"),
    text("startPlace"),
    text("endPlace"),
    text("outTime"),
    text("inTime"),
    number("odometerOut"),
    number("odometerIn"),
    number("km"),
    number("toll"),
    number("parking"),
    truth("abnormal"),
];

fn trips(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Ndjson {
        compression: Compression::Gzip,
    };
    let mut row = Row::default();
    let mut open = 0;
    for trip in &city.trips {
        let date = trip.out_at.date();
        if date.year() != open {
            open = date.year();
            writer.open(
                &format!("vehicle/trip_{open}.ndjson.gz"),
                Layout::plain(format, &TRIP),
            )?;
        }
        let vehicle = &city.vehicles[trip.vehicle];
        row.clear()
            .push(format_args!(
                "PC{}-{}-{:02}",
                Month::of(date),
                vehicle.id,
                trip.serial + 1
            ))
            .text(&vehicle.id)
            .text(&city.organizations[vehicle.organization].id)
            .text(REASONS[trip.reason])
            .push(trip.passengers)
            .push(format_args!("D{:04}", trip.driver))
            .text(names::place(trip.places.0))
            .text(names::place(trip.places.1))
            .push(trip.out_at)
            .push(trip.in_at)
            .push(trip.odometer_out_km)
            .push(trip.odometer_in_km)
            .push(trip.km())
            .push(trip.tolls)
            .text("0")
            .text("false");
        writer.row(&row)?;
    }
    Ok(())
}

const COST: [Column; 9] = [
    text("记录号"),
    text("车辆编号"),
    text("付款单位编号"),
    text("费用类别"),
    text("发生日期"),
    text("油品"),
    number("数量"),
    number("单价"),
    number("金额"),
];

fn costs(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Csv {
        encoding: Encoding::Utf8,
        delimiter: b'|',
        line_end: "\n",
        compression: Compression::Gzip,
    };
    let mut row = Row::default();
    let mut open = 0;
    for cost in &city.vehicle_costs {
        if cost.date.year() != open {
            open = cost.date.year();
            writer.open(
                &format!("vehicle/cost_{open}.csv.gz"),
                Layout::plain(format, &COST),
            )?;
        }
        let vehicle = &city.vehicles[cost.vehicle];
        row.clear()
            .push(format_args!(
                "FY{}-{}-{:02}",
                Month::of(cost.date),
                vehicle.id,
                cost.serial + 1
            ))
            .text(&vehicle.id)
            .text(&city.organizations[vehicle.organization].id)
            .text(cost.class.name_zh())
            .push(SlashDay(cost.date))
            .text(match cost.class {
                CostClass::Fuel if vehicle.fuel == crate::vehicle::Fuel::Diesel => "0号柴油",
                CostClass::Fuel => "92号汽油",
                _ => "",
            })
            .unless_zero(cost.quantity)
            .maybe(
                cost.amount
                    .over(cost.quantity)
                    .map(|price| price.rescale::<4>())
                    .map(Trimmed),
            )
            .push(cost.amount);
        writer.row(&row)?;
    }
    Ok(())
}

const ALARM: [Column; 6] = [
    text("alarmId"),
    text("vehicleId"),
    text("type"),
    text("time"),
    text("handledTime"),
    text("result"),
];

fn alarms(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let mut row = Row::default();
    let mut open = 0;
    for (place, alarm) in city.alarms.iter().enumerate() {
        if alarm.raised_at.date().year() != open {
            open = alarm.raised_at.date().year();
            let layout = Layout {
                format: Format::Json,
                titles: vec!["虚构数据".to_owned()],
                columns: &ALARM,
                footer: None,
            };
            writer.open(&format!("vehicle/alarm_{open}.json"), layout)?;
        }
        let handled = alarm
            .closed_date
            .map(|date| date.and_time(alarm.raised_at.time()) + Duration::hours(1));
        row.clear()
            .push(format_args!("BJ{:06}", place + 1))
            .text(&city.vehicles[alarm.vehicle].id)
            .text(alarm.kind.name_zh())
            .push(alarm.raised_at)
            .maybe(handled)
            .text(if handled.is_some() { "已核实" } else { "" });
        writer.row(&row)?;
    }
    Ok(())
}
