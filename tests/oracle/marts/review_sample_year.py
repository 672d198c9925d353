"""Draws the sample of review_sample_year again in plain Python: by the digest of year and organisation, region by region."""

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from hashlib import md5
from math import ceil

from lake import compare_rows, open_lake, records
from reporting_year import first_day, owed, state_of


def main():
    lake = open_lake()
    organizations = records(lake, "reference.organization")
    new_codes = {row["old_code"]: row["new_code"] for row in records(lake, "reference.region_change")}
    share = Fraction(dict(lake.sql("select name, value from reference.setting").fetchall())["review_sample_pct"])
    months = {month for (month,) in lake.sql("select distinct month from energy.monthly").fetchall()}
    state, newest = state_of(organizations), defaultdict(str)
    for who, month in owed(organizations, months):
        newest[who, int(month[:4])] = max(month, newest[who, int(month[:4])])
    regions = defaultdict(list)
    for (who, year), month in newest.items():
        place = state(who, first_day(month, 1) - timedelta(1))
        regions[year, new_codes.get(place["region_code"], place["region_code"])].append((who, place["class_code"]))
    rows = []
    for (year, region), members in regions.items():
        size = max(1, ceil(len(members) * share / 100))
        members.sort(key=lambda member: md5(f"{year}/{member[0]}".encode()).hexdigest())
        for number, (who, class_code) in enumerate(members, 1):
            rows.append((who, year, region, class_code, number, len(members), number <= size))
    for year in sorted({row[1] for row in rows}):
        own = [row for row in rows if row[1] == year]
        print(f"{year}: {sum(row[6] for row in own)} of {len(own)} drawn")
    return not compare_rows(
        lake, "review_sample_year", rows,
        "select organization_id, year, region_code, class_code, draw_number, region_organizations, is_drawn"
        " from mart.review_sample_year",
    )


if __name__ == "__main__":
    raise SystemExit(main())
