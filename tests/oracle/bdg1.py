"""The building register of the first Building Data Genome project, whose lines end in CR alone.

`yearbuilt` is often a span or a phrase (`Pre 1919`), which is no year; one says 2969, past the contract's 2200.
"""

import re
import sys
from decimal import Decimal
from pathlib import Path

import polars
from common import Account, rounded

frame = polars.read_csv(
    Path(sys.argv[1]) / "property/bdg1_buildings_meta.csv", eol_char="\r", infer_schema=False
)
account = Account()
for row in frame.iter_rows(named=True):
    account.decoded += 1
    year, floors = row["yearbuilt"], row["numberoffloors"]
    if year is not None and not re.fullmatch(r"\d+", year):
        account.refuse("not_a_number")
    elif year is not None and not 1000 <= int(year) <= 2200:
        account.refuse("range")
    else:
        floors = None if floors is None else int(floors)
        area = None if row["sqm"] is None else rounded(row["sqm"], 4)
        account.offer(row["uid"], (area, year, floors, row["primaryspaceusage"]))
account.answer([
    lambda kept: sum((row[0] for row in kept if row[0] is not None), Decimal("0.0000")),
    lambda kept: sum(row[1] is not None for row in kept),
    lambda kept: max(row[2] for row in kept if row[2] is not None),
])
