"""Recomputes saving_criterion_year and saving_organ_year with plain Python fractions.

Forms, register, projects and vehicles are read from the base tables; indicators, quotas and rooms from marts that
have oracles of their own.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded
from reporting_year import first_day, owed
from vehicle_stock_year import count_days, quota, stock

CHANGES = ("energy_per_capita", "energy_per_area", "water_per_capita")
REASONS = {
    "reporting_completeness": "nothing_expected", "quota_limit_used": "no_quota", "rooms_above_standard": "no_rooms_judged",
    "vehicles_above_quota": "no_vehicles", "nev_share_acquired": "nothing_acquired", "efficient_lighting": "no_projects",
}
LEVELS = ["national", "provincial", "municipal"]


def holds(row, day):
    return row["from_date"] <= day <= (row["to_date"] or date.max)


def per_cent(part, whole):
    return rounded(Fraction(part) * 100 / Fraction(whole), 4)


def organs_of(lake, organizations, ends):
    """Organs of the state of county level and above that the survey asks on the last day of the year's forms."""
    new_codes = {row["old_code"]: row["new_code"] for row in records(lake, "reference.region_change")}
    return {
        (row["organization_id"], year): (new_codes.get(row["region_code"], row["region_code"]), row["organ_level"])
        for year, day in ends.items()
        for row in organizations
        if row["class_code"] == "01" and row["organ_level"] in ("province", "city", "county")
        and row["in_energy_survey"] and row["status"] == "active" and holds(row, day)
    }


def measured(lake, organizations, forms, ends):
    """(organisation, year, criterion): value."""
    found = {}
    asked = owed(organizations, {month for _, month in forms})
    months = Counter((who, int(month[:4])) for who, month in asked)
    came = Counter((who, int(month[:4])) for who, month in asked & forms)
    for (who, year), count in months.items():
        found[who, year, "reporting_completeness"] = per_cent(came[who, year], count)

    told = {
        (row["organization_id"], row["year"], row["indicator"]): Fraction(row["value"])
        for row in records(lake, "mart.energy_indicator_year")
        if row["is_complete"] and row["value"] is not None and row["indicator"] in CHANGES
    }
    for (who, year, indicator), value in told.items():
        before = told.get((who, year - 1, indicator))
        if before:
            found[who, year, f"{indicator}_change"] = per_cent(value - before, before)
    for row in records(lake, "mart.quota_year"):
        if row["is_complete"] and row["limit_used_pct"] is not None:
            key = row["organization_id"], row["year"], "quota_limit_used"
            found[key] = max(found.get(key, row["limit_used_pct"]), row["limit_used_pct"])

    for row in records(lake, "mart.office_room_standard"):
        if row["verdict"] != "not_judged":
            key = row["organization_id"], row["year"], "rooms_above_standard"
            found[key] = found.get(key, 0) + (row["verdict"] == "over")
    days = count_days(lake)
    rows = stock(lake, days)
    for who, _, year, _, _, over, _ in quota(lake, days, rows):
        found[who, year, "vehicles_above_quota"] = found.get((who, year, "vehicles_above_quota"), 0) + over
    acquired = defaultdict(list)
    for row in rows:
        if row[6]:
            acquired[row[2], row[1]].append(row[8])
    for (who, year), is_new_energy in acquired.items():
        found[who, year, "nev_share_acquired"] = per_cent(sum(is_new_energy), len(is_new_energy))
    found.update(lighting(lake, ends))
    return found


def lighting(lake, ends):
    """Floor area with lamps of finished projects, of organisations of whose buildings any live project is on record."""
    lit, recorded = {}, set()
    for project in records(lake, "energy.project"):
        if project["status"] != "stopped":
            recorded.add(project["building_id"])
        if project["status"] == "finished" and project["kind"] == "lighting" and project["finished_date"]:
            day = project["finished_date"]
            lit[project["building_id"]] = min(lit.get(project["building_id"], day), day)
    buildings = defaultdict(list)
    for building in records(lake, "office.building"):
        if building["status"] != "disposed":
            buildings[building["organization_id"]].append(building)
    for who, own in buildings.items():
        floor = sum(building["floor_m2"] or 0 for building in own)
        if floor and any(building["building_id"] in recorded for building in own):
            for year, end in ends.items():
                area = sum(building["floor_m2"] or 0 for building in own
                           if lit.get(building["building_id"], date.max) <= end)
                yield (who, year, "efficient_lighting"), per_cent(area, floor)


def main():
    lake = open_lake()
    organizations = records(lake, "reference.organization")
    forms = set(lake.sql("select organization_id, month from energy.monthly").fetchall())
    ends = {}
    for _, month in forms:
        end = first_day(month, 1) - timedelta(1)
        ends[end.year] = max(end, ends.get(end.year, end))
    organs = organs_of(lake, organizations, ends)
    found = measured(lake, organizations, forms, ends)
    criteria = records(lake, "reference.saving_criterion")
    names = records(lake, "reference.model_unit")

    rows, years = [], []
    for (who, year), (region, level) in organs.items():
        counts = Counter()
        for row in criteria:
            if not holds(row, ends[year]):
                continue
            criterion, value = row["criterion"], found.get((who, year, row["criterion"]))
            is_met = value is not None and (
                value <= row["threshold"] if row["comparison"] == "at_most" else value >= row["threshold"])
            reason = REASONS.get(criterion, "no_whole_years") if value is None else None
            counts += Counter(asked=1, judged=value is not None, met=is_met)
            rows.append((who, year, criterion, region, level, row["unit"], value, row["threshold"], reason, is_met))
        held = {(row["award"], row["award_level"]) for row in names
                if row["organization_id"] == who and holds(row, ends[year])}
        model = next((one for one in LEVELS if ("model_unit", one) in held), None)
        verdict = "not_judged" if not counts["judged"] else "met" if counts["met"] == counts["judged"] else "not_met"
        years.append((who, year, region, level, verdict, model, counts["asked"], counts["judged"], counts["met"],
                      any(award == "saving_organ" for award, _ in held), ends[year]))
    for year in sorted(ends):
        verdicts = Counter(row[4] for row in years if row[1] == year)
        print(f"{year}: {dict(verdicts)}, criteria judged {sum(row[7] for row in years if row[1] == year)}, "
              f"met {sum(row[8] for row in years if row[1] == year)}")
    return not all([
        compare_rows(
            lake, "saving_criterion_year", rows,
            "select organization_id, year, criterion, region_code, organ_level, unit, value, threshold, reason, is_met"
            " from mart.saving_criterion_year",
        ),
        compare_rows(
            lake, "saving_organ_year", years,
            "select organization_id, year, region_code, organ_level, verdict, model_level, criterion_count, judged_count,"
            " met_count, is_named, judged_date from mart.saving_organ_year",
        ),
    ])


if __name__ == "__main__":
    raise SystemExit(main())
