"""Payments of Oxford City Council, a quarter; titles drift, the order of the columns does not."""

import csv
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from common import Account, rounded

account = Account()
path = Path(sys.argv[1]) / f"spending/oxford_{sys.argv[2]}.csv"
for encoding in ("utf-8-sig", "cp1252"):
    try:
        text = path.read_bytes().decode(encoding)
        break
    except UnicodeDecodeError:
        continue
lines = csv.reader(text.splitlines(keepends=True))
next(lines)
for line in lines:
    if not line:
        continue
    account.decoded += 1
    _, unit, category, code, paid, number, amount, kind, _, payee = line
    if not number.strip() or not paid.strip():
        account.refuse("required")
        continue
    when = datetime.strptime(paid.strip(), "%d/%m/%Y").date()
    money = rounded(amount.replace(",", "").strip(), 2)
    account.offer(number, (number, unit, category, code, when, money, kind, payee))
account.answer([
    lambda kept: sum((row[5] for row in kept), Decimal("0.00")),
    lambda kept: len({row[1].strip() for row in kept}),
    lambda kept: max(row[4] for row in kept),
])
