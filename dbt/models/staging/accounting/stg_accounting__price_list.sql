with

source as (

    select * from {{ source("accounting", "price_list") }}

),

renamed as (

    select
        -- ids
        product_id,

        -- text
        currency,

        -- numbers
        list_price,

        -- dates
        valid_from,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
