-- severity: error
-- purpose: projects, their cost and their savings are all here
with

source as (

    select
        count(*) as project_count,
        coalesce(sum(investment_yuan), 0) as investment_yuan,
        coalesce(sum(measured_saving_kgce), 0) as measured_saving_kgce
    from stg_energy__project

),

mart as (

    select
        count(*) as project_count,
        coalesce(sum(investment_yuan), 0) as investment_yuan,
        coalesce(sum(measured_saving_kgce), 0) as measured_saving_kgce
    from saving_project

)

select
    source.project_count as source_project_count,
    mart.project_count,
    source.investment_yuan as source_investment_yuan,
    mart.investment_yuan,
    source.measured_saving_kgce as source_measured_saving_kgce,
    mart.measured_saving_kgce
from source
cross join mart
where
    source.project_count <> mart.project_count
    or source.investment_yuan <> mart.investment_yuan
    or source.measured_saving_kgce <> mart.measured_saving_kgce
