"""The holidays 2019 to 2026 of two collectors, the second one to check the first.

Since 2020 the second must agree on every day but 2020-02-03, which only it lists as a shifted workday.
"""

import json
import sys
from pathlib import Path

from common import Account

root = Path(sys.argv[1]) / "calendar"
account = Account()
for path in sorted((root / "holiday-cn").glob("*.json")):
    for day in json.loads(path.read_text(encoding="utf-8"))["days"]:
        account.decoded += 1
        account.offer(day["date"], (day["date"], day["isOffDay"], day["name"]))
first = {key: group[0][1] for key, group in account.offered.items() if key >= "2020"}
other = json.loads((root / "chinese-days.json").read_text(encoding="utf-8"))
second = {day: False for day in other["workdays"] if "2020" <= day < "2027"}
second |= {day: True for day in other["holidays"] if "2020" <= day < "2027"}
differ = sorted(set(first.items()) ^ set(second.items()))
assert differ == [("2020-02-03", False)], differ
account.answer([
    lambda kept: sum(off for _, off, _ in kept),
    lambda kept: sum(not off for _, off, _ in kept),
    lambda kept: len({name for _, _, name in kept}),
])
