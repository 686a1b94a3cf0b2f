with

goals as (

    select * from {{ ref("stg_planning__goals") }}

),

spans as (

    select
        *,
        {{ month_start("starts_on") }} as first_month,
        {{ month_start("due_on") }} as last_month,
        {{ days_between("starts_on", "due_on") }} + 1 as total_days,
        {{ days_between("starts_on", "least(due_on, " ~ as_of_date() ~ ")") }}
        + 1 as passed_days

    from goals

)

select
    goal_id,
    statement,
    measure,
    scope,
    baseline,
    target,
    starts_on,
    due_on,
    first_month,
    last_month,
    total_days,
    greatest(passed_days, 0) as passed_days

from spans
