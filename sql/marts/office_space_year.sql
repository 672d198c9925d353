-- grain: building_id, year
-- purpose: each building in every year it stands or something happens to it: area, registration,
-- use, leases with rent due, repairs, disposals and findings. State on the day the stock is taken, in
-- the newest year the newest day known
-- unit: occupant_count person
with

years as (

    select year, is_complete, state_date, judged_date from int_office_years

),

buildings as (

    select
        building_id,
        compound_id,
        organization_id,
        region_code,
        name,
        source_kind,
        registration_status,
        built_year,
        floor_m2,
        usable_m2,
        is_registrable,
        is_registered,
        is_disposed,
        registration_date
    from stg_office__building

),

given_up as (

    select building_id, max(disposal_date) as given_up_date
    from stg_office__disposal
    where is_given_up
    group by building_id

),

-- A building marked as disposed of without a disposal has left an unknown year and is in no stock.
stocks as (

    select
        buildings.building_id,
        years.year,
        coalesce(buildings.built_year <= years.year, true)
        and (
            not buildings.is_disposed
            or coalesce(given_up.given_up_date > years.state_date, false)
        ) as is_in_stock
    from buildings
    cross join years
    left join given_up
        on buildings.building_id = given_up.building_id

),

repairs as (

    select
        repairs.building_id,
        years.year,
        max(repairs.organization_id) as organization_id,
        sum(coalesce(repairs.final_yuan, 0)) as repair_yuan,
        sum(
            case
                when repairs.repair_class = 'daily' then coalesce(repairs.final_yuan, 0)
                else 0
            end
        ) as repair_daily_yuan,
        sum(
            case
                when repairs.repair_class = 'medium'
                    then coalesce(repairs.final_yuan, 0)
                else 0
            end
        ) as repair_medium_yuan,
        sum(
            case
                when repairs.repair_class = 'major' then coalesce(repairs.final_yuan, 0)
                else 0
            end
        ) as repair_major_yuan,
        sum(
            case
                when repairs.final_yuan is not null
                    then coalesce(repairs.approved_yuan, 0)
                else 0
            end
        ) as repair_approved_yuan,
        count(*) as repairs,
        sum(case when repairs.final_yuan is null then 1 else 0 end) as unsettled_repairs
    from stg_office__repair as repairs
    inner join years
        on cast(date_part('year', repairs.counted_date) as bigint) = years.year
    group by repairs.building_id, years.year

),

disposals as (

    select
        disposals.building_id,
        years.year,
        sum(coalesce(disposals.floor_m2, 0)) as disposed_m2,
        sum(coalesce(disposals.proceeds_yuan, 0)) as disposal_proceeds_yuan
    from stg_office__disposal as disposals
    inner join years
        on cast(date_part('year', disposals.disposal_date) as bigint) = years.year
    group by disposals.building_id, years.year

),

findings as (

    select
        inspections.building_id,
        years.year,
        count(*) as findings,
        sum(
            case
                when coalesce(inspections.closed_date <= years.state_date, false) then 1
                else 0
            end
        ) as closed_findings,
        sum(
            case
                when
                    inspections.deadline_date
                    < least(years.state_date, inspections.closed_date)
                    then 1
                else 0
            end
        ) as overdue_findings
    from stg_office__inspection as inspections
    inner join years
        on cast(date_part('year', inspections.inspection_date) as bigint) = years.year
    group by inspections.building_id, years.year

),

occupants as (

    select
        rooms.building_id,
        years.year,
        count(distinct occupancies.person_key) as occupant_count
    from stg_office__occupancy as occupancies
    inner join years
        on years.judged_date between occupancies.from_date and occupancies.to_date
    inner join stg_office__room as rooms
        on occupancies.room_id = rooms.room_id
    group by rooms.building_id, years.year

),

present as (

    select building_id, year
    from stocks
    where is_in_stock
    union
    select building_id, year
    from int_leases_by_year
    union
    select building_id, year
    from repairs
    union
    select building_id, year
    from disposals
    union
    select building_id, year
    from findings

),

described as (

    select
        present.building_id,
        present.year,
        buildings.compound_id,
        coalesce(
            buildings.organization_id,
            repairs.organization_id,
            leases.organization_id
        ) as organization_id,
        buildings.region_code,
        buildings.name,
        buildings.source_kind,
        buildings.registration_status,
        case
            when stocks.is_in_stock then coalesce(buildings.floor_m2, 0)
            else 0
        end as floor_m2,
        case
            when stocks.is_in_stock then coalesce(buildings.usable_m2, 0)
            else 0
        end as usable_m2,
        coalesce(leases.let_m2, 0) as let_m2,
        coalesce(leases.lent_m2, 0) as lent_m2,
        coalesce(leases.rented_in_m2, 0) as rented_in_m2,
        coalesce(leases.borrowed_in_m2, 0) as borrowed_in_m2,
        coalesce(disposals.disposed_m2, 0) as disposed_m2,
        coalesce(leases.rent_income_yuan, 0) as rent_income_yuan,
        coalesce(leases.rent_expense_yuan, 0) as rent_expense_yuan,
        coalesce(repairs.repair_yuan, 0) as repair_yuan,
        coalesce(repairs.repair_daily_yuan, 0) as repair_daily_yuan,
        coalesce(repairs.repair_medium_yuan, 0) as repair_medium_yuan,
        coalesce(repairs.repair_major_yuan, 0) as repair_major_yuan,
        coalesce(repairs.repair_approved_yuan, 0) as repair_approved_yuan,
        coalesce(disposals.disposal_proceeds_yuan, 0) as disposal_proceeds_yuan,
        coalesce(occupants.occupant_count, 0) as occupant_count,
        coalesce(leases.unpriced_leases, 0) as unpriced_leases,
        coalesce(leases.unapproved_leases, 0) as unapproved_leases,
        coalesce(repairs.repairs, 0) as repairs,
        coalesce(repairs.unsettled_repairs, 0) as unsettled_repairs,
        coalesce(findings.findings, 0) as findings,
        coalesce(findings.closed_findings, 0) as closed_findings,
        coalesce(findings.overdue_findings, 0) as overdue_findings,
        coalesce(stocks.is_in_stock, false) as is_in_stock,
        coalesce(buildings.is_registrable, false) as is_registrable,
        -- a registration without a day has always been there
        coalesce(
            buildings.is_registered
            and coalesce(buildings.registration_date <= years.state_date, true),
            false
        ) as is_registered,
        coalesce(compounds.is_centralized, false) as is_centralized,
        years.is_complete,
        years.state_date
    from present
    inner join years
        on present.year = years.year
    left join stocks
        on present.building_id = stocks.building_id and present.year = stocks.year
    left join buildings
        on present.building_id = buildings.building_id
    left join stg_office__compound as compounds
        on buildings.compound_id = compounds.compound_id
    left join int_leases_by_year as leases
        on present.building_id = leases.building_id and present.year = leases.year
    left join repairs
        on present.building_id = repairs.building_id and present.year = repairs.year
    left join disposals
        on present.building_id = disposals.building_id and present.year = disposals.year
    left join findings
        on present.building_id = findings.building_id and present.year = findings.year
    left join occupants
        on present.building_id = occupants.building_id and present.year = occupants.year

),

region_changes as (

    select old_code, new_code from stg_reference__region_change

)

select
    described.building_id,
    described.year,
    described.compound_id,
    described.organization_id,
    coalesce(
        region_changes.new_code,
        described.region_code,
        organizations.region_code
    ) as region_code,
    described.name,
    described.source_kind,
    described.registration_status,
    described.floor_m2,
    described.usable_m2,
    described.let_m2,
    described.lent_m2,
    described.rented_in_m2,
    described.borrowed_in_m2,
    described.disposed_m2,
    described.rent_income_yuan,
    described.rent_expense_yuan,
    described.repair_yuan,
    described.repair_daily_yuan,
    described.repair_medium_yuan,
    described.repair_major_yuan,
    described.repair_approved_yuan,
    described.disposal_proceeds_yuan,
    described.occupant_count,
    described.unpriced_leases,
    described.unapproved_leases,
    described.repairs,
    described.unsettled_repairs,
    described.findings,
    described.closed_findings,
    described.overdue_findings,
    described.is_in_stock,
    described.is_registrable,
    described.is_registered,
    described.is_centralized,
    described.is_complete,
    described.state_date
from described
left join region_changes
    on described.region_code = region_changes.old_code
left join int_organizations_dated as organizations
    on
        described.organization_id = organizations.organization_id
        and described.state_date between organizations.holds_from_date
        and organizations.holds_to_date
