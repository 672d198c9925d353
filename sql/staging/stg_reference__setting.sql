-- grain: name
-- purpose: choices that the city confirms
select name, value
from reference.setting
