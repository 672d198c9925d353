"""Recomputes asset_stocktake_year and asset_register in plain Python: cards against counts, holders and leases."""

import datetime
from collections import Counter

from lake import compare_rows, open_lake, records

FOREVER = datetime.date(9999, 12, 31)


def finding(card, count):
    """What card and count say together; none of both is never asked."""
    if count is None:
        return "not_counted"
    if count["outcome"] == "surplus":
        return "surplus"
    if card is None:
        return "no_card"
    if card["disposed_date"] and card["disposed_date"] < count["counted_date"]:
        return "match" if count["outcome"] == "missing" else "found_after_disposal"
    if count["outcome"] != "match":
        return count["outcome"]
    if card["acquired_date"] and count["counted_date"] < card["acquired_date"]:
        return "counted_before_acquired"
    return "match" if count["organization_id"] == card["organization_id"] else "counted_elsewhere"


def stocktake_rows(cards, counts):
    years = sorted({count["counted_date"].year for count in counts})
    for year in years:
        of_year = [count for count in counts if count["counted_date"].year == year]
        first = min(count["counted_date"] for count in of_year)
        begin = {}
        newest = {}
        for count in sorted(of_year, key=lambda row: (row["counted_date"], row["stocktake_id"])):
            begin.setdefault(count["organization_id"], count["counted_date"])
            newest[count["asset_id"]] = count
        due = set()
        for name, card in cards.items():
            day = begin.get(card["organization_id"], first)
            there = card["acquired_date"] is None or card["acquired_date"] <= day
            gone = card["disposed_date"] < day if card["disposed_date"] else card["status"] == "disposed"
            if there and not gone:
                due.add(name)
        for name in due | set(newest):
            card, count = cards.get(name), newest.get(name)
            found = finding(card, count)
            label = count["is_labelled"] if count and count["outcome"] != "missing" else None
            yield (
                name, year, count and count["stocktake_id"], (card or count)["organization_id"], found,
                card and card["original_value_yuan"], card and card["net_value_yuan"],
                count is not None, card is not None, found == "match", label, count and count["counted_date"],
            )


def months(card, today):
    start = card["acquired_date"]
    if start is None:
        return None
    return (today.year - start.year) * 12 + today.month - start.month - (today.day < start.day)


def conflict(card, outcome, running, holder, today):
    disposed, day = card["status"] == "disposed", card["disposed_date"]
    if disposed or day:
        return None if disposed and day else "disposed_without_date" if disposed else "date_without_disposal"
    if not holder:
        return "holder_unknown"
    newest = max(holder, key=lambda row: row["from_date"])
    if max(row["to_date"] or FOREVER for row in holder) < today or newest["status"] not in (None, "active"):
        return "holder_gone"
    if outcome == "missing":
        return "missing_at_stocktake"
    for told, direction in (("let", "let_out"), ("lent", "lent_out")):
        if card["status"] == told:
            return None if direction in running else f"{told}_without_lease"
    return "leased_not_told" if running else None


def register_rows(lake, cards, counts):
    organizations, leases = records(lake, "reference.organization"), records(lake, "asset.lease")
    days = [card[column] for card in cards.values() for column in ("acquired_date", "disposed_date")]
    today = max(day for day in [*days, *(count["counted_date"] for count in counts)] if day)
    newest = {}
    for count in sorted(counts, key=lambda row: (row["counted_date"], row["stocktake_id"])):
        newest[count["asset_id"]] = count
    for name, card in cards.items():
        running = {lease["direction"] for lease in leases if lease["asset_id"] == name
                   and lease["from_date"] <= today <= (lease["to_date"] or FOREVER)}
        holder = [row for row in organizations if row["organization_id"] == card["organization_id"]]
        outcome = newest[name]["outcome"] if name in newest else None
        stands = card["status"] != "disposed" and not card["disposed_date"]
        yield (
            name, outcome, conflict(card, outcome, running, holder, today), months(card, today),
            card["original_value_yuan"], card["net_value_yuan"], stands, stands and card["status"] == "idle",
            card["net_value_yuan"] == 0, newest[name]["counted_date"] if name in newest else None, today,
        )


def main():
    lake = open_lake()
    cards = {row["asset_id"]: row for row in records(lake, "asset.card")}
    counts = records(lake, "asset.stocktake")
    stocktake, register = list(stocktake_rows(cards, counts)), list(register_rows(lake, cards, counts))
    for year in sorted({row[1] for row in stocktake}):
        print(year, dict(sorted(Counter(row[4] for row in stocktake if row[1] == year).items())))
    idle = [row for row in register if row[7]]
    print(f"idle: {len(idle)} worth {sum(row[4] for row in idle)}; conflicts: {Counter(row[2] for row in register)}")
    is_same = compare_rows(
        lake, "asset_stocktake_year", stocktake,
        "select asset_id, year, stocktake_id, organization_id, finding, original_value_yuan, net_value_yuan, is_counted,"
        " has_card, is_matched, is_labelled, counted_date from mart.asset_stocktake_year",
    )
    return not (is_same & compare_rows(
        lake, "asset_register", register,
        "select asset_id, newest_outcome, conflict, age_months, original_value_yuan, net_value_yuan, is_in_register,"
        " is_idle, is_fully_depreciated, counted_date, state_date from mart.asset_register",
    ))


if __name__ == "__main__":
    raise SystemExit(main())
