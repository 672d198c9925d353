"""Recomputes degree_day_month and energy_weather_month as fractions from daily weather, forms and coefficients."""

from calendar import monthrange
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from energy_forms import CARRIERS, Coefficients, Register, last_day, used
from lake import compare_rows, open_lake, records, rounded

ZERO = Decimal(0)


def main():
    lake = open_lake()
    settings = {row["name"]: row["value"] for row in records(lake, "reference.setting")}
    heating, cooling = Fraction(settings["heating_base_degc"]), Fraction(settings["cooling_base_degc"])
    days = defaultdict(list)
    for row in records(lake, "energy.weather_day"):
        mean, middle = row["mean_degc"], False
        if mean is None and None not in (row["min_degc"], row["max_degc"]):
            mean, middle = (row["min_degc"] + row["max_degc"]) / 2, True
        if row["region_code"] and mean is not None:
            days[row["region_code"], row["weather_date"]].append((mean, middle))
    months = defaultdict(list)
    for (region, day), stations in days.items():
        mean = Fraction(rounded(Fraction(sum(mean for mean, _ in stations)) / len(stations), 8))
        months[region, day.isoformat()[:7]].append((mean, all(middle for _, middle in stations)))
    weather = {}
    for (region, month), told in months.items():
        length = monthrange(int(month[:4]), int(month[5:]))[1]
        cold = rounded(sum(max(heating - mean, 0) for mean, _ in told), 4)
        hot = rounded(sum(max(mean - cooling, 0) for mean, _ in told), 4)
        mean = rounded(sum(mean for mean, _ in told) / len(told), 4)
        weather[region, month] = (length, len(told), sum(middle for _, middle in told), mean, cold, hot, cold + hot, len(told) == length)
    fine = compare_rows(
        lake, "degree_day_month", [(*key, *row) for key, row in weather.items()],
        "select region_code, month, days, days_measured, days_estimated, mean_degc, heating_degree_days,"
        " cooling_degree_days, degree_days, is_complete from mart.degree_day_month",
    )
    expected = list(organizations(lake, weather))
    reasons = {reason: sum(row[4] == reason for row in expected) for reason in {row[4] for row in expected}}
    print(f"{reasons}; {sum(row[-3] for row in expected)} kgce compared")
    return not (fine & compare_rows(
        lake, "energy_weather_month", expected,
        """select organization_id, month, region_code, weather_region_code, reason, floor_m2, energy_kgce,
            electricity_kwh, degree_days, compared_energy_kgce, compared_area_degree_days, energy_per_degree_day
            from mart.energy_weather_month""",
    ))


def organizations(lake, weather):
    register, coefficients = Register(lake), Coefficients(lake)
    above = {row["region_code"]: row["parent_code"] for row in records(lake, "reference.region")}
    measured = {region for region, _ in weather}
    for form in records(lake, "energy.monthly"):
        month, day = form["month"], last_day(form["month"])
        region, _ = register.place(form["organization_id"], day)
        nearest = region
        while nearest is not None and nearest not in measured:
            nearest = above.get(nearest)
        told = weather.get((nearest, month))
        energy = ZERO
        for carrier, (quantity, _) in used(form).items():
            if carrier == "water":
                continue
            factor = Fraction(coefficients.of(carrier, day)["kgce_per_unit"])
            energy += rounded(Fraction(quantity) * factor, 4)
            if CARRIERS[carrier][4]:
                energy -= rounded(Fraction(form[CARRIERS[carrier][4]] or 0) * factor, 4)
        reason, degree_days = "no_weather", None
        if told:
            degree_days = told[6]
            reason = None if told[7] else "weather_incomplete"
            if reason is None and not degree_days:
                reason = "no_degree_days"
        floor = form["floor_m2"] or None
        is_compared = reason is None and floor is not None
        yield (
            form["organization_id"], month, region, nearest, reason, floor, energy, form["electricity_kwh"] or ZERO,
            degree_days, energy if is_compared else ZERO,
            rounded(Fraction(floor) * Fraction(degree_days), 4) if is_compared else ZERO,
            rounded(Fraction(energy) / Fraction(degree_days), 8) if reason is None else None,
        )


if __name__ == "__main__":
    raise SystemExit(main())
