with

costs as (

    select
        *,
        {{ months_into("month_start", var("fiscal_year_first_month")) }}
            as months_into_year

    from {{ ref("int_sales_costs_monthly") }}

),

by_year as (

    select
        month_start,
        category,
        is_recurring,
        has_budget,
        has_missing_rate,
        {{ add_days(add_months("month_start", 1), -1) }} as month_end,
        {{ add_months("month_start", "-cast(months_into_year as integer)") }}
            as fiscal_year_start,
        cast(
            extract(year from {{ add_months(
                "month_start", "11 - cast(months_into_year as integer)"
            ) }}) as integer
        ) as fiscal_year,
        {{ money("coalesce(budget, 0)") }} as budget,
        {{ money("coalesce(actual, 0)") }} as actual

    from costs

),

to_date as (

    select
        *,
        sum(budget) over (
            partition by fiscal_year_start, category, is_recurring
            order by month_start
            rows between unbounded preceding and current row
        ) as budget_ytd,
        sum(actual) over (
            partition by fiscal_year_start, category, is_recurring
            order by month_start
            rows between unbounded preceding and current row
        ) as actual_ytd

    from by_year

)

select
    month_start,
    month_end as period_end,
    fiscal_year,
    category,
    is_recurring,
    {{ is_promotion("category") }} as is_promotion,
    month_end > {{ as_of_date() }} as is_partial,
    budget,
    actual,
    {{ money("actual - budget") }} as difference,
    {{ ratio("actual", "budget") }} as spent_share,
    {{ money("budget_ytd") }} as budget_ytd,
    {{ money("actual_ytd") }} as actual_ytd,
    {{ money("actual_ytd - budget_ytd") }} as difference_ytd,
    {{ reliability_columns(
        period_end="month_end",
        notes=[
            {
                "when": "has_missing_rate = 1",
                "name": "missing_exchange_rate",
                "is_caution": true,
            },
            {"when": "has_budget = 0", "name": "no_budget"},
        ],
    ) }}

from to_date
