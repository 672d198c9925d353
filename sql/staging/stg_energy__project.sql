-- grain: project_id
-- purpose: projects that save energy, with whether they are finished and whether their saving is measured
select
    project_id,
    organization_id,
    building_id,
    title,
    kind,
    contract_kind,
    status,
    investment_yuan,
    subsidy_yuan,
    estimated_saving_kgce,
    measured_saving_kgce,
    pv_capacity_kw,
    status = 'finished' as is_finished,
    approved_date,
    started_date,
    finished_date
from energy.project
