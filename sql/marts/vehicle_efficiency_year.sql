-- grain: vehicle_id, year
-- purpose: distance, use, fuel, charging, cost and CO2 of each vehicle by year with what follows from
-- them for a kilometre; a vehicle in stock that nobody used has a row too. Litres bought stand for
-- litres burnt. Electricity of one's own posts is in no record of the vehicle, so without records of
-- charging nothing is said about the electricity or the CO2 of a vehicle that charges
-- unit: workdays d
with

stocks as (

    select
        vehicle_id,
        year,
        organization_id,
        region_code,
        model,
        use_class,
        fuel_class,
        is_in_stock,
        is_nev,
        acquired_date,
        disposed_date
    from vehicle_stock_year

),

used as (

    select
        vehicle_id,
        year,
        first_value(organization_id order by month desc) as organization_id,
        first_value(region_code order by month desc) as region_code,
        first_value(use_class order by month desc) as use_class,
        first_value(fuel_class order by month desc) as fuel_class,
        sum(km) as km,
        sum(fuel_l) as fuel_l,
        sum(charge_kwh) as charge_kwh,
        sum(cost_yuan) as cost_yuan,
        sum(trips) as trips,
        sum(days_used) as days_used,
        bool_or(is_nev) as is_nev
    from vehicle_month
    group by vehicle_id, year

),

odometers as (

    select
        vehicle_id,
        year,
        max(odometer_in_km) - min(odometer_out_km) as odometer_km
    from stg_vehicle__trip
    group by vehicle_id, year

),

costs as (

    select
        vehicle_id,
        year,
        sum(case when cost_class = 'fuel' then amount_yuan else 0 end) as fuel_yuan,
        sum(case when cost_class = 'charge' then amount_yuan else 0 end) as charge_yuan,
        sum(
            case when cost_class in ('toll', 'parking') then amount_yuan else 0 end
        ) as road_yuan,
        sum(
            case when cost_class = 'insurance' then amount_yuan else 0 end
        ) as insurance_yuan,
        sum(case when cost_class = 'repair' then amount_yuan else 0 end) as repair_yuan,
        sum(case when cost_class = 'other' then amount_yuan else 0 end) as other_yuan
    from stg_vehicle__cost
    group by vehicle_id, year

),

years as (

    select year, state_date from int_vehicle_years

),

vehicles as (

    select
        coalesce(stocks.vehicle_id, used.vehicle_id) as vehicle_id,
        coalesce(stocks.year, used.year) as year,
        coalesce(stocks.organization_id, used.organization_id) as organization_id,
        coalesce(stocks.region_code, used.region_code) as region_code,
        stocks.model,
        coalesce(stocks.use_class, used.use_class) as use_class,
        coalesce(stocks.fuel_class, used.fuel_class) as fuel_class,
        coalesce(used.km, 0) as km,
        coalesce(used.fuel_l, 0) as fuel_l,
        coalesce(used.charge_kwh, 0) as charge_kwh,
        coalesce(used.cost_yuan, 0) as cost_yuan,
        coalesce(used.trips, 0) as trips,
        coalesce(used.days_used, 0) as days_used,
        coalesce(stocks.is_in_stock, false) as is_in_stock,
        coalesce(stocks.is_nev, used.is_nev) as is_nev,
        stocks.vehicle_id is not null as is_registered,
        stocks.acquired_date,
        stocks.disposed_date
    from stocks
    full outer join used
        on
            stocks.vehicle_id = used.vehicle_id
            and stocks.year = used.year

),

workdays as (

    select
        vehicles.vehicle_id,
        vehicles.year,
        count(*) as workdays
    from vehicles
    inner join years
        on vehicles.year = years.year
    inner join stg_reference__calendar as days
        on
            vehicles.year = cast(substr(days.month, 1, 4) as bigint)
            and days.is_workday
            and days.calendar_date <= years.state_date
            and coalesce(days.calendar_date >= vehicles.acquired_date, true)
            and coalesce(days.calendar_date <= vehicles.disposed_date, true)
    where vehicles.is_registered
    group by vehicles.vehicle_id, vehicles.year

),

carriers as (

    select
        stg_vehicle__cost.vehicle_id,
        stg_vehicle__cost.year,
        case
            when stg_vehicle__cost.cost_class = 'charge' then 'electricity'
            when coalesce(stg_vehicle__cost.fuel_class, vehicles.fuel_class) = 'diesel'
                then 'diesel_litre'
            when coalesce(stg_vehicle__cost.fuel_class, vehicles.fuel_class)
            in ('petrol', 'hybrid', 'phev', 'erev') then 'gasoline_litre'
            else 'unknown'
        end as carrier,
        case
            when stg_vehicle__cost.cost_class = 'charge' then 'kWh' else 'L'
        end as unit,
        case
            when stg_vehicle__cost.cost_class = 'charge'
                then coalesce(stg_vehicle__cost.charge_kwh, 0)
            else coalesce(stg_vehicle__cost.fuel_l, 0)
        end as quantity
    from stg_vehicle__cost
    inner join vehicles
        on
            stg_vehicle__cost.vehicle_id = vehicles.vehicle_id
            and stg_vehicle__cost.year = vehicles.year
    where stg_vehicle__cost.cost_class in ('fuel', 'charge')

),

quantities as (

    select vehicle_id, year, carrier, unit, sum(quantity) as quantity
    from carriers
    group by vehicle_id, year, carrier, unit

),

provinces as (

    select
        int_regions_nested.region_code,
        stg_reference__region.region_code as province_code
    from int_regions_nested
    inner join stg_reference__region
        on
            int_regions_nested.ancestor_code = stg_reference__region.region_code
            and stg_reference__region.level = 'province'

),

emissions as (

    select
        quantities.vehicle_id,
        quantities.year,
        sum(
            cast(quantities.quantity * fixed.kgco2_per_unit as decimal(18, 4))
        ) as co2_fixed_kg,
        sum(
            cast(quantities.quantity * chosen.kgco2_per_unit as decimal(18, 4))
        ) as co2_year_kg,
        string_agg(
            fixed.factor_id, ' ' order by quantities.carrier
        ) as fixed_factor_ids,
        string_agg(
            chosen.factor_id, ' ' order by quantities.carrier
        ) as year_factor_ids,
        bool_and(
            fixed.factor_id is not null and chosen.factor_id is not null
        ) as has_factors,
        bool_or(coalesce(chosen.is_carried_forward, false)) as is_carried_forward
    from quantities
    inner join vehicles
        on
            quantities.vehicle_id = vehicles.vehicle_id
            and quantities.year = vehicles.year
    left join provinces
        on vehicles.region_code = provinces.region_code
    left join int_factors_fixed as fixed
        on
            coalesce(provinces.province_code, 'CN') = fixed.province_code
            and quantities.carrier = fixed.carrier
            and quantities.unit = fixed.unit
    left join int_factors_chosen as chosen
        on
            coalesce(provinces.province_code, 'CN') = chosen.province_code
            and quantities.year = chosen.year
            and quantities.carrier = chosen.carrier
            and quantities.unit = chosen.unit
    where quantities.quantity > 0
    group by quantities.vehicle_id, quantities.year

),

reasoned as (

    select
        vehicles.vehicle_id,
        vehicles.year,
        vehicles.organization_id,
        vehicles.region_code,
        vehicles.model,
        vehicles.use_class,
        vehicles.fuel_class,
        emissions.fixed_factor_ids,
        emissions.year_factor_ids,
        case when vehicles.km = 0 then 'no_distance' end as cost_reason,
        case
            when vehicles.fuel_class in ('bev', 'fcev') then 'not_fuelled'
            when vehicles.km = 0 then 'no_distance'
            when vehicles.fuel_l = 0 then 'no_fuel_records'
        end as fuel_reason,
        case
            when vehicles.fuel_class is null then 'no_fuel_class'
            when vehicles.fuel_class not in ('bev', 'phev', 'erev') then 'not_charged'
            when vehicles.km = 0 then 'no_distance'
            when vehicles.charge_kwh = 0 then 'no_charging_records'
        end as charge_reason,
        case
            when vehicles.fuel_class is null then 'no_fuel_class'
            when vehicles.km = 0 then 'no_distance'
            when
                vehicles.fuel_class in ('bev', 'phev', 'erev')
                and vehicles.charge_kwh = 0
                then 'no_charging_records'
            when vehicles.fuel_l = 0 and vehicles.charge_kwh = 0 then 'no_fuel_records'
            when not emissions.has_factors then 'no_factor'
        end as co2_reason,
        vehicles.km,
        odometers.odometer_km,
        vehicles.fuel_l,
        vehicles.charge_kwh,
        emissions.co2_fixed_kg,
        emissions.co2_year_kg,
        vehicles.cost_yuan,
        coalesce(costs.fuel_yuan, 0) as fuel_yuan,
        coalesce(costs.charge_yuan, 0) as charge_yuan,
        coalesce(costs.road_yuan, 0) as road_yuan,
        coalesce(costs.insurance_yuan, 0) as insurance_yuan,
        coalesce(costs.repair_yuan, 0) as repair_yuan,
        coalesce(costs.other_yuan, 0) as other_yuan,
        vehicles.trips,
        vehicles.days_used,
        coalesce(workdays.workdays, 0) as workdays,
        vehicles.is_in_stock,
        vehicles.is_nev,
        coalesce(emissions.is_carried_forward, false) as is_carried_forward
    from vehicles
    left join odometers
        on
            vehicles.vehicle_id = odometers.vehicle_id
            and vehicles.year = odometers.year
    left join costs
        on
            vehicles.vehicle_id = costs.vehicle_id
            and vehicles.year = costs.year
    left join workdays
        on
            vehicles.vehicle_id = workdays.vehicle_id
            and vehicles.year = workdays.year
    left join emissions
        on
            vehicles.vehicle_id = emissions.vehicle_id
            and vehicles.year = emissions.year

)

select
    vehicle_id,
    year,
    organization_id,
    region_code,
    model,
    use_class,
    fuel_class,
    fixed_factor_ids,
    year_factor_ids,
    cost_reason,
    fuel_reason,
    charge_reason,
    co2_reason,
    km,
    odometer_km,
    fuel_l,
    charge_kwh,
    case when co2_reason is null then co2_fixed_kg end as co2_fixed_kg,
    case when co2_reason is null then co2_year_kg end as co2_year_kg,
    cost_yuan,
    fuel_yuan,
    charge_yuan,
    road_yuan,
    insurance_yuan,
    repair_yuan,
    other_yuan,
    case
        when cost_reason is null
            then
                cast(cast(cost_yuan as decimal(30, 12)) / nullif(km, 0) as decimal(18, 4))
    end as cost_yuan_per_km,
    case
        when fuel_reason is null
            then
                cast(
                    cast(fuel_l * 100 as decimal(30, 12)) / nullif(km, 0)
                    as decimal(18, 4)
                )
    end as fuel_l_per_100km,
    case
        when charge_reason is null
            then
                cast(
                    cast(charge_kwh * 100 as decimal(30, 12)) / nullif(km, 0)
                    as decimal(18, 4)
                )
    end as charge_kwh_per_100km,
    case
        when co2_reason is null
            then
                cast(
                    cast(co2_fixed_kg as decimal(30, 12)) / nullif(km, 0) as decimal(18, 4)
                )
    end as co2_fixed_per_km,
    case
        when co2_reason is null
            then
                cast(
                    cast(co2_year_kg as decimal(30, 12)) / nullif(km, 0) as decimal(18, 4)
                )
    end as co2_year_per_km,
    trips,
    days_used,
    workdays,
    is_in_stock,
    is_nev,
    is_carried_forward,
    cost_reason is null as has_distance,
    fuel_reason is null as has_fuel,
    charge_reason is null as has_charging,
    co2_reason is null as has_co2
from reasoned
