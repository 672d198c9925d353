"""Recomputes reporting_year from forms and register with plain Python; flags are judged by their own scripts."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from lake import compare_rows, open_lake, records, rounded


def first_day(month, months_later):
    """The first day of the month so many later."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + months_later
    return date(number // 12, number % 12 + 1, 1)


def owed(organizations, months):
    """Who owes which month: active in the survey's register on the month's last day."""
    return {
        (row["organization_id"], month)
        for month in months
        for row in organizations
        if row["in_energy_survey"] and row["status"] == "active"
        and row["from_date"] <= first_day(month, 1) - timedelta(1) <= (row["to_date"] or date.max)
    }


def state_of(organizations):
    """The register's state of an organisation on a day: the last to begin by then, else the first."""
    states = defaultdict(list)
    for row in sorted(organizations, key=lambda row: row["from_date"]):
        states[row["organization_id"]].append(row)

    def state(organization, day):
        begun = [row for row in states[organization] if row["from_date"] <= day]
        return (begun or states[organization] or [None])[-1 if begun else 0]

    return state


def share(part, whole):
    """Per cent, or nothing of nothing."""
    return rounded(Fraction(part * 100, whole), 2) if whole else None


def main():
    lake = open_lake()
    forms = {(row["organization_id"], row["month"]): row for row in records(lake, "energy.monthly")}
    organizations = records(lake, "reference.organization")
    new_codes = {row["old_code"]: row["new_code"] for row in records(lake, "reference.region_change")}
    due_day = dict(lake.sql("select name, value from reference.setting").fetchall()).get("reporting_due_day", "15")
    months = {month for _, month in forms}
    expected, state = owed(organizations, months), state_of(organizations)
    listed = set(lake.sql("select organization_id, year from mart.review_flag where status = 'open'").fetchall())
    wrong, flags = set(), defaultdict(lambda: defaultdict(int))
    for organization, period, severity in lake.sql(
        "select organization_id, period, severity from mart.review_flag"
        " where topic = 'energy' and organization_id is not null and rule <> 'missing_form' and status = 'open'"
    ).fetchall():
        flags[organization, int(period[:4])][severity] += 1
        if severity == "error":
            wrong.add((organization, period))

    years = defaultdict(list)
    for organization, month in sorted(expected | forms.keys()):
        years[organization, int(month[:4])].append(month)
    rows = []
    for (organization, year), its_months in years.items():
        asked = [month for month in its_months if (organization, month) in expected]
        came = [month for month in asked if (organization, month) in forms]
        sent = {month: forms[organization, month]["reported_date"] for month in came}
        due = {month: first_day(month, 1).replace(day=int(due_day)) for month in came}
        late = {month: (sent[month] - due[month]).days for month in came if sent[month] and sent[month] > due[month]}
        undated = [month for month in came if sent[month] is None]
        flagged = [month for month in came if (organization, month) in wrong]
        sound = [month for month in came if month not in late and month not in flagged]
        in_time = len(came) - len(late) - len(undated)
        place = state(organization, first_day(its_months[-1], 1) - timedelta(1))
        region = place and new_codes.get(place["region_code"], place["region_code"])
        rows.append((
            organization, year, region, place and place["class_code"], max(came, default=None),
            len(asked), len(came), len(asked) - len(came), len(late), len(undated), in_time, len(flagged), len(sound),
            sum(late.values()), flags[organization, year]["error"], flags[organization, year]["warning"],
            share(len(came), len(asked)), share(in_time, len(asked) - len(undated)), share(len(sound), len(asked)),
            (organization, year) in listed,
        ))
    fine = compare_rows(
        lake, "reporting_year", rows,
        "select organization_id, year, region_code, class_code, newest_month, months_expected, months_reported,"
        " months_missing, months_late, months_undated, months_in_time, months_flagged, months_sound, days_late,"
        " error_flags, warning_flags, completeness_pct, timeliness_pct, quality_score_pct, is_listed from mart.reporting_year",
    )
    totals = [sum(row[place] for row in rows) for place in range(5, 14)]
    print(f"expected, reported, missing, late, undated, in time, flagged, sound months, days late: {totals}")
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
