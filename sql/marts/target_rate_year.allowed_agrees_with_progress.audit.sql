-- severity: error
-- purpose: the value allowed by the target's own path is the one it is judged by
select
    target_rate_year.plan,
    target_rate_year.region_code,
    target_rate_year.metric,
    target_rate_year.year,
    target_progress.allowed_value,
    target_rate_year.allowed_geometric_value,
    target_rate_year.allowed_linear_value
from target_rate_year
inner join target_progress
    on
        target_rate_year.plan = target_progress.plan
        and target_rate_year.region_code = target_progress.region_code
        and target_rate_year.metric = target_progress.metric
        and target_rate_year.unit = target_progress.unit
        and target_rate_year.year = target_progress.year
where
    case target_rate_year.path
        when 'linear' then target_rate_year.allowed_linear_value
        else target_rate_year.allowed_geometric_value
    end <> target_progress.allowed_value
