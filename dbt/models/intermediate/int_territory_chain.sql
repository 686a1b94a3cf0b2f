{# Each stands below itself at depth 0 and below its parents from depth 1. #}
with

territories as (

    select
        territory_id,
        parent_territory_id

    from {{ ref("stg_crm__territories") }}

),

depth_0 as (

    select
        territory_id,
        territory_id as above_territory_id,
        parent_territory_id as next_territory_id

    from territories

),

{% for depth in range(1, var("chain_depth") + 1) %}
depth_{{ depth }} as (

    select
        below.territory_id,
        above.territory_id as above_territory_id,
        above.parent_territory_id as next_territory_id

    from depth_{{ depth - 1 }} as below

    inner join territories as above
        on
            below.next_territory_id = above.territory_id
            and below.territory_id <> above.territory_id

),
{% endfor %}

all_depths as (

    {% for depth in range(0, var("chain_depth") + 1) %}
    select
        territory_id,
        above_territory_id,
        {{ depth }} as depth

    from depth_{{ depth }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

{# A circle of parents names a territory twice; the nearest place counts. #}
select
    territory_id,
    above_territory_id,
    min(depth) as depth

from all_depths

group by territory_id, above_territory_id
