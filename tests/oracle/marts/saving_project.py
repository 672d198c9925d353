"""Recomputes saving_project and office_facility in plain Python, and the shares of centralised areas with facilities."""

from collections import defaultdict
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded

RETROFITS = {"lighting", "hvac", "envelope", "heat_pump", "boiler"}


def conflict(project, building):
    if project["status"] == "finished":
        if not project["finished_date"]:
            return "finished_without_date"
    elif project["measured_saving_kgce"] is not None:
        return "measured_unfinished"
    if project["building_id"] and not building:
        return "building_unknown"
    is_gone = building and building["status"] == "disposed" and project["status"] == "finished"
    return "building_disposed" if is_gone else None


def project_row(project, building, centralized):
    finished = project["status"] == "finished"
    expected, measured = project["estimated_saving_kgce"], project["measured_saving_kgce"]
    reason = ("not_finished" if not finished else "not_measured" if measured is None
              else "no_estimate" if not expected else None)
    begun, ended = project["started_date"], project["finished_date"]
    day = ended or begun or project["approved_date"]
    invested = project["investment_yuan"]
    return (
        project["project_id"], conflict(project, building), reason, day.year if day else None,
        None if invested is None else invested - (project["subsidy_yuan"] or 0),
        rounded(Fraction(measured) * 100 / Fraction(expected), 4) if reason is None else None,
        (ended - begun).days if ended and begun else None, finished, reason is None,
        bool(building and centralized.get(building["compound_id"])),
    )


def facility_row(building, own, centralized):
    done = [project for project in own if project["status"] == "finished"]
    kinds = defaultdict(list)
    for project in done:
        kinds[project["kind"]].append(project)
    is_retrofitted = bool(RETROFITS & set(kinds))
    mark = bool(building["is_retrofitted"])
    dates = [min((project["finished_date"] for project in kinds[kind] if project["finished_date"]), default=None)
             for kind in ("lighting", "charging", "pv")]
    return (
        building["building_id"],
        None if mark == is_retrofitted else "marked_without_project" if mark else "project_without_mark",
        building["floor_m2"] or 0, sum(project["pv_capacity_kw"] or 0 for project in kinds["pv"]), len(done),
        sum(project["status"] in ("planned", "approved", "running") for project in own),
        bool(centralized.get(building["compound_id"])), bool(kinds["lighting"]), bool(kinds["charging"]),
        bool(kinds["pv"]), is_retrofitted, *dates,
    )


def main():
    lake = open_lake()
    buildings = {row["building_id"]: row for row in records(lake, "office.building")}
    centralized = {row["compound_id"]: row["is_centralized"] for row in records(lake, "office.compound")}
    projects = records(lake, "energy.project")
    rows = [project_row(row, buildings.get(row["building_id"]), centralized) for row in projects]
    facilities = [
        facility_row(building, [row for row in projects if row["building_id"] == name], centralized)
        for name, building in buildings.items() if building["status"] != "disposed"
    ]
    areas = {buildings[row[0]]["compound_id"] for row in facilities if row[6]}
    for name, place in (("lighting", 7), ("charging", 8)):
        have = {buildings[row[0]]["compound_id"] for row in facilities if row[6] and row[place]}
        print(f"centralised areas with {name}: {len(have)} of {len(areas)}")
    is_same = compare_rows(
        lake, "saving_project", rows,
        "select project_id, conflict, realised_reason, year, own_yuan, realised_pct, days_of_work, is_finished,"
        " is_measured, is_centralized from mart.saving_project",
    )
    return not (is_same & compare_rows(
        lake, "office_facility", facilities,
        "select building_id, retrofit_conflict, floor_m2, pv_capacity_kw, finished_count, open_count, is_centralized,"
        " has_lighting, has_charging, has_pv, has_retrofit, lighting_date, charging_date, pv_date"
        " from mart.office_facility",
    ))


if __name__ == "__main__":
    raise SystemExit(main())
