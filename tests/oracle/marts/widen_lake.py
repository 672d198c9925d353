"""Gives a copy of the demo's lake what its city lacks, so that the energy marts have something to find.

Usage: python tests/oracle/marts/widen_lake.py LAKE. Machine rooms, heating and roofs in the forms; meters whose
registers roll over, are reset, corrected or silent; sub-meters of others; declarations, quotas. Everything is
invented and follows from the row's own number, so two runs give the same lake. Run it once, on a lake nobody
needs, then `jieyue --lake LAKE build`.
"""

import os
import sys
from datetime import date
from decimal import Decimal

import deltalake
import pyarrow as pa
import pyarrow.compute as pc


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tables = os.path.join(sys.argv[1], "tables")
    widen(tables, "energy/monthly", forms)
    widen(tables, "energy/meter", meters)
    widen(tables, "energy/reading", readings)
    widen(tables, "reference/energy_source", declarations)
    widen(tables, "reference/quota", quotas)
    widen(tables, "energy/weather_day", weather)


def widen(tables, name, change):
    """Replaces a table by what `change` makes of its rows."""
    table = deltalake.DeltaTable(os.path.join(tables, name))
    rows = table.to_pyarrow_table()
    changed = change(rows)
    deltalake.write_deltalake(
        table, changed.cast(rows.schema) if changed.schema != rows.schema else changed, mode="overwrite"
    )
    print(f"{name}: {rows.num_rows} rows, now {changed.num_rows}")


def by_row(rows, change):
    return pa.Table.from_pylist([change(row) for row in rows.to_pylist()], schema=rows.schema)


def share(value, percent):
    return None if value is None else (value * percent / 100).quantize(Decimal("0.0001"))


def forms(rows):
    def change(row):
        number, month = int(row["organization_id"][2:]), int(row["month"][5:])
        power = row["electricity_kwh"]
        if power is None:
            return row
        if number % 5 == 0:
            row["data_centre_floor_m2"] = share(row["floor_m2"], 3)
            row["data_centre_it_kwh"] = share(power, 10)
            row["data_centre_cooling_kwh"] = share(power, 4 + number % 3)
            row["data_centre_auxiliary_kwh"] = share(power, 1)
            row["data_centre_electricity_kwh"] = sum(
                row[f"data_centre_{part}_kwh"] for part in ("it", "cooling", "auxiliary")
            )
        if number % 10 == 0:
            # Only the total is known: no PUE without the IT part.
            row["data_centre_it_kwh"] = None
        if number % 4 == 0 and month in (1, 2, 3, 11, 12):
            row["heating_floor_m2"] = share(row["floor_m2"], 80)
            row["heating_electricity_kwh"] = share(power, 12)
            row["heating_natural_gas_m3"] = share(row["natural_gas_m3"], 60)
            row["heating_water_m3"] = share(row["water_m3"], 2)
        if number % 8 == 0 and month in (1, 12):
            row["heat_gj"] = Decimal("12.5000")
            row["heat_cost_yuan"] = Decimal("600.00")
            row["heating_heat_gj"] = Decimal("12.5000")
        if number % 3 == 0 and row["month"] >= "2022-01":
            row["pv_self_used_kwh"] = share(power, 7)
        return row

    return by_row(rows, change)


def meters(rows):
    def change(row):
        number = int(row["meter_id"][2:])
        row["reading_digits"] = 6 if number % 2 else None
        if row["meter_id"] == "BJ00008":
            row["removed_date"] = None
        return row

    changed = by_row(rows, change)
    main = {row["meter_id"]: row for row in changed.to_pylist()}["BJ00001"]
    others = [row["organization_id"] for row in rows.to_pylist() if row["organization_id"] != main["organization_id"]]
    extra = [
        {**main, "meter_id": "BJ90001", "parent_meter_id": "BJ00001", "item": "hvac"},
        {**main, "meter_id": "BJ90002", "parent_meter_id": "BJ00001", "item": "total", "organization_id": others[0]},
        {**main, "meter_id": "BJ90003", "item": "pv"},
        {**main, "meter_id": "BJ90004", "item": "total", "organization_id": others[-1]},
    ]
    return pa.concat_tables([changed, pa.Table.from_pylist(extra, schema=rows.schema)])


def readings(rows):
    rows = rows.sort_by([("meter_id", "ascending"), ("read_at", "ascending")])
    first = rows.filter(pc.equal(rows["meter_id"], "BJ00001")).to_pylist()
    extra = []
    for place, row in enumerate(first):
        tenth = share(row["quantity"], 10)
        for meter in ("BJ90001", "BJ90002", "BJ90003"):
            extra.append({**row, "meter_id": meter, "quantity": tenth, "quality": ["measured", "estimated"][place % 50 == 0]})
    register = Decimal(0)
    for place, row in enumerate(r for r in extra if r["meter_id"] == "BJ90002"):
        # The register counts to a million in the meter's ratio; the collector takes plain differences.
        span = 1_000_000 * 60
        register += row["quantity"] * 1000
        row["quantity"] *= 1000
        if register >= span:
            register -= span
            row["quantity"] -= span
        if place % 9000 == 8999:
            row["quantity"] -= register
            register = Decimal(0)
        row["register_value"] = (register / 60).quantize(Decimal("0.0001"))
        if place % 7000 == 6999:
            row["quantity"] = Decimal("-1.0000")
    extra = [row for place, row in enumerate(extra) if place % 211]
    unknown = [{**row, "meter_id": "BJ99999"} for row in first[:100]]
    return pa.concat_tables([rows, pa.Table.from_pylist(extra + unknown, schema=rows.schema)])


def declarations(rows):
    base = rows.to_pylist()[0]
    extra = [
        {"organization_id": "all", "carrier": "water", "counted_source": "bill"},
        {"organization_id": "JM000003", "carrier": "all", "counted_source": "meter"},
        {
            "organization_id": "JM000003", "carrier": "electricity", "counted_source": "bill",
            "to_date": base["from_date"].replace(year=2023),
        },
        {
            "organization_id": "JM000005", "carrier": "electricity", "counted_source": "bill",
            "from_date": base["from_date"].replace(year=2022),
        },
    ]
    return pa.concat_tables([rows, pa.Table.from_pylist([{**base, **row} for row in extra], schema=rows.schema)])


def quotas(rows):
    indicators = {
        "energy_per_capita": ("kgce/person", 700, 450, 250),
        "energy_per_area": ("kgce/m2", 20, 13, 8),
        "non_heating_energy_per_area": ("kgce/m2", 14, 10, 7),
        "electricity_per_area": ("kWh/m2", 80, 60, 40),
        "water_per_capita": ("m3/person", 30, 20, 12),
        "pue": ("1", 2, "1.6", "1.4"),
    }
    made = [
        {
            "standard_no": "MADE-UP-1", "class_code": class_code, "subclass": "all", "zone": "all", "indicator": indicator,
            "from_date": date(2021, 1, 1), "to_date": date(2025, 12, 31) if class_code == "021" else None, "unit": unit,
            "limit_value": Decimal(limit), "base_value": Decimal(base), "guide_value": Decimal(guide),
            "coefficient_set_id": "DB37-QUOTA" if class_code == "024" else "GBT2589-2020",
            "source": "made up", "grade": "D", "_object": "0" * 16, "_row": 1,
        }
        for class_code in ("01", "021", "024")
        for indicator, (unit, limit, base, guide) in indicators.items()
    ]
    return pa.Table.from_pylist(made, schema=rows.schema)


def weather(rows):
    """A second station, and days that nobody measured."""
    kept = [row for row in rows.to_pylist() if row["weather_date"].toordinal() % 97]
    second = [
        {**row, "station_id": "JM002", "mean_degc": row["mean_degc"] + Decimal("1.3000")}
        for row in kept if row["weather_date"].year >= 2023 and row["mean_degc"] is not None
    ]
    return pa.Table.from_pylist(kept + second, schema=rows.schema)


if __name__ == "__main__":
    main()
