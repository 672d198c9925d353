"""Recomputes operating_cost_year from vouchers and budgets in DuckDB: versions, the one that counts, shares."""

from lake import compare, open_lake

EXPECTED = """
with vouchers as (
    select organization_id, year, expense_code, spending_kind,
        sum(amount_yuan) filter (where version = 'executed') as executed,
        sum(amount_yuan) filter (where version = 'final') as final
    from cost.expense where classification = 'department' and version <> 'budget'
    group by all
), budgets as (
    select organization_id, year, expense_code, spending_kind, sum(amount_yuan) as budget
    from cost.budget group by all
), united as (
    select organization_id, year, expense_code, spending_kind, budget, executed, final,
        count(final) over (partition by organization_id, year) > 0 as is_closed
    from vouchers full join budgets using (organization_id, year, expense_code, spending_kind)
), settled as (
    select *, case when is_closed then coalesce(final, 0) else coalesce(executed, 0) end as settled
    from united
), counted as (
    select settled.*, groups.group_id is not null as is_counted
    from settled left join reference.expense_group as groups
        on groups.scheme = 'operating_cost' and groups.expense_code = settled.expense_code
        and groups.spending_kind = settled.spending_kind
), shared as (
    select *, sum(case when is_counted then settled else 0 end)
        over (partition by organization_id, year) as operating_cost
    from counted
)
select organization_id, year, expense_code, spending_kind,
    case when is_closed then 'final' else 'executed' end,
    budget::decimal(18, 2)::varchar, executed::decimal(18, 2)::varchar, final::decimal(18, 2)::varchar,
    settled::decimal(18, 2)::varchar,
    -- Half away from zero by whole numbers: one fen is 1, a share has four places.
    case when is_counted and operating_cost <> 0 then
        ((settled * 100)::hugeint * 2000000 + (operating_cost * 100)::hugeint)
        // ((operating_cost * 100)::hugeint * 2)
    end::varchar
from shared
"""
SHOWN = """
select organization_id, year, expense_code, spending_kind, settled_version, budget_yuan::varchar,
    executed_yuan::varchar, final_yuan::varchar, settled_yuan::varchar,
    (operating_cost_share_pct * 10000)::hugeint::varchar
from mart.operating_cost_year
"""
TOTAL = "select sum(settled_yuan), sum(operating_cost_yuan) from mart.operating_cost_year"

if __name__ == "__main__":
    raise SystemExit(not compare(open_lake(), "operating_cost_year", EXPECTED, SHOWN, TOTAL))
