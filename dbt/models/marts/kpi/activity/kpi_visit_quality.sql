{%- set parts = [
    "purpose",
    "appointment",
    "display",
    "own_stock",
    "competitor_stock",
    "report",
    "next_step",
] -%}

with

visits as (

    select * from {{ ref("int_visits") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

    where period_type in ('month', 'quarter', 'year')

),

by_month as (

    select
        rep_id,
        month_start,
        count(*) as visits,
        {% for part in parts %}
        sum(has_{{ part }}) as with_{{ part }},
        {% endfor %}
        sum(is_complete) as complete_visits,
        sum(is_complete * is_judged) as complete_visits_judged,
        sum((1 - is_complete) * is_judged) as incomplete_visits_judged,
        sum(case when is_complete = 1 then revenue_after else 0 end)
            as revenue_after_complete,
        sum(case when is_complete = 1 then 0 else revenue_after end)
            as revenue_after_incomplete,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from visits

    group by rep_id, month_start

),

by_period as (

    select
        by_month.rep_id,
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        {% for part in parts %}
        sum(by_month.with_{{ part }}) as with_{{ part }},
        {% endfor %}
        sum(by_month.visits) as visits,
        sum(by_month.complete_visits) as complete_visits,
        sum(by_month.complete_visits_judged) as complete_visits_judged,
        sum(by_month.incomplete_visits_judged) as incomplete_visits_judged,
        sum(by_month.revenue_after_complete) as revenue_after_complete,
        sum(by_month.revenue_after_incomplete) as revenue_after_incomplete,
        sum(by_month.absolute_revenue) as absolute_revenue,
        sum(by_month.flagged_revenue) as flagged_revenue,
        bit_or(by_month.flag_mask) as flag_mask

    from by_month

    inner join period_months
        on by_month.month_start = period_months.month_start

    group by
        by_month.rep_id,
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial

)

select
    by_period.rep_id,
    coalesce(reps.rep_name, 'Unknown rep ' || by_period.rep_id) as rep_name,
    by_period.period_type,
    by_period.period_start,
    by_period.period_end,
    by_period.is_partial,
    cast(by_period.visits as bigint) as visits,
    {% for part in parts %}
    cast(by_period.with_{{ part }} as bigint) as with_{{ part }},
    {% endfor %}
    cast(by_period.complete_visits as bigint) as complete_visits,
    {{ ratio("by_period.complete_visits", "by_period.visits") }}
        as complete_share,
    cast(by_period.complete_visits_judged as bigint) as complete_visits_judged,
    cast(by_period.incomplete_visits_judged as bigint)
        as incomplete_visits_judged,
    {{ money("by_period.revenue_after_complete") }} as revenue_after_complete,
    {{ money("by_period.revenue_after_incomplete") }}
        as revenue_after_incomplete,
    {{ ratio(
        "by_period.revenue_after_complete", "by_period.complete_visits_judged"
    ) }} as revenue_per_complete_visit,
    {{ ratio(
        "by_period.revenue_after_incomplete",
        "by_period.incomplete_visits_judged",
    ) }} as revenue_per_incomplete_visit,
    {{ reliability_columns(
        period_end="by_period.period_end",
        flagged="by_period.flagged_revenue",
        total="by_period.absolute_revenue",
        flag_mask="by_period.flag_mask",
        notes=[
            {
                "when": "by_period.complete_visits_judged = 0",
                "name": "no_complete_visit_judged",
                "is_caution": false,
            },
            {
                "when": "by_period.incomplete_visits_judged = 0",
                "name": "no_incomplete_visit_judged",
                "is_caution": false,
            },
        ],
    ) }}

from by_period

left join reps
    on by_period.rep_id = reps.rep_id
