-- grain: organization_id, year, item
-- purpose: each item of an organ's cost in a year with what it is judged by: budget and execution, the
-- same part of the year before and of the base year, the trend of five years, per person and per square
-- metre, and the rank among organs of the same class and level
-- unit: squared_years year2
with

-- Σ (t − 3)² over the five years of a trend.
trends as (

    select 10 as squared_years

),

costs as (

    select
        organization_id,
        year,
        item,
        budget_yuan,
        executed_yuan,
        part_yuan,
        final_yuan
    from int_costs_itemized

),

reached as (

    select year, day_of_month = 31 and month_of_year = 12 as is_year_whole, through_date
    from int_ledger_reached

),

settings as (

    select
        max(
            case
                when name = 'cost_saving_base_year' then cast(value as bigint)
            end
        ) as base_year
    from stg_reference__setting

),

based as (

    select
        costs.organization_id,
        costs.year,
        costs.item,
        costs.budget_yuan,
        costs.executed_yuan,
        costs.part_yuan,
        costs.final_yuan,
        settings.base_year,
        case when costs.year = settings.base_year then costs.executed_yuan end
            as base_executed_yuan,
        case when costs.year = settings.base_year then costs.part_yuan end
            as base_part_yuan,
        costs.year = reached.year as is_newest,
        costs.year < reached.year or reached.is_year_whole as is_complete,
        case
            when costs.year = reached.year then reached.through_date
            else cast(concat(cast(costs.year as varchar), '-12-31') as date)
        end as through_date
    from costs
    cross join reached
    cross join settings
    where costs.year <= reached.year

),

looked_back as (

    select
        organization_id,
        year,
        item,
        budget_yuan,
        executed_yuan,
        final_yuan,
        base_year,
        sum(executed_yuan) over (
            partition by organization_id, item
            order by year
            range between 1 preceding and 1 preceding
        ) as last_year_whole_yuan,
        sum(part_yuan) over (
            partition by organization_id, item
            order by year
            range between 1 preceding and 1 preceding
        ) as last_year_part_yuan,
        sum(executed_yuan) over (
            partition by organization_id, item
            order by year
            range between 4 preceding and current row
        ) as five_whole_yuan,
        sum(part_yuan) over (
            partition by organization_id, item
            order by year
            range between 4 preceding and current row
        ) as five_part_yuan,
        sum(year * executed_yuan) over (
            partition by organization_id, item
            order by year
            range between 4 preceding and current row
        ) as five_weighted_whole,
        sum(year * part_yuan) over (
            partition by organization_id, item
            order by year
            range between 4 preceding and current row
        ) as five_weighted_part,
        count(*) over (
            partition by organization_id, item
            order by year
            range between 4 preceding and current row
        ) as trend_years,
        max(base_executed_yuan) over (
            partition by organization_id, item
        ) as base_whole_yuan,
        max(base_part_yuan) over (
            partition by organization_id, item
        ) as base_part_yuan,
        is_newest,
        is_complete,
        through_date
    from based

),

-- An unfinished newest year finds its like in the same part of others, a whole one in the whole.
summed as (

    select
        organization_id,
        year,
        item,
        budget_yuan,
        executed_yuan,
        final_yuan,
        base_year,
        case when is_newest then last_year_part_yuan else last_year_whole_yuan end
            as last_year_yuan,
        case
            when base_year >= year then null
            when is_newest then base_part_yuan
            else base_whole_yuan
        end as base_yuan,
        -- Ten times the slope of the least squares line through five years: Σ (t − 3) y, where t counts
        -- the years from 1, so that t − 3 is the calendar year less the middle one.
        case
            when is_newest then five_weighted_part - (year - 2) * five_part_yuan
            else five_weighted_whole - (year - 2) * five_whole_yuan
        end as weighted,
        trend_years,
        sum(
            case when item = 'operating_cost' then executed_yuan else 0 end
        ) over (partition by organization_id, year) as operating_cost_yuan,
        sum(
            case when item = 'operating_fund' then executed_yuan else 0 end
        ) over (partition by organization_id, year) as operating_fund_yuan,
        is_complete,
        through_date
    from looked_back

),

denominators as (

    select
        organization_id,
        year,
        people,
        floor_m2
    from intensity_year

),

placed as (

    select
        summed.organization_id,
        summed.year,
        summed.item,
        organizations.region_code,
        organizations.class_code,
        organizations.organ_level,
        summed.budget_yuan,
        summed.executed_yuan,
        summed.final_yuan,
        summed.last_year_yuan,
        summed.base_year,
        summed.base_yuan,
        summed.weighted,
        summed.trend_years,
        summed.operating_cost_yuan,
        summed.operating_fund_yuan,
        nullif(organizations.staff, 0) as staff,
        denominators.people,
        case when summed.item = 'building' then denominators.floor_m2 end as floor_m2,
        cast(
            cast(summed.executed_yuan as decimal(30, 12))
            / nullif(organizations.staff, 0)
            as decimal(18, 4)
        ) as cost_per_staff,
        coalesce(organizations.staff, 0) <> 0
        and organizations.class_code is not null
        and organizations.organ_level is not null as is_ranked,
        summed.is_complete,
        summed.through_date
    from summed
    left join int_organizations_of_year as organizations
        on
            summed.organization_id = organizations.organization_id
            and summed.year = organizations.year
    left join denominators
        on
            summed.organization_id = denominators.organization_id
            and summed.year = denominators.year

),

ranked as (

    select
        organization_id,
        year,
        item,
        region_code,
        class_code,
        organ_level,
        budget_yuan,
        executed_yuan,
        final_yuan,
        last_year_yuan,
        base_year,
        base_yuan,
        weighted,
        trend_years,
        operating_cost_yuan,
        operating_fund_yuan,
        staff,
        people,
        floor_m2,
        cost_per_staff,
        cast(
            rank() over (
                partition by year, item, class_code, organ_level, is_ranked
                order by cost_per_staff desc
            ) as bigint
        ) as peer_rank,
        count(*) over (
            partition by year, item, class_code, organ_level, is_ranked
        ) as peer_count,
        sum(executed_yuan) over (
            partition by year, item, class_code, organ_level, is_ranked
        ) as peer_yuan,
        sum(staff) over (
            partition by year, item, class_code, organ_level, is_ranked
        ) as peer_staff,
        is_ranked,
        is_complete,
        through_date
    from placed

)

select
    ranked.organization_id,
    ranked.year,
    ranked.item,
    ranked.region_code,
    ranked.class_code,
    ranked.organ_level,
    ranked.budget_yuan,
    ranked.executed_yuan,
    ranked.final_yuan,
    cast(
        cast(ranked.executed_yuan * 100 as decimal(30, 12))
        / nullif(ranked.budget_yuan, 0)
        as decimal(18, 4)
    ) as execution_rate_pct,
    cast(
        cast(ranked.executed_yuan * 100 as decimal(30, 12))
        / nullif(ranked.operating_cost_yuan, 0)
        as decimal(18, 4)
    ) as operating_cost_share_pct,
    cast(
        cast(ranked.executed_yuan * 100 as decimal(30, 12))
        / nullif(ranked.operating_fund_yuan, 0)
        as decimal(18, 4)
    ) as operating_fund_share_pct,
    ranked.last_year_yuan,
    cast(
        cast((ranked.executed_yuan - ranked.last_year_yuan) * 100 as decimal(30, 12))
        / nullif(ranked.last_year_yuan, 0)
        as decimal(18, 4)
    ) as change_pct,
    case
        when coalesce(ranked.last_year_yuan, 0) = 0 then 'no_last_year'
    end as change_reason,
    ranked.base_year,
    ranked.base_yuan,
    case
        when ranked.base_yuan <> 0 then ranked.base_yuan - ranked.executed_yuan
    end as saving_yuan,
    cast(
        cast((ranked.base_yuan - ranked.executed_yuan) * 100 as decimal(30, 12))
        / nullif(ranked.base_yuan, 0)
        as decimal(18, 4)
    ) as saving_rate_pct,
    case
        when ranked.base_year is null or ranked.year <= ranked.base_year
            then 'not_after_base_year'
        when coalesce(ranked.base_yuan, 0) = 0 then 'no_base_value'
    end as saving_reason,
    case
        when ranked.trend_years = 5
            then
                cast(
                    cast(ranked.weighted as decimal(30, 4)) / trends.squared_years
                    as decimal(18, 2)
                )
    end as trend_yuan_per_year,
    case when ranked.trend_years < 5 then 'fewer_than_five_years' end as trend_reason,
    ranked.staff,
    ranked.cost_per_staff,
    case when ranked.staff is null then 'no_staff' end as cost_per_staff_reason,
    ranked.people,
    cast(
        cast(ranked.executed_yuan as decimal(30, 12)) / nullif(ranked.people, 0)
        as decimal(18, 4)
    ) as cost_per_person,
    case when coalesce(ranked.people, 0) = 0 then 'no_people' end as cost_per_person_reason,
    ranked.floor_m2,
    cast(
        cast(ranked.executed_yuan as decimal(30, 12)) / nullif(ranked.floor_m2, 0)
        as decimal(18, 4)
    ) as cost_per_area,
    case
        when ranked.item <> 'building' then 'not_of_premises'
        when coalesce(ranked.floor_m2, 0) = 0 then 'no_floor_area'
    end as cost_per_area_reason,
    case when ranked.is_ranked then ranked.peer_rank end as peer_rank,
    case when ranked.is_ranked then ranked.peer_count end as peer_count,
    case
        when ranked.is_ranked
            then
                cast(
                    cast(ranked.peer_yuan as decimal(30, 12))
                    / nullif(ranked.peer_staff, 0)
                    as decimal(18, 4)
                )
    end as peer_cost_per_staff,
    ranked.is_complete,
    ranked.through_date
from ranked
cross join trends
