-- grain: organization_id
-- purpose: twelve of what is counted
select organization_id, year - 1 as year, people + 1 as people from energy.monthly where people > 5 and year <= 2030
-- accepted:
-- year: year
-- people: person
