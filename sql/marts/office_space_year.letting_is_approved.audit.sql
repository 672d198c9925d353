-- severity: warning
-- purpose: nothing is let or lent without an approval (条例 article 23)
with

newest as (

    select max(year) as year from office_space_year

)

select
    office_space_year.building_id,
    office_space_year.organization_id,
    office_space_year.unapproved_leases
from office_space_year
inner join newest
    on office_space_year.year = newest.year
where office_space_year.unapproved_leases > 0
