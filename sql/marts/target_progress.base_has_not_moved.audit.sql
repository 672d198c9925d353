-- severity: warning
-- purpose: forms of the base year changed after its value was decided: confirm the base, or decide anew
select
    target_progress.plan,
    target_progress.region_code,
    target_progress.metric,
    target_progress.base_value as decided_value,
    int_targets_measured.value as computed_value
from target_progress
inner join int_bases_decided
    on
        target_progress.plan = int_bases_decided.plan
        and target_progress.region_code = int_bases_decided.region_code
        and target_progress.metric = int_bases_decided.metric
        and target_progress.unit = int_bases_decided.unit
inner join int_targets_measured
    on
        target_progress.region_code = int_targets_measured.region_code
        and target_progress.metric = int_targets_measured.metric
        and target_progress.unit = int_targets_measured.unit
        and target_progress.base_year = int_targets_measured.year
where
    target_progress.year = target_progress.base_year
    and int_targets_measured.value <> int_bases_decided.base_value
