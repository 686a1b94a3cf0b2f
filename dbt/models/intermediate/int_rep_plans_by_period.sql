{#
    A rep's plan for a month, quarter or fiscal year: the targets set for just
    that type of period, else the sum of finer ones. A target stands in the
    period that holds its middle day.
#}
{%- set finer_types = {
    "month": ["month"],
    "quarter": ["quarter", "month"],
    "year": ["year", "quarter", "month"],
} -%}

with

plans as (

    select
        *,
        {{ month_start("middle_on") }} as month_start,
        fiscal_quarter_start as quarter_start,
        fiscal_year_start as year_start

    from {{ ref("kpi_plan_fact") }}

    where level = 'rep' and period_type in ('month', 'quarter', 'year')

),

placed as (

    {% for period_type, target_types in finer_types.items() %}
    {% for target_type in target_types %}
    select
        '{{ period_type }}' as period_type,
        {{ period_type }}_start as period_start,
        entity_id as rep_id,
        {{ loop.index }} as preference,
        plan_low,
        plan_high,
        fact

    from plans

    where period_type = '{{ target_type }}'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

summed as (

    select
        period_type,
        period_start,
        rep_id,
        preference,
        sum(plan_low) as plan_low,
        sum(plan_high) as plan_high,
        sum(fact) as plan_fact,
        row_number() over (
            partition by period_type, period_start, rep_id order by preference
        ) as choice

    from placed

    group by period_type, period_start, rep_id, preference

)

select
    period_type,
    period_start,
    rep_id,
    plan_low,
    plan_high,
    plan_fact

from summed

where choice = 1
