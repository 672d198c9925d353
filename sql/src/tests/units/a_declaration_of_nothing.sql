-- grain: organization_id
-- purpose: a misspelt column
-- unit: totl kWh
select organization_id, sum(electricity_kwh) as total from energy.monthly group by organization_id
-- refused:
-- error: the header at a_declaration_of_nothing.sql:3 declares the unit of `totl`, which no select of the file names
-- hint: take it out, or mend the name
