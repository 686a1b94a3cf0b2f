{{ config(**by_client_month()) }}

with

built_again as (

    {{ built_again() }}

),

run_context as (

    select * from {{ source("run", "context") }}

)

select
    built_again.client_id,
    run_context.build_id,
    built_again.month_start

from built_again

cross join run_context
