-- grain: organization_id, year
-- purpose: how completely, how timely and how soundly each organisation of the energy survey reported
-- the months of a year. A month is sound when its form is there, is not known to be late and carries
-- no flag of the statistics of severity error that nobody accepted
-- unit: months_expected month, months_reported month, months_missing month, months_late month,
-- months_undated month, months_dated month, months_in_time month, months_flagged month, months_sound month
with

months as (

    select
        organization_id,
        month,
        region_code,
        class_code,
        year,
        days_late,
        expected,
        expected and reported as is_reported,
        is_missing,
        expected and is_late as is_late,
        expected and reported and reported_date is null as is_undated
    from reporting_month

),

flags as (

    select organization_id, period, severity, year
    from review_flag
    where
        topic = 'energy'
        and organization_id is not null
        and rule <> 'missing_form'
        and status = 'open'

),

flagged_months as (

    select organization_id, period as month
    from flags
    where severity = 'error'
    group by organization_id, period

),

flag_counts as (

    select
        organization_id,
        year,
        count(*) filter (where severity = 'error') as error_flags,
        count(*) filter (where severity = 'warning') as warning_flags
    from flags
    group by organization_id, year

),

listed as (

    select organization_id, year
    from review_flag
    where status = 'open'
    group by organization_id, year

),

judged as (

    select
        months.organization_id,
        months.month,
        months.region_code,
        months.class_code,
        months.year,
        months.days_late,
        months.expected,
        months.is_reported,
        months.is_missing,
        months.is_late,
        months.is_undated,
        months.is_reported and flagged_months.month is not null as is_flagged,
        months.is_reported
        and not months.is_late
        and flagged_months.month is null as is_sound
    from months
    left join flagged_months
        on
            months.organization_id = flagged_months.organization_id
            and months.month = flagged_months.month

),

years as (

    select
        organization_id,
        year,
        first_value(region_code order by month desc) as region_code,
        first_value(class_code order by month desc) as class_code,
        max(case when is_reported then month end) as newest_month,
        sum(case when expected then 1 else 0 end) as months_expected,
        sum(case when is_reported then 1 else 0 end) as months_reported,
        sum(case when is_missing then 1 else 0 end) as months_missing,
        sum(case when is_late then 1 else 0 end) as months_late,
        sum(case when is_undated then 1 else 0 end) as months_undated,
        sum(case when is_flagged then 1 else 0 end) as months_flagged,
        sum(case when is_sound then 1 else 0 end) as months_sound,
        sum(case when is_late then days_late else 0 end) as days_late
    from judged
    group by organization_id, year

)

select
    years.organization_id,
    years.year,
    years.region_code,
    years.class_code,
    years.newest_month,
    case when years.months_expected = 0 then 'nothing_expected' end as quality_reason,
    case
        when years.months_expected = 0 then 'nothing_expected'
        when years.months_expected = years.months_undated then 'no_dates'
    end as timeliness_reason,
    years.months_expected,
    years.months_reported,
    years.months_missing,
    years.months_late,
    years.months_undated,
    years.months_expected - years.months_undated as months_dated,
    years.months_reported - years.months_late - years.months_undated as months_in_time,
    years.months_flagged,
    years.months_sound,
    years.days_late,
    coalesce(flag_counts.error_flags, 0) as error_flags,
    coalesce(flag_counts.warning_flags, 0) as warning_flags,
    cast(
        cast(years.months_reported * 100 as decimal(30, 12))
        / nullif(years.months_expected, 0)
        as decimal(18, 2)
    ) as completeness_pct,
    cast(
        cast(
            (years.months_reported - years.months_late - years.months_undated) * 100
            as decimal(30, 12)
        )
        / nullif(years.months_expected - years.months_undated, 0)
        as decimal(18, 2)
    ) as timeliness_pct,
    cast(
        cast(years.months_sound * 100 as decimal(30, 12))
        / nullif(years.months_expected, 0)
        as decimal(18, 2)
    ) as quality_score_pct,
    listed.organization_id is not null as is_listed
from years
left join flag_counts
    on
        years.organization_id = flag_counts.organization_id
        and years.year = flag_counts.year
left join listed
    on
        years.organization_id = listed.organization_id
        and years.year = listed.year
