-- grain: lease_id, period
-- purpose: rent due of each lease of an asset, in all until the newest day known and in each year of the
-- calendar: whole months at the rent of a month, the first and the last by their days. A lease of an
-- asset lent, or let without a rent, has none
-- unit: months_of_years month
with

leases as (

    select
        leases.lease_id,
        leases.direction,
        leases.rent_yuan_per_month,
        leases.from_date,
        least(leases.to_date, reached.state_date) as to_date
    from stg_asset__lease as leases
    cross join int_assets_reached as reached
    where leases.from_date <= reached.state_date

),

years as (

    select
        substr(month, 1, 4) as period,
        cast(concat(substr(month, 1, 4), '-01-01') as date) as first_date,
        cast(concat(substr(month, 1, 4), '-12-31') as date) as last_date
    from stg_reference__calendar
    group by substr(month, 1, 4)

),

periods as (

    select
        lease_id,
        'all' as period,
        direction,
        rent_yuan_per_month,
        from_date,
        to_date
    from leases
    union all
    select
        leases.lease_id,
        years.period,
        leases.direction,
        leases.rent_yuan_per_month,
        greatest(leases.from_date, years.first_date) as from_date,
        least(leases.to_date, years.last_date) as to_date
    from leases
    inner join years
        on leases.from_date <= years.last_date and leases.to_date >= years.first_date

),

measured as (

    select
        lease_id,
        period,
        direction,
        rent_yuan_per_month,
        from_date,
        to_date,
        -- months from that of the first day to that of the last: those of the years
        -- between, and those beside them, which may be negative
        (
            cast(date_part('year', to_date) as bigint)
            - cast(date_part('year', from_date) as bigint)
        )
        * 12 as months_of_years,
        cast(date_part('month', to_date) as bigint)
        - cast(date_part('month', from_date) as bigint) as months_beside,
        cast(date_part('day', from_date) as bigint) - 1 as days_before,
        cast(date_part('day', to_date) as bigint) as days_of_last,
        cast(
            date_part(
                'day',
                date_trunc('month', from_date) + interval '1 month' - interval '1 day'
            ) as bigint
        ) as length_of_first,
        cast(
            date_part(
                'day',
                date_trunc('month', to_date) + interval '1 month' - interval '1 day'
            ) as bigint
        ) as length_of_last
    from periods

),

-- From the first of the first month to the last day, less the days before the first day: months as
-- one fraction, so that the rent is divided once and rounded once.
fractions as (

    select
        lease_id,
        period,
        direction,
        rent_yuan_per_month,
        (months_of_years + months_beside) * length_of_first * length_of_last
        + days_of_last * length_of_first
        - days_before * length_of_last as month_parts,
        length_of_first * length_of_last as parts_of_month,
        from_date,
        to_date
    from measured

)

select
    lease_id,
    period,
    case
        when direction = 'let_out'
            then
                cast(
                    cast(rent_yuan_per_month * month_parts as decimal(34, 12))
                    / parts_of_month as decimal(18, 2)
                )
    end as rent_due_yuan,
    from_date,
    to_date
from fractions
