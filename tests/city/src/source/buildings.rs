//! The ledger of premises: compounds, buildings, floors and what happens to them.

use crate::fault::{blank, duplicate, late, negative, unknown};
use crate::number::{Fixed, Trimmed};
use crate::office::Building;
use crate::source::layout::{
    Column, Compression, Encoding, Format, GBK, Layout, day, number, text, text_under, under,
};
use crate::source::people::{ChineseDay, yes};
use crate::source::row::Row;
use crate::source::{Export, JobWriter};
use crate::{City, CityError, Yuan};

pub(crate) const BUILDINGS: &str = "office.building";

pub(crate) const EXPORTS: [Export; 7] = [
    Export {
        job: "office.compound",
        table: "office.compound",
        planned: &[duplicate(300)],
        rows: |city| city.compounds.len(),
        write: compounds,
    },
    Export {
        job: BUILDINGS,
        table: "office.building",
        planned: &[
            duplicate(250),
            blank(450, "建筑物编号"),
            negative(450, "面积(平方米)_建筑面积"),
        ],
        rows: |city| city.buildings.len(),
        write: buildings,
    },
    Export {
        job: "office.floor",
        table: "office.floor",
        planned: &[duplicate(900)],
        rows: |city| city.floors.len(),
        write: floors,
    },
    Export {
        job: "office.lease",
        table: "office.lease",
        planned: &[duplicate(80)],
        rows: |city| city.leases.len(),
        write: leases,
    },
    Export {
        job: "office.repair",
        table: "office.repair",
        planned: &[duplicate(150), unknown(250, "维修类别", "小修小补")],
        rows: |city| city.repairs.len(),
        write: repairs,
    },
    Export {
        job: "office.disposal",
        table: "office.disposal",
        planned: &[],
        rows: |city| city.disposals.len(),
        write: disposals,
    },
    Export {
        job: "office.inspection",
        table: "office.inspection",
        planned: &[duplicate(400), late(300)],
        rows: |city| city.inspections.len(),
        write: inspections,
    },
];

/// An amount in 万元, exact: four more digits.
pub(crate) fn wan(amount: Yuan) -> Trimmed<6> {
    Trimmed(Fixed::new(amount.digits()))
}

const COMPOUND: [Column; 8] = [
    text("院落编号"),
    text("院落名称"),
    text("行政区划代码"),
    text("地址"),
    number("经度"),
    number("纬度"),
    number("土地面积(平方米)"),
    text("是否集中办公区"),
];

fn compounds(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Xlsx { sheet: "院落" },
        titles: vec!["党政机关办公用房院落台账(虚构数据)".to_owned()],
        columns: &COMPOUND,
        footer: None,
    };
    writer.open("office/compound.xlsx", layout)?;
    let mut row = Row::default();
    for compound in &city.compounds {
        row.clear()
            .text(&compound.id)
            .text(&compound.name)
            .text(city.regions[compound.region].code)
            .text(&compound.address)
            .push(compound.longitude)
            .push(compound.latitude)
            .push(Trimmed(compound.land_m2))
            .text(yes(compound.is_centralized));
        writer.row(&row)?;
    }
    Ok(())
}

const BUILDING: [Column; 23] = [
    text("建筑物编号"),
    text("院落编号"),
    text("使用单位编号"),
    text("行政区划代码"),
    text("建筑物名称"),
    number("建成年份"),
    text_under("结构", "类型"),
    under("结构", "地上层数"),
    under("结构", "地下层数"),
    under("面积(平方米)", "建筑面积"),
    under("面积(平方米)", "使用面积"),
    under("面积(平方米)", "使用系数K"),
    text_under("权属", "产权证号"),
    text_under("权属", "登记情况"),
    text_under("权属", "登记日期"),
    text_under("权属", "取得方式"),
    under("权属", "原值(万元)"),
    text_under("性能", "安全等级"),
    under("性能", "绿色建筑星级"),
    text_under("性能", "空调形式"),
    text_under("性能", "是否节能改造"),
    text("使用状态"),
    text("是否可登记"),
];

fn buildings(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Xlsx { sheet: "建筑物" },
        titles: vec![
            "党政机关及事业单位房屋台账(虚构数据)".to_owned(),
            "单位: 平方米、万元".to_owned(),
        ],
        columns: &BUILDING,
        footer: None,
    };
    writer.open("office/building.xlsx", layout)?;
    let mut row = Row::default();
    for building in &city.buildings {
        describe(city, building, row.clear());
        writer.row(&row)?;
    }
    Ok(())
}

fn describe(city: &City, building: &Building, row: &mut Row) {
    let body = &city.organizations[building.organization];
    row.text(&building.id)
        .text(&city.compounds[building.compound].id)
        .text(&body.id)
        .text(city.regions[body.region].code)
        .text(&building.name)
        .push(building.built_year)
        .text(if building.is_high { "框架" } else { "砖混" })
        .push(building.floors_above)
        .push(building.floors_below)
        .push(Trimmed(building.floor_m2))
        .push(Trimmed(building.usable_m2))
        .text(if building.is_high { "0.6" } else { "0.65" })
        .text(building.title_number.as_deref().unwrap_or(""))
        .text(building.registration.name_zh())
        .maybe(building.registered_date.map(ChineseDay))
        .text(if building.is_rented {
            "租赁"
        } else {
            "自建"
        })
        .push(wan(building.original_value))
        .text(building.safety)
        .push(building.green_stars)
        .text(building.hvac)
        .text(yes(building.is_retrofitted))
        .text("在用")
        .text(yes(!building.is_rented));
}

const FLOOR: [Column; 4] = [
    text("building_id"),
    number("floor_no"),
    number("floor_m2"),
    number("usable_m2"),
];

fn floors(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Csv {
        encoding: Encoding::Utf8,
        delimiter: b',',
        line_end: "\n",
        compression: Compression::Zstd,
    };
    writer.open("office/floor.csv.zst", Layout::plain(format, &FLOOR))?;
    let mut row = Row::default();
    for floor in &city.floors {
        row.clear()
            .text(&city.buildings[floor.building].id)
            .push(floor.number)
            .push(floor.floor_m2)
            .push(floor.usable_m2);
        writer.row(&row)?;
    }
    Ok(())
}

const LEASE: [Column; 11] = [
    text("合同编号"),
    text("建筑物编号"),
    text("房间编号"),
    text("单位编号"),
    text("方式"),
    text("对方类别"),
    number("面积"),
    number("月租金(元/平方米)"),
    day("起始日期"),
    day("终止日期"),
    text("批准文号"),
];

fn leases(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Xlsx { sheet: "租赁" },
        titles: vec!["办公用房出租出借及承租台账(虚构数据)".to_owned()],
        columns: &LEASE,
        footer: None,
    };
    writer.open("office/lease.xlsx", layout)?;
    let mut row = Row::default();
    for lease in &city.leases {
        let building = &city.buildings[lease.building];
        row.clear()
            .text(&lease.id)
            .text(&building.id)
            .maybe(lease.room.map(|room| &city.rooms[room].id))
            .text(&city.organizations[building.organization].id)
            .text(lease.direction)
            .text(lease.party)
            .push(Trimmed(lease.area_m2))
            .push(lease.rent)
            .push(lease.from_date)
            .push(lease.to_date)
            .text(&lease.approval);
        writer.row(&row)?;
    }
    Ok(())
}

const REPAIR: [Column; 9] = [
    text("项目编号"),
    text("建筑物编号"),
    text("申请单位编号"),
    text("维修类别"),
    text("项目名称"),
    number("批复金额(万元)"),
    number("决算金额(万元)"),
    text("批复日期"),
    text("工期"),
];

fn repairs(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: GBK,
        titles: vec!["办公用房维修项目台账(虚构数据)".to_owned(), String::new()],
        columns: &REPAIR,
        footer: None,
    };
    writer.open("office/repair.csv", layout)?;
    let mut row = Row::default();
    for repair in &city.repairs {
        let building = &city.buildings[repair.building];
        row.clear()
            .text(&repair.id)
            .text(&building.id)
            .text(&city.organizations[building.organization].id)
            .text(repair.class)
            .text(repair.title)
            .push(wan(repair.approved))
            .maybe(repair.settled.map(wan))
            .push(ChineseDay(repair.approved_date));
        // One cell for two days, the second open while work goes on.
        match repair.finished_date {
            Some(finished) => row.push(format_args!("{}至{}", repair.started_date, finished)),
            None => row.push(format_args!("{}至今", repair.started_date)),
        };
        writer.row(&row)?;
    }
    Ok(())
}

const DISPOSAL: [Column; 6] = [
    text("disposalId"),
    text("buildingId"),
    text("way"),
    number("area"),
    number("proceeds"),
    text("date"),
];

fn disposals(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let layout = Layout {
        format: Format::Json,
        titles: vec!["虚构数据".to_owned()],
        columns: &DISPOSAL,
        footer: None,
    };
    writer.open("office/disposal.json", layout)?;
    let mut row = Row::default();
    for disposal in &city.disposals {
        row.clear()
            .text(&disposal.id)
            .text(&city.buildings[disposal.building].id)
            .text(disposal.way)
            .push(disposal.area_m2)
            .push(disposal.proceeds)
            .push(disposal.date);
        writer.row(&row)?;
    }
    Ok(())
}

const INSPECTION: [Column; 7] = [
    text("id"),
    text("building"),
    text("date"),
    text("category"),
    text("finding"),
    text("deadline"),
    text("closed"),
];

fn inspections(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let format = Format::Ndjson {
        compression: Compression::None,
    };
    let mut row = Row::default();
    for year in city.spec.years() {
        writer.open(
            &format!("office/inspection_{year}.ndjson"),
            Layout::plain(format, &INSPECTION),
        )?;
        for finding in city
            .inspections
            .iter()
            .filter(|finding| chrono::Datelike::year(&finding.date) == year)
        {
            row.clear()
                .text(&finding.id)
                .text(&city.buildings[finding.building].id)
                .push(finding.date)
                .text(finding.category)
                .text(finding.finding)
                .push(finding.deadline)
                .maybe(finding.closed);
            writer.row(&row)?;
        }
    }
    Ok(())
}
