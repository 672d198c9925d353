-- grain: organization_id
-- purpose: a misspelt unit
-- unit: total kwhh, month
select organization_id, sum(electricity_kwh) as total from energy.monthly group by organization_id
-- refused:
-- error: `total kwhh` in the units of the header at a_declaration_that_is_none.sql:3 is not `column unit`
-- hint: write `total kWh`
-- error: `month` in the units of the header at a_declaration_that_is_none.sql:3 is not `column unit`
-- hint: write `-- unit: months_reported month, distance km`
