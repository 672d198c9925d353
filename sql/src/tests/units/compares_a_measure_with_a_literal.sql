-- grain: organization_id
-- purpose: a threshold without a unit
select organization_id from energy.monthly
where electricity_kwh between 1 and 1000
-- refused:
-- error: compares_a_measure_with_a_literal.sql:4 compares `kWh` and `1`: `kWh` is `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35), `1` is the number 1
-- hint: read the number from a column in `kWh`, such as a setting whose name ends in the unit
-- error: compares_a_measure_with_a_literal.sql:4 compares `kWh` and `1`: `kWh` is `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35), `1` is the number 1000
-- hint: read the number from a column in `kWh`, such as a setting whose name ends in the unit
