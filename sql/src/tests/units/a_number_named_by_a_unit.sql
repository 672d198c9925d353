-- grain: organization_id
-- purpose: a literal called kWh
select organization_id, 5 as base_kwh from energy.monthly
-- refused:
-- error: column `base_kwh` at a_number_named_by_a_unit.sql:3 is in `1` (the number 5), but its name says `kWh`
-- hint: if each one counted, or the number itself, is one `kWh`, declare `-- unit: base_kwh kWh` in the header
