with

outlet_plans as (

    select
        region,
        {{ month_start("month") }} as month_start,
        sales_task,
        average_outlet_sales,
        existing_outlets,
        feasible_new_outlets,
        feasible_lift,
        {{ ratio("sales_task", "average_outlet_sales") }} as outlets_ratio

    from {{ ref("stg_planning__outlet_plans") }}

),

rounded as (

    select
        *,
        cast(ceil(outlets_ratio) as bigint) as outlets_near

    from outlet_plans

)

{# The quotient is a double, and may have missed a whole number by a hair. #}
select
    region,
    month_start,
    sales_task,
    average_outlet_sales,
    existing_outlets,
    feasible_new_outlets,
    feasible_lift,
    case
        when (outlets_near - 1) * average_outlet_sales >= sales_task
            then outlets_near - 1
        when outlets_near * average_outlet_sales < sales_task
            then outlets_near + 1
        else outlets_near
    end as outlets_needed,
    {{ rounded_money(exact_quotient("sales_task", "existing_outlets")) }}
        as sales_needed_per_outlet

from rounded
