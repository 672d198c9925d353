"""Recomputes asset_book_year in plain Python: purchases by voucher against cards and vehicles taken up."""

import datetime
import re
from collections import defaultdict
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded

# What the register of a code records, written down from the contract and not read from the reference table.
BOOKS = {"30902": "equipment", "30903": "equipment", "30907": "equipment", "30913": "vehicle",
         "31002": "equipment", "31003": "equipment", "31007": "equipment", "31013": "vehicle"}
# Premises and vehicles (GB/T 14885, both editions) have registers of their own.
OTHER_REGISTERS = re.compile(r"1|203|A01|A0203")


def main():
    lake = open_lake()
    vouchers = [row for row in records(lake, "cost.expense")
                if row["version"] == "executed" and row["classification"] == "department"]
    newest, first = max(row["voucher_date"] for row in vouchers), min(row["year"] for row in vouchers)
    month_end = (newest.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    last_workday = max((row["calendar_date"] for row in records(lake, "reference.calendar")
                        if row["is_workday"] and newest.replace(day=1) <= row["calendar_date"] <= month_end),
                       default=month_end)
    through = month_end if newest >= last_workday else newest
    tolerance = Fraction(next(row["value"] for row in records(lake, "reference.setting")
                              if row["name"] == "ledger_tolerance_pct"))
    sides = defaultdict(lambda: [0, 0, 0, 0])
    for row in vouchers:
        if row["expense_code"] in BOOKS:
            sides[row["organization_id"], row["year"], BOOKS[row["expense_code"]]][0] += row["amount_yuan"]
    taken = [(row["organization_id"], "equipment", row["original_value_yuan"], row["acquired_date"])
             for row in records(lake, "asset.card")
             if row["acquisition_way"] == "purchased" and not OTHER_REGISTERS.match(row["asset_class"] or "")]
    taken += [(row["organization_id"], "vehicle", row["price_yuan"], row["purchase_date"] or row["registered_date"])
              for row in records(lake, "vehicle.vehicle")]
    for organization, book, value, day in taken:
        if day and first <= day.year and day <= through:
            side = sides[organization, day.year, book]
            side[1] += value or 0
            side[2] += 1
            side[3] += value is None
    states = defaultdict(list)
    for row in records(lake, "reference.organization"):
        states[row["organization_id"]].append(row)

    def in_survey(organization, year):
        day = min(datetime.date(year, 12, 31), through)
        dated = sorted(states[organization], key=lambda row: row["from_date"])
        held = [row for row in dated if row["from_date"] <= day] or dated[:1]
        return bool(held and held[-1]["in_cost_survey"])

    expected = []
    for (organization, year, book), (booked, registered, count, unpriced) in sides.items():
        reason = (("nothing_in_ledger" if in_survey(organization, year) else "no_ledger") if booked == 0
                  else "nothing_in_register" if count == 0 else "unpriced" if unpriced else None)
        difference = booked - registered
        share = Fraction(difference) * 100 / Fraction(booked) if booked else None
        verdict = ("not_judged" if reason in ("no_ledger", "unpriced")
                   else "agrees" if booked and abs(share) <= tolerance or not difference
                   else "booked_without_register" if difference > 0 else "registered_without_booking")
        expected.append((organization, year, book, reason, verdict, booked, registered, difference,
                         rounded(share, 4), count, unpriced))
    for book in ("equipment", "vehicle"):
        own = [row for row in expected if row[2] == book]
        print(f"{book}: booked {sum(row[5] for row in own)}, taken up {sum(row[6] for row in own)}, "
              f"agree {sum(row[4] == 'agrees' for row in own)} of {sum(row[4] != 'not_judged' for row in own)}")
    return not compare_rows(
        lake, "asset_book_year", expected,
        "select organization_id, year, book, reason, verdict, booked_yuan, registered_yuan, difference_yuan,"
        " difference_pct, registered_count, unpriced_count from mart.asset_book_year",
    )


if __name__ == "__main__":
    raise SystemExit(main())
