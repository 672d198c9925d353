-- grain: lease_id, month
-- purpose: each lease in every month it runs, with the rent due for its days of the month. A lease
-- without an area of its own has that of its room; one without area or rent has no rent due
-- unit: leased_days d, days_of_month d/month
with

months as (

    select
        days.month,
        years.year,
        cast(concat(days.month, '-01') as date) as first_date,
        cast(
            cast(concat(days.month, '-01') as date)
            + interval '1 month' - interval '1 day' as date
        ) as last_date
    from stg_reference__calendar as days
    inner join int_office_years as years
        on cast(substr(days.month, 1, 4) as bigint) = years.year
    where cast(concat(days.month, '-01') as date) <= years.state_date
    group by days.month, years.year

),

leases as (

    select
        leases.lease_id,
        leases.building_id,
        leases.organization_id,
        leases.direction,
        coalesce(leases.leased_m2, rooms.usable_m2) as leased_m2,
        leases.rent_yuan_per_m2_month,
        leases.has_rent,
        leases.from_date,
        leases.to_date
    from stg_office__lease as leases
    left join stg_office__room as rooms
        on leases.room_id = rooms.room_id

),

leased_months as (

    select
        leases.lease_id,
        months.month,
        leases.building_id,
        leases.organization_id,
        leases.direction,
        months.year,
        leases.leased_m2,
        leases.rent_yuan_per_m2_month,
        cast(
            date_part('day', least(months.last_date, leases.to_date))
            - date_part('day', greatest(months.first_date, leases.from_date))
            + 1
            as bigint
        ) as leased_days,
        cast(date_part('day', months.last_date) as bigint) as days_of_month,
        leases.has_rent
    from leases
    inner join months
        on
            leases.from_date <= months.last_date
            and leases.to_date >= months.first_date

)

select
    lease_id,
    month,
    building_id,
    organization_id,
    direction,
    year,
    case
        when has_rent
            then
                cast(
                    cast(
                        leased_m2 * rent_yuan_per_m2_month * leased_days
                        as decimal(34, 12)
                    )
                    / days_of_month
                    as decimal(18, 2)
                )
    end as rent_yuan,
    has_rent
from leased_months
