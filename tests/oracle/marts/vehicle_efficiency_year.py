"""Recomputes vehicle_efficiency_year in plain Python: sums, workdays, and what follows for a kilometre, as fractions.

Factors: for petrol and diesel the country's row for any year; for electricity the province's row of the year, else
its latest earlier one, and for the fixed series the one the setting names.
"""

from collections import defaultdict
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded
from vehicle_stock_year import count_days, stock


def factors(lake, years):
    rows = records(lake, "reference.emission_factor")
    by_id = {row["factor_id"]: row["kgco2_per_unit"] for row in rows}
    settings = {row["name"]: row["value"] for row in records(lake, "reference.setting")}
    power = {row["year"]: row["kgco2_per_unit"] for row in rows
             if row["carrier"] == "electricity" and row["region_code"] == "420000"}
    fixed = {carrier: by_id[f"{carrier}@CN@any"] for carrier in ("gasoline_litre", "diesel_litre")}
    of_year = {
        year: {**fixed, "electricity": power[max(known for known in power if known <= year)]}
        for year in years if any(known <= year for known in power)
    }
    return {**fixed, "electricity": by_id[settings["electricity_fixed_factor_id"]]}, of_year


def main():
    lake = open_lake()
    days = count_days(lake)
    vehicles = {row["vehicle_id"]: row for row in records(lake, "vehicle.vehicle")}
    here = {(row[0], row[1]) for row in stock(lake, days)}
    trips = records(
        lake, "(select vehicle_id, year, km, odometer_in_km, odometer_out_km,"
              " cast(timezone('Asia/Shanghai', departed_at) as date) as day from vehicle.trip)",
    )
    costs = records(lake, "vehicle.cost")
    workdays = [row["calendar_date"] for row in records(lake, "reference.calendar") if row["is_workday"]]
    fixed, of_year = factors(lake, days)

    km, used, outs, ins = defaultdict(int), defaultdict(set), {}, {}
    for trip in trips:
        key = trip["vehicle_id"], trip["year"]
        km[key] += trip["km"] if trip["km"] is not None else trip["odometer_in_km"] - trip["odometer_out_km"]
        used[key].add(trip["day"])
        outs[key] = min(outs.get(key, trip["odometer_out_km"]), trip["odometer_out_km"])
        ins[key] = max(ins.get(key, trip["odometer_in_km"]), trip["odometer_in_km"])
    money, fuel, power, burnt = defaultdict(int), defaultdict(int), defaultdict(int), defaultdict(int)
    for cost in costs:
        key = cost["vehicle_id"], cost["year"]
        money[key] += cost["amount_yuan"]
        fuel[key] += cost["fuel_l"] or 0
        power[key] += cost["charge_kwh"] or 0
        if cost["cost_class"] == "fuel":
            kind = cost["fuel_class"] or vehicles[cost["vehicle_id"]]["fuel_class"]
            burnt[(*key, "diesel_litre" if kind == "diesel" else "gasoline_litre")] += cost["fuel_l"] or 0
        if cost["cost_class"] == "charge":
            burnt[(*key, "electricity")] += cost["charge_kwh"] or 0

    expected = []
    for key in here | set(km) | set(money):
        vehicle, year = vehicles.get(key[0]), key[1]
        kind = vehicle["fuel_class"] if vehicle else None
        distance = km[key]
        charges = kind in ("bev", "phev", "erev")
        has_co2 = kind and distance and (power[key] if charges else fuel[key] or power[key])
        emitted = [
            sum((rounded(burnt[(*key, carrier)] * table[carrier], 4) for carrier in fixed), 0)
            for table in (fixed, of_year.get(year))
        ] if has_co2 else [None, None]
        count = 0
        if key in here:
            first = vehicle["purchase_date"] or vehicle["registered_date"]
            last = vehicle["disposed_date"]
            count = sum(
                day.year == year and day <= days[year] and (not first or day >= first) and (not last or day <= last)
                for day in workdays
            )
        expected.append((
            *key, distance, ins[key] - outs[key] if key in ins else None, fuel[key], power[key], money[key],
            rounded(Fraction(money[key]) / Fraction(distance), 4) if distance else None,
            rounded(Fraction(fuel[key] * 100) / Fraction(distance), 4)
            if distance and fuel[key] and kind not in ("bev", "fcev") else None,
            rounded(Fraction(power[key] * 100) / Fraction(distance), 4) if distance and power[key] and charges else None,
            *emitted,
            *(rounded(Fraction(kg) / Fraction(distance), 4) if has_co2 else None for kg in emitted),
            len(used[key]), count,
        ))
    total = sum(row[2] for row in expected), sum(row[6] for row in expected), sum(row[11] or 0 for row in expected)
    print(f"km, yuan, kgCO2 of the years: {total}")
    return not compare_rows(
        lake, "vehicle_efficiency_year", expected,
        "select vehicle_id, year, km, odometer_km, fuel_l, charge_kwh, cost_yuan, cost_yuan_per_km, fuel_l_per_100km,"
        " charge_kwh_per_100km, co2_fixed_kg, co2_year_kg, co2_fixed_per_km, co2_year_per_km, days_used, workdays"
        " from mart.vehicle_efficiency_year",
    )


if __name__ == "__main__":
    raise SystemExit(main())
