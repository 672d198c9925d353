//! Accounts, meters and projects, and the days of the weather.

use chrono::Datelike;

use crate::energy::item::Item;
use crate::number::Trimmed;
use crate::source::JobWriter;
use crate::source::buildings::wan;
use crate::source::layout::{Column, Compression, Encoding, Format, GBK, Layout, number, text};
use crate::source::people::SlashDay;
use crate::source::row::Row;
use crate::{City, CityError};

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

pub(super) fn accounts(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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

pub(super) fn meters(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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

pub(super) fn projects(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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

pub(super) fn weather(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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
