-- severity: warning
-- purpose: an organ that was named as saving and does not meet the criteria in the newest whole year
with

newest as (

    select max(year) as year
    from saving_organ_year
    where judged_date = cast(concat(cast(year as varchar), '-12-31') as date)

)

select saving_organ_year.organization_id, saving_organ_year.unmet_count
from saving_organ_year
inner join newest
    on saving_organ_year.year = newest.year
where
    saving_organ_year.verdict = 'not_met'
    and (saving_organ_year.is_named or saving_organ_year.is_model_unit)
