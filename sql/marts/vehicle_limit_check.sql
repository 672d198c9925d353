-- grain: vehicle_id
-- purpose: price and displacement of each vehicle against the limits that held on the day of its
-- purchase. Above the ordinary limit and within that of special cases an approval is needed
with

vehicles as (

    select
        vehicles.vehicle_id,
        vehicles.organization_id,
        coalesce(organizations.region_code, vehicles.region_code) as region_code,
        vehicles.model,
        vehicles.use_class,
        vehicles.fuel_class,
        vehicles.status,
        vehicles.price_yuan,
        vehicles.displacement_l,
        vehicles.is_nev,
        vehicles.acquired_date
    from stg_vehicle__vehicle as vehicles
    left join int_organizations_dated as organizations
        on
            vehicles.organization_id = organizations.organization_id
            and organizations.holds_to_date = date '9999-12-31'

),

candidates as (

    select
        vehicles.vehicle_id,
        limits.category,
        -- without a limit of its own a new-energy vehicle keeps to the common one
        case
            when vehicles.is_nev
                then coalesce(limits.max_price_nev_yuan, limits.max_price_yuan)
            else limits.max_price_yuan
        end as max_price_yuan,
        limits.max_displacement_l,
        limits.is_special
    from vehicles
    inner join stg_reference__vehicle_limit as limits
        on vehicles.use_class = limits.use_class
    where vehicles.acquired_date between limits.from_date and limits.to_date

),

ordinary as (

    select vehicle_id, category, max_price_yuan, max_displacement_l
    from candidates
    where not is_special

),

special as (

    select
        candidates.vehicle_id,
        first_value(
            candidates.category
            order by candidates.max_price_yuan asc, candidates.category asc
        ) as category
    from candidates
    inner join vehicles
        on candidates.vehicle_id = vehicles.vehicle_id
    where
        candidates.is_special
        and coalesce(vehicles.price_yuan <= candidates.max_price_yuan, true)
        and coalesce(vehicles.displacement_l <= candidates.max_displacement_l, true)
    group by candidates.vehicle_id

),

judged as (

    select
        vehicles.vehicle_id,
        ordinary.category,
        ordinary.max_price_yuan,
        ordinary.max_displacement_l,
        case
            when vehicles.acquired_date is null then 'no_purchase_date'
            when vehicles.use_class is null then 'no_use_class'
            when ordinary.category is null then 'no_limit_at_purchase'
            when
                ordinary.max_price_yuan is null and ordinary.max_displacement_l is null
                then 'set_case_by_case'
            when
                ordinary.max_price_yuan is not null and vehicles.price_yuan is null
                then 'no_price'
            when
                ordinary.max_displacement_l is not null
                and vehicles.displacement_l is null
                and vehicles.fuel_class not in ('bev', 'fcev')
                then 'no_displacement'
        end as limit_reason,
        coalesce(vehicles.price_yuan > ordinary.max_price_yuan, false) as is_price_over,
        coalesce(
            vehicles.displacement_l > ordinary.max_displacement_l,
            false
        ) as is_displacement_over
    from vehicles
    left join ordinary
        on vehicles.vehicle_id = ordinary.vehicle_id

)

select
    vehicles.vehicle_id,
    vehicles.organization_id,
    vehicles.region_code,
    vehicles.model,
    vehicles.use_class,
    vehicles.fuel_class,
    vehicles.status,
    judged.category as limit_category,
    case
        when judged.is_price_over or judged.is_displacement_over then special.category
    end as special_category,
    case
        when judged.is_price_over or judged.is_displacement_over
            then
                case when special.category is null then 'over' else 'needs_approval' end
        when judged.limit_reason is not null then 'not_judged'
        else 'within'
    end as verdict,
    judged.limit_reason,
    vehicles.price_yuan,
    judged.max_price_yuan,
    case
        when judged.is_price_over then vehicles.price_yuan - judged.max_price_yuan
        else 0
    end as price_over_yuan,
    vehicles.displacement_l,
    judged.max_displacement_l,
    judged.is_price_over,
    judged.is_displacement_over,
    vehicles.is_nev,
    vehicles.acquired_date
from vehicles
inner join judged
    on vehicles.vehicle_id = judged.vehicle_id
left join special
    on vehicles.vehicle_id = special.vehicle_id
