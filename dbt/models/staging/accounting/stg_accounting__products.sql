with

source as (

    select * from {{ source("accounting", "products") }}

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
