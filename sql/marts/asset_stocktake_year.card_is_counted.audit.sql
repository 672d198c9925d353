-- severity: warning
-- purpose: what stands in the register must be counted once a year (账实相符)
select
    organization_id,
    year,
    count(*) as not_counted,
    sum(original_value_yuan) as original_value_yuan
from asset_stocktake_year
where finding = 'not_counted'
group by organization_id, year
