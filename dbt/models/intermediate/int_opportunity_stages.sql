{#
    The stages an opportunity has come to, and since when. One that came to a later
    stage was in the earlier ones too, at that moment at the latest.
-#}
{%- set stages = var("funnel").stages -%}

with

opportunities as (

    select * from {{ ref("stg_crm__opportunities") }}

    where created_at < {{ add_days(as_of_date(), 1) }}

),

stage_changes as (

    select * from {{ ref("stg_crm__opportunity_stage_changes") }}

    where changed_at < {{ add_days(as_of_date(), 1) }}

),

stages as (

    {% for stage in stages %}
    select
        {{ loop.index }} as stage_number,
        {{ sql_text(stage) }} as stage

    union all

    {% endfor %}
    select
        {{ stages | length + 1 }} as stage_number,
        'won' as stage

),

changed_opportunities as (

    select distinct opportunity_id from stage_changes

),

named as (

    select
        opportunity_id,
        to_stage as stage,
        changed_at as reached_at

    from stage_changes

    union all

    select
        opportunity_id,
        from_stage as stage,
        changed_at as reached_at

    from stage_changes

    union all

    {# Where no change is on record nobody knows since when it stands there. #}
    select
        opportunities.opportunity_id,
        opportunities.stage,
        cast(null as timestamp) as reached_at

    from opportunities

    left join changed_opportunities
        on opportunities.opportunity_id = changed_opportunities.opportunity_id

    where changed_opportunities.opportunity_id is null

),

reached as (

    select
        opportunity_id,
        1 as stage_number,
        created_at as reached_at

    from opportunities

    union all

    select
        named.opportunity_id,
        stages.stage_number,
        named.reached_at

    from named

    inner join opportunities
        on named.opportunity_id = opportunities.opportunity_id

    inner join stages
        on named.stage = stages.stage

    where stages.stage_number <= {{ stages | length }}

    union all

    select
        opportunity_id,
        {{ stages | length + 1 }} as stage_number,
        closed_at as reached_at

    from opportunities

    where is_won and closed_at < {{ add_days(as_of_date(), 1) }}

),

first_reached as (

    select
        reached.opportunity_id,
        stages.stage_number,
        stages.stage,
        min(reached.reached_at) as reached_at

    from reached

    inner join stages
        on reached.stage_number >= stages.stage_number

    group by reached.opportunity_id, stages.stage_number, stages.stage

)

select
    opportunity_id,
    stage_number,
    stage,
    reached_at

from first_reached
