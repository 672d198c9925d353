-- grain: organization_id
-- purpose: through two steps
with

one as (

    select organization_id, sum(electricity_kwh) as a, sum(water_m3) as b
    from energy.monthly
    group by organization_id

),

two as (

    select organization_id, a, b from one

)

select
    organization_id,
    a
    - b as difference
from two
-- refused:
-- error: adds_unlike_units_far_from_their_columns.sql:21 subtracts `kWh` and `m3`: `kWh` is `electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35), `m3` is `water_m3` of energy.monthly (schemas/contracts/energy/monthly.yaml:47)
-- hint: only a coefficient leads from the one to the other: multiply what is in `kWh` by a column in `m3/kWh`, or take the wrong column out
