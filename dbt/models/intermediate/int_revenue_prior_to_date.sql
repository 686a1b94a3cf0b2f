{#
    The running month's days of one year ago, in the shape of the monthly
    roll-up: what a running period is compared with instead of a whole month.
#}
with

revenue_lines as (

    select * from {{ ref("fct_revenue_lines") }}

    where
        month_start = {{ month_start(add_months(as_of_date(), -12)) }}
        and issued_on <= {{ add_months(as_of_date(), -12) }}

)

{{ revenue_by_product("revenue_lines") }}
