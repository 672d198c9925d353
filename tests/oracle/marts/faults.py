"""Copies a lake and spoils the copy, so that every rule of the review list has something to find.

    python tests/oracle/marts/faults.py LAKE COPY

The contracts refuse some of these faults when files are loaded; here they are written past them, for
the rules judge forms that came in before a contract knew better. Build the marts of the copy with
`jieyue --lake COPY build` and give it to review_rules.py.
"""

import shutil
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import deltalake
import pyarrow

# Each form in so many is spoilt, each in another way.
EVERY = 23


def spoil_parts(form):
    form["petrol_vehicle_l"], form["petrol_other_l"] = (form["petrol_l"] or 0) + 11, None


def spoil_diesel_cost(form):
    form["diesel_cost_yuan"], form["diesel_vehicle_cost_yuan"], form["diesel_other_cost_yuan"] = 700, 300, 350


def machine_room_uses_more_than_all(form):
    form["data_centre_electricity_kwh"] = (form["electricity_kwh"] or 0) + 500
    form["data_centre_it_kwh"], form["data_centre_cooling_kwh"] = 300, 100
    form["data_centre_auxiliary_kwh"] = None


def heated_area_exceeds_area(form):
    form["heating_floor_m2"] = (form["floor_m2"] or 0) + 10
    form["heating_own_floor_m2"] = form["heating_by_area_floor_m2"] = form["heating_by_heat_floor_m2"] = None


def heating_burns_more_coal_than_all(form):
    form["heating_raw_coal_t"] = (form["raw_coal_t"] or 0) + Decimal("1.25")


def heating_takes_more_other_energy_than_all(form):
    form["heating_other_energy_tce"] = (form["other_energy_tce"] or 0) + Decimal("0.5")


def electricity_is_free(form):
    form["electricity_cost_yuan"] = 0


def water_is_paid_and_not_used(form):
    form["water_m3"] = 0


def nobody_works_here(form):
    form["people"] = None


def there_is_no_building(form):
    form["floor_m2"] = 0


def there_is_no_electricity(form):
    form["electricity_kwh"] = form["electricity_cost_yuan"] = form["pv_self_used_kwh"] = None


def electricity_is_dear(form):
    form["electricity_cost_yuan"] = (form["electricity_cost_yuan"] or 0) * 3


def water_is_cheap(form):
    form["water_cost_yuan"] = round((form["water_cost_yuan"] or 0) / 9, 2)


def there_are_more_new_vehicles_than_vehicles(form):
    form["nev_count"] = (form["vehicle_count"] or 0) + 5


FAULTS = [
    spoil_parts, spoil_diesel_cost, machine_room_uses_more_than_all, heated_area_exceeds_area,
    heating_burns_more_coal_than_all, heating_takes_more_other_energy_than_all, electricity_is_free,
    water_is_paid_and_not_used, nobody_works_here, there_is_no_building, there_is_no_electricity,
    electricity_is_dear, water_is_cheap, there_are_more_new_vehicles_than_vehicles,
]


def spoil_forms(forms):
    """Faults of single forms, then of two organisations' whole years."""
    forms.sort(key=lambda form: (form["organization_id"], form["month"]))
    found = Counter()
    for number, form in enumerate(forms[::EVERY]):
        fault = FAULTS[number % len(FAULTS)]
        fault(form)
        found[fault.__name__] += 1
    first, last = forms[0]["organization_id"], forms[-1]["organization_id"]
    for form in forms:
        if form["organization_id"] == last and form["month"].startswith("2023"):
            form["vehicle_count"], form["nev_count"] = 3, 0
            form["petrol_vehicle_count"] = form["diesel_vehicle_count"] = 1
            for column in form:
                if column.startswith(("petrol_", "diesel_")) and not column.endswith("_count"):
                    form[column] = None
        if form["organization_id"] == first and form["month"] >= "2022" and form["people"]:
            form["people"], form["floor_m2"] = form["people"] * 2, (form["floor_m2"] or 0) * Decimal("1.5")
    return found


def spoil_bills(bills):
    """Every so often a bill begins in the days of the one before it."""
    found = Counter()
    for number, bill in enumerate(sorted(bills, key=lambda bill: bill["bill_id"])):
        if number % 211 == 0 and bill["from_date"]:
            bill["from_date"] -= timedelta(days=5)
            found["bill_begins_too_early"] += 1
    return found


def add_quotas(quotas):
    """Quotas for two classes, among them one that ended and one of a subclass."""
    def quota(class_code, indicator, unit, limit, guide, **more):
        row = dict(standard_no="test", class_code=class_code, subclass="all", zone="all", indicator=indicator, unit=unit,
                   limit_value=Decimal(limit), base_value=None, guide_value=Decimal(guide), from_date=date(2015, 1, 1),
                   to_date=None, source="test", grade="D")
        quotas.append(row | more)

    quota("01", "energy_per_capita", "kgce/person", "600", "200")
    quota("01", "energy_per_area", "kgce/m2", "14", "6", to_date=date(2022, 12, 31))
    quota("01", "energy_per_area_excl_vehicle", "kgce/m2", "9", "5")
    quota("021", "water_per_capita", "m3/person", "20", "4")
    quota("021", "energy_per_capita", "kgce/person", "1", "1", subclass="kindergarten")
    return Counter({"quota": 5})


def rewrite(lake, table, spoil):
    """Replaces the rows of one table by spoilt ones and prints how many there are of each fault."""
    delta = deltalake.DeltaTable(str(lake / "tables" / table))
    schema = delta.to_pyarrow_dataset().schema
    rows = delta.to_pyarrow_table().to_pylist()
    found = spoil(rows)
    # A row made here has no place in a landed object; the table wants one all the same.
    places = {field.name: "" if pyarrow.types.is_string(field.type) else 0 for field in schema if not field.nullable}
    filled = [{name: row.get(name, places.get(name)) for name in schema.names} for row in rows]
    deltalake.write_deltalake(
        delta, pyarrow.Table.from_pylist(filled, schema=schema), mode="overwrite"
    )
    for fault, count in sorted(found.items()):
        print(f"{table}: {fault.replace('_', ' ')}: {count}")


def main():
    if len(sys.argv) != 3:
        sys.exit(f"usage: python {sys.argv[0]} LAKE COPY")
    lake, copy = map(Path, sys.argv[1:])
    shutil.copytree(lake, copy)
    rewrite(copy, "energy/monthly", spoil_forms)
    rewrite(copy, "energy/bill", spoil_bills)
    rewrite(copy, "reference/quota", add_quotas)


if __name__ == "__main__":
    main()
