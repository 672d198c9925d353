"""Buildings and leases of the US General Services Administration, from its two workbooks.

An area in square feet has four decimals at most before it becomes square metres (0.3048 m a foot, exactly).
A lease may not end before it begins, and a building's vacant area may not exceed its floor area.
"""

import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
from common import Account, rounded

SQUARE_FOOT = Decimal("0.3048") ** 2


def sheet(path):
    table = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
    header = next(table)
    for row in table:
        yield dict(zip(header, row, strict=True))


def square_metres(feet):
    return None if feet is None else rounded(rounded(str(feet), 4) * SQUARE_FOOT, 4)


def building(account, row):
    floor = square_metres(row["Building Rentable Square Feet"])
    vacant = square_metres(row["Available Square Feet"])
    year = row["Construction Date"]
    if row["Location Code"] is None or row["Real Property Asset Name"] is None:
        return account.refuse("required")
    if year is not None and not 1000 <= year <= 2200:
        return account.refuse("range")
    if vacant is not None and floor is not None and vacant > floor:
        return account.refuse("vacant_within_floor")
    rest = (row[name] for name in ("Real Property Asset Name", "Street Address", "City", "State",
                                   "Real Property Asset Type", "Owned or Leased"))
    account.offer(row["Location Code"], (floor, vacant, year, *rest))


def lease(account, row):
    begins, ends = row["Lease Effective Date"].date(), row["Lease Expiration Date"].date()
    if ends < begins:
        return account.refuse("period_order")
    key = row["Lease Number"], row["Location Code"]
    account.offer(key, (square_metres(row["Building Rentable Square Feet"]), key[1], ends, begins))


which = sys.argv[2]
account = Account()
for row in sheet(Path(sys.argv[1]) / f"property/gsa_iolp_{which}.xlsx"):
    account.decoded += 1
    (building if which == "buildings" else lease)(account, row)
area = [lambda kept: sum((row[0] for row in kept if row[0] is not None), Decimal("0.0000"))]
account.answer(area + ([
    lambda kept: sum(row[-1] == "L" for row in kept),
    lambda kept: min(row[2] for row in kept if row[2] is not None),
] if which == "buildings" else [
    lambda kept: len({row[1] for row in kept}),
    lambda kept: max(row[2] for row in kept),
]))
