"""Recomputes office_room_standard and office_organization_standard in plain Python, person by person."""

import datetime
import sys
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
import json
from pathlib import Path

from lake import compare_rows, open_lake, records, rounded

FOREVER = datetime.date(9999, 12, 31)


def holds(row, day):
    return row["from_date"] <= day <= (row["to_date"] or FOREVER)


def service_area(level, posts):
    """The formula of the domain page, m² of usable area for all posts; none for other levels."""
    if level == "city":
        each = 8 if posts <= 200 else 6 if posts >= 400 else Fraction(1000 - posts, 100)
    elif level == "county":
        each = 8 if posts <= 100 else 6 if posts >= 200 else Fraction(500 - posts, 50)
    else:
        return None
    return rounded(Fraction(each) * posts, 4)


def main():
    lake = open_lake()
    rooms = {row["room_id"]: row for row in records(lake, "office.room")}
    seats = records(lake, "office.occupancy")
    limits = {(row["organ_level"], row["rank"]): row["max_usable_m2"] for row in records(lake, "reference.area_standard")}
    newest = max(seat["from_date"] for seat in seats)
    years = sorted({row["calendar_date"].year for row in records(lake, "reference.calendar")})

    judged, newest_seats = [], []
    for year in (year for year in years if year <= newest.year):
        day = min(datetime.date(year, 12, 31), newest)
        here = [seat for seat in seats if holds(seat, day)
                and seat["room_id"] in rooms and rooms[seat["room_id"]]["room_function"] == "office"]
        own = defaultdict(Fraction)
        for seat in here:
            own[seat["person_key"]] += Fraction(rooms[seat["room_id"]]["usable_m2"])
        by_room = defaultdict(list)
        for seat in here:
            limit = limits.get((seat["organ_level"], seat["rank"]))
            area = rooms[seat["room_id"]]["usable_m2"]
            share = None if limit is None else Fraction(limit) * Fraction(area) / own[seat["person_key"]]
            by_room[seat["room_id"]].append((seat, share))
        for room, sitting in by_room.items():
            area = rooms[room]["usable_m2"]
            is_excepted = any(seat["exception_reason"] for seat, _ in sitting)
            if any(share is None for _, share in sitting):
                judged.append((room, year, "not_judged", area, None, 0, len(sitting), day))
                continue
            excess = Fraction(area) - sum(share for _, share in sitting)
            verdict = "within" if excess <= 0 else "excepted" if is_excepted else "over"
            judged.append((room, year, verdict, area, rounded(excess, 4),
                           rounded(excess, 4) if verdict == "over" else 0, len(sitting), day))
        newest_seats = by_room

    allowed, unknown = defaultdict(Fraction), defaultdict(int)
    for sitting in newest_seats.values():
        for seat, share in sitting:
            if (seat["staff_type"] or "established") == "established":
                allowed[seat["organization_id"]] += share or 0
                unknown[seat["organization_id"]] += share is None
            else:
                allowed[seat["organization_id"]] += 0
    held = defaultdict(Decimal)
    buildings = {row["building_id"]: row for row in records(lake, "office.building")}
    for room in rooms.values():
        user = room["organization_id"] or buildings.get(room["building_id"], {}).get("organization_id")
        if user and room["status"] not in ("let", "lent", "disposal"):
            held[user] += room["usable_m2"] if room["room_function"] in ("office", "service", "equipment") else 0
    posts = {row["organization_id"]: row["authorized_staff"] for row in records(lake, "reference.headcount") if holds(row, newest)}
    levels = {}
    for row in sorted(records(lake, "reference.organization"), key=lambda row: row["from_date"]):
        levels[row["organization_id"]] = row["organ_level"]
    organizations = []
    for body in set(held) | set(allowed):
        service = service_area(levels.get(body), posts[body]) if posts.get(body) is not None else None
        approved = None
        if body in allowed and not unknown[body] and service is not None:
            base = rounded(allowed[body], 4) + service
            approved = base + rounded(Fraction(base) * 9 / 100, 4)
        organizations.append((body, held[body], approved, None if approved is None else held[body] - approved))

    over = [row for row in judged if row[1] == newest.year and row[2] == "over"]
    print(f"over standard on {newest}: {len(over)} rooms, {sum(row[5] for row in over)} m2")
    manifest = Path(sys.argv[1]).parent / "manifest.json"
    if manifest.exists():
        print(f"the city made {json.loads(manifest.read_text())['over_standard_rooms']} rooms too large; "
              "a room whose occupant's row was refused is allowed less and comes on top")
    print(f"organisations over: {sum(1 for row in organizations if row[3] and row[3] > 0)} of "
          f"{sum(1 for row in organizations if row[3] is not None)}")
    return not all([
        compare_rows(
            lake, "office_room_standard", judged,
            "select room_id, year, verdict, usable_m2, excess_m2, over_standard_m2, occupant_count, judged_date"
            " from mart.office_room_standard",
        ),
        compare_rows(
            lake, "office_organization_standard", organizations,
            "select organization_id, held_m2, approved_m2, difference_m2 from mart.office_organization_standard",
        ),
    ])


if __name__ == "__main__":
    raise SystemExit(main())
