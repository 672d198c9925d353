-- grain: comparison, organization_id, year, item
-- purpose: what an organisation reported over the months of a year that have forms in both years,
-- against the same months of the year before (year_on_year) or of the base year of the plan in force
-- (base_year). Organisations merged into it by then count as its own. Carriers are sums; people and
-- floor area are means of the months that give them.
-- unit: months month
with

pairs as (

    select
        comparison,
        organization_id,
        month,
        previous_organization_id,
        previous_month,
        year,
        month_end_date
    from int_forms_compared

),

items as (

    select organization_id, month, item, unit, quantity, energy_kgce
    from int_items_reported

),

months as (

    select comparison, organization_id, month, year, month_end_date
    from pairs
    group by comparison, organization_id, month, year, month_end_date

),

present as (

    select
        months.comparison,
        months.organization_id,
        months.year,
        items.item,
        items.unit,
        count(*) as item_months,
        sum(items.quantity) as quantity,
        sum(items.energy_kgce) as energy_kgce
    from months
    inner join items
        on
            months.organization_id = items.organization_id
            and months.month = items.month
    group by
        months.comparison,
        months.organization_id,
        months.year,
        items.item,
        items.unit

),

previous_months as (

    select
        pairs.comparison,
        pairs.organization_id,
        pairs.year,
        pairs.month,
        items.item,
        items.unit,
        cast(sum(items.quantity) as decimal(18, 4)) as quantity,
        cast(sum(items.energy_kgce) as decimal(18, 4)) as energy_kgce
    from pairs
    inner join items
        on
            pairs.previous_organization_id = items.organization_id
            and pairs.previous_month = items.month
    group by
        pairs.comparison,
        pairs.organization_id,
        pairs.year,
        pairs.month,
        items.item,
        items.unit

),

previous as (

    select
        comparison,
        organization_id,
        year,
        item,
        unit,
        count(*) as item_months,
        sum(quantity) as quantity,
        sum(energy_kgce) as energy_kgce
    from previous_months
    group by comparison, organization_id, year, item, unit

),

compared as (

    select
        coalesce(present.comparison, previous.comparison) as comparison,
        coalesce(present.organization_id, previous.organization_id) as organization_id,
        coalesce(present.year, previous.year) as year,
        coalesce(present.item, previous.item) as item,
        coalesce(present.unit, previous.unit) as unit,
        coalesce(present.item, previous.item) in ('people', 'floor_m2') as is_size,
        coalesce(present.item_months, 0) as item_months,
        coalesce(previous.item_months, 0) as previous_item_months,
        coalesce(present.quantity, 0) as quantity,
        coalesce(previous.quantity, 0) as previous_quantity,
        cast(coalesce(present.energy_kgce, 0) as decimal(18, 4)) as energy_kgce,
        cast(
            coalesce(previous.energy_kgce, 0) as decimal(18, 4)
        ) as previous_energy_kgce
    from present
    full outer join previous
        on
            present.comparison = previous.comparison
            and present.organization_id = previous.organization_id
            and present.year = previous.year
            and present.item = previous.item
            and present.unit = previous.unit

),

averaged as (

    select
        comparison,
        organization_id,
        year,
        item,
        unit,
        case
            when is_size
                then
                    cast(
                        cast(quantity as decimal(30, 12)) / nullif(item_months, 0)
                        as decimal(18, 4)
                    )
            else cast(quantity as decimal(18, 4))
        end as value,
        case
            when is_size
                then
                    cast(
                        cast(previous_quantity as decimal(30, 12))
                        / nullif(previous_item_months, 0) as decimal(18, 4)
                    )
            else cast(previous_quantity as decimal(18, 4))
        end as previous_value,
        energy_kgce,
        previous_energy_kgce,
        cast(
            sum(energy_kgce) over (partition by comparison, organization_id, year)
            as decimal(18, 4)
        ) as organization_energy_kgce,
        is_size
    from compared

),

month_counts as (

    select
        comparison,
        organization_id,
        year,
        count(*) as months,
        max(month_end_date) as period_end_date
    from months
    group by comparison, organization_id, year

),

organizations as (

    select organization_id, region_code, class_code, holds_from_date, holds_to_date
    from int_organizations_dated

)

select
    averaged.comparison,
    averaged.organization_id,
    averaged.year,
    averaged.item,
    organizations.region_code,
    organizations.class_code,
    averaged.unit,
    case when averaged.previous_value = 0 then 'nothing_before' end as reason,
    month_counts.months,
    averaged.value,
    averaged.previous_value,
    cast(
        cast(averaged.value - averaged.previous_value as decimal(32, 12)) * 100
        / nullif(averaged.previous_value, 0) as decimal(18, 2)
    ) as change_pct,
    case
        when averaged.is_size
            then
                cast(
                    averaged.organization_energy_kgce
                    * abs(averaged.value - averaged.previous_value)
                    / averaged.previous_value as decimal(18, 4)
                )
        else
            cast(
                abs(averaged.energy_kgce - averaged.previous_energy_kgce)
                as decimal(18, 4)
            )
    end as energy_at_stake_kgce,
    month_counts.period_end_date
from averaged
inner join month_counts
    on
        averaged.comparison = month_counts.comparison
        and averaged.organization_id = month_counts.organization_id
        and averaged.year = month_counts.year
left join organizations
    on
        averaged.organization_id = organizations.organization_id
        and month_counts.period_end_date between organizations.holds_from_date
        and organizations.holds_to_date
where averaged.value is not null and averaged.previous_value is not null
