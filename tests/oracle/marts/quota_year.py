"""Recomputes quota_year as fractions from reference.quota and energy_indicator_year, which has an oracle of its own."""

from datetime import date
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded

BANDS = [("limit_value", "over_limit"), ("base_value", "over_base"), ("guide_value", "over_guide")]


def main():
    lake = open_lake()
    settings = {row["name"]: row["value"] for row in records(lake, "reference.setting")}
    quotas = [row for row in records(lake, "reference.quota") if row["subclass"] == row["zone"] == "all"]
    expected = []
    for told in records(lake, "mart.energy_indicator_year"):
        end = date(told["year"], 12, 31)
        for quota in quotas:
            if (quota["class_code"], quota["indicator"]) != (told["class_code"], told["indicator"]):
                continue
            if quota["from_date"] <= end <= (quota["to_date"] or date.max):
                expected.append(judge(told, quota, settings["energy_coefficient_set"]))
    bands = {band: sum(row[4] == band for row in expected) for band in {row[4] for row in expected}}
    print(f"{bands}, {sum(row[-1] for row in expected)} warnings")
    return not compare_rows(
        lake, "quota_year", expected,
        """select standard_no, organization_id, year, indicator, band, reason, value, limit_value, limit_to_date_value,
            base_to_date_value, guide_to_date_value, limit_used_pct, limit_due_pct, forecast_value, is_over_limit,
            is_warning from mart.quota_year""",
    )


def judge(told, quota, coefficient_set):
    reason = told["reason"]
    if reason is None and quota["unit"] != told["unit"]:
        reason = "unit_differs"
    if reason is None and told["unit"].startswith("kgce") and quota["coefficient_set_id"] not in (None, coefficient_set):
        reason = "other_coefficient_set"
    part = Fraction(1) if told["indicator"] == "pue" else Fraction(told["months_reported"], 12)
    band = used = forecast = None
    if reason is None:
        exact = Fraction(told["numerator"]) / Fraction(told["denominator"])
        band = next(
            (name for column, name in BANDS if quota[column] is not None and exact > Fraction(quota[column]) * part),
            "within_guide",
        )
        used = rounded(exact * 100 / Fraction(quota["limit_value"]), 4)
        forecast = rounded(Fraction(told["value"]) / part, 8)
    to_date = [rounded(Fraction(quota[column]) * part, 8) for column, _ in BANDS]
    is_over = band == "over_limit"
    return (
        quota["standard_no"], told["organization_id"], told["year"], told["indicator"], band, reason, told["value"],
        quota["limit_value"], *to_date, used, rounded(part * 100, 4), forecast, is_over, is_over and not told["is_complete"],
    )


if __name__ == "__main__":
    raise SystemExit(main())
