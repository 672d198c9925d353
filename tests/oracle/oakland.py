"""Budgets of the City of Oakland: the spending of a department, by our code and kind, as one sum of its lines.

Two files are CSV with the columns in different orders, one is a workbook. The contract admits no initial
budget below zero.
"""

import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import openpyxl
from common import Account, rows

PERSONNEL = {
    "Civilian Salaries", "Civilian Overtime", "Civilian Retirement", "Civilian Fringe Benefits",
    "Sworn Salaries", "Sworn Overtime", "Sworn Retirement", "Sworn Fringe Benefits",
    "Allowances & Premiums", "Misc. Personnel Adjustments",
}


def lines(root, year):
    """(department, kind of account, category, amount) of each line."""
    if year == "fy16_17":
        book = openpyxl.load_workbook(root / "oakland_budget_fy2016-17.xlsx", read_only=True)
        table = book.worksheets[0].iter_rows(values_only=True)
        at = {name: index for index, name in enumerate(next(table))}
        for row in table:
            # `07 - Sworn  Retirement`: a number stands before the category.
            category = row[at["Type"]].split(" - ", 1)[1]
            yield row[at["Department"]], row[at["Account Type"]], category, row[at["AMT"]]
    else:
        for _, row in rows(root / f"oakland_budget_{year}.csv"):
            yield row["department"], row["account_type"], row["account_category"], row["amount"]


def code(category):
    words = " ".join(category.split())
    if words in PERSONNEL:
        return "30199"
    return "31099" if words == "Capital Acquistions" else "30299"


account = Account()
sums = defaultdict(Decimal)
for department, kind, category, amount in lines(Path(sys.argv[1]) / "spending", sys.argv[2]):
    account.decoded += 1
    if kind == "Expense":
        sums[department, code(category)] += Decimal(amount)
for (department, expense_code), amount in sums.items():
    if amount < 0:
        account.refuse("initial_not_negative")
    else:
        account.offer((department, expense_code), (department, expense_code, amount))
account.answer([
    lambda kept: sum((amount for *_, amount in kept), Decimal(0)).quantize(Decimal("0.01")),
    lambda kept: len({department for department, *_ in kept}),
    lambda kept: sum(
        (amount for _, expense_code, amount in kept if expense_code == "30299"), Decimal(0)
    ).quantize(Decimal("0.01")),
])
