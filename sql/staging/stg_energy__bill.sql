-- grain: bill_id
-- purpose: bills of suppliers with year and last day of the billing month
select
    bill_id,
    account_id,
    organization_id,
    carrier,
    month,
    unit,
    cast(substr(month, 1, 4) as bigint) as year,
    quantity,
    amount_yuan,
    previous_register,
    current_register,
    coalesce(is_estimated, false) as is_estimated,
    from_date,
    to_date,
    cast(
        cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
        as date
    ) as month_end_date
from energy.bill
