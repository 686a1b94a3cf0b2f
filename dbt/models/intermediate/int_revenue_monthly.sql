{{ config(**by_client_month()) }}

with

revenue_lines as (

    select * from {{ ref("fct_revenue_lines") }}

    {{ only_touched() }}

)

{{ revenue_by_product("revenue_lines") }}
