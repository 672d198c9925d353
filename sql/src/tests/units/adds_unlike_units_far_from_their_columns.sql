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
-- accepted:
