-- grain: organization_id
-- purpose: tonnes times 100 are no kilograms
select organization_id, raw_coal_t * 100 as raw_coal_kg from energy.monthly
-- accepted:
