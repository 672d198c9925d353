-- grain: plan, evaluation
-- purpose: when plans are evaluated, and by which year's values
select plan, evaluation, source, grade, year
from reference.plan_evaluation
