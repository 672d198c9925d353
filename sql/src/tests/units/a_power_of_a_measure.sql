-- grain: organization_id
-- purpose: logarithm of kWh
select organization_id, ln(electricity_kwh) as x, power(floor_m2, 2) as y from energy.monthly
-- refused:
-- error: a_power_of_a_measure.sql:3 applies `ln` to numbers in `kWh`: `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35)
-- hint: divide by something in the same unit first, so that it is a plain number
