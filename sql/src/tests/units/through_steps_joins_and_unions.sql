-- grain: organization_id
-- purpose: a chain of steps
with

forms as (

    select organization_id, electricity_kwh as used, people from energy.monthly

),

both_kinds as (

    select organization_id, used from forms
    union all
    select organization_id, coalesce(used, 0) from forms

),

ranked as (

    select
        organization_id,
        used,
        lag(used) over (partition by organization_id order by used) as used_before,
        sum(used) over (partition by organization_id) as used_in_all,
        row_number() over (partition by organization_id order by used) as place
    from both_kinds

)

select
    ranked.organization_id,
    ranked.used - ranked.used_before as more,
    round(ranked.used_in_all, 2) as rounded,
    greatest(ranked.used, ranked.used_before) as greatest_used,
    ranked.place,
    (select max(forms.used) from forms) as most
from ranked
inner join forms
    on ranked.organization_id = forms.organization_id and ranked.used >= forms.used
-- accepted:
-- more: kWh
-- rounded: kWh
-- greatest_used: kWh
-- place: a number
-- most: kWh
