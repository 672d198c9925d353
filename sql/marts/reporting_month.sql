-- grain: organization_id, month
-- purpose: whether each organisation of the energy survey reported each month, and how late. The
-- months are those for which any organisation reported.
with

settings as (

    select
        coalesce(
            max(case when name = 'reporting_due_day' then value end),
            '15'
        ) as reporting_due_day
    from stg_reference__setting

),

forms as (

    select organization_id, month, reported_date from stg_energy__monthly

),

months as (

    select
        stg_energy__monthly.month,
        stg_energy__monthly.month_end_date,
        cast(
            concat(
                to_char(
                    stg_energy__monthly.month_start_date + interval '1 month',
                    '%Y-%m'
                ),
                '-',
                lpad(settings.reporting_due_day, 2, '0')
            ) as date
        ) as due_date
    from stg_energy__monthly
    cross join settings
    group by
        stg_energy__monthly.month,
        stg_energy__monthly.month_start_date,
        stg_energy__monthly.month_end_date,
        settings.reporting_due_day

),

organizations as (

    select
        organization_id,
        region_code,
        class_code,
        is_expected_to_report,
        from_date,
        to_date,
        holds_from_date,
        holds_to_date
    from int_organizations_dated

),

expected as (

    select organizations.organization_id, months.month
    from months
    inner join organizations
        on
            organizations.is_expected_to_report
            and months.month_end_date between organizations.from_date
            and organizations.to_date
    group by organizations.organization_id, months.month

),

paired as (

    select
        coalesce(expected.organization_id, forms.organization_id) as organization_id,
        coalesce(expected.month, forms.month) as month,
        expected.organization_id is not null as expected,
        forms.organization_id is not null as reported,
        forms.reported_date
    from expected
    full outer join forms
        on
            expected.organization_id = forms.organization_id
            and expected.month = forms.month

)

select
    paired.organization_id,
    paired.month,
    organizations.region_code,
    organizations.class_code,
    cast(substr(paired.month, 1, 4) as bigint) as year,
    case
        when paired.reported_date > months.due_date
            then paired.reported_date - months.due_date
        when paired.reported_date is not null then 0
    end as days_late,
    paired.expected,
    paired.reported,
    paired.expected and not paired.reported as is_missing,
    coalesce(paired.reported_date > months.due_date, false) as is_late,
    months.due_date,
    paired.reported_date
from paired
inner join months
    on paired.month = months.month
left join organizations
    on
        paired.organization_id = organizations.organization_id
        and months.month_end_date between organizations.holds_from_date
        and organizations.holds_to_date
