with

positions as (

    select * from {{ ref("int_rep_positions") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

days as (

    select * from {{ ref("int_days") }}

    where is_working_day and day_on <= {{ as_of_date() }}

),

{# A position may be on record before the hiring, or after the leaving. #}
employed as (

    select
        positions.rep_id,
        positions.role,
        greatest(
            positions.valid_from, coalesce(reps.hired_on, positions.valid_from)
        ) as valid_from,
        least(
            positions.valid_to, coalesce(reps.left_on, positions.valid_to)
        ) as valid_to

    from positions

    inner join reps
        on positions.rep_id = reps.rep_id

),

rep_days as (

    select
        employed.rep_id,
        employed.role,
        days.day_on,
        row_number() over (
            partition by employed.rep_id, days.day_on
            order by employed.valid_from desc
        ) as recency

    from employed

    inner join days
        on days.day_on between employed.valid_from and employed.valid_to

)

select
    rep_id,
    role,
    day_on

from rep_days

where recency = 1
