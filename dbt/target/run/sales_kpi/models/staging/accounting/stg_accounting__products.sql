
  
  create view "warehouse"."staging"."stg_accounting__products__dbt_tmp" as (
    with

source as (

    select * from "warehouse"."accounting"."products"

),

renamed as (

    select
        -- ids
        product_id,

        -- text
        product_name,
        category,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
  );
