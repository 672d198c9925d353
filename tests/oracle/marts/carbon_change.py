"""Recomputes carbon_change with 40-digit logarithms from energy_month, carbon_month and the forms' floor areas.

The two month marts are compared with the city's truth elsewhere; here only the split is judged. Each
effect may differ by one unit of the last place (the remainder); the sums may not.
"""

from collections import defaultdict
from decimal import Decimal, getcontext

from lake import open_lake

getcontext().prec = 40


def main():
    lake = open_lake()
    newest = lake.sql("select max(month) from energy.monthly").fetchall()[0][0]

    def is_in(month, year):
        return year != int(newest[:4]) or month[5:] <= newest[5:]

    energy, carbon, areas = defaultdict(Decimal), defaultdict(Decimal), defaultdict(list)
    years = set()
    for organization, month, carrier, kgce, co2 in lake.sql(
        "select organization_id, month, carrier, coalesce(energy_kgce, 0), coalesce(co2_year_kg, 0)"
        " from mart.energy_month join mart.carbon_month using (organization_id, month, carrier)"
    ).fetchall():
        year = int(month[:4])
        years.add(year)
        for target in (year, year + 1):
            if is_in(month, target):
                energy[organization, target, carrier, target == year] += kgce
                carbon[organization, target, carrier, target == year] += co2
    for organization, month, floor in lake.sql("select organization_id, month, floor_m2 from energy.monthly").fetchall():
        year = int(month[:4])
        for target in (year, year + 1):
            if floor and is_in(month, target):
                areas[organization, target, target == year].append(floor)
    totals = defaultdict(Decimal)
    for (organization, year, _, side), kgce in energy.items():
        totals[organization, year, side] += kgce

    shown = {
        row[:3]: row[3:]
        for row in lake.sql(
            "select organization_id, year, carrier, change_co2_kg, activity_co2_kg, intensity_co2_kg, mix_co2_kg,"
            " factor_co2_kg, unexplained_co2_kg from mart.carbon_change"
        ).fetchall()
    }
    keys = {key[:3] for key in carbon if min(years) < key[1] <= int(newest[:4])}
    wrong, largest, sums = 0, Decimal(0), [Decimal(0)] * 6
    for organization, year, carrier in keys:
        c0, c1 = (carbon.get((organization, year, carrier, side), Decimal(0)) for side in (False, True))
        e0, e1 = (energy.get((organization, year, carrier, side), Decimal(0)) for side in (False, True))
        t0, t1 = (totals.get((organization, year, side), Decimal(0)) for side in (False, True))
        a0, a1 = (
            sum(values) / len(values) if (values := areas.get((organization, year, side))) else None for side in (False, True)
        )
        change, effects = c1 - c0, [Decimal(0)] * 5
        if c0 < 0 or c1 < 0:
            effects[4] = change
        elif c0 == 0 and c1 == 0:
            pass
        elif t0 <= 0 or t1 <= 0:
            effects[0] = change
        elif e0 <= 0 or e1 <= 0:
            effects[2] = change
        elif c0 == 0 or c1 == 0:
            effects[3] = change
        elif a0 is None or a1 is None:
            effects[4] = change
        else:
            weight = c0 if c0 == c1 else change / (c1 / c0).ln()
            ratios = [a1 / a0, (t1 / a1) / (t0 / a0), (e1 / t1) / (e0 / t0), (c1 / e1) / (c0 / e0)]
            effects[:4] = [weight * ratio.ln() for ratio in ratios]
        row = shown.get((organization, year, carrier))
        sums = [total + value for total, value in zip(sums, row or [0] * 6, strict=True)]
        if row is None or row[0] != change or sum(row[1:]) != change:
            wrong += 1
            continue
        largest = max([largest, *(abs(a - b) for a, b in zip(row[1:], effects, strict=True))])
    print(f"through {newest}; {len(keys)} rows expected, {len(shown)} shown, {wrong} do not add up")
    print(f"largest difference of an effect {largest:.6f} kg")
    print(f"change, activity, intensity, mix, factor, not split: {[str(total) for total in sums]}")
    return 1 if wrong or len(keys) != len(shown) or largest > Decimal("0.01") else 0


if __name__ == "__main__":
    raise SystemExit(main())
