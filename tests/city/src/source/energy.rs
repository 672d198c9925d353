//! Statistical forms of both versions, accounts, bills of three suppliers, meters, projects, weather.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::energy::account::Bill;
use crate::energy::consumption::Form;
use crate::energy::item::Item;
use crate::fault::{
    Planned, Spoil, blank, duplicate, late, missing, negative, no_such_day, too_many,
};
use crate::month::Month;
use crate::number::{Fixed, Grouped, Trimmed};
use crate::random::{Draw, Kind};
use crate::source::buildings::wan;
use crate::source::job::Offers;
use crate::source::layout::{
    Column, Compression, Encoding, Format, GBK, Layout, number, text, text_under, under,
};
use crate::source::people::SlashDay;
use crate::source::row::Row;
use crate::source::{Export, JobWriter};
use crate::{City, CityError, FaultKind, Quantity, Yuan};

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
        write: forms_2021,
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
        write: forms_2025,
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
        rows: |city| bills_of(city, Item::Electricity).count(),
        write: electricity_bills,
    },
    Export {
        job: "energy.bill_water",
        table: "energy.bill",
        planned: &[duplicate(900), too_many(1_300)],
        rows: |city| water_rows(city).len(),
        write: water_bills,
    },
    Export {
        job: "energy.bill_gas",
        table: "energy.bill",
        planned: &[late(4_000), duplicate(4_000)],
        rows: |city| bills_of(city, Item::NaturalGas).count(),
        write: gas_bills,
    },
    Export {
        job: "energy.account",
        table: "energy.account",
        planned: &[duplicate(700)],
        rows: |city| city.accounts.len(),
        write: accounts,
    },
    Export {
        job: "energy.meter",
        table: "energy.meter",
        planned: &[duplicate(70)],
        rows: |city| city.meters.len(),
        write: meters,
    },
    Export {
        job: "energy.project",
        table: "energy.project",
        planned: &[duplicate(90)],
        rows: |city| city.projects.len(),
        write: projects,
    },
    Export {
        job: "energy.weather_day",
        table: "energy.weather_day",
        planned: &[duplicate(1_200), late(900)],
        rows: |city| city.weather.len(),
        write: weather,
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

const FORM_2021: [Column; 38] = [
    text("单位编号"),
    text("单位名称"),
    text("统计月份"),
    text("报出日期"),
    number("用地面积(平方米)"),
    number("建筑面积(平方米)"),
    number("用能人数(人)"),
    number("编制人数(人)"),
    number("车辆数量(辆)"),
    number("其中:汽油车(辆)"),
    number("其中:柴油车(辆)"),
    number("其中:新能源汽车(辆)"),
    number("电消费量(千瓦时)"),
    number("电费用(元)"),
    number("水消费量(吨)"),
    number("水费用(元)"),
    number("煤炭消费量(吨)"),
    number("煤炭费用(元)"),
    number("天然气消费量(立方米)"),
    number("天然气费用(元)"),
    number("汽油消费量(升)"),
    number("汽油费用(元)"),
    number("汽油:车辆用油(升)"),
    number("汽油:车辆用油费用(元)"),
    number("汽油:其他用油(升)"),
    number("汽油:其他用油费用(元)"),
    number("柴油消费量(升)"),
    number("柴油费用(元)"),
    number("柴油:车辆用油(升)"),
    number("柴油:车辆用油费用(元)"),
    number("柴油:其他用油(升)"),
    number("柴油:其他用油费用(元)"),
    number("液化石油气消费量(千克)"),
    number("液化石油气费用(元)"),
    number("热力消费量(MJ)"),
    number("热力费用(元)"),
    number("其他能源消费量(吨标准煤)"),
    number("其他能源费用(元)"),
];

fn forms_2021(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let mut row = Row::default();
    let mut open = 0;
    for form in &city.forms[..city.first_new_form()] {
        if form.month.year() != open {
            open = form.month.year();
            let layout = Layout {
                format: GBK,
                titles: vec![
                    "公共机构能源资源消费状况(虚构数据)".to_owned(),
                    "表    号: 国管节能基2表".to_owned(),
                    format!("填报年度: {open}年"),
                ],
                columns: &FORM_2021,
                footer: None,
            };
            writer.open(&format!("energy/monthly_{open}.csv"), layout)?;
        }
        fill_2021(city, form, row.clear());
        writer.row(&row)?;
    }
    Ok(())
}

fn fill_2021(city: &City, form: &Form, row: &mut Row) {
    let body = &city.organizations[form.organization];
    row.text(&body.id)
        .text(body.name())
        .push(format_args!(
            "{}{:02}",
            form.month.year(),
            form.month.month()
        ))
        .push(SlashDay(reported_date(city, form)))
        .push(Trimmed(form.floor_m2.share(17, 10)))
        .push(Trimmed(form.floor_m2))
        .push(form.people)
        .push(form.posts)
        .push(form.vehicles.iter().sum::<i64>());
    for count in form.vehicles {
        row.push(count);
    }
    for item in [Item::Electricity, Item::Water, Item::Coal, Item::NaturalGas] {
        row.unless_zero(form.quantity(item))
            .unless_zero(form.cost(item));
    }
    for [vehicle, other] in [
        [Item::PetrolVehicle, Item::PetrolOther],
        [Item::DieselVehicle, Item::DieselOther],
    ] {
        row.push(Trimmed(form.quantity(vehicle) + form.quantity(other)))
            .push(Trimmed(form.cost(vehicle) + form.cost(other)));
        for item in [vehicle, other] {
            row.push(Trimmed(form.quantity(item)))
                .push(Trimmed(form.cost(item)));
        }
    }
    row.unless_zero(form.quantity(Item::Lpg))
        .unless_zero(form.cost(Item::Lpg));
    // Heat is metered in MJ; the contract counts GJ.
    row.unless_zero(Quantity::new(form.quantity(Item::Heat).digits() * 1000))
        .unless_zero(form.cost(Item::Heat));
    row.unless_zero(form.quantity(Item::Other))
        .unless_zero(form.cost(Item::Other));
}

const FORM_2025: [Column; 32] = [
    text_under("单位", "编号"),
    text_under("单位", "名称"),
    text("统计月份"),
    text("报出日期"),
    under("基本情况", "建筑面积(平方米)"),
    under("基本情况", "用能人数(人)"),
    under("基本情况", "编制人数(人)"),
    under("车辆", "合计"),
    under("车辆", "汽油车"),
    under("车辆", "柴油车"),
    under("车辆", "新能源汽车"),
    under("电", "消费量(万千瓦时)"),
    under("电", "费用(万元)"),
    under("水", "消费量(吨)"),
    under("水", "费用(万元)"),
    under("煤炭", "消费量(吨)"),
    under("煤炭", "费用(万元)"),
    under("天然气", "消费量(立方米)"),
    under("天然气", "费用(万元)"),
    under("汽油", "合计(升)"),
    under("汽油", "车辆用油(升)"),
    under("汽油", "车辆用油费用(万元)"),
    under("汽油", "其他用油(升)"),
    under("汽油", "其他用油费用(万元)"),
    under("柴油", "合计(升)"),
    under("柴油", "车辆用油(升)"),
    under("柴油", "车辆用油费用(万元)"),
    under("柴油", "其他用油(升)"),
    under("柴油", "其他用油费用(万元)"),
    under("其他", "液化石油气(千克)"),
    under("其他", "热力按热量收费(GJ)"),
    under("其他", "其他能源(吨标准煤)"),
];

fn forms_2025(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let mut row = Row::default();
    let mut open = 0;
    for form in &city.forms[city.first_new_form()..] {
        if form.month.year() != open {
            open = form.month.year();
            let layout = Layout {
                format: Format::Xlsx { sheet: "基2表" },
                titles: vec![
                    "公共机构能源资源消费状况(2025年修订, 虚构数据)".to_owned(),
                    format!("填报年度: {open}年    金额单位: 万元"),
                ],
                columns: &FORM_2025,
                footer: None,
            };
            writer.open(&format!("energy/form2025_{open}.xlsx"), layout)?;
        }
        fill_2025(city, form, row.clear());
        writer.row(&row)?;
    }
    Ok(())
}

fn fill_2025(city: &City, form: &Form, row: &mut Row) {
    let body = &city.organizations[form.organization];
    row.text(&body.id)
        .text(body.name())
        .push(form.month)
        .push(reported_date(city, form))
        .push(Trimmed(form.floor_m2))
        .push(form.people)
        .push(form.posts)
        .push(form.vehicles.iter().sum::<i64>());
    for count in form.vehicles {
        row.push(count);
    }
    // 万kWh with six digits is kWh with two, digit by digit.
    let electricity = form.quantity(Item::Electricity).rescale::<2>();
    row.unless_zero(Fixed::<6>::new(electricity.digits()))
        .unless_zero(wan_of(form.cost(Item::Electricity)));
    for item in [Item::Water, Item::Coal, Item::NaturalGas] {
        row.unless_zero(form.quantity(item))
            .unless_zero(wan_of(form.cost(item)));
    }
    for [vehicle, other] in [
        [Item::PetrolVehicle, Item::PetrolOther],
        [Item::DieselVehicle, Item::DieselOther],
    ] {
        row.push(Trimmed(form.quantity(vehicle) + form.quantity(other)));
        for item in [vehicle, other] {
            row.push(Trimmed(form.quantity(item)))
                .push(wan(form.cost(item)));
        }
    }
    for item in [Item::Lpg, Item::Heat, Item::Other] {
        row.unless_zero(form.quantity(item));
    }
}

fn wan_of(amount: Yuan) -> Fixed<6> {
    Fixed::new(amount.digits())
}

fn bills_of(city: &City, item: Item) -> impl Iterator<Item = &Bill> + Clone {
    city.bills
        .iter()
        .filter(move |bill| city.accounts[bill.account].item == item)
}

const ELECTRICITY_BILL: [Column; 11] = [
    text("账单编号"),
    text("账户编号"),
    text("用电户号"),
    text("缴费单位编号"),
    text("周期起"),
    text("周期止"),
    number("上次示数"),
    number("本次示数"),
    number("电量(千瓦时)"),
    number("电费(元)"),
    text("出账日期"),
];

fn electricity_bills(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Csv {
        encoding: Encoding::Utf8Mark,
        delimiter: b',',
        line_end: "\r\n",
        compression: Compression::None,
    };
    // Registers run on from month to month; each account has a meter with a ratio of one.
    let mut registers: Vec<Quantity> = vec![Quantity::whole(1_000); city.accounts.len()];
    let mut row = Row::default();
    for year in city.spec.years() {
        writer.open(
            &format!("energy/electricity_{year}.csv"),
            Layout::plain(format, &ELECTRICITY_BILL),
        )?;
        for bill in bills_of(city, Item::Electricity).filter(|bill| bill.month.year() == year) {
            let account = &city.accounts[bill.account];
            let before = registers[bill.account];
            let after = before + bill.quantity;
            registers[bill.account] = after;
            row.clear()
                .push(format_args!("DF{}{}", account.number, bill.month))
                .text(&account.id)
                .text(&account.number)
                .text(&city.organizations[account.organization].id)
                .push(bill.month.first_day())
                .push(bill.month.last_day())
                .push(Trimmed(before))
                .push(Trimmed(after))
                .push(Trimmed(bill.quantity))
                .push(Grouped(bill.amount))
                .push(bill.issued_date);
            writer.row(&row)?;
        }
    }
    Ok(())
}

/// Water is billed by account and year, months as columns; by year, then account.
fn water_rows(city: &City) -> BTreeMap<(i32, usize), [Option<Quantity>; 12]> {
    let mut rows = BTreeMap::new();
    for bill in bills_of(city, Item::Water) {
        let months: &mut [Option<Quantity>; 12] = rows
            .entry((bill.month.year(), bill.account))
            .or_insert([None; 12]);
        months[bill.month.index()] = Some(bill.quantity);
    }
    rows
}

const WATER_BILL: [Column; 17] = [
    text("账户编号"),
    text("水表户号"),
    text("单位编号"),
    text("年度"),
    number("单价(元/吨)"),
    number("1月"),
    number("2月"),
    number("3月"),
    number("4月"),
    number("5月"),
    number("6月"),
    number("7月"),
    number("8月"),
    number("9月"),
    number("10月"),
    number("11月"),
    number("12月"),
];

fn water_bills(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let mut row = Row::default();
    let mut open = 0;
    for ((year, account), months) in water_rows(city) {
        if year != open {
            open = year;
            let layout = Layout {
                format: GBK,
                titles: vec![format!("{year}年单位用户水量对账单(虚构数据)")],
                columns: &WATER_BILL,
                footer: None,
            };
            writer.open(&format!("energy/water_{year}.csv"), layout)?;
        }
        let account = &city.accounts[account];
        row.clear()
            .text(&account.id)
            .text(&account.number)
            .text(&city.organizations[account.organization].id)
            .push(year)
            .push(Trimmed(Item::Water.price_yuan(Month::new(year, 1))));
        for month in months {
            row.maybe(month.map(Trimmed));
        }
        writer.wide_row(&row, Offers::Cells(months.iter().flatten().count() as u64))?;
    }
    Ok(())
}

const GAS_BILL: [Column; 7] = [
    text("bill_no"),
    text("account"),
    text("org"),
    text("period"),
    number("volume_m3"),
    number("amount"),
    text("estimated"),
];

fn gas_bills(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Csv {
        encoding: Encoding::Utf8,
        delimiter: b';',
        line_end: "\n",
        compression: Compression::Gzip,
    };
    let mut row = Row::default();
    for year in city.spec.years() {
        writer.open(
            &format!("energy/gas_{year}.csv.gz"),
            Layout::plain(format, &GAS_BILL),
        )?;
        for bill in bills_of(city, Item::NaturalGas).filter(|bill| bill.month.year() == year) {
            let account = &city.accounts[bill.account];
            row.clear()
                .push(format_args!("RQ{}{}", account.number, bill.month))
                .text(&account.id)
                .text(&city.organizations[account.organization].id)
                .push(format_args!(
                    "{:02}/{}",
                    bill.month.month(),
                    bill.month.year()
                ))
                .push(Trimmed(bill.quantity))
                .push(bill.amount)
                .text(if bill.is_estimated { "Y" } else { "N" });
            writer.row(&row)?;
        }
    }
    Ok(())
}

const ACCOUNT: [Column; 9] = [
    text("账户编号"),
    text("户号"),
    text("原户号"),
    text("能源种类"),
    text("供应单位"),
    text("单位编号"),
    number("分摊比例(%)"),
    number("用能面积"),
    number("用能人数"),
];

fn accounts(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: GBK,
        titles: vec!["能源账户绑定清单(虚构数据)".to_owned()],
        columns: &ACCOUNT,
        footer: None,
    };
    writer.open("energy/account.csv", layout)?;
    let mut row = Row::default();
    for account in &city.accounts {
        let body = &city.organizations[account.organization];
        row.clear()
            .text(&account.id)
            .text(&account.number)
            .text(account.previous_number.as_deref().unwrap_or(""))
            .text(match account.item {
                Item::Electricity => "电",
                Item::Water => "水",
                _ => "天然气",
            })
            .text(account.supplier())
            .text(&body.id)
            .text("100")
            .push(Trimmed(body.floor_m2))
            .push(body.people);
        writer.row(&row)?;
    }
    Ok(())
}

const METER: [Column; 8] = [
    text("表计编号"),
    text("账户编号"),
    text("单位编号"),
    text("建筑物编号"),
    text("计量种类"),
    text("计量单位"),
    number("倍率"),
    text("安装日期"),
];

fn meters(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Xlsx { sheet: "表计" },
        titles: vec!["在线监测表计清单(虚构数据)".to_owned()],
        columns: &METER,
        footer: None,
    };
    writer.open("energy/meter.xlsx", layout)?;
    let mut row = Row::default();
    for meter in &city.meters {
        let building = &city.buildings[meter.building];
        let (kind, unit) = match meter.item {
            Item::Electricity => ("电", "kWh"),
            Item::Water => ("水", "m3"),
            _ => ("天然气", "m3"),
        };
        row.clear()
            .text(&meter.id)
            .maybe(meter.account.map(|account| &city.accounts[account].id))
            .text(&city.organizations[building.organization].id)
            .text(&building.id)
            .text(kind)
            .text(unit)
            .push(meter.multiplier)
            .push(SlashDay(meter.installed_date));
        writer.row(&row)?;
    }
    Ok(())
}

const PROJECT: [Column; 14] = [
    text("项目编号"),
    text("单位编号"),
    text("建筑物编号"),
    text("项目名称"),
    text("改造内容"),
    text("实施方式"),
    text("批复日期"),
    text("开工日期"),
    text("完工日期"),
    number("投资(万元)"),
    number("补助(万元)"),
    number("预计年节能量(kgce)"),
    number("实测年节能量(kgce)"),
    number("光伏装机(kW)"),
];

fn projects(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Xlsx { sheet: "项目库" },
        titles: vec!["公共机构节能改造项目库(虚构数据)".to_owned()],
        columns: &PROJECT,
        footer: None,
    };
    writer.open("energy/project.xlsx", layout)?;
    let mut row = Row::default();
    for project in &city.projects {
        let building = &city.buildings[project.building];
        row.clear()
            .text(&project.id)
            .text(&city.organizations[building.organization].id)
            .text(&building.id)
            .push(format_args!("{}{}改造", building.name, project.kind))
            .text(project.kind)
            .text(project.contract)
            .push(project.approved_date)
            .push(project.started_date)
            .maybe(project.finished_date)
            .push(wan(project.investment))
            .push(wan(project.subsidy))
            .push(Trimmed(project.estimated_kgce))
            .maybe(project.measured_kgce.map(Trimmed))
            .maybe((project.pv_kw > 0).then_some(project.pv_kw));
        writer.row(&row)?;
    }
    Ok(())
}

const WEATHER: [Column; 6] = [
    text("date"),
    number("tmax"),
    number("tmin"),
    number("tavg"),
    number("rh"),
    number("rain"),
];

fn weather(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Csv {
        encoding: Encoding::Utf8,
        delimiter: b'\t',
        line_end: "\n",
        compression: Compression::None,
    };
    let mut row = Row::default();
    let mut open = 0;
    for day in &city.weather {
        if day.date.year() != open {
            open = day.date.year();
            writer.open(
                &format!("energy/weather_{open}.tsv"),
                Layout::plain(format, &WEATHER),
            )?;
        }
        row.clear()
            .push(format_args!(
                "{:02}/{:02}/{}",
                day.date.day(),
                day.date.month(),
                day.date.year()
            ))
            .push(day.max_c)
            .push(day.min_c)
            .push(day.mean_c)
            .push(day.humidity_pct)
            .push(day.rain_mm);
        writer.row(&row)?;
    }
    Ok(())
}
