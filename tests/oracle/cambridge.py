"""Hourly meters of Cambridge University: every row is a reading; an equal hour of one meter is a duplicate."""

import sys
from decimal import Decimal
from pathlib import Path

from common import Account, rounded, rows

root, building, carrier = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
account = Account()
for path in sorted((root / f"meters/cambridge/UCam_Building_{building}/{carrier}").glob("*.csv")):
    for _, row in rows(path):
        account.decoded += 1
        time, value = row.values()
        account.offer(time, (time, rounded(value, 4)))
account.answer([
    lambda kept: sum((value for _, value in kept), Decimal("0.0000")),
    lambda kept: max(value for _, value in kept),
    lambda kept: sum(value == 0 for _, value in kept),
])
