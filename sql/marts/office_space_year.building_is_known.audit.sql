-- severity: warning
-- purpose: repairs, leases or disposals of a building that the ledger does not know
select
    office_space_year.building_id,
    office_space_year.organization_id,
    sum(office_space_year.repair_yuan) as repair_yuan,
    sum(office_space_year.rent_income_yuan) as rent_income_yuan
from office_space_year
left join stg_office__building
    on office_space_year.building_id = stg_office__building.building_id
where stg_office__building.building_id is null
group by office_space_year.building_id, office_space_year.organization_id
