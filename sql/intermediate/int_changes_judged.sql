-- grain: rule, organization_id, period, item
-- purpose: candidates of the rules year_on_year and base_year. What a change of people or floor area
-- weighs is the organisation's energy times the change, for so much its intensity is off.
select
    comparison as rule,
    item as rule_item,
    case when item in ('people', 'floor_m2') then 'energy' else item end as carrier,
    organization_id,
    cast(year as varchar) as period,
    item,
    unit,
    case
        when comparison = 'year_on_year' then 'same_months_of_last_year'
        else 'same_months_of_base_year'
    end as basis,
    year,
    months,
    value,
    previous_value as expectation,
    case
        when item in ('people', 'floor_m2') then energy_at_stake_kgce
        else cast(abs(value - previous_value) as decimal(18, 4))
    end as difference,
    case when item in ('people', 'floor_m2') then 'kgce' else unit end
        as difference_unit,
    cast(null as decimal(18, 2)) as difference_yuan,
    period_end_date
from change_year
where value <> previous_value
