with

days as (

    select * from {{ ref("int_days") }}

),

positions as (

    select * from {{ ref("int_rep_positions") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

)

{# Two rows of one role that overlap are still one day of work. #}
select distinct
    positions.rep_id,
    positions.role,
    days.day_on,
    days.month_start,
    days.is_working_day

from positions

inner join days
    on
        days.day_on >= positions.valid_from
        and days.day_on <= positions.valid_to

inner join reps
    on positions.rep_id = reps.rep_id

where
    days.month_start <= {{ as_of_date() }}
    and (reps.hired_on is null or days.day_on >= reps.hired_on)
    and (reps.left_on is null or days.day_on <= reps.left_on)
