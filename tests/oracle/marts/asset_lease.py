"""Recomputes asset_lease and asset_rent_year in plain Python, day by day: rent due, paid and owed."""

import calendar
import datetime
from collections import defaultdict
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded

FOREVER = datetime.date(9999, 12, 31)


def rent_by_year(lease, today):
    """The exact rent of a lease by year: each day is a part of its month's rent."""
    years = defaultdict(Fraction)
    day, last = lease["from_date"], min(lease["to_date"] or FOREVER, today)
    while day <= last:
        length = calendar.monthrange(day.year, day.month)[1]
        years[day.year] += Fraction(lease["rent_yuan_per_month"] or 0) / length
        day += datetime.timedelta(days=1)
    return years


def main():
    lake = open_lake()
    cards = {row["asset_id"]: row for row in records(lake, "asset.card")}
    days = [card[column] for card in cards.values() for column in ("acquired_date", "disposed_date")]
    days += [row["counted_date"] for row in records(lake, "asset.stocktake")]
    today = max(day for day in days if day)
    known = {row["calendar_date"].year for row in records(lake, "reference.calendar")}
    leases, rents = [], []
    for lease in records(lake, "asset.lease"):
        first, last = lease["from_date"], lease["to_date"] or FOREVER
        state = "not_begun" if first > today else "ended" if last < today else "running"
        reason = ("lent" if lease["direction"] == "lent_out" else "no_rent" if lease["rent_yuan_per_month"] is None
                  else "not_begun" if state == "not_begun" else None)
        years = rent_by_year(lease, today)
        due = None if reason else rounded(sum(years.values()), 2)
        paid = lease["treasury_yuan"] or 0
        verdict = "not_judged" if reason else "owing" if paid < due else "paid_ahead" if paid > due else "paid"
        leases.append((
            lease["lease_id"], state, verdict, reason, due, paid,
            None if reason else max(due - paid, 0), None if reason else max(paid - due, 0),
            lease["approval_no"] is not None, lease["asset_id"] in cards,
        ))
        rents += [(lease["lease_id"], year, None if reason else rounded(rent, 2))
                  for year, rent in years.items() if year in known]
    print(f"day known {today}: due {sum(row[4] or 0 for row in leases)}, paid {sum(row[5] for row in leases)}, "
          f"owed {sum(row[6] or 0 for row in leases)}")
    is_same = compare_rows(
        lake, "asset_lease", leases,
        "select lease_id, state, verdict, due_reason, rent_due_yuan, paid_yuan, owed_yuan, paid_ahead_yuan,"
        " is_approved, has_card from mart.asset_lease",
    )
    return not (is_same & compare_rows(
        lake, "asset_rent_year", rents, "select lease_id, year, rent_due_yuan from mart.asset_rent_year"
    ))


if __name__ == "__main__":
    raise SystemExit(main())
