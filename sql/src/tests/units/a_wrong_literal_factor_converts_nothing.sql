-- grain: organization_id
-- purpose: tonnes times 100 are no kilograms
select organization_id, raw_coal_t * 100 as raw_coal_kg from energy.monthly
-- refused:
-- error: column `raw_coal_kg` at a_wrong_literal_factor_converts_nothing.sql:3 is in `t` times `100` (`raw_coal_t` of energy.monthly (schemas/contracts/energy/monthly.yaml:53)), but its name says `kg`
-- hint: multiply by 1000 to have it in `kg`, or declare the other unit
