{%- set revenue = ["invoiced", "margin", "revenue_with_cost"] -%}
{%- set sums = revenue + [
    "collected",
    "absolute_revenue", "flagged_revenue",
    "absolute_collected", "flagged_collected",
] -%}
{%- set masks = ["revenue_mask", "collected_mask"] -%}

with

chain as (

    select * from {{ ref("int_rep_chain") }}

),

rep_days as (

    select
        rep_id,
        issued_on as day_on,
        net_revenue as invoiced,
        revenue_with_cost - cost as margin,
        revenue_with_cost,
        0 as collected,
        absolute_revenue,
        flagged_revenue,
        0 as absolute_collected,
        0 as flagged_collected,
        flag_mask as revenue_mask,
        0 as collected_mask

    from {{ ref("int_revenue_daily") }}

    union all

    select
        rep_id,
        paid_on as day_on,
        0 as invoiced,
        null as margin,
        null as revenue_with_cost,
        collected,
        0 as absolute_revenue,
        0 as flagged_revenue,
        absolute_collected,
        flagged_collected,
        0 as revenue_mask,
        flag_mask as collected_mask

    from {{ ref("int_collected_daily") }}

),

own as (

    select
        rep_id,
        day_on,
        {% for amount in sums %}
        sum({{ amount }}) as {{ amount }},
        {% endfor %}
    {% for mask in masks %}
    bit_or({{ mask }}) as {{ mask }}{{ "," if not loop.last }}
    {% endfor %}

    from rep_days

    group by rep_id, day_on

),

{# A sale that several of a team share is the team's once: its parts add up. #}
team as (

    select
        chain.above_rep_id as rep_id,
        own.day_on,
        {% for amount in sums %}
        sum(own.{{ amount }}) as {{ amount }},
        {% endfor %}
    {% for mask in masks %}
    bit_or(own.{{ mask }}) as {{ mask }}{{ "," if not loop.last }}
    {% endfor %}

    from own

    inner join chain
        on
            own.rep_id = chain.rep_id
            and own.day_on >= chain.valid_from
            and own.day_on <= chain.valid_to

    group by chain.above_rep_id, own.day_on

)

select
    false as is_team,
    *

from own

union all

select
    true as is_team,
    *

from team
