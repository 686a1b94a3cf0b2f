{{ config(**by_month()) }}

with

months_touched as (

    select * from {{ ref("int_months_touched") }}

),

run_context as (

    select * from {{ source("run", "context") }}

)

select
    months_touched.month_start,
    run_context.build_id

from months_touched

cross join run_context
