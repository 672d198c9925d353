"""The fleet of the City of Seattle: the active register or the vehicles sold.

The register is of 2015 and its job says so: years of two digits are 1916 to 2015. The contract admits no
vehicle registered before 1900.
"""

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from common import Account, rounded, rows

root, which = Path(sys.argv[1]) / "fleet", sys.argv[2]
account = Account()
if which == "active":
    lines = rows(root / "seattle_active_fleet.csv")
    identifier, price, day, form = "EquipID", "InServiceCost", "InServiceDate", "%d-%b-%y"
else:
    lines = rows(root / "seattle_sold_fleet.tsv", delimiter="\t")
    identifier, price, day, form = "EquipID", "SalePrice", "SaleDate", "%m/%d/%Y"
for _, row in lines:
    account.decoded += 1
    stamp = row[day].split(" ")[0].strip()
    when = datetime.strptime(stamp, form).date() if stamp else None
    if when and when.year > 2015:
        when = when.replace(year=when.year - 100)
    if when and when.year < 1900:
        account.refuse("dates_admissible")
        continue
    money = row[price].replace("$", "").replace(",", "").strip()
    key = row[identifier].lstrip("0")
    text = tuple(row[name].strip() or None for name in ("Dept", "Make", "Model"))
    kind = row["Description"].strip()[:40] or None
    account.offer(key, (key, when, rounded(money, 2) if money else None, *text, kind))
account.answer([
    lambda kept: sum((row[2] for row in kept if row[2] is not None), Decimal("0.00")),
    lambda kept: len({row[3] for row in kept}),
    lambda kept: max(row[1] for row in kept if row[1]),
])
