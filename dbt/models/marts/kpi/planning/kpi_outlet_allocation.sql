with

outlet_plans as (

    select
        *,
        {{ add_days(add_months("month_start", 1), -1) }} as period_end

    from {{ ref("int_outlet_plans") }}

),

{# What is needed beyond what is there, and what all that is feasible gives. #}
needs as (

    select
        *,
        greatest(outlets_needed - existing_outlets, 0) as new_outlets_needed,
        greatest(sales_needed_per_outlet - average_outlet_sales, 0)
            as lift_needed,
        existing_outlets + feasible_new_outlets as outlets_with_both,
        average_outlet_sales + feasible_lift as outlet_sales_with_both

    from outlet_plans

),

sales as (

    select
        *,
        {{ money(
            "cast(outlet_sales_with_both as decimal(19, 4)) * outlets_with_both"
        ) }} as sales_with_both

    from needs

)

select
    region,
    month_start,
    period_end,
    period_end > {{ as_of_date() }} as is_partial,
    sales_task,
    average_outlet_sales,
    existing_outlets,
    feasible_new_outlets,
    feasible_lift,
    cast(outlets_needed as bigint) as outlets_needed,
    cast(new_outlets_needed as bigint) as new_outlets_needed,
    cast(
        case
            when new_outlets_needed > feasible_new_outlets
                then new_outlets_needed - feasible_new_outlets
            when new_outlets_needed <= feasible_new_outlets then 0
        end as bigint
    ) as outlets_short,
    sales_needed_per_outlet,
    {{ money("lift_needed") }} as lift_needed,
    {{ money(
        "case"
        ~ " when lift_needed > feasible_lift then lift_needed - feasible_lift"
        ~ " when lift_needed <= feasible_lift then 0 end"
    ) }} as lift_short,
    cast(outlets_with_both as bigint) as outlets_with_both,
    {{ money("outlet_sales_with_both") }} as outlet_sales_with_both,
    sales_with_both,
    {{ money("sales_with_both - sales_task") }} as sales_over_task,
    {{ reliability_columns(
        period_end="period_end",
        notes=[
            {
                "when": "feasible_new_outlets is null or feasible_lift is null",
                "name": "feasibility_unknown",
            },
            {"when": "existing_outlets = 0", "name": "no_outlets"},
            {"when": "average_outlet_sales = 0", "name": "no_outlet_sales"},
        ],
    ) }}

from sales
