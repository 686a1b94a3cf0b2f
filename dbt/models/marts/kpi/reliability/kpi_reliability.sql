{# Each mart with reliability columns, and the column that dates its rows. #}
{%- set marts = {
    "fct_bonus_inputs": "month_start",
    "kpi_activity_plan_fact": "period_start",
    "kpi_churn": "month_start",
    "kpi_client_actions": "planned_on",
    "kpi_client_brief": as_of_date(),
    "kpi_client_plan": "period_start",
    "kpi_client_potential": "year_start",
    "kpi_client_tiers": as_of_date(),
    "kpi_client_value": as_of_date(),
    "kpi_purchase_model": as_of_date(),
    "kpi_focus_list": "due_on",
    "kpi_funnel": "cohort_month",
    "kpi_goals": as_of_date(),
    "kpi_ideal_client": as_of_date(),
    "kpi_lead_generation": "period_start",
    "kpi_mrr_cohorts": "month_start",
    "kpi_new_business": "period_start",
    "kpi_new_client_care": "period_start",
    "kpi_outlet_allocation": "month_start",
    "kpi_padding_signs": "day_on",
    "kpi_payment_plan_fact": "planned_for",
    "kpi_plan_fact": "period_start",
    "kpi_plan_return": "period_start",
    "kpi_receivables": "stated_on",
    "kpi_recurring_revenue": "month_start",
    "kpi_rep_ltv_cost": "period_start",
    "kpi_rep_performance": "period_start",
    "kpi_repeat_revenue": "month_start",
    "kpi_repeat_touches": "period_start",
    "kpi_report_discipline": "report_date",
    "kpi_required_activity": "period_start",
    "kpi_revenue_yoy": "period_start",
    "kpi_sales_budget": "month_start",
    "kpi_scorecard": "period_start",
    "kpi_seasonality": as_of_date(),
    "kpi_visit_quality": "period_start",
    "kpi_win_back": as_of_date(),
    "kpi_work_plan": "period_start",
} -%}
{%- set mart_names = [] -%}
{%- for mart in marts %}{% do mart_names.append([mart]) %}{% endfor -%}
{%- set mart_inputs = [] -%}
{%- if execute -%}
    {%- for mart in kpi_marts() if mart.name in marts -%}
        {%- for table_name in upstream_inputs(mart.unique_id) -%}
            {%- do mart_inputs.append([mart.name, table_name]) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}

with

input_counts as (

    select * from {{ source("lake", "input_counts") }}

),

mart_inputs as (

    {{ text_rows(["mart", "table_name"], mart_inputs) }}

),

absent as (

    select
        mart_inputs.mart,
        {{ join_distinct("input_counts.table_name") }} as absent_inputs

    from mart_inputs

    inner join input_counts
        on mart_inputs.table_name = input_counts.table_name

    where input_counts.row_count = 0

    group by mart_inputs.mart

),

states as (

    {% for mart, period in marts.items() %}
    select
        '{{ mart }}' as mart,
        cast({{ period }} as date) as period_start,
        reliability_reasons,
        count(*) as row_count,
        sum(case when reliability = 'reliable' then 1 else 0 end)
            as reliable_rows,
        sum(case when reliability = 'caution' then 1 else 0 end)
            as caution_rows,
        sum(case when reliability = 'unreliable' then 1 else 0 end)
            as unreliable_rows

    from {{ ref(mart) }}

    group by cast({{ period }} as date), reliability_reasons
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

summed as (

    select
        mart,
        period_start,
        sum(row_count) as row_count,
        sum(reliable_rows) as reliable_rows,
        sum(caution_rows) as caution_rows,
        sum(unreliable_rows) as unreliable_rows

    from states

    group by mart, period_start

),

single_rules as (

    select
        mart,
        period_start,
        {{ split_rows("reliability_reasons") }} as rule

    from states

    where reliability_reasons <> ''

),

rules as (

    select
        mart,
        period_start,
        {{ join_distinct("rule") }} as rules

    from single_rules

    group by mart, period_start

),

all_marts as (

    {{ text_rows(["mart"], mart_names) }}

)

select
    all_marts.mart,
    summed.period_start,
    cast(coalesce(summed.row_count, 0) as bigint) as row_count,
    cast(coalesce(summed.reliable_rows, 0) as bigint) as reliable_rows,
    cast(coalesce(summed.caution_rows, 0) as bigint) as caution_rows,
    cast(coalesce(summed.unreliable_rows, 0) as bigint) as unreliable_rows,
    coalesce(rules.rules, '') as rules,
    coalesce(absent.absent_inputs, '') as absent_inputs,
    {{ run_id() }} as run_id

from all_marts

left join summed
    on all_marts.mart = summed.mart

left join rules
    on
        summed.mart = rules.mart
        and summed.period_start = rules.period_start

left join absent
    on all_marts.mart = absent.mart
