//! Bills of the three suppliers, each laid out in its own way.

use std::collections::BTreeMap;

use crate::energy::account::Bill;
use crate::energy::item::Item;
use crate::month::Month;
use crate::number::{Grouped, Trimmed};
use crate::source::JobWriter;
use crate::source::job::Offers;
use crate::source::layout::{Column, Compression, Encoding, Format, GBK, Layout, number, text};
use crate::source::row::Row;
use crate::{City, CityError, Quantity};

pub(super) fn bills_of(city: &City, item: Item) -> impl Iterator<Item = &Bill> + Clone {
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

pub(super) fn electricity_bills(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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
pub(super) fn water_rows(city: &City) -> BTreeMap<(i32, usize), [Option<Quantity>; 12]> {
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

pub(super) fn water_bills(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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

pub(super) fn gas_bills(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
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
