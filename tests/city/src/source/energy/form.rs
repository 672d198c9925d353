//! The statistical form in its versions of 2021 and 2025.

use crate::energy::consumption::Form;
use crate::energy::item::Item;
use crate::number::{Fixed, Trimmed};
use crate::source::JobWriter;
use crate::source::buildings::wan;
use crate::source::layout::{Column, Format, GBK, Layout, number, text, text_under, under};
use crate::source::people::SlashDay;
use crate::source::row::Row;
use crate::{City, CityError, Quantity, Yuan};

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

pub(super) fn forms_2021(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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
        .push(SlashDay(super::reported_date(city, form)))
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

pub(super) fn forms_2025(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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
        .push(super::reported_date(city, form))
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
