"""Recomputes vehicle_stock_year, vehicle_quota_year and vehicle_limit_check in plain Python from the register.

Regions: every region of the city lies in 湖北, which has no rule of its own, so the country's 8 years hold;
a vehicle of another province is counted as unjudged here and would show.
"""

import datetime
from collections import Counter

from lake import compare_rows, open_lake, records

NEW_ENERGY = {"bev", "phev", "erev", "fcev"}


def anniversary(date, years):
    """The day so many years later; 29 February becomes 1 March."""
    try:
        return date.replace(year=date.year + years)
    except ValueError:
        return datetime.date(date.year + years, 3, 1)


def count_days(lake):
    """Years of the calendar with the day the stock is taken."""
    newest = max(
        lake.sql("select max(cost_date) from vehicle.cost").fetchall()[0][0],
        lake.sql(
            "select max(cast(timezone('Asia/Shanghai', departed_at) as date)) from vehicle.trip"
        ).fetchall()[0][0],
        lake.sql("select max(coalesce(purchase_date, registered_date)) from vehicle.vehicle").fetchall()[0][0],
    )
    years = sorted({row["calendar_date"].year for row in records(lake, "reference.calendar")})
    return {year: min(datetime.date(year, 12, 31), newest) for year in years if year <= newest.year}


def stock(lake, days):
    rows = []
    for vehicle in records(lake, "vehicle.vehicle"):
        bought = vehicle["purchase_date"] or vehicle["registered_date"]
        served = vehicle["registered_date"] or vehicle["purchase_date"]
        gone = vehicle["disposed_date"]
        for year, day in days.items():
            is_here = (bought is None or bought <= day) and (
                gone > day if gone else vehicle["status"] != "disposed"
            )
            is_bought = bought is not None and bought.year == year
            is_gone = gone is not None and gone.year == year
            if not (is_here or is_bought or is_gone):
                continue
            age = max(n for n in range(-9, 60) if anniversary(served, n) <= day) if served else None
            is_due = age >= 8 if is_here and age is not None else None
            rows.append(
                (vehicle["vehicle_id"], year, vehicle["organization_id"], vehicle["use_class"], age, is_here,
                 is_bought, is_gone, vehicle["fuel_class"] in NEW_ENERGY, is_due, day)
            )
    return rows


def quota(lake, days, stock_rows):
    held = Counter((row[2], row[3], row[1]) for row in stock_rows if row[5] and row[2] and row[3])
    approved = {}
    for row in sorted(records(lake, "vehicle.vehicle_quota"), key=lambda row: row["from_date"]):
        for year, day in days.items():
            if row["from_date"] <= day and (row["to_date"] is None or day <= row["to_date"]):
                approved[row["organization_id"], row["use_class"], year] = row["approved_count"]
    return [
        (*key, approved.get(key, 0), held[key], max(held[key] - approved.get(key, 0), 0),
         None if key in approved else "no_quota")
        for key in set(held) | set(approved)
    ]


def limits(lake):
    table = {row["category"]: row for row in records(lake, "reference.vehicle_limit")}
    for vehicle in records(lake, "vehicle.vehicle"):
        bought = vehicle["purchase_date"] or vehicle["registered_date"]
        use = vehicle["use_class"]
        price, engine = vehicle["price_yuan"], vehicle["displacement_l"]

        def ceiling(row, vehicle=vehicle):
            new_energy = row["max_price_nev_yuan"] if vehicle["fuel_class"] in NEW_ENERGY else None
            return new_energy if new_energy is not None else row["max_price_yuan"]

        row = table.get(use)
        if bought is None or use is None or row is None or bought < row["from_date"]:
            yield vehicle["vehicle_id"], "not_judged"
            continue
        special = {"emergency": ["emergency_special", "large_bus"], "law_enforcement": ["law_enforcement_special"]}
        is_over = (price is not None and ceiling(row) is not None and price > ceiling(row)) or (
            engine is not None and row["max_displacement_l"] is not None and engine > row["max_displacement_l"]
        )
        if is_over:
            allowing = [
                name
                for name in special.get(use, [])
                if (price is None or ceiling(table[name]) is None or price <= ceiling(table[name]))
                and (
                    engine is None
                    or table[name]["max_displacement_l"] is None
                    or engine <= table[name]["max_displacement_l"]
                )
            ]
            yield vehicle["vehicle_id"], "needs_approval" if allowing else "over"
        elif ceiling(row) is None and row["max_displacement_l"] is None:
            yield vehicle["vehicle_id"], "not_judged"
        elif (price is None and ceiling(row) is not None) or (
            engine is None and row["max_displacement_l"] is not None and vehicle["fuel_class"] not in ("bev", "fcev")
        ):
            yield vehicle["vehicle_id"], "not_judged"
        else:
            yield vehicle["vehicle_id"], "within"


def main():
    lake = open_lake()
    days = count_days(lake)
    rows = stock(lake, days)
    stocked = sum(row[5] for row in rows if row[1] == max(days))
    acquired = Counter((row[1], row[8]) for row in rows if row[6])
    print(f"stock of {max(days)}: {stocked}; acquired, new energy: {sorted(acquired.items())}")
    is_equal = [
        compare_rows(
            lake, "vehicle_stock_year", rows,
            "select vehicle_id, year, organization_id, use_class, age_years, is_in_stock, is_acquired, is_disposed,"
            " is_nev, is_due_for_renewal, state_date from mart.vehicle_stock_year",
        ),
        compare_rows(
            lake, "vehicle_quota_year", quota(lake, days, rows),
            "select organization_id, use_class, year, approved_count, vehicle_count, over_quota_count, quota_reason"
            " from mart.vehicle_quota_year",
        ),
        compare_rows(
            lake, "vehicle_limit_check", limits(lake),
            "select vehicle_id, verdict from mart.vehicle_limit_check",
        ),
    ]
    return not all(is_equal)


if __name__ == "__main__":
    raise SystemExit(main())
