-- grain: organization_id, from_date
-- purpose: dated states of the organisations of the register
select
    organization_id,
    name,
    region_code,
    class_code,
    organ_level,
    successor_organization_id,
    status,
    in_energy_survey and status = 'active' as is_expected_to_report,
    in_cost_survey,
    from_date,
    to_date
from reference.organization
