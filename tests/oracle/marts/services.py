"""Recomputes service_evaluation_month, canteen_month, meeting_month and meeting_room_month in plain Python."""

import datetime
from collections import defaultdict
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded

CITY = datetime.timezone(datetime.timedelta(hours=8))


def evaluation_rows(lake):
    for row in records(lake, "service.evaluation"):
        people = row["respondent_count"] or 0
        counts = row["score"] is not None and people > 0
        made, resolved = row["complaint_count"] or 0, row["resolved_count"] or 0
        yield (
            row["organization_id"], row["service"], row["month"], people, people if counts else 0,
            row["score"] * people if counts else None, made, made - resolved,
        )


def months_of(month):
    return int(month[:4]) * 12 + int(month[5:])


def canteen_rows(lake):
    before = {}
    for row in sorted(records(lake, "service.canteen"), key=lambda row: (row["canteen_id"], row["month"])):
        place, number = row["canteen_id"], months_of(row["month"])
        gap = number - before[place] - 1 if place in before else 0
        before[place] = number
        meals, food, labour = row["meal_count"] or 0, row["food_cost_yuan"], row["labour_cost_yuan"]
        cost = None if food is None or labour is None else food + labour
        waste = row["food_waste_kg"]
        yield (
            place, row["month"], meals, cost, None if None in (cost, row["income_yuan"]) else cost - row["income_yuan"],
            rounded(Fraction(cost) / meals, 4) if meals and cost is not None else None,
            rounded(Fraction(waste) / meals, 4) if meals and waste is not None else None,
            meals if cost is not None else 0, meals if waste is not None else 0, gap,
            cost is not None and row["income_yuan"] is not None,
        )


def minutes(row):
    return int((row["ended_at"] - row["started_at"]).total_seconds()) // 60 if row["ended_at"] else 0


def meeting_rows(meetings):
    groups = defaultdict(lambda: [0] * 8)
    for row in meetings:
        group = groups[row["organization_id"], row["meeting_class"] or "unstated", row["month"]]
        people, priced = row["attendee_count"] or 0, row["cost_yuan"] is not None
        for place, value in enumerate((
            1, bool(row["is_online"]), people, minutes(row), row["cost_yuan"] or 0, people if priced else 0,
            not priced, row["room_id"] is None and not row["is_online"],
        )):
            group[place] += value
    return [(*key, *values) for key, values in groups.items()]


def room_rows(lake, meetings):
    functions = next((row["value"].split(",") for row in records(lake, "reference.setting")
                      if row["name"] == "meeting_room_functions"), [])
    known = {row["room_id"]: row for row in records(lake, "office.room")}
    rooms = {name for name, row in known.items() if row["sub_function"] in functions}
    rooms |= {row["room_id"] for row in meetings if row["room_id"]}
    workdays = {row["calendar_date"] for row in records(lake, "reference.calendar") if row["is_workday"]}
    placed = defaultdict(list)
    for row in meetings:
        placed[row["month"]] += [row] if row["room_id"] else []
    for room in rooms:
        last = None
        for month, bookings in sorted(placed.items()):
            if not bookings:
                yield (room, month, "no_room_in_bookings", None, None, None, None, None, room in known)
                continue
            own = sorted((row for row in bookings if row["room_id"] == room),
                         key=lambda row: (row["started_at"], row["meeting_id"]))
            overlaps = 0
            for row in own:
                overlaps += bool(last and row["started_at"] < last)
                last = max(filter(None, (last, row["ended_at"])), default=None)
            days = {row["started_at"].replace(tzinfo=row["started_at"].tzinfo or datetime.timezone.utc)
                    .astimezone(CITY).date() for row in own}
            yield (
                room, month, None, len(own), sum(map(minutes, own)), len(days & workdays),
                sum(day.strftime("%Y-%m") == month for day in workdays), overlaps, room in known,
            )


def main():
    lake = open_lake()
    meetings = records(lake, "service.meeting")
    scores, canteens, held = list(evaluation_rows(lake)), list(canteen_rows(lake)), meeting_rows(meetings)
    points, people = sum(row[5] or 0 for row in scores), sum(row[4] for row in scores)
    print(f"score {rounded(Fraction(points) / people, 4)} of {people} answers")
    print(f"cost of a meal {rounded(Fraction(sum(row[3] or 0 for row in canteens)) / sum(row[7] for row in canteens), 4)}, "
          f"months missing {sum(row[9] for row in canteens)}")
    print(f"meetings {sum(row[3] for row in held)}, cost {sum(row[7] for row in held)}")
    checks = [
        ("service_evaluation_month", scores, "organization_id, service, month, respondent_count, scored_count, score_sum,"
         " complaint_count, open_complaint_count"),
        ("canteen_month", canteens, "canteen_id, month, meal_count, cost_yuan, borne_yuan, cost_yuan_per_meal,"
         " waste_kg_per_meal, costed_meal_count, weighed_meal_count, gap_months, has_balance"),
        ("meeting_month", held, "organization_id, meeting_class, month, meeting_count, online_count, attendee_count,"
         " length_min, cost_yuan, costed_attendee_count, uncosted_count, roomless_count"),
        ("meeting_room_month", list(room_rows(lake, meetings)), "room_id, month, use_reason, meeting_count, length_min,"
         " workdays_used, workdays, overlapping_count, has_room"),
    ]
    results = [compare_rows(lake, mart, rows, f"select {columns} from mart.{mart}") for mart, rows, columns in checks]
    return not all(results)


if __name__ == "__main__":
    raise SystemExit(main())
