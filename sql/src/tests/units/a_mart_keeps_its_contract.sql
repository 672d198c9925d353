-- grain: organization_id
-- purpose: a mart that keeps its contract
-- as: mart.energy_year
-- unit: months_reported month
select
    monthly.organization_id,
    monthly.year,
    sum(monthly.electricity_kwh) as electricity_kwh,
    sum(monthly.electricity_kwh * coefficient.kgce_per_kwh) / nullif(sum(monthly.people), 0)
        as energy_per_person,
    count(*) as forms,
    sum(monthly.cost_yuan) * 100 / sum(monthly.cost_yuan) as share_pct,
    count(distinct monthly.month) as months_reported
from energy.monthly
cross join reference.coefficient
group by monthly.organization_id, monthly.year
-- accepted:
