-- grain: asset_id
-- purpose: each card as it stands on the newest day known: state, age, value, its newest count, its
-- lease, and what contradicts the state. Idle assets are those whose card says so
-- unit: months_of_years month
with

cards as (

    select
        asset_id,
        organization_id,
        asset_class,
        name,
        building_id,
        acquisition_way,
        status,
        quantity,
        useful_life_months,
        original_value_yuan,
        depreciation_yuan,
        net_value_yuan,
        is_disposed,
        is_fully_depreciated,
        is_labelled,
        acquired_date,
        disposed_date
    from stg_asset__card

),

newest_counts as (

    select
        asset_id,
        first_value(outcome order by counted_date desc, stocktake_id desc) as outcome,
        max(counted_date) as counted_date
    from stg_asset__stocktake
    group by asset_id

),

running_leases as (

    select
        leases.asset_id,
        sum(case when leases.direction = 'let_out' then 1 else 0 end) as let_leases,
        sum(case when leases.direction = 'lent_out' then 1 else 0 end) as lent_leases
    from stg_asset__lease as leases
    cross join int_assets_reached as reached
    where reached.state_date between leases.from_date and leases.to_date
    group by leases.asset_id

),

-- The newest state of each organisation of the register, to tell who has gone.
holders as (

    select
        organization_id,
        max(coalesce(to_date, date '9999-12-31')) as to_date,
        first_value(status order by from_date desc) as status
    from stg_reference__organization
    group by organization_id

),

described as (

    select
        cards.asset_id,
        cards.organization_id,
        cards.asset_class,
        cards.name,
        cards.building_id,
        cards.acquisition_way,
        cards.status,
        newest_counts.outcome as newest_outcome,
        coalesce(running_leases.let_leases, 0) as let_leases,
        coalesce(running_leases.lent_leases, 0) as lent_leases,
        cards.quantity,
        cards.useful_life_months,
        (
            cast(date_part('year', reached.state_date) as bigint)
            - cast(date_part('year', cards.acquired_date) as bigint)
        )
        * 12 as months_of_years,
        cast(date_part('month', reached.state_date) as bigint)
        - cast(date_part('month', cards.acquired_date) as bigint)
        - case
            when
                date_part('day', reached.state_date)
                < date_part('day', cards.acquired_date)
                then 1
            else 0
        end as months_beside,
        cards.original_value_yuan,
        cards.depreciation_yuan,
        cards.net_value_yuan,
        not cards.is_disposed as is_in_register,
        cards.is_fully_depreciated,
        cards.is_labelled,
        holders.organization_id is not null as has_known_holder,
        coalesce(
            holders.to_date < reached.state_date or holders.status <> 'active',
            false
        ) as is_holder_gone,
        cards.acquired_date,
        cards.disposed_date,
        newest_counts.counted_date,
        reached.state_date
    from cards
    cross join int_assets_reached as reached
    left join newest_counts
        on cards.asset_id = newest_counts.asset_id
    left join running_leases
        on cards.asset_id = running_leases.asset_id
    left join holders
        on cards.organization_id = holders.organization_id

)

select
    described.asset_id,
    described.organization_id,
    organizations.region_code,
    described.asset_class,
    described.name,
    described.building_id,
    described.acquisition_way,
    described.status,
    described.newest_outcome,
    case
        when described.status = 'disposed' and described.disposed_date is null
            then 'disposed_without_date'
        when described.status <> 'disposed' and described.disposed_date is not null
            then 'date_without_disposal'
        when described.status = 'disposed' then null
        when not described.has_known_holder then 'holder_unknown'
        when described.is_holder_gone then 'holder_gone'
        when described.newest_outcome = 'missing' then 'missing_at_stocktake'
        when described.status = 'let' and described.let_leases = 0
            then 'let_without_lease'
        when described.status = 'lent' and described.lent_leases = 0
            then 'lent_without_lease'
        when
            described.status not in ('let', 'lent')
            and described.let_leases + described.lent_leases > 0
            then 'leased_not_told'
    end as conflict,
    described.quantity,
    described.useful_life_months,
    described.months_of_years + described.months_beside as age_months,
    described.original_value_yuan,
    described.depreciation_yuan,
    described.net_value_yuan,
    described.is_in_register,
    described.is_in_register and described.status = 'idle' as is_idle,
    described.is_fully_depreciated,
    described.is_labelled,
    described.acquired_date,
    described.disposed_date,
    described.counted_date,
    described.state_date
from described
left join int_organizations_dated as organizations
    on
        described.organization_id = organizations.organization_id
        and described.state_date between organizations.holds_from_date
        and organizations.holds_to_date
