-- grain: organization_id
-- purpose: the level and posts of each organisation on the day its premises are judged, the area of
-- service rooms that its posts allow, and the share of equipment rooms. The area for a post lies on a
-- line between points of the reference, outside them the nearest holds
with

judged_days as (

    select max(judged_date) as judged_date from int_office_years

),

levels as (

    select
        organization_id,
        first_value(organ_level order by from_date desc) as organ_level
    from stg_reference__organization
    group by organization_id

),

headcounts as (

    select
        stg_reference__headcount.organization_id,
        first_value(
            stg_reference__headcount.authorized_staff
            order by stg_reference__headcount.from_date desc
        ) as authorized_staff
    from stg_reference__headcount
    cross join judged_days
    where
        judged_days.judged_date between stg_reference__headcount.from_date
        and stg_reference__headcount.to_date
    group by stg_reference__headcount.organization_id

),

organizations as (

    select
        levels.organization_id,
        levels.organ_level,
        headcounts.authorized_staff
    from levels
    left join headcounts
        on levels.organization_id = headcounts.organization_id

),

allowances as (

    select
        allowances.organ_level,
        allowances.allowance,
        allowances.staff_count,
        allowances.value
    from stg_reference__area_allowance as allowances
    cross join judged_days
    where judged_days.judged_date between allowances.from_date and allowances.to_date

),

points as (

    select
        organizations.organization_id,
        max(
            case
                when allowances.staff_count <= organizations.authorized_staff
                    then allowances.staff_count
            end
        ) as lower_staff,
        min(
            case
                when allowances.staff_count >= organizations.authorized_staff
                    then allowances.staff_count
            end
        ) as upper_staff
    from organizations
    inner join allowances
        on
            organizations.organ_level = allowances.organ_level
            and allowances.allowance = 'service_m2_per_person'
    where organizations.authorized_staff is not null
    group by organizations.organization_id

),

-- Between two points of the line: (low × (u − l) + (high − low) × (n − l)) × n / (u − l).
services as (

    select
        organizations.organization_id,
        cast(
            case
                when lower_points.value is null
                    then upper_points.value * organizations.authorized_staff
                when
                    upper_points.value is null
                    or upper_points.staff_count = lower_points.staff_count
                    then lower_points.value * organizations.authorized_staff
                else
                    cast(
                        (
                            lower_points.value
                            * (upper_points.staff_count - lower_points.staff_count)
                            + (upper_points.value - lower_points.value)
                            * (
                                organizations.authorized_staff
                                - lower_points.staff_count
                            )
                        )
                        * organizations.authorized_staff
                        as decimal(34, 12)
                    )
                    / nullif(upper_points.staff_count - lower_points.staff_count, 0)
            end as decimal(18, 4)
        ) as service_allowed_m2
    from organizations
    inner join points
        on organizations.organization_id = points.organization_id
    left join allowances as lower_points
        on
            organizations.organ_level = lower_points.organ_level
            and lower_points.allowance = 'service_m2_per_person'
            and points.lower_staff = lower_points.staff_count
    left join allowances as upper_points
        on
            organizations.organ_level = upper_points.organ_level
            and upper_points.allowance = 'service_m2_per_person'
            and points.upper_staff = upper_points.staff_count

)

select
    organizations.organization_id,
    organizations.organ_level,
    organizations.authorized_staff,
    services.service_allowed_m2,
    equipment.value as equipment_pct
from organizations
left join services
    on organizations.organization_id = services.organization_id
left join allowances as equipment
    on
        organizations.organ_level = equipment.organ_level
        and equipment.allowance = 'equipment_pct'
