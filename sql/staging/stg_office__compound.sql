-- grain: compound_id
-- purpose: compounds with whether several organisations work there
select compound_id, name, coalesce(is_centralized, false) as is_centralized
from office.compound
