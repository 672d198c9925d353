//! The finance system: voucher lines by quarter, budgets by year, final accounts as a wide table.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::cost::Spending;
use crate::fault::{Planned, Spoil, blank, duplicate, late, no_such_day, too_many};
use crate::month::Month;
use crate::number::{Grouped, Trimmed, Yuan};
use crate::source::job::Offers;
use crate::source::layout::{Column, Format, GBK, Layout, number, text, under};
use crate::source::people::{ChineseDay, SlashDay};
use crate::source::row::Row;
use crate::source::{Export, JobWriter};
use crate::{City, CityError, FaultKind, Fixed};

pub(crate) const EXPENSES: &str = "cost.expense";
pub(crate) const BUDGETS: &str = "cost.budget";
pub(crate) const SETTLEMENTS: &str = "cost.settlement";

pub(crate) const EXPORTS: [Export; 3] = [
    Export {
        job: EXPENSES,
        table: "cost.expense",
        planned: &[
            late(4_000),
            duplicate(5_000),
            blank(8_000, "经济分类科目"),
            no_such_day(8_000, "记账日期", "2022-02-29"),
            too_many(9_000),
            Planned {
                kind: FaultKind::UnknownWord,
                one_in: 8_000,
                column: "经济分类科目",
                // The letter O for a zero.
                cell: Spoil::To("302O1"),
                rule: crate::fault::rule::PATTERN,
            },
        ],
        rows: |city| city.expenses.len(),
        write: expenses,
    },
    Export {
        job: BUDGETS,
        table: "cost.budget",
        planned: &[duplicate(4_000), blank(7_000, "金额(万元)"), late(3_000)],
        rows: |city| city.budgets.len(),
        write: budgets,
    },
    Export {
        job: SETTLEMENTS,
        table: "cost.expense",
        planned: &[],
        rows: |city| city.settlements.len(),
        write: settlements,
    },
];

const EXPENSE: [Column; 10] = [
    text("凭证号"),
    number("行号"),
    text("记账日期"),
    text("单位编号"),
    text("单位名称"),
    text("经济分类科目"),
    text("支出类型"),
    text("资金性质"),
    number("金额(元)"),
    text("摘要"),
];

fn expenses(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let quarter_of = |date: chrono::NaiveDate| (date.year(), date.month0() / 3 + 1);
    let mut row = Row::default();
    let mut start = 0;
    // Lines are ordered by month, so a quarter is one run of them.
    while start < city.expenses.len() {
        let quarter = quarter_of(city.expenses[start].date);
        let length = city.expenses[start..]
            .iter()
            .take_while(|line| quarter_of(line.date) == quarter)
            .count();
        let lines = &city.expenses[start..start + length];
        start += length;
        let (year, number) = quarter;
        let total: Yuan = lines.iter().map(|line| line.amount).sum();
        let mut footer = Row::default();
        footer.text("合计");
        for _ in 1..8 {
            footer.text("");
        }
        footer.push(Grouped(total)).text("");
        let layout = Layout {
            format: GBK,
            titles: vec![
                "支出明细账(虚构数据)".to_owned(),
                format!("期间: {year}年第{number}季度    单位: 元"),
            ],
            columns: &EXPENSE,
            footer: Some(footer),
        };
        writer.open(&format!("cost/expense_{year}Q{number}.csv"), layout)?;
        for line in lines {
            let body = &city.organizations[line.organization];
            row.clear()
                .push(format_args!(
                    "PZ{}-{}-{}",
                    Month::of(line.date),
                    body.id,
                    line.voucher
                ))
                .push(line.line)
                .push(line.date)
                .text(&body.id)
                .text(body.name())
                .text(line.code)
                .text(line.spending.name_zh())
                .text("一般公共预算")
                .push(Grouped(line.amount))
                .text(line.summary);
            writer.row(&row)?;
        }
    }
    Ok(())
}

const BUDGET: [Column; 7] = [
    text("单位编号"),
    text("年度"),
    text("经济分类科目"),
    text("支出类型"),
    text("批次"),
    number("金额(万元)"),
    text("批复日期"),
];

fn budgets(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    let mut row = Row::default();
    for year in city.spec.years() {
        let layout = Layout {
            format: GBK,
            titles: vec![
                format!("{year}年部门预算批复表(虚构数据)"),
                "金额单位: 万元".to_owned(),
            ],
            columns: &BUDGET,
            footer: None,
        };
        writer.open(&format!("cost/budget_{year}.csv"), layout)?;
        for budget in city.budgets.iter().filter(|budget| budget.year == year) {
            row.clear()
                .text(&city.organizations[budget.organization].id)
                .push(year)
                .text(budget.code)
                .text(budget.spending.name_zh())
                .text(if budget.revision == 0 {
                    "年初预算"
                } else {
                    "年中调整"
                })
                .push(Trimmed(Fixed::<6>::new(budget.amount.digits())))
                .push(SlashDay(budget.approved_date));
            writer.row(&row)?;
        }
    }
    Ok(())
}

const SETTLEMENT: [Column; 31] = [
    text("单位编号"),
    text("单位名称"),
    text("决算年度"),
    under("基本支出", "30101"),
    under("基本支出", "30102"),
    under("基本支出", "30103"),
    under("基本支出", "30108"),
    under("基本支出", "30109"),
    under("基本支出", "30110"),
    under("基本支出", "30113"),
    under("基本支出", "30201"),
    under("基本支出", "30202"),
    under("基本支出", "30205"),
    under("基本支出", "30206"),
    under("基本支出", "30207"),
    under("基本支出", "30209"),
    under("基本支出", "30211"),
    under("基本支出", "30212"),
    under("基本支出", "30213"),
    under("基本支出", "30215"),
    under("基本支出", "30216"),
    under("基本支出", "30217"),
    under("基本支出", "30228"),
    under("基本支出", "30231"),
    under("基本支出", "30239"),
    under("基本支出", "30302"),
    under("项目支出", "30226"),
    under("项目支出", "30227"),
    under("项目支出", "31002"),
    under("项目支出", "31007"),
    under("项目支出", "31013"),
];

/// Final accounts of one organisation and year, by spending and expense code.
type Amounts<'a> = BTreeMap<(Spending, &'a str), Yuan>;

fn settlements(city: &City, writer: &mut JobWriter<'_>) -> Result<(), CityError> {
    // One row an organisation and year; the cells are the codes.
    let mut rows: BTreeMap<(i32, usize), Amounts<'_>> = BTreeMap::new();
    for cell in &city.settlements {
        rows.entry((cell.year, cell.organization))
            .or_default()
            .insert((cell.spending, cell.code), cell.amount);
    }
    let mut row = Row::default();
    let mut open = 0;
    for ((year, organization), cells) in rows {
        if year != open {
            open = year;
            let layout = Layout {
                format: Format::Xlsx { sheet: "决算" },
                titles: vec![
                    format!("{year}年部门决算支出情况表(虚构数据)"),
                    format!(
                        "编制日期: {}    单位: 万元",
                        ChineseDay(Month::new(year, 12).last_day())
                    ),
                ],
                columns: &SETTLEMENT,
                footer: None,
            };
            writer.open(&format!("cost/settlement_{year}.xlsx"), layout)?;
        }
        let body = &city.organizations[organization];
        row.clear().text(&body.id).text(body.name()).push(year);
        let mut filled = 0;
        for column in &SETTLEMENT[3..] {
            let spending = if column.group == "基本支出" {
                Spending::Basic
            } else {
                Spending::Project
            };
            let amount = cells
                .get(&(spending, column.title))
                .copied()
                .unwrap_or_default();
            filled += u64::from(!amount.is_zero());
            row.unless_zero(Fixed::<6>::new(amount.digits()));
        }
        writer.wide_row(&row, Offers::Cells(filled))?;
    }
    Ok(())
}
