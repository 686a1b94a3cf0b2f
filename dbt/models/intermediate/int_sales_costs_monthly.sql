with

budget_lines as (

    select * from {{ ref("stg_planning__budget_lines") }}

),

expenses as (

    select * from {{ ref("stg_accounting__sales_expenses") }}

    where spent_on <= {{ as_of_date() }}

),

rep_costs as (

    select * from {{ ref("stg_accounting__rep_costs") }}

    where
        month <= {{ as_of_date() }}
        {# What the expenses hold already would count twice. #}
        and not {{ is_listed(
            "cost_type", var("budget").rep_cost_types_in_expenses
        ) }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

entries as (

    select
        {{ month_start("month") }} as month_start,
        category,
        is_recurring,
        currency,
        amount as budget,
        cast(null as decimal(18, 4)) as actual

    from budget_lines

    union all

    select
        {{ month_start("spent_on") }} as month_start,
        category,
        is_recurring,
        currency,
        cast(null as decimal(18, 4)) as budget,
        amount as actual

    from expenses

    union all

    select
        {{ month_start("month") }} as month_start,
        {{ rep_cost_setting("cost_type", "category", "cost_type") }}
            as category,
        {{ rep_cost_setting("cost_type", "is_recurring", "true") }}
            as is_recurring,
        currency,
        cast(null as decimal(18, 4)) as budget,
        amount as actual

    from rep_costs

),

by_currency as (

    select
        month_start,
        category,
        is_recurring,
        currency,
        {{ money("sum(budget)") }} as budget,
        {{ money("sum(actual)") }} as actual

    from entries

    group by month_start, category, is_recurring, currency

),

{# What lies ahead is budgeted at the newest rate known. #}
dated as (

    select
        *,
        least(month_start, {{ month_start(as_of_date()) }}) as rate_month

    from by_currency

)

select
    dated.month_start,
    dated.category,
    dated.is_recurring,
    {{ money(
        "sum(" ~ money_times("dated.budget", "rates.exchange_rate") ~ ")"
    ) }} as budget,
    {{ money(
        "sum(" ~ money_times("dated.actual", "rates.exchange_rate") ~ ")"
    ) }} as actual,
    max(case when dated.budget is not null then 1 else 0 end) as has_budget,
    max(case when rates.exchange_rate is null then 1 else 0 end)
        as has_missing_rate

from dated

left join rates
    on
        dated.currency = rates.currency
        and dated.rate_month = rates.month_start

group by dated.month_start, dated.category, dated.is_recurring
