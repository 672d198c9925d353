-- severity: error
-- purpose: an organisation without an approved area says why
select organization_id, approved_m2, approved_reason
from office_organization_standard
where (approved_m2 is null) <> (approved_reason is not null)
