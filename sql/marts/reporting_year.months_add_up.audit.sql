-- severity: error
-- purpose: expected months are reported or missing, reported ones in time, late or undated, and the
-- year's months are those of reporting_month
with

months as (

    select
        organization_id,
        year,
        sum(case when expected then 1 else 0 end) as months_expected,
        sum(case when is_missing then 1 else 0 end) as months_missing
    from reporting_month
    group by organization_id, year

)

select
    months.organization_id,
    months.year,
    months.months_expected as expected_in_months,
    reporting_year.months_expected,
    reporting_year.months_reported,
    reporting_year.months_missing,
    reporting_year.months_sound
from months
left join reporting_year
    on
        months.organization_id = reporting_year.organization_id
        and months.year = reporting_year.year
where
    reporting_year.year is null
    or months.months_expected <> reporting_year.months_expected
    or months.months_missing <> reporting_year.months_missing
    or reporting_year.months_reported + reporting_year.months_missing
    <> reporting_year.months_expected
    or reporting_year.months_in_time + reporting_year.months_late
    + reporting_year.months_undated <> reporting_year.months_reported
    or reporting_year.months_sound + reporting_year.months_flagged
    > reporting_year.months_reported
