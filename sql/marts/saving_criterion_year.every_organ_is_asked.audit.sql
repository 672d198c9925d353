-- severity: error
-- purpose: every organ is held against every criterion in force, whether it can be judged or not
select
    organs.organization_id,
    organs.year,
    criteria.criterion
from int_organs_judged as organs
inner join stg_reference__saving_criterion as criteria
    on organs.last_date between criteria.from_date and criteria.to_date
left join saving_criterion_year
    on
        organs.organization_id = saving_criterion_year.organization_id
        and organs.year = saving_criterion_year.year
        and criteria.criterion = saving_criterion_year.criterion
where saving_criterion_year.criterion is null
