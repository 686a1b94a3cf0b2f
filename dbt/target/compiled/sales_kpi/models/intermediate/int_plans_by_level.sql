
with

targets as (

    select * from "warehouse"."intermediate"."int_targets_dated"

),

chain as (

    select * from "warehouse"."intermediate"."int_rep_chain"

),

rep_targets as (

    select * from targets

    where level = 'rep'

),

team_sums as (

    select
        'manager' as level,
        chain.above_rep_id as entity_id,
        rep_targets.period_type,
        rep_targets.period_start,
        max(rep_targets.period_end) as period_end,
        max(rep_targets.middle_on) as middle_on,
        sum(rep_targets.plan_low) as plan_low,
        sum(rep_targets.plan_high) as plan_high,
        max(chain.depth) as depth

    from rep_targets

    inner join chain
        on
            rep_targets.entity_id = chain.rep_id
            and rep_targets.period_start between chain.valid_from
            and chain.valid_to

    group by
        chain.above_rep_id,
        rep_targets.period_type,
        rep_targets.period_start

),

company_sums as (

    select
        'company' as level,
        'all' as entity_id,
        period_type,
        period_start,
        max(period_end) as period_end,
        max(middle_on) as middle_on,
        sum(plan_low) as plan_low,
        sum(plan_high) as plan_high

    from rep_targets

    group by period_type, period_start

),

derived as (

    select
        level,
        entity_id,
        period_type,
        period_start,
        period_end,
        middle_on,
        plan_low,
        plan_high

    from team_sums

    where depth > 0

    union all

    select
        level,
        entity_id,
        period_type,
        period_start,
        period_end,
        middle_on,
        plan_low,
        plan_high

    from company_sums

)

select
    targets.level,
    targets.entity_id,
    targets.period_type,
    targets.period_start,
    targets.period_end,
    targets.middle_on,
    targets.plan_low,
    targets.plan_high,
    false as is_derived

from targets

union all

select
    derived.level,
    derived.entity_id,
    derived.period_type,
    derived.period_start,
    derived.period_end,
    derived.middle_on,
    derived.plan_low,
    derived.plan_high,
    true as is_derived

from derived

left join targets
    on
        derived.level = targets.level
        and derived.entity_id = targets.entity_id
        and derived.period_type = targets.period_type
        and derived.period_start = targets.period_start

where targets.entity_id is null