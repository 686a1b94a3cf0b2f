with

source as (

    select * from {{ source("planning", "activity_norms") }}

),

renamed as (

    select
        -- ids
        scope_id,

        -- text
        scope,
        activity_type,
        period_type,

        -- numbers
        planned_count,

        -- dates
        valid_from,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
