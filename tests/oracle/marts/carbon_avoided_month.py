"""Recomputes carbon_avoided_month and carbon_factor_year in plain Python from forms and factors.

Electricity: the province's factor of the year, else its latest earlier one; fixed is the one that the setting names.
Fuels and heat: the country's factor, the same in every year.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from energy_forms import CARRIERS, Register, last_day, used
from lake import compare_rows, open_lake, records, rounded

PROVINCE = "420000"


def main():
    lake = open_lake()
    register = Register(lake)
    factors = records(lake, "reference.emission_factor")
    settings = {row["name"]: row["value"] for row in records(lake, "reference.setting")}
    fixed_power = next(row for row in factors if row["factor_id"] == settings["electricity_fixed_factor_id"])
    of_power = {row["year"]: row for row in factors if (row["carrier"], row["region_code"]) == ("electricity", PROVINCE)}
    of_fuel = {row["carrier"]: row for row in factors if row["region_code"] == "CN" and row["year"] is None}
    avoided, sums = [], defaultdict(lambda: [Decimal(0)] * 3)
    for form in records(lake, "energy.monthly"):
        month, year = form["month"], int(form["month"][:4])
        of_year = of_power[max(known for known in of_power if known <= year)]
        roof = form["pv_self_used_kwh"] or Decimal(0)
        if roof:
            avoided.append((
                form["organization_id"], month, *register.place(form["organization_id"], last_day(month)),
                fixed_power["factor_id"], of_year["factor_id"], roof, times(roof, fixed_power), times(roof, of_year),
                of_year["year"] < year,
            ))
        for carrier, (quantity, _) in used(form).items():
            if carrier == "water" or (carrier != "electricity" and carrier not in of_fuel):
                continue
            pair = (of_year, fixed_power) if carrier == "electricity" else (of_fuel[carrier], of_fuel[carrier])
            emitting = quantity - roof if carrier == "electricity" else quantity
            assert pair[0]["unit"] == CARRIERS[carrier][2]
            key = year, carrier, pair[0]["factor_id"], pair[1]["factor_id"]
            sums[key] = [a + b for a, b in zip(sums[key], (emitting, times(emitting, pair[1]), times(emitting, pair[0])))]
    by_id = {row["factor_id"]: row for row in factors}
    expected = []
    for (year, carrier, of_year, fixed), (quantity, co2_fixed, co2_year) in sums.items():
        known = by_id[of_year]["year"]
        expected.append((
            year, carrier, of_year, fixed, by_id[of_year]["grade"], by_id[fixed]["grade"], known,
            None if known is None else year - known, quantity, co2_fixed, co2_year, known is not None and known < year,
        ))
    print(f"{sum(row[6] for row in avoided)} kWh of own roofs avoided {sum(row[7] for row in avoided)} kg by the fixed factor")
    fine = compare_rows(
        lake, "carbon_avoided_month", avoided,
        "select organization_id, month, region_code, class_code, fixed_factor_id, year_factor_id, self_used_kwh,"
        " avoided_fixed_kg, avoided_year_kg, is_carried_forward from mart.carbon_avoided_month",
    )
    return not (fine & compare_rows(
        lake, "carbon_factor_year", expected,
        "select year, carrier, year_factor_id, fixed_factor_id, year_factor_grade, fixed_factor_grade,"
        " year_factor_year, years_carried, quantity, co2_fixed_kg, co2_year_kg, is_carried_forward"
        " from mart.carbon_factor_year",
    ))


def times(quantity, factor):
    return rounded(Fraction(quantity) * Fraction(factor["kgco2_per_unit"]), 4)


if __name__ == "__main__":
    raise SystemExit(main())
