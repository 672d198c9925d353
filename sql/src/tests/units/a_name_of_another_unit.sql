-- grain: organization_id
-- purpose: kWh called m3
select organization_id, electricity_kwh as water_m3 from energy.monthly
-- refused:
-- error: column `water_m3` at a_name_of_another_unit.sql:3 is in `kWh` (`electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35)), but its name says `m3`
-- hint: end its name in `kWh` if that is what is meant, or select the column that is in `m3`
