{# A season may begin before the fiscal year or end after it. #}
with

plan_months as (

    select * from {{ ref("int_plan_months") }}

)

{% for period_type in ["month", "quarter", "season", "year"] %}
select
    '{{ period_type }}' as period_type,
    {{ period_type }}_start as period_start,
    {{ period_type }}_end as period_end,
    fiscal_year,
    month_start,
    {{ period_type }}_start < year_start
    or {{ period_type }}_end > year_end as is_cut_by_year

from plan_months

where {{ period_type }}_start is not null
{% if not loop.last %}union all{% endif %}
{% endfor %}
