-- severity: warning
-- purpose: a quota whose indicator, subclass or zone nothing is measured by judges nobody
with

indicators as (

    select indicator from energy_indicator_year group by indicator

)

select
    stg_reference__quota.standard_no,
    stg_reference__quota.class_code,
    stg_reference__quota.subclass,
    stg_reference__quota.zone,
    stg_reference__quota.indicator
from stg_reference__quota
left join indicators
    on stg_reference__quota.indicator = indicators.indicator
where
    indicators.indicator is null
    or stg_reference__quota.subclass <> 'all'
    or stg_reference__quota.zone <> 'all'
