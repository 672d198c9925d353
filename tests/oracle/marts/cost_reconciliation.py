"""Recomputes cost_reconciliation from vouchers, forms and vehicle costs with plain Python decimals."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from lake import open_lake

CODES = {"30205": "water", "30206": "electricity", "30208": "heating", "30231": "vehicle"}


def main():
    lake = open_lake()
    tolerance = Decimal(lake.sql("select value from reference.setting where name = 'ledger_tolerance_pct'").fetchall()[0][0])
    newest, last_workday = lake.sql("""
        with newest as (select max(voucher_date) as day from cost.expense where version = 'executed' and classification = 'department')
        select day, (select max(calendar_date) from reference.calendar where is_workday and date_trunc('month', calendar_date) = date_trunc('month', day)) from newest
    """).fetchall()[0]
    whole = f"{newest:%Y-%m}"
    if last_workday and newest < last_workday:
        year, month = (newest.year, newest.month - 1) if newest.month > 1 else (newest.year - 1, 12)
        whole = f"{year}-{month:02}"
    through = min(
        whole,
        lake.sql("select max(month) from energy.monthly").fetchall()[0][0],
        lake.sql("select max(month) from vehicle.cost").fetchall()[0][0],
    )

    checked, against = defaultdict(Decimal), defaultdict(Decimal)
    for organization, month, code, amount in lake.sql(
        "select organization_id, month, expense_code, amount_yuan from cost.expense"
        " where version = 'executed' and classification = 'department'"
    ).fetchall():
        if code in CODES and month <= through:
            checked[organization, int(month[:4]), CODES[code]] += amount
    for organization, month, water, power, heat, petrol, diesel in lake.sql(
        "select organization_id, month, water_cost_yuan, electricity_cost_yuan, heat_cost_yuan,"
        " petrol_vehicle_cost_yuan, diesel_vehicle_cost_yuan from energy.monthly"
    ).fetchall():
        if month > through:
            continue
        for item, amounts in (("water", [water]), ("electricity", [power]), ("heating", [heat]), ("vehicle_fuel", [petrol, diesel])):
            against[organization, int(month[:4]), item] += sum(amount or 0 for amount in amounts)
    for payer, user, month, kind, amount in lake.sql(
        "select c.organization_id, v.organization_id, c.month, c.cost_class, c.amount_yuan"
        " from vehicle.cost c left join vehicle.vehicle v using (vehicle_id)"
    ).fetchall():
        organization = payer or user
        if organization and month <= through:
            against[organization, int(month[:4]), "vehicle"] += amount
            if kind == "fuel":
                checked[organization, int(month[:4]), "vehicle_fuel"] += amount

    surveyed = defaultdict(list)
    for organization, start, end, is_in in lake.sql(
        "select organization_id, from_date, to_date, in_cost_survey from reference.organization order by from_date"
    ).fetchall():
        surveyed[organization].append((start, end, is_in))

    def is_surveyed(organization, year):
        last = f"{year}-12-31" if year < newest.year else str(newest if newest < (last_workday or newest) else newest.replace(day=28))
        states = surveyed.get(organization, [])
        for number, (start, end, is_in) in enumerate(states):
            is_first, is_last = number == 0, number == len(states) - 1
            if (is_first or str(start) <= last) and (is_last or str(states[number + 1][0]) > last):
                return is_in
        return False

    expected = {}
    for key in set(checked) | set(against):
        left, right = checked.get(key, Decimal(0)), against.get(key, Decimal(0))
        if (left == 0 and right == 0) or not (is_surveyed(key[0], key[1]) or left):
            continue
        if key[2] == "vehicle_fuel" and not is_surveyed(key[0], key[1]) and not left:
            continue
        percent = ((left - right) * 100 / left).quantize(Decimal("0.0001"), ROUND_HALF_UP) if left else None
        expected[key] = (left, right, left - right, percent, bool(abs(left - right) * 100 <= abs(left) * tolerance))
    shown = {
        tuple(row[:3]): tuple(row[3:])
        for row in lake.sql(
            "select organization_id, year, item, checked_yuan, against_yuan, difference_yuan, difference_pct, is_within"
            " from mart.cost_reconciliation"
        ).fetchall()
    }
    differ = [key for key in set(expected) | set(shown) if expected.get(key) != shown.get(key)]
    for key in sorted(differ)[:5]:
        print(f"  {key}: expected {expected.get(key)}, shown {shown.get(key)}")
    print(f"through {through}; {len(expected)} rows expected, {len(shown)} shown, {len(differ)} differ")
    for item in ("water", "electricity", "heating", "vehicle", "vehicle_fuel"):
        rows = [value for key, value in expected.items() if key[2] == item]
        print(f"{item}: checked {sum(row[0] for row in rows)}, against {sum(row[1] for row in rows)}, "
              f"{sum(not row[4] for row in rows)} of {len(rows)} outside {tolerance} %")
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
