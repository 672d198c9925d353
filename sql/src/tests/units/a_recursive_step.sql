-- grain: organization_id
-- purpose: a chain that keeps its unit
with recursive chain as (

    select organization_id, electricity_kwh as used, 1 as depth from energy.monthly
    union all
    select organization_id, used * 2 as used, depth + 1 as depth
    from chain
    where depth < 3

)

select organization_id, used, depth from chain
-- accepted:
-- used: kWh
-- depth: a number
