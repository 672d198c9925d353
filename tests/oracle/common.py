"""What every independent reader needs: rows of a file, exact decimals, and the answer as JSON.

Written from the files and the words of the contracts; shares nothing with the code it judges.
"""

import csv
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal


def rows(path, delimiter=",", title_rows=0, encoding="utf-8-sig"):
    """The records of a delimited file below its header, as (row number, dict)."""
    with open(path, encoding=encoding, newline="") as file:
        records = csv.reader(file, delimiter=delimiter)
        for _ in range(title_rows):
            next(records)
        header = next(records)
        for number, record in enumerate(records, title_rows + 2):
            if record:
                yield number, {h: v for h, v in zip(header, record, strict=False)}


def rounded(value, places):
    """Half away from zero, at so many places."""
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


class Account:
    """The ledger of one job: the first row of a key counts, an equal one is a duplicate."""

    def __init__(self):
        self.decoded = self.read = 0
        self.offered = {}
        self.quarantined = Counter()

    def offer(self, key, row):
        """Offers a row that keeps every rule of its own."""
        self.read += 1
        self.offered.setdefault(key, []).append(row)

    def refuse(self, rule):
        """Counts a row that breaks a rule of its own."""
        self.read += 1
        self.quarantined[rule] += 1

    def answer(self, totals):
        """Settles keys: equal rows are duplicates; differing rows of one key are all refused."""
        kept, duplicate = [], 0
        for group in self.offered.values():
            if all(row == group[0] for row in group):
                kept.append(group[0])
                duplicate += len(group) - 1
            else:
                self.quarantined["key_conflict"] += len(group)
        print(json.dumps({
            "decoded": self.decoded,
            "read": self.read,
            "inserted": len(kept),
            "duplicate": duplicate,
            "quarantined": dict(sorted(self.quarantined.items())),
            "totals": [str(total(kept)) for total in totals],
        }))
