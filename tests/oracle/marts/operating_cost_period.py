"""Recomputes operating_cost_period with pandas periods from the voucher lines, by organisation and code.

Same part of the year: every voucher dated up to the same day of the year before, where the newest
month is not whole; whole months otherwise.
"""

import calendar
from collections import defaultdict
from datetime import date

import pandas

from lake import open_lake


def last_day(year, month):
    return date(year, month, calendar.monthrange(year, month)[1])


def main():
    lake = open_lake()
    lines = lake.sql(
        "select organization_id, expense_code, spending_kind, voucher_date, amount_yuan from cost.expense"
        " where version = 'executed' and classification = 'department'"
    ).fetchall()
    newest = max(line[3] for line in lines)
    workdays = {
        row[0]
        for row in lake.sql("select calendar_date from reference.calendar where is_workday").fetchall()
    }
    month_days = [
        day for day in workdays if (day.year, day.month) == (newest.year, newest.month)
    ]
    is_whole = newest >= max(month_days, default=last_day(newest.year, newest.month))
    through = last_day(newest.year, newest.month) if is_whole else newest

    by_key = defaultdict(list)
    for *key, day, amount in lines:
        by_key[tuple(key)].append((day, amount))

    def end_before(end, period, back):
        """The end of the same part `back` months earlier."""
        earlier = period - back
        if end == last_day(end.year, end.month):
            return last_day(earlier.year, earlier.month)
        return date(earlier.year, earlier.month, min(end.day, last_day(earlier.year, earlier.month).day))

    shown = {
        (row[0], row[1], row[2], row[3]): row[4:]
        for row in lake.sql(
            "select organization_id, expense_code, spending_kind, month, executed_yuan,"
            " previous_month_yuan, last_year_month_yuan, executed_ytd_yuan, last_year_ytd_yuan"
            " from mart.operating_cost_period"
        ).fetchall()
    }
    first = min(line[3] for line in lines)
    months = pandas.period_range(first, newest, freq="M")
    compared = failed = 0
    expected_keys = set()
    totals = [0] * 5
    for key, vouchers in by_key.items():
        for period in months:
            end = through if period == months[-1] else last_day(period.year, period.month)
            before = end_before(end, period, 12)
            previous = end_before(end, period, 1)

            def between(start, stop):
                return sum(amount for day, amount in vouchers if start <= day <= stop)

            values = (
                between(date(period.year, period.month, 1), end),
                between(previous.replace(day=1), previous),
                between(before.replace(day=1), before),
                between(date(period.year, 1, 1), end),
                between(date(period.year - 1, 1, 1), before),
            )
            full = (*key, str(period))
            # A key without any voucher in the year and the year before has no row.
            if not any(values):
                continue
            if values[3] == 0 and values[4] == 0 and values[0] == 0 and not any(
                day.year in (period.year, period.year - 1) for day, _ in vouchers
            ):
                continue
            expected_keys.add(full)
            compared += 1
            totals = [total + value for total, value in zip(totals, values, strict=True)]
            if tuple(shown.get(full, ())) != values:
                failed += 1
                if failed <= 5:
                    print(f"  expected {full} {values}\n  shown    {shown.get(full)}")
    extra = set(shown) - expected_keys
    print(f"newest voucher {newest}, counted through {through}; {compared} rows, {failed} differ, {len(extra)} more")
    print(f"sums of month, month before, same month last year, to date, same part last year: {totals}")
    return 1 if failed or extra else 0


if __name__ == "__main__":
    raise SystemExit(main())
