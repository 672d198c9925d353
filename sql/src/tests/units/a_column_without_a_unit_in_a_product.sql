-- grain: organization_id
-- purpose: line numbers times kWh
select organization_id, line_no * electricity_kwh as x from energy.monthly
-- accepted:
