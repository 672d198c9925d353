"""Recomputes office_space_year in plain Python: stock, registration, contracts, rent by the day, repairs, findings."""

import calendar
import datetime
from collections import defaultdict
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded

BEGINNING, FOREVER = datetime.date(1900, 1, 1), datetime.date(9999, 12, 31)


def main():
    lake = open_lake()
    buildings = {row["building_id"]: row for row in records(lake, "office.building")}
    rooms = {row["room_id"]: row for row in records(lake, "office.room")}
    compounds = {row["compound_id"]: row["is_centralized"] for row in records(lake, "office.compound")}
    leases, repairs, disposals, findings, seats = (
        records(lake, f"office.{name}") for name in ("lease", "repair", "disposal", "inspection", "occupancy")
    )
    newest_seat = max(row["from_date"] for row in seats)
    newest = max(
        day for day in [
            newest_seat,
            *(row["approved_date"] for row in repairs), *(row["finished_date"] for row in repairs),
            *(row["inspection_date"] for row in findings), *(row["disposal_date"] for row in disposals),
            *(row["registration_date"] for row in buildings.values()),
        ] if day
    )
    years = [year for year in sorted({row["calendar_date"].year for row in records(lake, "reference.calendar")})
             if year <= newest.year]
    days = {year: min(datetime.date(year, 12, 31), newest) for year in years}
    rows = defaultdict(lambda: defaultdict(int))

    for place, building in buildings.items():
        for year, day in days.items():
            given = max((row["disposal_date"] for row in disposals if row["building_id"] == place
                         and row["way"] in ("exchange", "auction", "demolish")), default=None)
            stands = building["status"] != "disposed" or bool(given and given > day)
            if stands and (building["built_year"] is None or building["built_year"] <= year):
                rows[place, year]["floor"] = building["floor_m2"] or 0
                rows[place, year]["usable"] = building["usable_m2"] or 0
    for lease in leases:
        first, last = lease["from_date"] or BEGINNING, lease["to_date"] or FOREVER
        room = rooms.get(lease["room_id"])
        area = lease["leased_m2"] if lease["leased_m2"] is not None else room and room["usable_m2"]
        for year, day in days.items():
            if first <= day <= last:
                rows[lease["building_id"], year][lease["direction"]] += area
            for month in range(1, 13):
                start = datetime.date(year, month, 1)
                end = datetime.date(year, month, calendar.monthrange(year, month)[1])
                if start > day or last < start or first > end:
                    continue
                rows[lease["building_id"], year]["running"] += 1
                if lease["direction"] in ("let_out", "rented_in"):
                    part = Fraction((min(end, last) - max(start, first)).days + 1, end.day)
                    rent = rounded(Fraction(area) * Fraction(lease["rent_yuan_per_m2_month"]) * part, 2)
                    rows[lease["building_id"], year]["rent_" + lease["direction"]] += rent
    for repair in repairs:
        day = repair["finished_date"] or (repair["final_yuan"] is not None and repair["approved_date"])
        if day and day.year in days:
            rows[repair["building_id"], day.year]["repairs"] += 1
            rows[repair["building_id"], day.year]["repair"] += repair["final_yuan"] or 0
    for disposal in disposals:
        if disposal["disposal_date"].year in days:
            row = rows[disposal["building_id"], disposal["disposal_date"].year]
            row["proceeds"] += disposal["proceeds_yuan"] or 0
            row["disposed"] += disposal["floor_m2"] or 0
    for finding in findings:
        year = finding["inspection_date"].year
        if year in days:
            row = rows[finding["building_id"], year]
            row["findings"] += 1
            mended = finding["closed_date"]
            row["overdue"] += bool(finding["deadline_date"]
                                   and finding["deadline_date"] < (min(mended, days[year]) if mended else days[year]))
    people = defaultdict(set)
    for year in years:
        day = min(datetime.date(year, 12, 31), newest_seat)
        for seat in seats:
            if year <= newest_seat.year and seat["from_date"] <= day <= (seat["to_date"] or FOREVER):
                if seat["room_id"] in rooms:
                    people[rooms[seat["room_id"]]["building_id"], year].add(seat["person_key"])

    expected = []
    for (place, year), row in rows.items():
        building = buildings.get(place, {})
        is_registered = building.get("registration_status") in ("own_administration", "other") and (
            building["registration_date"] is None or building["registration_date"] <= days[year])
        expected.append((
            place, year, row["floor"], row["usable"], row["let_out"], row["lent_out"], row["rented_in"],
            row["rent_let_out"], row["rent_rented_in"], row["repair"], row["repairs"], row["proceeds"], row["disposed"],
            row["findings"], row["overdue"], len(people[place, year]), is_registered,
            bool(compounds.get(building.get("compound_id"))),
        ))
    for year in years[-2:]:
        own = [row for row in expected if row[1] == year]
        print(f"{year}: floor {sum(row[2] for row in own)}, rent {sum(row[7] for row in own)}, "
              f"repair {sum(row[9] for row in own)}")
    return not compare_rows(
        lake, "office_space_year", expected,
        "select building_id, year, floor_m2, usable_m2, let_m2, lent_m2, rented_in_m2, rent_income_yuan,"
        " rent_expense_yuan, repair_yuan, repairs, disposal_proceeds_yuan, disposed_m2, findings, overdue_findings,"
        " occupant_count, is_registered, is_centralized from mart.office_space_year",
    )


if __name__ == "__main__":
    raise SystemExit(main())
