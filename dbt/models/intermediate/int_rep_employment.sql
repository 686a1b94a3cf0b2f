with

positions as (

    select * from {{ ref("int_rep_positions") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

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

)

select
    rep_id,
    role,
    valid_from,
    valid_to

from employed

where valid_from <= valid_to
