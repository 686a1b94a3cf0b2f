{#
    Who stood above whom, and when: a rep's stretch of time is cut by the
    stretches of each manager above, so a change anywhere in the chain starts a
    new row. Everyone stands above oneself at depth 0.
#}
with

positions as (

    select * from {{ ref("int_rep_positions") }}

),

{# The first stretch also holds for documents dated before it. #}
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

    from positions

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

{% for depth in range(1, var("chain_depth") + 1) %}
depth_{{ depth }} as (

    select
        below.rep_id,
        above.rep_id as above_rep_id,
        above.manager_rep_id as next_rep_id,
        greatest(below.valid_from, above.valid_from) as valid_from,
        least(below.valid_to, above.valid_to) as valid_to

    from depth_{{ depth - 1 }} as below

    inner join stretches as above
        on
            below.next_rep_id = above.rep_id
            and below.rep_id <> above.rep_id
            and below.valid_from <= above.valid_to
            and above.valid_from <= below.valid_to

),
{% endfor %}

all_depths as (

    {% for depth in range(0, var("chain_depth") + 1) %}
    select
        rep_id,
        above_rep_id,
        {{ depth }} as depth,
        valid_from,
        valid_to

    from depth_{{ depth }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

{# A circle of managers names somebody twice; the nearest place counts. #}
select
    rep_id,
    above_rep_id,
    min(depth) as depth,
    valid_from,
    max(valid_to) as valid_to

from all_depths

group by rep_id, above_rep_id, valid_from
