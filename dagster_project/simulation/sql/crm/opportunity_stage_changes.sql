select
    opportunity_id(number) as opportunity_id,
    -- Two stages of a deal may fall on one day, but not on one minute.
    moment(number, workday + step * days_a_stage(number)) + to_minutes(step) as changed_at,
    case when step > 0 then stage_name(number, step - 1) end as from_stage,
    stage_name(number, step) as to_stage
from (
    select *, unnest(range(stages_reached(number, workday) + 1)) as step
    from opportunities
)
