{%- set amounts = [
    "last_year_result", "plan_low", "plan", "plan_high", "flagged_plan"
] -%}
{%- set levels = {
    "client": ("client_id", "client_name"),
    "rep": ("rep_id", "rep_name"),
    "manager": ("above_rep_id", "above_rep_name"),
    "territory": ("territory_id", "territory_name"),
    "company": ("'all'", "'Company'"),
} -%}

with

plan_parts as (

    select * from {{ ref("int_client_plan_parts") }}

),

plan_periods as (

    select * from {{ ref("int_plan_periods") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

client_plans as (

    select * from {{ ref("int_client_plans") }}

),

{# Only who has somebody below is a manager; own sales are the team's too. #}
chain as (

    select
        chain.rep_id,
        chain.above_rep_id

    from {{ ref("int_rep_chain") }} as chain

    where
        {{ as_of_date() }} between chain.valid_from and chain.valid_to
        and chain.above_rep_id in (
            select above.above_rep_id
            from {{ ref("int_rep_chain") }} as above
            where
                above.depth > 0
                and {{ as_of_date() }} between above.valid_from
                and above.valid_to
        )

),

teams as (

    select
        plan_parts.*,
        chain.above_rep_id,
        coalesce(reps.rep_name, chain.above_rep_id) as above_rep_name

    from plan_parts

    inner join chain
        on plan_parts.rep_id = chain.rep_id

    left join reps
        on chain.above_rep_id = reps.rep_id

),

by_level as (

    {% for level, (entity_id, entity_name) in levels.items() %}
    select
        '{{ level }}' as level,
        {{ entity_id }} as entity_id,
        {{ entity_name }} as entity_name,
        month_start,
        {% if level == "client" %}
        max(case when is_planned then 1 else 0 end) as clients,
        {% else %}
        count(distinct case when is_planned then client_id end) as clients,
        {% endif %}
        {% for amount in amounts %}
        sum({{ amount }}) as {{ amount }},
        {% endfor %}
        sum(fact) as fact,
        bit_or(flag_mask) as flag_mask

    from {{ "teams" if level == "manager" else "plan_parts" }}

    group by
        {% if level != "company" %}
        {{ entity_id }},
        {{ entity_name }},
        {% endif %}
        month_start
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

by_period as (

    select
        by_level.level,
        by_level.entity_id,
        by_level.entity_name,
        plan_periods.period_type,
        plan_periods.period_start,
        plan_periods.period_end,
        plan_periods.fiscal_year,
        max(case when plan_periods.is_cut_by_year then 1 else 0 end) = 1
            as is_cut_by_year,
        max(by_level.clients) as clients,
        {% for amount in amounts %}
        sum(by_level.{{ amount }}) as {{ amount }},
        {% endfor %}
        sum(by_level.fact) as fact,
        bit_or(by_level.flag_mask) as flag_mask

    from by_level

    inner join plan_periods
        on by_level.month_start = plan_periods.month_start

    group by
        by_level.level,
        by_level.entity_id,
        by_level.entity_name,
        plan_periods.period_type,
        plan_periods.period_start,
        plan_periods.period_end,
        plan_periods.fiscal_year

    having max(by_level.clients) > 0

),

with_growth as (

    select
        by_period.*,
        client_plans.growth_scope,
        case
            when not client_plans.is_from_headroom
                then cast(client_plans.sales_growth as double)
        end as sales_growth,
        case
            when not client_plans.is_from_headroom
                then cast(client_plans.price_growth as double)
        end as price_growth,
        coalesce(client_plans.is_from_headroom, false) as is_from_headroom,
        coalesce(
            client_plans.growth_scope is null
            and not client_plans.is_from_headroom,
            false
        ) as is_growth_unknown,
        coalesce(client_plans.is_capped, false) as is_capped,
        coalesce(client_plans.is_base_above_potential, false)
            as is_base_above_potential

    from by_period

    left join client_plans
        on
            by_period.level = 'client'
            and by_period.entity_id = client_plans.client_id

)

select
    level,
    entity_id,
    entity_name,
    period_type,
    period_start,
    period_end,
    fiscal_year,
    period_end > {{ as_of_date() }} as is_partial,
    cast(clients as bigint) as clients,
    {{ money("last_year_result") }} as last_year_result,
    growth_scope,
    sales_growth,
    price_growth,
    {{ money("plan_low") }} as plan_low,
    {{ money("plan") }} as plan,
    {{ money("plan_high") }} as plan_high,
    {{ money("fact") }} as fact,
    {{ attainment("fact", "plan_low", "plan_high") }} as attainment,
    {{ reliability_columns(
        flagged="flagged_plan",
        total="plan",
        flag_mask="flag_mask",
        notes=[
            {"when": "is_from_headroom", "name": "new_client_from_headroom"},
            {
                "when": "is_growth_unknown",
                "name": "no_growth_assumption",
                "is_caution": true,
            },
            {"when": "is_capped", "name": "capped_by_potential"},
            {
                "when": "is_base_above_potential",
                "name": "last_year_above_potential",
                "is_caution": true,
            },
            {
                "when": "is_cut_by_year",
                "name": "period_planned_in_part",
                "is_caution": true,
            },
        ],
    ) }}

from with_growth
