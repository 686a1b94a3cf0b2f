{#-
    The KPIs that company.yml puts on the roles' scorecards, each from its own
    mart, in one long table.
-#}
{%- set scorecards = var("scorecards") -%}
{%- set first_day = add_months(as_of_date(), -scorecards.months) -%}

{% for role, kpis in scorecards.roles.items() %}
{% set is_last_role = loop.last %}
{% for kpi in kpis %}
select
    '{{ role }}' as role,
    '{{ kpi.kpi }}' as kpi,
    {{ loop.index }} as place_on_card,
    {{ kpi.person }} as rep_id,
    period_type,
    period_start,
    period_end,
    cast({{ sql_or_null(kpi.plan_low or kpi.target) }} as double) as plan_low,
    cast({{ sql_or_null(kpi.plan_high or kpi.target) }} as double) as plan_high,
    cast({{ kpi.fact }} as double) as fact,
    cast({{ sql_or_null(kpi.n) }} as bigint) as n,
    {{ sql_or_null(kpi.lower_is_better) }} as is_lower_better,
    reliability,
    unreliable_share,
    reliability_reasons

from {{ ref(kpi.mart) }}

where
    period_start <= {{ as_of_date() }}
    and period_end >= {{ first_day }}
    {% for column, value in kpi.where.items() %}
    and {{ column }} in {{ text_list([value]) }}
    {% endfor %}
{% if not (loop.last and is_last_role) %}union all{% endif %}
{% endfor %}
{% endfor %}
