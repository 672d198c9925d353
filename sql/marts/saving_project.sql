-- grain: project_id
-- purpose: each project that saves energy with its place, cost, expected and measured saving of a year,
-- and what contradicts its state. A project counts in the year it was finished, else begun, else approved
with

projects as (

    select
        project_id,
        organization_id,
        building_id,
        title,
        kind,
        contract_kind,
        status,
        investment_yuan,
        subsidy_yuan,
        estimated_saving_kgce,
        measured_saving_kgce,
        pv_capacity_kw,
        is_finished,
        approved_date,
        started_date,
        finished_date,
        coalesce(finished_date, started_date, approved_date) as counted_date
    from stg_energy__project

)

select
    projects.project_id,
    projects.organization_id,
    projects.building_id,
    buildings.compound_id,
    coalesce(
        region_changes.new_code,
        buildings.region_code,
        organizations.region_code
    ) as region_code,
    projects.title,
    projects.kind,
    projects.contract_kind,
    projects.status,
    case
        when projects.is_finished and projects.finished_date is null
            then 'finished_without_date'
        when not projects.is_finished and projects.measured_saving_kgce is not null
            then 'measured_unfinished'
        when projects.building_id is not null and buildings.building_id is null
            then 'building_unknown'
        when projects.is_finished and buildings.is_disposed then 'building_disposed'
    end as conflict,
    case
        when not projects.is_finished then 'not_finished'
        when projects.measured_saving_kgce is null then 'not_measured'
        when
            projects.estimated_saving_kgce is null
            or projects.estimated_saving_kgce = 0
            then 'no_estimate'
    end as realised_reason,
    cast(date_part('year', projects.counted_date) as bigint) as year,
    projects.investment_yuan,
    projects.subsidy_yuan,
    projects.investment_yuan - coalesce(projects.subsidy_yuan, 0) as own_yuan,
    projects.estimated_saving_kgce,
    projects.measured_saving_kgce,
    projects.pv_capacity_kw,
    case
        when projects.is_finished
            then
                cast(
                    cast(projects.measured_saving_kgce * 100 as decimal(34, 12))
                    / nullif(projects.estimated_saving_kgce, 0)
                    as decimal(18, 4)
                )
    end as realised_pct,
    projects.finished_date - projects.started_date as days_of_work,
    projects.is_finished,
    -- with both savings known: what a share of the expected saving may rest on
    projects.is_finished
    and projects.measured_saving_kgce is not null
    and coalesce(projects.estimated_saving_kgce <> 0, false) as is_measured,
    coalesce(compounds.is_centralized, false) as is_centralized,
    projects.approved_date,
    projects.started_date,
    projects.finished_date
from projects
left join stg_office__building as buildings
    on projects.building_id = buildings.building_id
left join stg_office__compound as compounds
    on buildings.compound_id = compounds.compound_id
left join stg_reference__region_change as region_changes
    on buildings.region_code = region_changes.old_code
left join int_organizations_dated as organizations
    on
        projects.organization_id = organizations.organization_id
        and projects.counted_date between organizations.holds_from_date
        and organizations.holds_to_date
