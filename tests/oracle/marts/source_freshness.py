"""Recomputes source_freshness with DuckDB over the base tables."""

from lake import compare, open_lake

# Table, first and last day of a row.
DAYS = [
    ("energy.monthly", "cast(month || '-01' as date)", "last_day(cast(month || '-01' as date))"),
    ("energy.bill", *["last_day(cast(month || '-01' as date))"] * 2),
    ("cost.expense", *["voucher_date"] * 2),
    ("vehicle.trip", *["cast(timezone('Asia/Shanghai', departed_at) as date)"] * 2),
    ("vehicle.cost", *["cost_date"] * 2),
    ("vehicle.alarm", *["cast(timezone('Asia/Shanghai', raised_at) as date)"] * 2),
    ("office.occupancy", *["from_date"] * 2),
    ("office.inspection", *["inspection_date"] * 2),
]


def main():
    lake = open_lake()
    sources = " union all ".join(
        f"select '{table}' as source, count(*) as rows, min({first}) as oldest, max({last}) as newest from {table}"
        for table, first, last in DAYS
    )
    fine = compare(
        lake, "source_freshness",
        f"select source, rows, date_diff('day', newest, max(newest) over ()), oldest, newest from ({sources})",
        "select source, row_count, days_behind, oldest_date, newest_date from mart.source_freshness",
    )
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
