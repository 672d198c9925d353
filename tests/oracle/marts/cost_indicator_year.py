"""Recomputes cost_indicator_year with plain Python fractions from vouchers, budgets, headcounts and forms."""

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from lake import open_lake

VEHICLES = {"vehicle_purchase", "vehicle_operation"}
ITEMS = [
    "operating_cost", "personnel", "public", "asset", "project", "operating_fund", "three_public",
    "overseas", "reception", "three_public_vehicle", "vehicle_purchase", "vehicle_operation", "building",
]


def rounded(value, places):
    if value is None:
        return None
    sign = -1 if value < 0 else 1
    scaled = abs(value) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(sign * whole).scaleb(-places)


def ratio(above, below, places=4):
    return rounded(Fraction(above) / Fraction(below), places) if above is not None and below else None


def main():
    lake = open_lake()
    groups = defaultdict(dict)
    for scheme, code, kind, group in lake.sql(
        "select scheme, expense_code, spending_kind, group_id from reference.expense_group"
    ).fetchall():
        groups[code, kind][scheme] = group

    def items_of(code, kind):
        schemes = groups.get((code, kind), {})
        found = []
        if "operating_cost" in schemes:
            found += ["operating_cost", schemes["operating_cost"]]
        if "operating_fund" in schemes:
            found.append("operating_fund")
        if "three_public" in schemes:
            found += ["three_public", schemes["three_public"]]
            if schemes["three_public"] in VEHICLES:
                found.append("three_public_vehicle")
        if "building" in schemes:
            found.append("building")
        return found

    lines = lake.sql(
        "select organization_id, voucher_date, expense_code, spending_kind, version, amount_yuan"
        " from cost.expense where classification = 'department' and version <> 'budget'"
    ).fetchall()
    newest = max(line[1] for line in lines if line[4] == "executed")
    workdays = [row[0] for row in lake.sql("select calendar_date from reference.calendar where is_workday").fetchall()]
    last_workday = max(day for day in workdays if (day.year, day.month) == (newest.year, newest.month))
    is_whole = newest >= last_workday
    cut = (newest.month, 31 if is_whole else newest.day)
    through = newest if not is_whole else date(newest.year + newest.month // 12, newest.month % 12 + 1, 1) - date.resolution

    value, part, final, budget = (defaultdict(Decimal) for _ in range(4))
    booked = set()
    for organization, day, code, kind, version, amount in lines:
        if version == "executed":
            booked.add((organization, day.year))
        for item in items_of(code, kind):
            key = organization, day.year, item
            if version == "final":
                final[key] += amount
                continue
            value[key] += amount
            if (day.month, day.day) <= cut:
                part[key] += amount
    for organization, year, code, kind, amount in lake.sql(
        "select organization_id, year, expense_code, spending_kind, amount_yuan from cost.budget"
    ).fetchall():
        for item in items_of(code, kind):
            budget[organization, year, item] += amount
    base_year = int(lake.sql("select value from reference.setting where name = 'cost_saving_base_year'").fetchall()[0][0])

    keys = {(organization, year, item) for organization, year in booked for item in ITEMS}
    keys |= {key for key in set(final) | set(budget) if key[1] <= newest.year}
    exists = keys

    states, heads = defaultdict(list), defaultdict(list)
    for organization, start, klass, level in lake.sql(
        "select organization_id, from_date, class_code, organ_level from reference.organization order by from_date"
    ).fetchall():
        states[organization].append((start, klass, level))
    for organization, start, end, staff in lake.sql(
        "select organization_id, from_date, to_date, staff from reference.headcount order by from_date"
    ).fetchall():
        heads[organization].append((start, end or date.max, staff))

    def state(organization, day):
        rows = states.get(organization)
        if not rows:
            return None, None
        return rows[max(bisect_right([row[0] for row in rows], day) - 1, 0)][1:]

    def staff_of(organization, day):
        found = [staff for start, end, staff in heads.get(organization, []) if start <= day <= end]
        return found[-1] or None if found and states.get(organization) else None

    people, floors = defaultdict(list), defaultdict(list)
    for organization, month, count, floor in lake.sql(
        "select organization_id, month, people, floor_m2 from energy.monthly"
    ).fetchall():
        if count:
            people[organization, int(month[:4])].append(count)
        if floor:
            floors[organization, int(month[:4])].append(floor)

    def mean(values):
        return rounded(Fraction(sum(values)) / len(values), 4) if values else None

    expected, peers = {}, defaultdict(list)
    for key in keys:
        organization, year, item = key
        amount = value[key]
        of_year = part if year == newest.year else value
        last_day = through if year == newest.year else date(year, 12, 31)
        other = lambda back, key=key, of_year=of_year: (  # noqa: E731
            of_year[key[0], back, key[2]] if (key[0], back, key[2]) in exists else None
        )
        last = other(year - 1)
        base = other(base_year) if year > base_year else None
        five = [other(year + step) for step in range(-4, 1)]
        trend = None
        if None not in five:
            trend = rounded(Fraction(sum((step - 2) * y for step, y in enumerate(five))) / 10, 2)
        staff = staff_of(organization, last_day)
        count = mean(people.get((organization, year)))
        floor = mean(floors.get((organization, year))) if item == "building" else None
        per_staff = ratio(amount, staff)
        klass, level = state(organization, last_day)
        if per_staff is not None and klass and level:
            peers[year, item, klass, level].append((per_staff, amount, staff, key))
        expected[key] = [
            budget.get(key), amount, final.get(key), ratio(amount * 100, budget.get(key)),
            ratio(amount * 100, value.get((organization, year, "operating_cost"))),
            ratio(amount * 100, value.get((organization, year, "operating_fund"))),
            last, ratio((amount - last) * 100, last) if last else None,
            base, base - amount if base else None, ratio((base - amount) * 100, base) if base else None,
            trend, staff, per_staff, count, ratio(amount, count), floor, ratio(amount, floor), None, None, None,
        ]
    for rows in peers.values():
        together = ratio(sum(row[1] for row in rows), sum(row[2] for row in rows))
        for per_staff, _, _, key in rows:
            expected[key][-3:] = [1 + sum(other[0] > per_staff for other in rows), len(rows), together]

    shown = {
        row[:3]: list(row[3:])
        for row in lake.sql("""
            select organization_id, year, item, budget_yuan, executed_yuan, final_yuan, execution_rate_pct,
                operating_cost_share_pct, operating_fund_share_pct, last_year_yuan, change_pct, base_yuan, saving_yuan,
                saving_rate_pct,
                trend_yuan_per_year, staff, cost_per_staff, people, cost_per_person, floor_m2, cost_per_area,
                peer_rank, peer_count, peer_cost_per_staff
            from mart.cost_indicator_year
        """).fetchall()
    }
    differ = [key for key in set(expected) | set(shown) if expected.get(key) != shown.get(key)]
    for key in sorted(differ)[:4]:
        print(f"  {key}\n    expected {[str(x) for x in expected.get(key, [])]}\n    shown    {[str(x) for x in shown.get(key, [])]}")
    print(f"through {through}; {len(expected)} rows expected, {len(shown)} shown, {len(differ)} differ")
    for year in sorted({key[1] for key in expected}):
        rows = [row for key, row in expected.items() if key[1] == year and key[2] == "operating_cost"]
        print(f"{year}: operating cost {sum(row[1] for row in rows)}, same part last year {sum(row[6] or 0 for row in rows)}, "
              f"base {sum(row[8] or 0 for row in rows)}")
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
