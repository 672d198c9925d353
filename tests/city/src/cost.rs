//! Money: voucher lines by expense code, the budgets before them and the final accounts after them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::City;
use crate::energy::item::Item;
use crate::month::Month;
use crate::number::{Fixed, Yuan};
use crate::organization::OrganLevel;
use crate::random::{Draw, Kind};

/// Basic or project expenditure (基本支出, 项目支出).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spending {
    /// 基本支出.
    Basic,
    /// 项目支出.
    Project,
}

impl Spending {
    /// The word of the ledger.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Basic => "基本支出",
            Self::Project => "项目支出",
        }
    }
}

/// One line of a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expense {
    /// The place in [`City::organizations`] of who spends.
    pub organization: usize,
    /// The accounting day.
    pub date: NaiveDate,
    /// The number of the voucher within the organisation and month.
    pub voucher: u8,
    /// The line of the voucher.
    pub line: u8,
    /// Expense code of the department classification.
    pub code: &'static str,
    /// Basic or project.
    pub spending: Spending,
    /// The amount; negative for a reversal.
    pub amount: Yuan,
    /// The text of the line.
    pub summary: &'static str,
}

/// One row of the budget: the initial one, or the change an adjustment makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The place in [`City::organizations`] of who may spend.
    pub organization: usize,
    /// Fiscal year.
    pub year: i32,
    /// Expense code.
    pub code: &'static str,
    /// Basic or project.
    pub spending: Spending,
    /// 0 for the initial budget, 1 for the mid-year adjustment.
    pub revision: i64,
    /// The initial amount, or the change.
    pub amount: Yuan,
    /// The day of approval.
    pub approved_date: NaiveDate,
}

/// One cell of the final accounts (决算): a year's figure of one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The place in [`City::organizations`].
    pub organization: usize,
    /// Fiscal year.
    pub year: i32,
    /// Expense code.
    pub code: &'static str,
    /// Basic or project.
    pub spending: Spending,
    /// The amount.
    pub amount: Yuan,
}

/// When a line is written.
enum When {
    Monthly,
    In(&'static [u32]),
    Sometimes(u64),
}

/// A habit of spending: yuan a month for each member of staff, and how that changes.
struct Habit {
    code: &'static str,
    voucher: u8,
    spending: Spending,
    yuan_per_staff: i64,
    /// Change a year against 2020, permille of 2020.
    change: i64,
    when: When,
    summary: &'static str,
}

const fn habit(
    code: &'static str,
    voucher: u8,
    yuan_per_staff: i64,
    change: i64,
    when: When,
    summary: &'static str,
) -> Habit {
    Habit {
        code,
        voucher,
        spending: Spending::Basic,
        yuan_per_staff,
        change,
        when,
        summary,
    }
}

const fn project(
    code: &'static str,
    yuan_per_staff: i64,
    change: i64,
    when: When,
    summary: &'static str,
) -> Habit {
    Habit {
        code,
        voucher: 4,
        spending: Spending::Project,
        yuan_per_staff,
        change,
        when,
        summary,
    }
}

/// Personnel grows slowly; what can be saved falls; the 三公 codes fall most.
const HABITS: [Habit; 23] = [
    habit("30101", 1, 3_200, 20, When::Monthly, "发放基本工资"),
    habit("30102", 1, 2_900, 15, When::Monthly, "发放津贴补贴"),
    habit("30103", 1, 9_000, 5, When::In(&[1, 12]), "发放奖金"),
    habit("30108", 1, 1_150, 20, When::Monthly, "缴纳基本养老保险"),
    habit("30109", 1, 460, 20, When::Monthly, "缴纳职业年金"),
    habit("30110", 1, 560, 18, When::Monthly, "缴纳基本医疗保险"),
    habit("30113", 1, 900, 18, When::Monthly, "缴存住房公积金"),
    habit("30302", 1, 240, 15, When::Monthly, "发放退休费"),
    habit("30201", 2, 210, -20, When::Monthly, "购办公用品"),
    habit("30202", 2, 170, -45, When::In(&[3, 6, 9, 12]), "印刷费"),
    habit("30207", 2, 45, -15, When::Monthly, "邮电费"),
    habit("30209", 2, 380, 18, When::Monthly, "物业管理费"),
    habit("30211", 2, 190, -12, When::Monthly, "差旅费"),
    habit("30213", 2, 320, 0, When::Sometimes(450), "房屋设备维修"),
    habit("30215", 2, 140, -55, When::Sometimes(380), "会议费"),
    habit("30216", 2, 190, -15, When::Sometimes(320), "培训费"),
    habit("30217", 2, 100, -90, When::Sometimes(700), "公务接待"),
    habit("30228", 2, 110, 10, When::Monthly, "工会经费"),
    habit("30239", 2, 650, 0, When::Monthly, "公务交通补贴"),
    project("30227", 560, 10, When::Sometimes(480), "委托业务费"),
    project("30226", 240, 0, When::Sometimes(450), "劳务费"),
    project("31002", 1_900, -30, When::Sometimes(110), "购置办公设备"),
    project("31007", 1_400, 25, When::Sometimes(60), "信息系统建设"),
];

/// Makes the voucher lines, by month, then organisation, voucher and line.
///
/// Utilities follow the energy form, vehicle costs the vehicles' own records.
pub(crate) fn expenses(city: &City) -> Vec<Expense> {
    let mut expenses = Vec::new();
    for month in city.spec.months() {
        let vehicles = city.vehicle_spending(month);
        for (place, organization) in city.organizations.iter().enumerate() {
            if !organization.in_cost_survey || !organization.is_active(month) {
                continue;
            }
            let Some(size) = city.headcounts.at(place, month) else {
                continue;
            };
            let mut draw = Draw::new(
                city.spec.seed,
                Kind::Expense,
                ((place as u64) << 12) | u64::from(month.since(Month::new(2000, 1)).unsigned_abs()),
            );
            let mut book = Book::new(place, month, &mut draw);
            for habit in &HABITS {
                let amount = spent(habit, month, size.staff, book.draw);
                book.write(
                    habit.voucher,
                    habit.code,
                    habit.spending,
                    amount,
                    habit.summary,
                );
            }
            if let Some(form) = city.form(place, month) {
                book.write(
                    2,
                    "30205",
                    Spending::Basic,
                    form.cost(Item::Water),
                    "支付水费",
                );
                book.write(
                    2,
                    "30206",
                    Spending::Basic,
                    form.cost(Item::Electricity),
                    "支付电费",
                );
            }
            let (running, buying) = vehicles[place];
            book.write(3, "30231", Spending::Basic, running, "公务用车运行维护");
            book.write(4, "31013", Spending::Project, buying, "更新公务用车");
            if organization.level == Some(OrganLevel::City)
                && month.year() >= 2023
                && book.draw.chance(14)
            {
                let amount = Yuan::whole(book.draw.between(18_000, 56_000));
                book.write(3, "30212", Spending::Basic, amount, "因公出国经费");
            }
            expenses.append(&mut book.lines);
        }
    }
    expenses
}

/// The lines of one organisation and month.
struct Book<'a> {
    organization: usize,
    draw: &'a mut Draw,
    dates: [NaiveDate; 4],
    lines: Vec<Expense>,
    next: [u8; 4],
}

impl<'a> Book<'a> {
    fn new(organization: usize, month: Month, draw: &'a mut Draw) -> Self {
        let dates = [
            month.day(draw.between(8, 15) as u32),
            month.day(draw.between(12, 26) as u32),
            month.day(draw.between(20, 28) as u32),
            month.day(draw.between(5, 28) as u32),
        ];
        Self {
            organization,
            draw,
            dates,
            lines: Vec::new(),
            next: [1; 4],
        }
    }

    fn write(
        &mut self,
        voucher: u8,
        code: &'static str,
        spending: Spending,
        amount: Yuan,
        summary: &'static str,
    ) {
        if amount.is_zero() {
            return;
        }
        let place = usize::from(voucher - 1);
        self.lines.push(Expense {
            organization: self.organization,
            date: self.dates[place],
            voucher,
            line: self.next[place],
            code,
            spending,
            amount,
            summary,
        });
        self.next[place] += 1;
    }
}

fn spent(habit: &Habit, month: Month, staff: i64, draw: &mut Draw) -> Yuan {
    let is_written = match habit.when {
        When::Monthly => true,
        When::In(months) => months.contains(&month.month()),
        When::Sometimes(permille) => draw.chance(permille),
    };
    if !is_written {
        return Yuan::ZERO;
    }
    let years = i64::from(month.year() - 2020);
    let trend = (1000 + habit.change * years).max(300);
    let noise = draw.around(if habit.voucher == 1 { 12 } else { 240 });
    let fen = i128::from(habit.yuan_per_staff) * i128::from(staff) * 100;
    Fixed::new(fen * i128::from(trend) / 1000 * i128::from(noise) / 1000)
}

/// The sum of each organisation, year, code and kind of spending.
type Sums = BTreeMap<(usize, i32, &'static str, Spending), Yuan>;

fn sums(expenses: &[Expense]) -> Sums {
    let mut sums = Sums::new();
    for line in expenses {
        let year = Month::of(line.date).year();
        *sums
            .entry((line.organization, year, line.code, line.spending))
            .or_default() += line.amount;
    }
    sums
}

/// Budgets as planners make them: near what will be spent, in whole hundreds, a third adjusted in July.
pub(crate) fn budgets(city: &City) -> Vec<Budget> {
    let mut budgets = Vec::new();
    let today = city.spec.to.last_day();
    for (place, ((organization, year, code, spending), spent)) in
        sums(&city.expenses).into_iter().enumerate()
    {
        let mut draw = Draw::new(city.spec.seed, Kind::Budget, place as u64);
        let last = city.spec.to.min(Month::new(year, 12));
        let months = i128::from(last.since(city.spec.from.max(Month::new(year, 1))) + 1);
        let planned = spent.share(12 * i128::from(30 + draw.around(70)), months * 1000);
        let hundreds = planned.share(1, 10_000).digits();
        let first = Budget {
            organization,
            year,
            code,
            spending,
            revision: 0,
            amount: Fixed::new(hundreds * 10_000),
            approved_date: Month::new(year, 1).day(20),
        };
        let adjusted = Month::new(year, 7).day(15);
        if adjusted <= today && draw.chance(330) {
            let change = first.amount.share(i128::from(draw.between(-60, 40)), 1000);
            let amount = Fixed::new(change.digits() / 10_000 * 10_000);
            let second = Budget {
                revision: 1,
                amount,
                approved_date: adjusted,
                ..first.clone()
            };
            budgets.push(first);
            if !second.amount.is_zero() {
                budgets.push(second);
            }
        } else {
            budgets.push(first);
        }
    }
    // In the order of the files, a file a year: a fault hits the same row in the file and in the truth.
    budgets.sort_by_key(|budget| budget.year);
    budgets
}

/// Final accounts of the years that are over: what was executed, with small corrections, in whole hundreds
/// of yuan because the form counts in 万元 with two digits.
pub(crate) fn settlements(city: &City) -> Vec<Settlement> {
    let mut settlements = Vec::new();
    for (place, ((organization, year, code, spending), spent)) in
        sums(&city.expenses).into_iter().enumerate()
    {
        if Month::new(year, 12) > city.spec.to {
            continue;
        }
        let mut draw = Draw::new(city.spec.seed, Kind::Budget, (1 << 40) | place as u64);
        let corrected = if draw.chance(150) {
            spent.share(i128::from(draw.between(985, 1_010)), 1000)
        } else {
            spent
        };
        let amount = Fixed::new(corrected.share(1, 10_000).digits() * 10_000);
        settlements.push(Settlement {
            organization,
            year,
            code,
            spending,
            amount,
        });
    }
    settlements
}
