-- grain: organization_id
-- purpose: every column otherwise than promised
-- as: mart.energy_year
select
    monthly.organization_id,
    monthly.year,
    sum(monthly.solar_mwh) as electricity_kwh,
    sum(monthly.electricity_kwh) / nullif(sum(monthly.people), 0) as energy_per_person,
    sum(monthly.people) as forms,
    sum(monthly.cost_yuan) / sum(monthly.cost_yuan) as share_pct,
    count(distinct monthly.month) as months_reported
from energy.monthly
group by monthly.organization_id, monthly.year
-- refused:
-- error: column `electricity_kwh` at a_mart_breaks_its_contract.sql:4 is in `MWh` (`solar_mwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:41)), but its name says `kWh`
-- hint: multiply by 1000 to have it in `kWh`, or declare the other unit
-- error: column `share_pct` at a_mart_breaks_its_contract.sql:4 is in `1` (`cost_yuan` of energy.monthly (schemas/contracts/energy/monthly.yaml:59)), but its name says `%`
-- hint: multiply by 100 to have it in `%`, or declare the other unit
-- error: column `energy_per_person` at a_mart_breaks_its_contract.sql:8 is in `kWh/person` (`electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:35) and `people` of energy.monthly (schemas/contracts/energy/monthly.yaml:65)), but schemas/contracts/mart/energy_year.yaml says `kgce/person`
-- hint: select the column that is in `kgce/person`, or declare `kWh/person` if that is what is meant
-- error: column `forms` at a_mart_breaks_its_contract.sql:9 is in `person` (`people` of energy.monthly (schemas/contracts/energy/monthly.yaml:65)), but schemas/contracts/mart/energy_year.yaml says `count`
-- hint: select the column that is in `count`, or declare `person` if that is what is meant
-- error: column `months_reported` at a_mart_breaks_its_contract.sql:11 is in `1` (a `count` of rows), but schemas/contracts/mart/energy_year.yaml says `month`
-- hint: if each one counted, or the number itself, is one `month`, declare `-- unit: months_reported month` in the header
