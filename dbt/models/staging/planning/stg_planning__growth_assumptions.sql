with

source as (

    select * from {{ source("planning", "growth_assumptions") }}

),

renamed as (

    select
        -- ids
        scope_id,

        -- text
        scope,

        -- numbers
        sales_growth,
        price_growth,
        attainable_share,

        -- dates
        valid_from,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
