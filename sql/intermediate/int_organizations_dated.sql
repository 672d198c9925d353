-- grain: organization_id, holds_from_date
-- purpose: states of each organisation without gaps: a state holds until the next begins, the first
-- reaches back and the last reaches on, so any month of a form finds one. Regions carry the code of
-- today. is_expected_to_report keeps to the dates of the register.
with

organizations as (

    select
        organization_id,
        region_code,
        class_code,
        row_number() over (
            partition by organization_id
            order by from_date
        ) as state_number,
        is_expected_to_report,
        from_date,
        coalesce(to_date, date '9999-12-31') as to_date,
        lead(from_date) over (
            partition by organization_id
            order by from_date
        ) as next_from_date
    from stg_reference__organization

),

region_changes as (

    select old_code, new_code from stg_reference__region_change

)

select
    organizations.organization_id,
    coalesce(region_changes.new_code, organizations.region_code) as region_code,
    organizations.class_code,
    organizations.is_expected_to_report,
    organizations.from_date,
    organizations.to_date,
    case
        when organizations.state_number = 1 then date '1900-01-01'
        else organizations.from_date
    end as holds_from_date,
    coalesce(
        cast(organizations.next_from_date - interval '1 day' as date),
        date '9999-12-31'
    ) as holds_to_date
from organizations
left join region_changes
    on organizations.region_code = region_changes.old_code
