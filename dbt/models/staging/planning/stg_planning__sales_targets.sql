with

source as (

    select * from {{ source("planning", "sales_targets") }}

),

renamed as (

    select
        -- ids
        entity_id,

        -- text
        level,
        period_type,
        currency,

        -- numbers
        target_low,
        target_high,

        -- dates
        period_start,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
