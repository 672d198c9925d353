"""Gives a copy of the demo's lake what its city lacks, so that the marts of assets, services, plan and projects have something to find.

Usage: python tests/oracle/marts/widen_assets.py LAKE. Cards disposed of, moved and without days; counts left out,
repeated and without cards; leases that begin and end within months; canteens without costs; bookings with rooms;
tasks without days; projects in every state; buildings outside compounds. Everything is invented and follows from
the row's own number, so two runs give the same lake. Run it once, on a lake nobody needs, then
`jieyue --lake LAKE build`.
"""

import datetime
import os
import sys
from decimal import Decimal

import deltalake
import pyarrow as pa

KINDS = ("lighting", "hvac", "envelope", "pv", "charging", "water", "heat_pump", "monitoring", "other")
STATES = ("planned", "approved", "running", "finished", "finished", "stopped")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tables = os.path.join(sys.argv[1], "tables")
    rooms = rows_of(tables, "office/room")
    meeting_rooms = [row["room_id"] for row in rooms if row["sub_function"] == "会议室"][:20]
    buildings = [row["building_id"] for row in rows_of(tables, "office/building")]
    widen(tables, "asset/card", cards)
    widen(tables, "asset/stocktake", counts)
    widen(tables, "asset/lease", lambda rows: rows + leases(rows[0], 400))
    widen(tables, "service/evaluation", lambda rows: [evaluation(*item) for item in enumerate(rows)])
    widen(tables, "service/canteen", canteens)
    widen(tables, "service/meeting", lambda rows: [meeting(*item, meeting_rooms) for item in enumerate(rows)])
    widen(tables, "plan/task", lambda rows: [task(*item) for item in enumerate(rows)])
    widen(tables, "energy/project", lambda rows: rows + projects(rows[0], 300, buildings))
    widen(tables, "office/building", lambda rows: [building(*item) for item in enumerate(rows)])
    widen(tables, "office/room", lambda rows: [room(*item) for item in enumerate(rows)])
    organs = sorted({row["organization_id"] for row in rows_of(tables, "reference/organization")})
    widen(tables, "reference/model_unit", lambda rows: rows + [name for item in enumerate(organs) for name in names(*item)])


def rows_of(tables, name):
    return deltalake.DeltaTable(os.path.join(tables, name)).to_pyarrow_table().to_pylist()


def widen(tables, name, change):
    """Replaces a table by what `change` makes of its rows, taken in the order of their values."""
    path = os.path.join(tables, name)
    schema = deltalake.DeltaTable(path).to_pyarrow_table().schema
    rows = sorted(rows_of(tables, name), key=lambda row: [str(value) for value in row.values()])
    before = len(rows)
    changed = change(rows)
    deltalake.write_deltalake(path, pa.Table.from_pylist(changed, schema=schema), mode="overwrite")
    print(f"{name}: {before} rows, now {len(changed)}")


def names(number, organization):
    """Saving organs and model units of every level; some names begin or end within the years of the forms."""
    row = {
        "organization_id": organization, "document": None, "source": "made up", "grade": "D", "note": None,
        "_object": "0" * 16, "_sheet": "", "_row": number,
    }
    if number % 2 == 0:
        yield row | {"award": "saving_organ", "award_level": "municipal", "from_date": day(2021 + number % 4, 12, 31)}
    if number % 3 == 0:
        level = ("national", "provincial", "municipal")[number // 3 % 3]
        end = day(2023, 12, 30 + number % 2) if number % 5 == 0 else None
        yield row | {"award": "model_unit", "award_level": level, "from_date": day(2022, 6, 1), "to_date": end}
    if number % 9 == 0:
        yield row | {"award": "model_unit", "award_level": "municipal", "from_date": day(2020, 6, 1)}


def day(year, month, number):
    return datetime.date(year, month, number)


def cards(rows):
    for number, row in enumerate(rows):
        if number % 37 == 0:
            row |= {"status": "disposed", "disposed_date": day(2025, 11, 1 + number % 28)}
        elif number % 53 == 0:
            row |= {"status": "disposed"}
        elif number % 61 == 0:
            row |= {"disposed_date": day(2026, 1, 15)}
        if number % 41 == 0:
            row["organization_id"] = "GHOST"
        if number % 31 == 0:
            row["acquired_date"] = None
        if number % 29 == 0:
            row["asset_class"] = ("2030101", "1010201", "A02030100")[number % 3]
        if number % 23 == 0:
            row |= {"depreciation_yuan": None, "net_value_yuan": None}
        if number % 19 == 0:
            row["status"] = "lent" if row["status"] == "in_use" else row["status"]
    return rows


def counts(rows):
    kept = [row for number, row in enumerate(rows) if number % 43]
    extra = []
    for number, row in enumerate(kept):
        if number % 47 == 0:
            row["organization_id"] = "JM000001"
        if number % 59 == 0:
            extra.append(row | {"asset_id": f"NEW{number}", "outcome": "surplus"})
        if number % 67 == 0:
            extra.append(row | {"stocktake_id": row["stocktake_id"] + "B", "outcome": "missing",
                                "counted_date": row["counted_date"] + datetime.timedelta(days=number % 5)})
        if number % 71 == 0:
            row["is_labelled"] = None
    return kept + extra


def leases(pattern, count):
    rows = []
    for number in range(count):
        begin = day(2018, 1, 1) + datetime.timedelta(days=number * 23 % 3300)
        rent = Decimal(number % 977) + Decimal("0.37")
        row = pattern | {
            "lease_id": f"WZ{number:05}", "asset_id": f"ZC{number % 900 + 1:07}",
            "direction": "lent_out" if number % 7 == 0 else "let_out", "from_date": begin,
            "to_date": None if number % 11 == 0 else begin + datetime.timedelta(days=number * 37 % 900),
            "rent_yuan_per_month": None if number % 13 == 0 else rent,
            "treasury_yuan": None if number % 17 == 0 else rent * (number % 20),
            "approval_no": f"批{number}" if number % 3 else None,
        }
        if number % 5 == 0 and row["to_date"] and row["rent_yuan_per_month"]:
            row |= {"from_date": day(2024, 1, 1), "to_date": day(2024, 3, 31), "treasury_yuan": rent * 3}
        rows.append(row)
    return rows


def evaluation(number, row):
    if number % 89 == 0:
        row["score"] = None
    if number % 97 == 0:
        row["respondent_count"] = (0, None)[number % 2]
    if number % 83 == 0:
        row |= {"complaint_count": None, "resolved_count": None}
    return row


def canteens(rows):
    kept = [row for number, row in enumerate(rows) if number % 91 and number % 92]
    for number, row in enumerate(kept):
        for divisor, column in ((73, "food_cost_yuan"), (79, "labour_cost_yuan"), (83, "income_yuan"),
                                (87, "food_waste_kg"), (95, "meal_count")):
            if number % divisor == 0:
                row[column] = None
        if number % 77 == 0:
            row["meal_count"] = 0
    return kept


def meeting(number, row, rooms):
    if number % 3 and row["month"] > "2021-06":
        row["room_id"] = "GHOST" if number % 101 == 0 else rooms[number % len(rooms)]
        # Bookings of a room on one day of a month, so that some overlap.
        if number % 4 == 0:
            length = (row["ended_at"] - row["started_at"]) if row["ended_at"] else None
            row["started_at"] = row["started_at"].replace(day=8, hour=number % 6, minute=0)
            row["ended_at"] = length and row["started_at"] + length
    if number % 31 == 0:
        row["ended_at"] = None
    if number % 37 == 0:
        row["cost_yuan"] = None
    if number % 41 == 0:
        row["meeting_class"] = None
    if number % 43 == 0:
        row["attendee_count"] = None
    return row


def task(number, row):
    for divisor, change in (
        (5, {"due_date": day(2026, 10 + number % 3, 30)}), (7, {"finished_date": None}), (9, {"due_date": None}),
        (11, {"status": "stopped"}), (13, {"status": "running"}), (17, {"target_value": Decimal(0)}),
        (19, {"current_value": None}), (23, {"parent_task_id": "GHOST"}), (8, {"parent_task_id": "RW0013"}),
        (29, {"status": "not_started", "finished_date": None}), (31, {"organization_id": None}),
    ):
        if number % divisor == 0 and not (number < 14 and "parent_task_id" in change):
            row |= change
    return row


def projects(pattern, count, buildings):
    rows = []
    for number in range(count):
        begun = day(2020, 1, 1) + datetime.timedelta(days=number * 7)
        state = STATES[number % len(STATES)]
        rows.append(pattern | {
            "project_id": f"WJ{number:05}", "kind": KINDS[number % len(KINDS)], "status": state,
            "building_id": None if number % 19 == 0 else "GHOST" if number % 23 == 0 else buildings[number % len(buildings)],
            "approved_date": begun, "started_date": None if number % 29 == 0 else begun,
            "finished_date": None if number % 17 == 0 or state in STATES[:3] else begun + datetime.timedelta(days=number),
            "investment_yuan": None if number % 31 == 0 else Decimal(number * 1013) + Decimal("0.01"),
            "subsidy_yuan": None if number % 3 else Decimal(number),
            "estimated_saving_kgce": (None, Decimal(0), Decimal(number) + Decimal("0.5"))[number % 5 % 3],
            "measured_saving_kgce": None if number % 7 == 0 else Decimal(number - 20),
            "pv_capacity_kw": Decimal(number % 50) if number % 2 else None,
        })
    return rows


def building(number, row):
    if number % 6 == 0:
        row["compound_id"] = None
    if number % 17 == 0:
        row["status"] = "disposed"
    if number % 5 == 0:
        row["is_retrofitted"] = None
    return row


def room(number, row):
    if number % 7 == 0:
        row["organization_id"] = f"JM{number % 40:06}"
    if number % 11 == 0:
        row["organization_id"] = None
    if number % 97 == 0:
        row["building_id"] = "GHOST"
    return row


if __name__ == "__main__":
    main()
