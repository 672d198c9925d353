"""Recounts vehicle_check_year in plain Python: what each rule could judge, could not, and found."""

from collections import defaultdict

from lake import compare_rows, open_lake, records
from vehicle_suspicion import find


def judged(lake):
    """Rule, year, whether it could judge the object, what was missing if not."""
    days = {row["calendar_date"] for row in records(lake, "reference.calendar")}
    vehicles = {row["vehicle_id"]: row for row in records(lake, "vehicle.vehicle")}
    own = defaultdict(list)
    for trip in records(
        lake, "(select trip_id, vehicle_id, year, km, odometer_out_km, odometer_in_km, departed_at, returned_at,"
              " cast(timezone('Asia/Shanghai', departed_at) as date) as out_day from vehicle.trip)",
    ):
        own[trip["vehicle_id"]].append(trip)
    distances, readings, litres = defaultdict(int), defaultdict(list), defaultdict(int)
    for vehicle, trips in own.items():
        trips.sort(key=lambda trip: (trip["departed_at"], trip["trip_id"]))
        for before, trip in zip([None, *trips], trips):
            year = trip["year"]
            distances[vehicle, year] += trip["km"] or 0
            readings[vehicle, year].append((trip["odometer_out_km"], trip["odometer_in_km"]))
            yield "non_workday_use", year, trip["out_day"] in days, "no_calendar_day"
            yield "overlapping_trips", year, trip["returned_at"] is not None, "no_return"
            if before:
                known = None not in (before["odometer_in_km"], trip["odometer_out_km"])
                yield "no_order", year, known, "no_odometer"
                yield "odometer_backwards", year, known, "no_odometer"
    for cost in records(lake, "vehicle.cost"):
        litres[cost["vehicle_id"], cost["year"]] += cost["fuel_l"] or 0
        if cost["cost_class"] in ("fuel", "charge"):
            quantity = cost["fuel_l"] if cost["fuel_l"] is not None else cost["charge_kwh"]
            yield "refuel_without_trip", cost["year"], True, None
            yield "refuel_amount", cost["year"], None not in (quantity, cost["unit_price_yuan"]), "no_price"
        if cost["cost_class"] == "fuel":
            tank = vehicles.get(cost["vehicle_id"], {}).get("tank_l")
            yield "refuel_above_tank", cost["year"], tank is not None, "no_tank"
    for (vehicle, year), km in distances.items():
        if km == 0:
            continue
        register = vehicles.get(vehicle, {})
        outs, ins = ([pair[side] for pair in readings[vehicle, year] if pair[side] is not None] for side in (0, 1))
        yield "distance_differs", year, bool(outs and ins), "no_odometer"
        if register.get("fuel_class") not in ("bev", "fcev"):
            known = litres[vehicle, year] > 0 and register.get("model") is not None
            yield "consumption_above_model", year, known, "no_consumption"


def main():
    lake = open_lake()
    years = dict(lake.sql("select trip_id, year from vehicle.trip").fetchall())
    years |= dict(lake.sql("select cost_id, year from vehicle.cost").fetchall())
    found = defaultdict(int)
    for rule, _, evidence, occurrence, *_ in find(lake):
        if evidence != "alarm":
            found[rule, int(occurrence) if evidence == "year" else years[occurrence]] += 1
    objects, checked, reasons = defaultdict(int), defaultdict(int), {}
    for rule, year, is_checked, missing in judged(lake):
        objects[rule, year] += 1
        checked[rule, year] += is_checked
        if not is_checked:
            reasons[rule, year] = missing
    rows = [
        (*key, reasons.get(key), count, checked[key], count - checked[key], found[key]) for key, count in objects.items()
    ]
    fine = compare_rows(
        lake, "vehicle_check_year", rows,
        "select rule, year, unchecked_reason, object_count, checked_count, unchecked_count, suspicious_count"
        " from mart.vehicle_check_year",
    )
    print(f"objects {sum(objects.values())}, judged {sum(checked.values())}, found {sum(found.values())}")
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
