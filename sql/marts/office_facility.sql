-- grain: building_id
-- purpose: what each building in stock has been given by finished projects: efficient lighting, charging,
-- photovoltaics and the rest; and whether its mark of a retrofit has a project behind it
with

buildings as (

    select
        building_id,
        compound_id,
        organization_id,
        region_code,
        name,
        green_stars,
        floor_m2,
        is_retrofitted
    from stg_office__building
    where not is_disposed

),

projects as (

    select
        building_id,
        min(case when kind = 'lighting' then finished_date end) as lighting_date,
        min(case when kind = 'charging' then finished_date end) as charging_date,
        min(case when kind = 'pv' then finished_date end) as pv_date,
        bool_or(is_finished and kind = 'lighting') as has_lighting,
        bool_or(is_finished and kind = 'charging') as has_charging,
        bool_or(is_finished and kind = 'pv') as has_pv,
        bool_or(
            is_finished
            and kind in ('lighting', 'hvac', 'envelope', 'heat_pump', 'boiler')
        ) as has_retrofit,
        sum(
            case when is_finished and kind = 'pv' then coalesce(pv_capacity_kw, 0) else 0
            end
        ) as pv_capacity_kw,
        sum(case when is_finished then 1 else 0 end) as finished_count,
        sum(case when status in ('planned', 'approved', 'running') then 1 else 0 end)
            as open_count
    from stg_energy__project
    where building_id is not null
    group by building_id

)

select
    buildings.building_id,
    buildings.compound_id,
    buildings.organization_id,
    coalesce(region_changes.new_code, buildings.region_code) as region_code,
    buildings.name,
    case
        when
            coalesce(buildings.is_retrofitted, false)
            and not coalesce(projects.has_retrofit, false)
            then 'marked_without_project'
        when
            not coalesce(buildings.is_retrofitted, false)
            and coalesce(projects.has_retrofit, false)
            then 'project_without_mark'
    end as retrofit_conflict,
    buildings.green_stars,
    coalesce(buildings.floor_m2, 0) as floor_m2,
    coalesce(projects.pv_capacity_kw, 0) as pv_capacity_kw,
    coalesce(projects.finished_count, 0) as finished_count,
    coalesce(projects.open_count, 0) as open_count,
    coalesce(compounds.is_centralized, false) as is_centralized,
    coalesce(projects.has_lighting, false) as has_lighting,
    coalesce(projects.has_charging, false) as has_charging,
    coalesce(projects.has_pv, false) as has_pv,
    coalesce(projects.has_retrofit, false) as has_retrofit,
    case when projects.has_lighting then projects.lighting_date end as lighting_date,
    case when projects.has_charging then projects.charging_date end as charging_date,
    case when projects.has_pv then projects.pv_date end as pv_date
from buildings
left join projects
    on buildings.building_id = projects.building_id
left join stg_office__compound as compounds
    on buildings.compound_id = compounds.compound_id
left join stg_reference__region_change as region_changes
    on buildings.region_code = region_changes.old_code
