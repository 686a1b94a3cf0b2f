with

products as (

    select * from {{ ref("stg_accounting__products") }}

)

select
    product_id,
    product_name,
    coalesce(category, 'unknown') as category,
    {{ run_id() }} as run_id

from products
