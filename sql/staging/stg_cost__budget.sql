-- grain: organization_id, year, expense_code, spending_kind, revision
-- purpose: budgets with the month in which they take effect: the initial budget in January, an
-- adjustment in the month of its approval within the year
select
    organization_id,
    expense_code,
    spending_kind,
    case
        when
            revision = 0
            or approved_date is null
            or extract(year from approved_date) < year
            then concat(cast(year as varchar), '-01')
        when extract(year from approved_date) > year
            then concat(cast(year as varchar), '-12')
        else to_char(approved_date, '%Y-%m')
    end as month,
    year,
    revision,
    amount_yuan
from cost.budget
