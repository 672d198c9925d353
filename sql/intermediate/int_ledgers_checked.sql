-- grain: rule, organization_id, period, item
-- purpose: candidates of the review's rule over the ledger: items whose cost in the ledger, the energy form
-- and the vehicles' records differs by more than the tolerance
select
    'ledger_differs' as rule,
    item as rule_item,
    cast(null as varchar) as carrier,
    organization_id,
    cast(year as varchar) as period,
    item,
    'yuan' as unit,
    against_record as basis,
    year,
    greatest(checked_months, against_months) as months,
    cast(checked_yuan as decimal(18, 4)) as value,
    cast(against_yuan as decimal(18, 4)) as expectation,
    cast(null as decimal(18, 4)) as difference,
    'kgce' as difference_unit,
    cast(abs(difference_yuan) as decimal(18, 2)) as difference_yuan,
    cast(
        cast(concat(through_month, '-01') as date)
        + interval '1 month' - interval '1 day' as date
    ) as period_end_date
from cost_reconciliation
where not is_within and tolerance_pct is not null
