-- severity: error
-- purpose: the criteria that organs meet in a year are those of saving_criterion_year: none is lost or
-- counted twice
with

organs as (

    select
        year,
        sum(criterion_count) as criterion_count,
        sum(met_count) as met_count
    from saving_organ_year
    group by year

),

criteria as (

    select
        year,
        count(*) as criterion_count,
        count(*) filter (where is_met) as met_count
    from saving_criterion_year
    group by year

)

select
    organs.year,
    organs.criterion_count,
    criteria.criterion_count as criteria_of_rows,
    organs.met_count,
    criteria.met_count as met_of_rows
from organs
left join criteria
    on organs.year = criteria.year
where
    organs.criterion_count <> coalesce(criteria.criterion_count, 0)
    or organs.met_count <> coalesce(criteria.met_count, 0)
