//! Operating cost by month and code, from accepted voucher lines, budgets and final accounts.

use std::collections::BTreeMap;

use super::OperatingCostMonth;
use crate::City;
use crate::cost::Spending;
use crate::month::Month;
use crate::number::Yuan;

/// Budget, executed, final.
type Amounts = [Option<Yuan>; 3];

pub(super) fn operating_cost_month(city: &City) -> Vec<OperatingCostMonth> {
    let mut sums: BTreeMap<(usize, Month, &'static str, Spending), Amounts> = BTreeMap::new();
    let mut add = |key, version: usize, amount: Yuan| {
        let sum = &mut sums.entry(key).or_default()[version];
        *sum = Some(sum.unwrap_or_default() + amount);
    };
    for (place, budget) in city.budgets.iter().enumerate() {
        if city.is_budget_accepted(place) {
            // The initial budget stands in January, an adjustment in the month of its approval.
            let month = match budget.revision {
                0 => Month::new(budget.year, 1),
                _ => Month::of(budget.approved_date),
            };
            add(
                (budget.organization, month, budget.code, budget.spending),
                0,
                budget.amount,
            );
        }
    }
    for (place, line) in city.expenses.iter().enumerate() {
        if city.is_expense_accepted(place) {
            add(
                (
                    line.organization,
                    Month::of(line.date),
                    line.code,
                    line.spending,
                ),
                1,
                line.amount,
            );
        }
    }
    for (place, cell) in city.settlements.iter().enumerate() {
        // A blank cell, which is how a zero is written, makes no row.
        if city.is_settlement_accepted(place) && !cell.amount.is_zero() {
            // Final accounts are dated on the last day of their year.
            add(
                (
                    cell.organization,
                    Month::new(cell.year, 12),
                    cell.code,
                    cell.spending,
                ),
                2,
                cell.amount,
            );
        }
    }
    sums.into_iter()
        .map(
            |((organization, month, expense_code, spending), amounts)| OperatingCostMonth {
                organization_id: city.organizations[organization].id.clone(),
                month,
                expense_code,
                spending_kind: match spending {
                    Spending::Basic => "basic",
                    Spending::Project => "project",
                },
                budget_yuan: amounts[0],
                executed_yuan: amounts[1],
                final_yuan: amounts[2],
            },
        )
        .collect()
}
