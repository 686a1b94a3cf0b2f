{{ config(**by_month()) }}

with

revenue_lines as (

    select * from {{ ref("fct_revenue_lines") }}

    {{ only_touched_months("month_start") }}

)

{{ revenue_by_product("revenue_lines") }}
