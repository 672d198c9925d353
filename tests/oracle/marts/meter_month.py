"""Recomputes meter_month in plain Python, reading by reading, with the days of Asia/Shanghai."""

from calendar import monthrange
from collections import defaultdict
from datetime import date
from decimal import Decimal

from lake import compare_rows, open_lake, records


def main():
    lake = open_lake()
    meters = {row["meter_id"]: row for row in records(lake, "energy.meter")}
    by_month = defaultdict(lambda: defaultdict(list))
    for row in lake.sql(
        "select month, meter_id, read_at, quantity, register_value, quality,"
        " cast(timezone('Asia/Shanghai', read_at) as date) from energy.reading order by read_at"
    ).fetchall():
        by_month[row[0]][row[1]].append(row[2:])

    expected, repaired_rows = [], 0
    for month, read in by_month.items():
        first = date.fromisoformat(f"{month}-01")
        last = date(first.year, first.month, monthrange(first.year, first.month)[1])
        reached = max(rows[-1][4] for rows in read.values())
        for meter_id in meters.keys() | read.keys():
            meter, rows = meters.get(meter_id, {}), read.get(meter_id)
            start, end = meter.get("installed_date") or date.min, meter.get("removed_date") or date.max
            if rows is None:
                if start <= last and end >= first:
                    expected.append(line(month, meter_id, meter, None))
                continue
            served = (min(reached, end) - max(first, start)).days + 1
            found = line(month, meter_id, meter, told(meter, rows, served))
            repaired_rows += found[13] + found[14] + found[15]
            expected.append(found)
    print(f"{len(expected)} meter months, {repaired_rows} negative intervals judged")
    return not compare_rows(
        lake,
        "meter_month",
        expected,
        """select month, meter_id, organization_id, carrier, unit, item, reason, interval_count, expected_intervals,
            missing_intervals, days_without_readings, zero_intervals, estimated_intervals, correction_intervals,
            rollover_intervals, reset_intervals, quantity, repaired_quantity, register_quantity,
            register_interval_quantity, is_complete from mart.meter_month""",
    )


def line(month, meter_id, meter, told):
    place = [month, meter_id, meter.get("organization_id"), meter.get("carrier"), meter.get("unit")]
    place.append((meter.get("item") or "total") if meter else None)
    if told is None:
        return tuple([*place, "no_readings", 0, None, None, None, 0, 0, 0, 0, 0, None, None, None, None, False])
    return tuple([*place, None, *told])


def told(meter, rows, served):
    per_day = defaultdict(int)
    for row in rows:
        per_day[row[4]] += 1
    wanted = max(max(per_day.values()) * served, len(rows))
    missing, largest = wanted - len(rows), max(row[1] for row in rows)
    ratio, digits = meter.get("multiplier") or Decimal(1), meter.get("reading_digits")
    turn = Decimal(10) ** digits * ratio if digits else None
    kinds, uses = defaultdict(int), []
    for _, quantity, _, _, _ in rows:
        use = quantity
        if quantity < 0:
            if -quantity <= largest:
                kinds["correction"] += 1
            elif turn and 0 <= quantity + turn <= largest * (missing + 1):
                kinds["rollover"] += 1
                use = quantity + turn
            else:
                kinds["reset"] += 1
                use = Decimal(0)
        uses.append((use, quantity < 0 and use == 0 and -quantity > largest))
    register, between = registers(rows, uses, ratio, turn)
    return (
        len(rows), wanted, missing, max(served - len(per_day), 0), sum(row[1] == 0 for row in rows),
        sum((row[3] or "measured") != "measured" for row in rows),
        kinds["correction"], kinds["rollover"], kinds["reset"],
        sum(use for use, _ in uses), sum(use for use, _ in uses) - sum(row[1] for row in rows),
        register, between, missing == 0 and not kinds["reset"],
    )


def registers(rows, uses, ratio, turn):
    """Use between the first and the last register, by them and by the intervals between."""
    known = [place for place, row in enumerate(rows) if row[2] is not None]
    if len(known) < 2:
        return None, None
    inside = uses[known[0] + 1 : known[-1] + 1]
    if any(was_reset for _, was_reset in inside):
        return None, None
    first, last = rows[known[0]][2], rows[known[-1]][2]
    by_register = (last - first) * ratio
    if last < first:
        by_register = by_register + turn if turn else None
    return by_register, sum(use for use, _ in inside)


if __name__ == "__main__":
    raise SystemExit(main())
