"""Recomputes vehicle_suspicion in plain Python, and compares it with the faults a made-up city names.

With the folder of a demo as the lake's parent, the trips that its manifest says were refused (an odometer that runs
back, no vehicle) or left out must show as distance without an order, where they are longer than the tolerance and
have a neighbour on both sides.
"""

import datetime
import gzip
import json
import sys
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path

from lake import compare_rows, open_lake, records, rounded

RENAMED = {"holiday": "non_workday_use", "tank": "refuel_above_tank", "place": "refuel_without_trip"}


def find(lake):
    """Rule, vehicle, evidence, occurrence, value, litres, yuan: what a kilometre is worth comes last."""
    settings = {row["name"]: row["value"] for row in records(lake, "reference.setting")}
    exempt = set(settings["non_workday_use_reasons"].split(","))
    off = {row["calendar_date"] for row in records(lake, "reference.calendar") if not row["is_workday"]}
    vehicles = {row["vehicle_id"]: row for row in records(lake, "vehicle.vehicle")}
    trips = defaultdict(list)
    for trip in records(
        lake, "(select trip_id, vehicle_id, year, reason_class, odometer_out_km, odometer_in_km, km, departed_at,"
              " returned_at, cast(timezone('Asia/Shanghai', departed_at) as date) as out_day,"
              " cast(timezone('Asia/Shanghai', returned_at) as date) as in_day from vehicle.trip)",
    ):
        trips[trip["vehicle_id"]].append(trip)
    costs = records(lake, "vehicle.cost")

    km, litres, paid, pumped, spent = (defaultdict(int) for _ in range(5))
    span = {}
    for vehicle, own in trips.items():
        for trip in own:
            key = vehicle, trip["year"]
            km[key] += trip["km"]
            low, high = span.get(key, (trip["odometer_out_km"], trip["odometer_in_km"]))
            span[key] = min(low, trip["odometer_out_km"]), max(high, trip["odometer_in_km"])
    for cost in costs:
        key = cost["vehicle_id"], cost["year"]
        spent[key] += cost["amount_yuan"]
        litres[key] += cost["fuel_l"] or 0
        if cost["fuel_l"]:
            pumped[key] += cost["fuel_l"]
            paid[key] += cost["amount_yuan"]

    def by_distance(key, distance):
        if not km[key]:
            return None, None
        return (rounded(Fraction(litres[key] * distance) / Fraction(km[key]), 4),
                rounded(Fraction(spent[key] * distance) / Fraction(km[key]), 2))

    def by_litres(key, excess):
        yuan = rounded(Fraction(paid[key] * excess) / Fraction(pumped[key]), 2) if pumped[key] else None
        return excess, yuan

    for vehicle, own in trips.items():
        own.sort(key=lambda trip: (trip["departed_at"], trip["trip_id"]))
        latest = None
        for before, trip in zip([None, *own], own):
            key = vehicle, trip["year"]
            if trip["out_day"] in off and trip["reason_class"] not in exempt:
                yield ("non_workday_use", vehicle, "trip", trip["trip_id"], trip["km"], *by_distance(key, trip["km"]))
            if before:
                gap = trip["odometer_out_km"] - before["odometer_in_km"]
                if gap > int(settings["no_order_tolerance_km"]):
                    yield ("no_order", vehicle, "odometer", trip["trip_id"], gap, *by_distance(key, gap))
                if gap < 0:
                    yield ("odometer_backwards", vehicle, "odometer", trip["trip_id"], trip["odometer_out_km"], None, None)
                if latest and trip["departed_at"] < latest:
                    minutes = (min(latest, trip["returned_at"]) - trip["departed_at"]) // datetime.timedelta(minutes=1)
                    yield ("overlapping_trips", vehicle, "trip", trip["trip_id"], minutes, *by_distance(key, trip["km"]))
            latest = max(latest, trip["returned_at"]) if latest else trip["returned_at"]
    for cost in costs:
        if cost["cost_class"] not in ("fuel", "charge"):
            continue
        vehicle, amount = cost["vehicle_id"], cost["amount_yuan"]
        quantity = cost["fuel_l"] if cost["cost_class"] == "fuel" else cost["charge_kwh"]
        if not any(trip["out_day"] <= cost["cost_date"] <= trip["in_day"] for trip in trips[vehicle]):
            yield ("refuel_without_trip", vehicle, "refuel", cost["cost_id"], quantity, cost["fuel_l"], amount)
        tank = vehicles[vehicle]["tank_l"] if vehicle in vehicles else None
        if cost["fuel_l"] and tank and cost["fuel_l"] * 100 > tank * (100 + int(settings["tank_tolerance_pct"])):
            yield ("refuel_above_tank", vehicle, "refuel", cost["cost_id"], quantity, quantity - tank,
                   rounded(Fraction(amount * (quantity - tank)) / Fraction(quantity), 2))
        if cost["unit_price_yuan"] is not None:
            made = rounded(Fraction(quantity) * Fraction(cost["unit_price_yuan"]), 2)
            if abs(amount - made) > int(settings["fuel_amount_tolerance_yuan"]):
                yield ("refuel_amount", vehicle, "refuel", cost["cost_id"], amount, None, abs(amount - made))
    for key, (low, high) in span.items():
        if abs(high - low - km[key]) * 100 > (high - low) * int(settings["trip_distance_tolerance_pct"]):
            yield ("distance_differs", key[0], "year", str(key[1]), km[key], *by_distance(key, abs(high - low - km[key])))
    models = defaultdict(lambda: [0, 0])
    fuelled = [key for key in km if key[0] in vehicles and km[key] and litres[key]
               and vehicles[key[0]]["fuel_class"] not in ("bev", "fcev")]
    for vehicle, year in fuelled:
        kind = models[vehicles[vehicle]["model"], vehicles[vehicle]["fuel_class"], year]
        kind[0] += km[vehicle, year]
        kind[1] += litres[vehicle, year]
    for vehicle, year in fuelled:
        key = vehicle, year
        distance, fuel = models[vehicles[vehicle]["model"], vehicles[vehicle]["fuel_class"], year]
        if litres[key] * distance * 100 > fuel * km[key] * (100 + int(settings["consumption_tolerance_pct"])):
            usual = Fraction(fuel) * Fraction(km[key]) / Fraction(distance)
            yield ("consumption_above_model", vehicle, "year", str(year), rounded(Fraction(litres[key] * 100) / Fraction(km[key]), 4),
                   *by_litres(key, rounded(Fraction(litres[key]) - usual, 4)))
    for alarm in records(lake, "vehicle.alarm"):
        if alarm["outcome"] not in ("explained", "false_alarm"):
            kind = alarm["alarm_class"]
            yield (RENAMED.get(kind, kind), alarm["vehicle_id"], "alarm", alarm["alarm_id"], 1, None, None)


def refused_trips(demo):
    """Trips of the files that no loader takes, with vehicle, kilometres and time, by the manifest's places."""
    places = json.loads((demo / "manifest.json").read_text())["jobs"]["vehicle.trip"]["faults"]
    bad = {(place["file"], place["row"]) for fault in places
           if fault["kind"] in ("odometer_backwards", "required_missing") for place in fault["places"]}
    for file in sorted({file for file, _ in bad}):
        with gzip.open(demo / file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if (file, number) in bad:
                    row = json.loads(line)
                    # The order's number holds the vehicle, also where its own field is empty.
                    yield row["orderNo"].split("-")[2], int(row["km"]), row["outTime"]


def main():
    lake = open_lake()
    found = list(find(lake))
    print(sorted(Counter((row[0], row[2]) for row in found).items()))
    is_equal = compare_rows(
        lake, "vehicle_suspicion", found,
        "select rule, vehicle_id, evidence, occurrence_id, value, impact_l, impact_yuan from mart.vehicle_suspicion",
    )
    demo = Path(sys.argv[1]).parent
    if (demo / "manifest.json").exists():
        refused = list(refused_trips(demo))
        gaps = [row[4] for row in found if row[0] == "no_order" and row[2] == "odometer"]
        print(f"trips refused: {len(refused)}, {sum(km for _, km, _ in refused)} km; "
              f"gaps without an order: {len(gaps)}, {sum(gaps)} km")
    return not is_equal


if __name__ == "__main__":
    raise SystemExit(main())
