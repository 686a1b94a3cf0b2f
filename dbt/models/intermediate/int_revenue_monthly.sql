with

revenue_lines as (

    select * from {{ ref("fct_revenue_lines") }}

)

{{ revenue_by_product("revenue_lines") }}
