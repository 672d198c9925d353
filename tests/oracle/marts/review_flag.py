"""Recomputes change_year, bill_month and the main rules of review_flag with plain Python fractions."""

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded

# Item of change_year, column of the form, coefficient's carrier and units of the column in its unit.
CARRIERS = {
    "electricity": ("electricity_kwh", 1),
    "water": ("water_m3", 1),
    "raw_coal": ("raw_coal_t", 1000),
    "natural_gas": ("natural_gas_m3", 1),
    "gasoline_litre": ("petrol_l", 1),
    "diesel_litre": ("diesel_l", 1),
    "lpg": ("lpg_kg", 1),
    "heat": ("heat_gj", 1),
    "other_energy": ("other_energy_tce", 1000),
}


def year_before(month, years=1):
    return f"{int(month[:4]) - years}{month[4:]}"


def holders(organizations):
    """Who stands for an organisation in a month: itself, or whom it was merged into by then."""
    mergers = {
        row["organization_id"]: (row["from_date"].isoformat()[:7], row["successor_organization_id"])
        for row in organizations
        if row["status"] == "merged" and row["successor_organization_id"]
    }

    def holder(organization, month):
        while organization in mergers and mergers[organization][0] <= month:
            organization = mergers[organization][1]
        return organization

    return holder


def changes(forms, holder):
    """Sums by (organisation, year, carrier) of the paired months: now, a year ago; and the months."""
    by_key = {(form["organization_id"], form["month"]): form for form in forms}
    earlier = defaultdict(list)
    for (organization, month), form in by_key.items():
        later = year_before(month, -1)
        earlier[holder(organization, later), later].append(form)
    now, before, months = defaultdict(Fraction), defaultdict(Fraction), defaultdict(int)
    for (organization, month), form in by_key.items():
        predecessors = earlier.get((organization, month))
        if not predecessors:
            continue
        year = int(month[:4])
        months[organization, year] += 1
        for carrier, (column, units) in CARRIERS.items():
            now[organization, year, carrier] += Fraction(form[column] or 0) * units
            for previous in predecessors:
                before[organization, year, carrier] += Fraction(previous[column] or 0) * units
    return now, before, months


def main():
    lake = open_lake()
    forms = records(lake, "energy.monthly")
    organizations = records(lake, "reference.organization")
    holder = holders(organizations)
    coefficient_set = lake.sql(
        "select value from reference.setting where name = 'energy_coefficient_set'"
    ).fetchall()[0][0]
    # One row a carrier of the set holds over all the years of the forms.
    kgce = {
        row["carrier"]: Fraction(row["kgce_per_unit"])
        for row in records(lake, "reference.energy_coefficient")
        if row["set_id"] == coefficient_set
        and row["unit"] == {"raw_coal": "kg", "lpg": "kg", "heat": "GJ", "water": "m3"}.get(
            row["carrier"], row["unit"]
        )
    }
    now, before, months = changes(forms, holder)
    expected = [
        (organization, year, carrier, months[organization, year], rounded(value, 4),
         rounded(before[organization, year, carrier], 4))
        for (organization, year, carrier), value in now.items()
        if value or before[organization, year, carrier]
    ]
    fine = compare_rows(
        lake, "change_year (year_on_year, carriers)", expected,
        "select organization_id, year, item, months, value, previous_value from mart.change_year "
        "where comparison = 'year_on_year' and item not in ('people', 'floor_m2') "
        "and (value <> 0 or previous_value <> 0)",
    )

    rules = {
        (row["rule"], row["item"]): row for row in records(lake, "reference.review_rule")
    }
    # Water is weighed in yuan, which needs the average price of the year.
    cost, paid = defaultdict(Fraction), defaultdict(Fraction)
    for form in forms:
        if (form["water_m3"] or 0) > 0 and (form["water_cost_yuan"] or 0) > 0:
            cost[form["month"][:4]] += Fraction(form["water_cost_yuan"])
            paid[form["month"][:4]] += Fraction(form["water_m3"])
    flags = []
    for (organization, year, carrier), value in now.items():
        previous = before[organization, year, carrier]
        rule = rules.get(("year_on_year", carrier), rules["year_on_year", "all"])
        if abs(value - previous) * 100 <= Fraction(rule["tolerance_pct"]) * previous:
            continue
        if carrier == "water":
            price = cost[str(year)] / paid[str(year)]
            if abs(value - previous) * price < Fraction(rule["min_impact_yuan"]):
                continue
        elif abs(value - previous) * kgce[carrier] < Fraction(rule["min_impact_kgce"]):
            continue
        flags.append((f"year_on_year/{organization}/{year}/{carrier}",
                      rounded(value, 4), rounded(previous, 4)))
    fine &= compare_rows(
        lake, "review_flag (year_on_year, carriers)", flags,
        "select flag_id, value, expectation from mart.review_flag "
        "where rule = 'year_on_year' and item not in ('people', 'floor_m2')",
    )

    # Months an organisation owes: in the survey, active, on the last day of a month anyone reported.
    reported = {(form["organization_id"], form["month"]) for form in forms}
    missing = set()
    for month in {month for _, month in reported}:
        year, number = int(month[:4]), int(month[5:])
        first_of_next = f"{year + number // 12}-{number % 12 + 1:02}-01"
        for row in organizations:
            if not (row["in_energy_survey"] and row["status"] == "active"):
                continue
            last_day = str(type(row["from_date"]).fromisoformat(first_of_next) - timedelta(1))
            if str(row["from_date"]) <= last_day <= str(row["to_date"] or "9999-12-31"):
                if (row["organization_id"], month) not in reported:
                    missing.add((row["organization_id"], month))
    fine &= compare_rows(
        lake, "review_flag (missing_form)", sorted(missing),
        "select organization_id, period from mart.review_flag where rule = 'missing_form'",
    )

    bills = records(lake, "energy.bill")
    chain = defaultdict(list)
    for bill in bills:
        if bill["account_id"]:
            chain[bill["account_id"]].append(bill)
    breaks = []
    for account, rows in chain.items():
        rows.sort(key=lambda bill: (bill["month"], bill["bill_id"]))
        for last, bill in zip(rows, rows[1:], strict=False):
            if None not in (last["current_register"], bill["previous_register"]):
                if last["current_register"] != bill["previous_register"]:
                    breaks.append((bill["month"], f"{bill['carrier']}:{account}:{bill['bill_id']}",
                                   bill["previous_register"], last["current_register"]))
    fine &= compare_rows(
        lake, "review_flag (register_break)", breaks,
        "select period, item, value, expectation from mart.review_flag where rule = 'register_break'",
    )

    billed = defaultdict(Fraction)
    for bill in bills:
        billed[bill["account_id"], bill["month"]] += Fraction(bill["quantity"])
    bound = defaultdict(list)
    for account in records(lake, "energy.account"):
        bound[account["organization_id"], account["carrier"]].append(account)
    matched = []
    for form in forms:
        month = form["month"]
        for carrier in ("electricity", "water", "natural_gas"):
            accounts = [
                account for account in bound[form["organization_id"], carrier]
                if account["from_date"].isoformat()[:7] <= month
                and (account["to_date"] is None or account["to_date"].isoformat()[:7] > month)
            ]
            if accounts:
                total = sum(
                    billed[account["account_id"], month] * Fraction(account["share_pct"] or 100) / 100
                    for account in accounts
                )
                matched.append((form["organization_id"], month, carrier, rounded(total, 4),
                                form[CARRIERS[carrier][0]] or 0))
    fine &= compare_rows(
        lake, "bill_month (bound)", matched,
        "select organization_id, month, carrier, billed_quantity, quantity from mart.bill_month "
        "where reason is null",
    )
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
