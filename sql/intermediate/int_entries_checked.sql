-- grain: rule, organization_id, period, item
-- purpose: candidates of the rules over what a form must hold: quantity with cost, people and floor
-- area, a reason where there is no electricity or water, unit prices within the band. A cost is missing
-- only where the form asks for it.
-- unit: low_cost_yuan yuan, high_cost_yuan yuan
with

carriers as (

    select
        energy_month.organization_id,
        energy_month.month,
        energy_month.carrier,
        stg_energy__monthly.form_version,
        energy_month.unit,
        energy_month.year,
        energy_month.quantity,
        energy_month.cost_yuan
    from energy_month
    inner join stg_energy__monthly
        on
            energy_month.organization_id = stg_energy__monthly.organization_id
            and energy_month.month = stg_energy__monthly.month

),

-- A form version on which nobody gives a carrier's cost in a year does not ask for it.
asked_costs as (

    select year, carrier, form_version
    from carriers
    group by year, carrier, form_version
    having sum(cost_yuan) > 0

),

low_prices as (

    select
        replace(name, 'unit_price_low.', '') as carrier,
        cast(value as decimal(18, 4)) as price
    from stg_reference__setting
    where name like 'unit_price_low.%'

),

high_prices as (

    select
        replace(name, 'unit_price_high.', '') as carrier,
        cast(value as decimal(18, 4)) as price
    from stg_reference__setting
    where name like 'unit_price_high.%'

),

banded as (

    select
        carriers.organization_id,
        carriers.month,
        carriers.carrier,
        carriers.unit,
        carriers.year,
        carriers.quantity,
        carriers.cost_yuan,
        carriers.quantity * low_prices.price as low_cost_yuan,
        carriers.quantity * high_prices.price as high_cost_yuan,
        asked_costs.carrier is not null as is_cost_asked
    from carriers
    left join asked_costs
        on
            carriers.year = asked_costs.year
            and carriers.carrier = asked_costs.carrier
            and carriers.form_version is not distinct from asked_costs.form_version
    left join low_prices
        on carriers.carrier = low_prices.carrier
    left join high_prices
        on carriers.carrier = high_prices.carrier

),

paid as (

    select
        organization_id,
        month,
        carrier,
        unit,
        year,
        quantity,
        cost_yuan,
        case
            when quantity = 0 or cost_yuan = 0 then null
            when cost_yuan < low_cost_yuan then low_cost_yuan
            when cost_yuan > high_cost_yuan then high_cost_yuan
        end as bound_cost_yuan,
        is_cost_asked
    from banded

),

month_energies as (

    select organization_id, month, sum(energy_kgce) as energy_kgce
    from energy_month
    group by organization_id, month

),

forms as (

    select
        stg_energy__monthly_part.organization_id,
        stg_energy__monthly_part.month,
        int_forms_placed.class_code,
        stg_energy__monthly_part.no_use_reason,
        stg_energy__monthly_part.year,
        coalesce(stg_energy__monthly_part.people, 0) as people,
        coalesce(stg_energy__monthly_part.floor_m2, 0) as floor_m2,
        coalesce(stg_energy__monthly_part.electricity_kwh, 0) as electricity_kwh,
        coalesce(stg_energy__monthly_part.water_m3, 0) as water_m3
    from stg_energy__monthly_part
    inner join int_forms_placed
        on
            stg_energy__monthly_part.organization_id = int_forms_placed.organization_id
            and stg_energy__monthly_part.month = int_forms_placed.month

),

class_means as (

    select
        month,
        class_code,
        cast(
            cast(
                sum(electricity_kwh) filter (where electricity_kwh > 0)
                as decimal(30, 12)
            )
            / nullif(sum(people) filter (where electricity_kwh > 0), 0)
            as decimal(18, 8)
        ) as electricity_kwh_per_person,
        cast(
            cast(sum(water_m3) filter (where water_m3 > 0) as decimal(30, 12))
            / nullif(sum(people) filter (where water_m3 > 0), 0)
            as decimal(18, 8)
        ) as water_m3_per_person
    from forms
    where people > 0
    group by month, class_code

),

incomplete as (

    select
        forms.organization_id,
        forms.month,
        forms.no_use_reason,
        forms.year,
        forms.people,
        forms.floor_m2,
        forms.electricity_kwh,
        forms.water_m3,
        cast(
            forms.people * class_means.electricity_kwh_per_person as decimal(18, 4)
        ) as expected_kwh,
        cast(
            forms.people * class_means.water_m3_per_person as decimal(18, 4)
        ) as expected_m3,
        cast(month_energies.energy_kgce as decimal(18, 4)) as energy_kgce
    from forms
    left join class_means
        on
            forms.month = class_means.month
            and forms.class_code = class_means.class_code
    left join month_energies
        on
            forms.organization_id = month_energies.organization_id
            and forms.month = month_energies.month
    where
        forms.people = 0
        or forms.floor_m2 = 0
        or (
            forms.no_use_reason is null
            and (forms.electricity_kwh = 0 or forms.water_m3 = 0)
        )

),

wants as (

    select 'denominator_missing' as rule, 'people' as item
    union all
    select 'denominator_missing', 'floor_m2'
    union all
    select 'no_use_unexplained', 'electricity'
    union all
    select 'no_use_unexplained', 'water'

),

failed as (

    select
        case wants.item
            when 'electricity' then 'kWh'
            when 'water' then 'm3'
            when 'people' then 'person'
            else 'm2'
        end as unit,
        wants.rule,
        case
            when wants.rule = 'denominator_missing' then 'energy' else wants.item
        end as carrier,
        incomplete.organization_id,
        incomplete.month,
        wants.item,
        case
            when wants.rule = 'denominator_missing' then 'above_zero'
            else 'use_per_person_of_the_class'
        end as basis,
        incomplete.year,
        cast(0 as decimal(18, 4)) as value,
        case wants.item
            when 'electricity' then incomplete.expected_kwh
            when 'water' then incomplete.expected_m3
            when 'people' then cast(null as decimal(18, 4))
            else cast(null as decimal(18, 4))
        end as expectation,
        case wants.item
            when 'electricity' then incomplete.expected_kwh
            when 'water' then incomplete.expected_m3
            else incomplete.energy_kgce
        end as difference,
        case wants.item
            when 'electricity' then 'kWh'
            when 'water' then 'm3'
            else 'kgce'
        end as difference_unit,
        cast(null as decimal(18, 2)) as difference_yuan
    from incomplete
    cross join wants
    where
        (wants.item = 'people' and incomplete.people = 0)
        or (wants.item = 'floor_m2' and incomplete.floor_m2 = 0)
        or (
            wants.item = 'electricity'
            and incomplete.electricity_kwh = 0
            and incomplete.no_use_reason is null
        )
        or (
            wants.item = 'water'
            and incomplete.water_m3 = 0
            and incomplete.no_use_reason is null
        )
    union all
    -- A price outside the band weighs what is paid beyond the band.
    select
        concat('yuan', '/', unit),
        'unit_price',
        carrier,
        organization_id,
        month,
        carrier as item,
        'price_band',
        year,
        cast(cast(cost_yuan as decimal(30, 12)) / quantity as decimal(18, 4)),
        cast(cast(bound_cost_yuan as decimal(30, 12)) / quantity as decimal(18, 4)),
        cast(null as decimal(18, 4)),
        unit as difference_unit,
        cast(abs(cost_yuan - bound_cost_yuan) as decimal(18, 2))
    from paid
    where bound_cost_yuan is not null
    union all
    -- A quantity without a cost weighs what it costs at the average price, a cost without a
    -- quantity itself.
    select
        case when quantity > 0 then 'yuan' else unit end,
        'quantity_and_cost',
        carrier,
        organization_id,
        month,
        carrier as item,
        'above_zero',
        year,
        cast(0 as decimal(18, 4)),
        cast(null as decimal(18, 4)),
        case when cost_yuan = 0 then cast(quantity as decimal(18, 4)) end,
        unit as difference_unit,
        case when quantity = 0 then cost_yuan end
    from paid
    where
        bound_cost_yuan is null
        and (quantity = 0 or (cost_yuan = 0 and is_cost_asked))

)

select
    rule,
    item as rule_item,
    carrier,
    organization_id,
    month as period,
    item,
    unit,
    basis,
    year,
    cast(1 as bigint) as months,
    value,
    expectation,
    difference,
    difference_unit,
    difference_yuan,
    cast(
        cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
        as date
    ) as period_end_date
from failed
