"""Recomputes energy_part_month, energy_part_year and energy_indicator_year in plain Python from the forms.

CO2 is taken by year from intensity_year, which the city's own truth checks.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from energy_forms import CARRIERS, Coefficients, Register, last_day, used
from lake import compare_rows, open_lake, records, rounded

ZERO = Decimal(0)


def main():
    lake = open_lake()
    register, coefficients = Register(lake), Coefficients(lake)
    numerator = {row["name"]: row["value"] for row in records(lake, "reference.setting")}["energy_per_area_numerator"]
    by_year = defaultdict(list)
    parts, coal = [], {}
    for form in records(lake, "energy.monthly"):
        key = form["organization_id"], form["month"]
        by_year[key[0], int(key[1][:4])].append(form)
        day, whole = last_day(key[1]), used(form)
        place = register.place(key[0], day)
        coal[key] = defaultdict(Decimal)
        for carrier, (quantity, _) in whole.items():
            coal[key]["energy"] += weigh(coefficients, carrier, quantity, day)[1]
            vehicle = CARRIERS[carrier][4]
            if vehicle:
                coal[key]["vehicle"] += weigh(coefficients, carrier, form[vehicle] or ZERO, day)[1]
        for part, carrier, column, times in part_columns():
            quantity = (form[column] or ZERO) * times
            if quantity:
                factor, energy = weigh(coefficients, carrier, quantity, day)
                coal[key][part] += energy
                parts.append((
                    *key, part, carrier, *place, factor, CARRIERS[carrier][2], quantity,
                    whole.get(carrier, (ZERO, ZERO))[0], energy,
                ))
    fine = compare_rows(
        lake, "energy_part_month", parts,
        "select organization_id, month, part, carrier, region_code, class_code, coefficient_id, unit, quantity,"
        " whole_quantity, energy_kgce from mart.energy_part_month",
    )
    carbon = {(row["organization_id"], row["year"]): row for row in records(lake, "mart.intensity_year")}
    years, indicators = [], []
    for (organization, year), forms in by_year.items():
        row = year_of(organization, forms, coal, numerator)
        newest = max(form["month"] for form in forms)
        place = register.place(organization, last_day(newest))
        years.append((organization, year, *place, len(forms), *row.values(), len(forms) == 12))
        told = {**row, **{name: carbon[organization, year][name] for name in ("co2_fixed_kg", "co2_year_kg")}}
        told["water_m3"] = sum(form["water_m3"] or ZERO for form in forms)
        for line in indicators_of(told):
            indicators.append((organization, year, *line))
    fine &= compare_rows(
        lake, "energy_part_year", years,
        """select organization_id, year, region_code, class_code, months_reported, people, floor_m2, heating_floor_m2,
            energy_kgce, vehicle_energy_kgce, heating_energy_kgce, energy_excl_vehicle_kgce, energy_of_area_kgce,
            non_heating_energy_kgce, electricity_kwh, heating_electricity_kwh, data_centre_electricity_kwh,
            regular_electricity_kwh, pue_electricity_kwh, pue_it_kwh, is_complete from mart.energy_part_year""",
    )
    return not (fine & compare_rows(
        lake, "energy_indicator_year", indicators,
        "select organization_id, year, indicator, unit, numerator, denominator, value, reason"
        " from mart.energy_indicator_year",
    ))


def part_columns():
    yield "data_centre", "electricity", "data_centre_electricity_kwh", 1
    for carrier, (_, _, _, times, _, column) in CARRIERS.items():
        if column:
            yield "heating", carrier, column, times


def weigh(coefficients, carrier, quantity, day):
    """The coefficient and the standard coal of a quantity, rounded once."""
    if carrier == "water":
        return None, ZERO
    row = coefficients.of(carrier, day)
    return row["coefficient_id"], rounded(Fraction(quantity) * Fraction(row["kgce_per_unit"]), 4)


def mean(values):
    stated = [value for value in values if value]
    return rounded(Fraction(sum(stated)) / len(stated), 4) if stated else None


def year_of(organization, forms, coal, numerator):
    total = defaultdict(Decimal)
    for form in forms:
        for name, value in coal[organization, form["month"]].items():
            total[name] += value
    power, room, warmth = (
        sum(form[f"{name}electricity_kwh"] or ZERO for form in forms) for name in ("", "data_centre_", "heating_")
    )
    both = [form for form in forms if form["data_centre_electricity_kwh"] and form["data_centre_it_kwh"]]
    without = total["energy"] - total["vehicle"]
    return {
        "people": mean([form["people"] for form in forms]),
        "floor_m2": mean([form["floor_m2"] for form in forms]),
        "heating_floor_m2": mean([form["heating_floor_m2"] for form in forms]),
        "energy": total["energy"], "vehicle": total["vehicle"], "heating": total["heating"],
        "without_vehicle": without,
        "of_area": without if numerator == "excl_vehicle" else total["energy"],
        "non_heating": without - total["heating"],
        "power": power, "warmth": warmth, "room": room, "regular": power - warmth - room,
        "pue": sum(form["data_centre_electricity_kwh"] for form in both) or ZERO,
        "it": sum(form["data_centre_it_kwh"] for form in both) or ZERO,
    }


def indicators_of(told):
    people, floor = told["people"], told["floor_m2"]
    lines = [
        ("energy_per_capita", "kgce/person", told["energy"], people),
        ("energy_per_area", "kgce/m2", told["of_area"], floor),
        ("energy_per_area_all", "kgce/m2", told["energy"], floor),
        ("energy_per_area_excl_vehicle", "kgce/m2", told["without_vehicle"], floor),
        ("non_heating_energy_per_area", "kgce/m2", told["non_heating"], floor),
        ("electricity_per_area", "kWh/m2", told["power"], floor),
        ("regular_electricity_per_area", "kWh/m2", told["regular"], floor),
        ("water_per_capita", "m3/person", told["water_m3"], people),
        ("co2_per_area", "kgCO2/m2", told["co2_fixed_kg"], floor),
        ("co2_per_area_year", "kgCO2/m2", told["co2_year_kg"], floor),
        ("co2_per_capita", "kgCO2/person", told["co2_fixed_kg"], people),
        ("co2_per_capita_year", "kgCO2/person", told["co2_year_kg"], people),
    ]
    if told["heating"] or told["heating_floor_m2"]:
        lines.append(("heating_energy_per_area", "kgce/m2", told["heating"], told["heating_floor_m2"]))
    if told["room"]:
        lines.append(("pue", "1", told["pue"] if told["it"] else told["room"], told["it"]))
    for name, unit, above, below in lines:
        reason = None if below else ("no_it_metering" if name == "pue" else "no_denominator")
        yield name, unit, above, below, rounded(Fraction(above) / Fraction(below), 8) if below else None, reason


if __name__ == "__main__":
    raise SystemExit(main())
