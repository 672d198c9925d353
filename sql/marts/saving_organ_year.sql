-- grain: organization_id, year
-- purpose: each organ of county level and above as a saving organ (节约型机关) in a year: how many of the
-- criteria are judged and met, and whether it was named as one or as a model unit (示范单位) on the
-- last day that the year's forms reach. An organ meets all when every criterion that can be judged is met
with

criteria as (

    select
        organization_id,
        year,
        count(*) as criterion_count,
        sum(case when is_judged then 1 else 0 end) as judged_count,
        sum(case when is_met then 1 else 0 end) as met_count
    from saving_criterion_year
    group by organization_id, year

),

named as (

    select
        organs.organization_id,
        organs.year,
        min(
            case
                when names.award <> 'model_unit' then null
                when names.award_level = 'national' then 1
                when names.award_level = 'provincial' then 2
                else 3
            end
        ) as model_rank,
        bool_or(names.award = 'saving_organ') as is_named
    from int_organs_judged as organs
    inner join stg_reference__model_unit as names
        on
            organs.organization_id = names.organization_id
            and organs.last_date between names.from_date and names.to_date
    group by organs.organization_id, organs.year

),

joined as (

    select
        organs.organization_id,
        organs.year,
        organs.region_code,
        organs.organ_level,
        case named.model_rank
            when 1 then 'national'
            when 2 then 'provincial'
            when 3 then 'municipal'
        end as model_level,
        coalesce(criteria.criterion_count, 0) as criterion_count,
        coalesce(criteria.judged_count, 0) as judged_count,
        coalesce(criteria.met_count, 0) as met_count,
        coalesce(named.is_named, false) as is_named,
        organs.last_date as judged_date
    from int_organs_judged as organs
    left join criteria
        on
            organs.organization_id = criteria.organization_id
            and organs.year = criteria.year
    left join named
        on
            organs.organization_id = named.organization_id
            and organs.year = named.year

)

select
    organization_id,
    year,
    region_code,
    organ_level,
    case
        when judged_count = 0 then 'not_judged'
        when met_count = judged_count then 'met'
        else 'not_met'
    end as verdict,
    model_level,
    criterion_count,
    judged_count,
    met_count,
    judged_count - met_count as unmet_count,
    judged_count > 0 and met_count = judged_count as is_met,
    is_named,
    model_level is not null as is_model_unit,
    judged_date
from joined
