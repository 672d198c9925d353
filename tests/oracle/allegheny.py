"""Monthly bills of Allegheny County, one carrier of the wide table."""

import sys
from decimal import Decimal
from pathlib import Path

from common import Account, rounded, rows

# A Btu of the International Steam Table in kJ; a pound of district steam is 1194 Btu to EPA's Portfolio Manager.
BTU_IT_KJ = Decimal("1.05505585262")
CARRIERS = {
    "electricity": ("electricity_use_kwh", "electricity_cost", "1"),
    "natural_gas": ("natural_gas_use_mcf", "natural_gas_cost", "28.316846592"),
    "heat": ("steam_use_k_lbs", "steam_cost", str(rounded(1194 * BTU_IT_KJ / 1000, 8))),
    "water": ("water_use_k_gals", "water_cost", "3.785411784"),
    "wastewater": ("wastewater_use_k_gals", "wastewater_cost", "3.785411784"),
}
use, cost, factor = CARRIERS[sys.argv[2]]
account = Account()
for _, row in rows(Path(sys.argv[1]) / "meters/allegheny_county_facility_monthly.csv"):
    account.decoded += 1
    if row[use] == "":
        continue
    quantity = rounded(rounded(row[use], 10) * Decimal(factor), 4)
    amount = rounded(row[cost], 2) if row[cost] else None
    key = row["facility"], row["month"][:7]
    account.offer(key, (*key, quantity, amount))
account.answer([
    lambda kept: sum((row[2] for row in kept), Decimal("0.0000")),
    lambda kept: sum((row[3] for row in kept if row[3] is not None), Decimal("0.00")),
    lambda kept: len({row[0] for row in kept}),
])
