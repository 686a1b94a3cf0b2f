{#
    The counts of the twelve full months before a planned period, the rep's own and
    those of the line manager's team. For a period to come they end with the last
    month that is over.
-#}
{%- set counts = selling_counts() -%}

with

plans as (

    select
        *,
        least(
            period_start, {{ month_start(add_days(as_of_date(), 1)) }}
        ) as counted_before,
        least(period_start, {{ as_of_date() }}) as standing_on

    from {{ ref("int_rep_plans_by_period") }}

    where period_type in ('month', 'quarter')

),

monthly as (

    select * from {{ ref("int_selling_counts_monthly") }}

),

managers as (

    select * from {{ ref("int_rep_chain") }}

    where depth = 1

),

{# Whoever reports to nobody is measured by the own team. #}
led as (

    select
        plans.period_type,
        plans.period_start,
        plans.rep_id,
        plans.counted_before,
        plans.plan_low,
        min(coalesce(managers.above_rep_id, plans.rep_id)) as leader_id

    from plans

    left join managers
        on
            plans.rep_id = managers.rep_id
            and plans.standing_on between managers.valid_from
            and managers.valid_to

    group by
        plans.period_type,
        plans.period_start,
        plans.rep_id,
        plans.counted_before,
        plans.plan_low

),

{% for chain_role in ["own", "team"] %}
{{ chain_role }} as (

    select
        led.period_type,
        led.period_start,
        led.rep_id,
        {% for count in counts %}
        sum(monthly.{{ count }}) as {{ count }},
        {% endfor %}
        bit_or(monthly.flag_mask) as flag_mask

    from led

    inner join monthly
        on
            {{ "led.rep_id" if chain_role == "own" else "led.leader_id" }}
            = monthly.rep_id
            and monthly.chain_role = '{{ chain_role }}'
            and monthly.month_start < led.counted_before
            and monthly.month_start
            >= {{ add_months("led.counted_before", -12) }}

    group by led.period_type, led.period_start, led.rep_id

),
{% endfor %}

joined as (

    select
        led.period_type,
        led.period_start,
        led.rep_id,
        led.leader_id,
        led.plan_low,
        {% for chain_role in ["own", "team"] %}
        {% for count in counts %}
        coalesce({{ chain_role }}.{{ count }}, 0)
            as {{ chain_role }}_{{ count }},
        {% endfor %}
        coalesce({{ chain_role }}.flag_mask, 0) as {{ chain_role }}_flag_mask,
        {% endfor %}
        led.counted_before

    from led

    {% for chain_role in ["own", "team"] %}
    left join {{ chain_role }}
        on
            led.period_type = {{ chain_role }}.period_type
            and led.period_start = {{ chain_role }}.period_start
            and led.rep_id = {{ chain_role }}.rep_id
    {% endfor %}

)

select * from joined
