"""The Chinese holidays of two collectors, and on which days the two differ.

    holidays.py DATA holiday-cn                     what the first says of 2019 to 2026
    holidays.py DATA holidays | workdays            what the second says
    holidays.py DATA reconcile CALENDAR             day by day, and with the calendar of the reference rows

A collector who does not list a day leaves it to the week: Monday to Friday are worked.
"""

import csv
import json
import sys
from datetime import date, timedelta
from pathlib import Path

from common import Account

root, question = Path(sys.argv[1]) / "calendar", sys.argv[2]
other = json.loads((root / "chinese-days.json").read_text(encoding="utf-8"))


def first():
    """(day, whether it is worked, name), file by file."""
    for path in sorted((root / "holiday-cn").glob("*.json")):
        for day in json.loads(path.read_text(encoding="utf-8"))["days"]:
            yield date.fromisoformat(day["date"]), not day["isOffDay"], day["name"]


def second(kind):
    for day, text in other[kind].items():
        yield date.fromisoformat(day), kind == "workdays", text.split(",")[1]


def ledger(days):
    account = Account()
    for day, is_worked, name in days:
        account.decoded += 1
        account.offer(day, (day, is_worked, name))
    account.answer([
        lambda kept: sum(not is_worked for _, is_worked, _ in kept),
        lambda kept: sum(is_worked for _, is_worked, _ in kept),
        lambda kept: len({name for *_, name in kept}),
    ])


def reconcile(calendar):
    one = {day: is_worked for day, is_worked, _ in first()}
    two = {day: is_worked for kind in ("holidays", "workdays") for day, is_worked, _ in second(kind)}
    with open(calendar, encoding="utf-8", newline="") as file:
        ours = {row["calendar_date"]: row["is_workday"] == "true" for row in csv.DictReader(file)}
    answer = {"days": 0, "listed_by_one": [], "differ": [], "reference_differs": []}
    day = date(2019, 1, 1)
    while day <= date(2026, 12, 31):
        by_week = day.weekday() < 5
        worked = one.get(day, by_week)
        answer["days"] += 1
        if (day in one) != (day in two):
            answer["listed_by_one"].append(str(day))
        if worked != two.get(day, by_week):
            answer["differ"].append(str(day))
        if worked != ours[str(day)]:
            answer["reference_differs"].append(str(day))
        day += timedelta(1)
    print(json.dumps(answer))


if question == "reconcile":
    reconcile(sys.argv[3])
elif question == "holiday-cn":
    ledger(first())
else:
    ledger(second(question))
