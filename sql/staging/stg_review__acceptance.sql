-- grain: flag_id, fingerprint
-- purpose: review flags that were accepted, each for the figures it had then
select
    flag_id,
    fingerprint,
    reason,
    accepted_by,
    accepted_at
from review.acceptance
