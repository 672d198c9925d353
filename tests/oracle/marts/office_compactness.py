"""Recomputes office_compactness in plain Python: rooms by place, their area and people in centralised areas."""

import datetime
from collections import defaultdict
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded

FOREVER = datetime.date(9999, 12, 31)


def newest_day_of_use(lake):
    """The last day of the newest year of the calendar that use reaches, or the newest occupancy if that is earlier."""
    newest = max((row["from_date"] for row in records(lake, "office.occupancy")), default=None)
    years = {row["calendar_date"].year for row in records(lake, "reference.calendar")}
    reached = [year for year in years if newest and datetime.date(year, 1, 1) <= newest]
    return min(datetime.date(max(reached), 12, 31), newest) if reached else None


def main():
    lake = open_lake()
    buildings = {row["building_id"]: row for row in records(lake, "office.building")}
    hubs = {row["compound_id"] for row in records(lake, "office.compound") if row["is_centralized"]}
    today = newest_day_of_use(lake)
    own, rooms = defaultdict(list), {}
    for room in records(lake, "office.room"):
        building = buildings.get(room["building_id"])
        if room["status"] in ("let", "lent") or building and building["status"] == "disposed":
            continue
        holder = room["organization_id"] or building and building["organization_id"]
        compound = building and building["compound_id"]
        rooms[room["room_id"]] = (holder, compound in hubs)
        if holder:
            own[holder].append((room["building_id"], ("c", compound) if compound else ("b", room["building_id"]),
                                room["usable_m2"] or 0, compound in hubs))
    people, central = defaultdict(set), defaultdict(set)
    for seat in records(lake, "office.occupancy"):
        if seat["room_id"] in rooms and today and seat["from_date"] <= today <= (seat["to_date"] or FOREVER):
            holder, is_central = rooms[seat["room_id"]]
            people[seat["organization_id"] or holder].add(seat["person_key"])
            if is_central:
                central[seat["organization_id"] or holder].add(seat["person_key"])
    expected = []
    for name, held in own.items():
        places = defaultdict(Fraction)
        for _, place, area, _ in held:
            places[place] += Fraction(area)
        total = sum(area for _, _, area, _ in held)
        inside = sum(area for _, _, area, is_central in held if is_central)
        largest = max(places.values())
        expected.append((
            name, "none" if not inside else "all" if inside == total else "part", len(held),
            len({building for building, *_ in held}), len(places), total, inside, rounded(largest, 4),
            rounded(Fraction(inside) * 100 / Fraction(total), 4) if total else None,
            rounded(largest * 100 / Fraction(total), 4) if total else None,
            len(people[name]), len(central[name]), len(places) == 1, today,
        ))
    total, inside = sum(row[5] for row in expected), sum(row[6] for row in expected)
    print(f"centralised {rounded(Fraction(inside) * 100 / Fraction(total), 4)} % of {total} m2, "
          f"{sum(row[11] for row in expected)} of {sum(row[10] for row in expected)} people")
    return not compare_rows(
        lake, "office_compactness", expected,
        "select organization_id, centralized, room_count, building_count, place_count, usable_m2, centralized_m2,"
        " largest_m2, centralized_pct, largest_pct, occupant_count, centralized_occupant_count, is_in_one_place,"
        " judged_date from mart.office_compactness",
    )


if __name__ == "__main__":
    raise SystemExit(main())
