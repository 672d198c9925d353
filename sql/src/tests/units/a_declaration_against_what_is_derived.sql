-- grain: organization_id
-- purpose: kWh declared as m3
-- unit: total m3
select organization_id, sum(electricity_kwh) as total from energy.monthly group by organization_id
-- refused:
-- error: column `total` at a_declaration_against_what_is_derived.sql:4 is in `kWh` (`electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35)), but the header says `m3`
-- hint: select the column that is in `m3`, or declare `kWh` if that is what is meant
