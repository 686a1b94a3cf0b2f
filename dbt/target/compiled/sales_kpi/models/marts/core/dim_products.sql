with

products as (

    select * from "warehouse"."staging"."stg_accounting__products"

)

select
    product_id,
    product_name,
    coalesce(category, 'unknown') as category,
    'r1' as run_id

from products