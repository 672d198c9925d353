-- grain: year, carrier, unit
-- purpose: what a unit of a carrier weighs in standard coal and costs on average in a year, over all
-- organisations: by it a difference in units becomes an impact in kgce and yuan. `energy` stands for
-- all carriers but water, in kgce; a year in
-- which nobody uses or pays a carrier takes the values of the year before it, and a carrier whose
-- cost no form tells is priced as `energy`.
with

carriers as (

    select year, carrier, unit, quantity, energy_kgce, cost_yuan
    from energy_month
    where quantity > 0
    union all
    select
        year,
        'energy' as carrier,
        'kgce' as unit,
        energy_kgce as quantity,
        energy_kgce,
        cost_yuan
    from energy_month
    where carrier <> 'water' and energy_kgce > 0

),

sums as (

    select
        year,
        carrier,
        unit,
        sum(energy_kgce) as energy_kgce,
        sum(quantity) as quantity,
        sum(case when cost_yuan > 0 then cost_yuan else 0 end) as cost_yuan,
        sum(case when cost_yuan > 0 then quantity else 0 end) as paid_quantity
    from carriers
    group by year, carrier, unit

),

years as (

    select distinct year from energy_month

),

names as (

    select distinct carrier, unit from carriers

),

units as (

    select
        years.year,
        names.carrier,
        names.unit,
        cast(
            cast(sums.energy_kgce as decimal(34, 12)) / nullif(sums.quantity, 0)
            as decimal(18, 8)
        ) as kgce_per_unit,
        cast(
            cast(sums.cost_yuan as decimal(34, 12)) / nullif(sums.paid_quantity, 0)
            as decimal(18, 8)
        ) as yuan_per_unit
    from years
    cross join names
    left join sums
        on
            years.year = sums.year
            and names.carrier = sums.carrier
            and names.unit = sums.unit

),

carried as (

    select
        year,
        carrier,
        unit,
        last_value(kgce_per_unit) ignore nulls over (
            partition by carrier, unit
            order by year
        ) as kgce_per_unit,
        last_value(nullif(yuan_per_unit, 0)) ignore nulls over (
            partition by carrier, unit
            order by year
        ) as yuan_per_unit
    from units

)

select
    carried.year,
    carried.carrier,
    carried.unit,
    carried.kgce_per_unit,
    coalesce(
        carried.yuan_per_unit,
        cast(carried.kgce_per_unit * energies.yuan_per_unit as decimal(18, 8))
    ) as yuan_per_unit
from carried
left join carried as energies
    on
        carried.year = energies.year
        and energies.carrier = 'energy'
        and energies.unit = 'kgce'
