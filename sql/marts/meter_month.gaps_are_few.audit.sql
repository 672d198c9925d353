-- severity: warning
-- purpose: a meter that is read less than the share of reference.setting tells too little of its month
with

settings as (

    select
        cast(
            max(case when name = 'meter_missing_most_pct' then value end)
            as decimal(9, 4)
        ) as most_pct
    from stg_reference__setting

)

select
    meter_month.meter_id,
    meter_month.month,
    meter_month.reason,
    meter_month.missing_intervals,
    meter_month.expected_intervals
from meter_month
cross join settings
where
    meter_month.reason is not null
    or meter_month.missing_intervals * 100
    > meter_month.expected_intervals * settings.most_pct
