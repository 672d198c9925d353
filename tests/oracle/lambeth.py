"""Payments of Lambeth in June 2012, under nine rows of title and parameters and above a total.

Somebody took the comma out of every digit-comma-digit, to be rid of thousands: `25/06/2012,900` became
`25/06/2012900`, `Catch22,12/06/2012` became `Catch2212/06/2012`. Such a row has a field too few and is refused
as uneven. That the comma is all that is missing is shown by putting it back: then the payments add up to the
total the file states.
"""

import csv
import re
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from common import Account

LOST = re.compile(r"(\d\d/\d\d/\d{4}),?(-?\d+(?:\.\d+)?),")


def paid(fields):
    """The amount of a row that may have lost commas."""
    return Decimal(LOST.search(",".join(fields))[2])


path = Path(sys.argv[1]) / "messy/lambeth_payments_2012-06.csv"
with open(path, encoding="utf-8", newline="") as file:
    records = list(csv.reader(file))
header, body = records[9], records[10:]
account = Account()
payments, stated = Decimal(0), None
for number, fields in enumerate(body, 11):
    if not any(fields):
        continue
    account.decoded += 1
    if len(fields) < len(header):
        account.refuse("uneven_row")
        payments += paid(fields)
    elif fields[0] == "Lambeth":
        when, amount = datetime.strptime(fields[3], "%d/%m/%Y").date(), Decimal(fields[4])
        account.offer(number, (amount, fields[1], when))
        payments += amount
    elif fields[0] == "Total":
        stated = Decimal(fields[4])
if payments != stated:
    sys.exit(f"the payments add up to {payments}, the file says {stated}")
account.answer([
    lambda kept: sum((row[0] for row in kept), Decimal("0.00")),
    lambda kept: len({row[1] for row in kept}),
    lambda kept: max(row[2] for row in kept),
])
