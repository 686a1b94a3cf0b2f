with

plans as (

    select
        *,
        item in ('visits', 'development', 'lift', 'collections')
            as is_known_item

    from {{ ref("int_work_plans") }}

),

work_done as (

    select * from {{ ref("int_work_done") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

joined as (

    select
        plans.rep_id,
        reps.rep_name,
        plans.period_type,
        plans.period_start,
        plans.period_end,
        plans.item,
        plans.task,
        plans.planned,
        plans.is_known_item,
        case
            when plans.is_known_item
                then {{ money("coalesce(work_done.done, 0)") }}
        end as done,
        work_done.total,
        work_done.flagged,
        work_done.flag_mask

    from plans

    left join work_done
        on
            plans.rep_id = work_done.rep_id
            and plans.period_type = work_done.period_type
            and plans.period_start = work_done.period_start
            and plans.item = work_done.item

    left join reps
        on plans.rep_id = reps.rep_id

)

select
    rep_id,
    rep_name,
    period_type,
    period_start,
    period_end,
    period_end > {{ as_of_date() }} as is_partial,
    item,
    task,
    {{ money("planned") }} as planned,
    {{ money("done") }} as done,
    {{ money("done - planned") }} as difference,
    {{ ratio("done", "planned") }} as completion,
    {{ reliability_columns(
        period_end="period_end",
        flagged="flagged",
        total="total",
        flag_mask="flag_mask",
        notes=[
            {
                "when": "not is_known_item",
                "name": "unknown_item",
                "is_caution": true,
            },
            {"when": "planned = 0", "name": "no_plan"},
        ],
    ) }}

from joined
