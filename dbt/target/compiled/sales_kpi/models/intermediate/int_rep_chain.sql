
with

reps as (

    select
        rep_id,
        manager_rep_id,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to

    from "warehouse"."staging"."stg_crm__reps"

),


stretches as (

    select
        rep_id,
        manager_rep_id,
        case
            when
                row_number() over (partition by rep_id order by valid_from) = 1
                then cast('1900-01-01' as date)
            else valid_from
        end as valid_from,
        valid_to

    from reps

),

depth_0 as (

    select
        rep_id,
        rep_id as above_rep_id,
        manager_rep_id as next_rep_id,
        valid_from,
        valid_to

    from stretches

),


depth_1 as (

    select
        below.rep_id,
        above.rep_id as above_rep_id,
        above.manager_rep_id as next_rep_id,
        greatest(below.valid_from, above.valid_from) as valid_from,
        least(below.valid_to, above.valid_to) as valid_to

    from depth_0 as below

    inner join stretches as above
        on
            below.next_rep_id = above.rep_id
            and below.rep_id <> above.rep_id
            and below.valid_from <= above.valid_to
            and above.valid_from <= below.valid_to

),

depth_2 as (

    select
        below.rep_id,
        above.rep_id as above_rep_id,
        above.manager_rep_id as next_rep_id,
        greatest(below.valid_from, above.valid_from) as valid_from,
        least(below.valid_to, above.valid_to) as valid_to

    from depth_1 as below

    inner join stretches as above
        on
            below.next_rep_id = above.rep_id
            and below.rep_id <> above.rep_id
            and below.valid_from <= above.valid_to
            and above.valid_from <= below.valid_to

),

depth_3 as (

    select
        below.rep_id,
        above.rep_id as above_rep_id,
        above.manager_rep_id as next_rep_id,
        greatest(below.valid_from, above.valid_from) as valid_from,
        least(below.valid_to, above.valid_to) as valid_to

    from depth_2 as below

    inner join stretches as above
        on
            below.next_rep_id = above.rep_id
            and below.rep_id <> above.rep_id
            and below.valid_from <= above.valid_to
            and above.valid_from <= below.valid_to

),

depth_4 as (

    select
        below.rep_id,
        above.rep_id as above_rep_id,
        above.manager_rep_id as next_rep_id,
        greatest(below.valid_from, above.valid_from) as valid_from,
        least(below.valid_to, above.valid_to) as valid_to

    from depth_3 as below

    inner join stretches as above
        on
            below.next_rep_id = above.rep_id
            and below.rep_id <> above.rep_id
            and below.valid_from <= above.valid_to
            and above.valid_from <= below.valid_to

),

depth_5 as (

    select
        below.rep_id,
        above.rep_id as above_rep_id,
        above.manager_rep_id as next_rep_id,
        greatest(below.valid_from, above.valid_from) as valid_from,
        least(below.valid_to, above.valid_to) as valid_to

    from depth_4 as below

    inner join stretches as above
        on
            below.next_rep_id = above.rep_id
            and below.rep_id <> above.rep_id
            and below.valid_from <= above.valid_to
            and above.valid_from <= below.valid_to

),


all_depths as (

    
    select
        rep_id,
        above_rep_id,
        0 as depth,
        valid_from,
        valid_to

    from depth_0
    union all
    
    select
        rep_id,
        above_rep_id,
        1 as depth,
        valid_from,
        valid_to

    from depth_1
    union all
    
    select
        rep_id,
        above_rep_id,
        2 as depth,
        valid_from,
        valid_to

    from depth_2
    union all
    
    select
        rep_id,
        above_rep_id,
        3 as depth,
        valid_from,
        valid_to

    from depth_3
    union all
    
    select
        rep_id,
        above_rep_id,
        4 as depth,
        valid_from,
        valid_to

    from depth_4
    union all
    
    select
        rep_id,
        above_rep_id,
        5 as depth,
        valid_from,
        valid_to

    from depth_5
    
    

)


select
    rep_id,
    above_rep_id,
    min(depth) as depth,
    valid_from,
    max(valid_to) as valid_to

from all_depths

group by rep_id, above_rep_id, valid_from