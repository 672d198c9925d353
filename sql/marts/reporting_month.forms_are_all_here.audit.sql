-- severity: error
-- purpose: every form is a reported row
with

forms as (

    select count(*) as form_count from stg_energy__monthly

),

reported as (

    select sum(case when reported then 1 else 0 end) as reported_count
    from reporting_month

)

select forms.form_count, reported.reported_count
from forms
cross join reported
where forms.form_count <> coalesce(reported.reported_count, 0)
