{{ config(**by_client_month()) }}

with

touched as (

    select * from {{ ref("int_client_months_touched") }}

),

run_context as (

    select * from {{ source("run", "context") }}

)

select
    touched.client_id,
    run_context.build_id,
    touched.month_start

from touched

cross join run_context
