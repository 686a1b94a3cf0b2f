with

source as (

    select * from {{ source("crm", "visit_reports") }}

),

renamed as (

    select
        -- ids
        activity_id,

        -- text
        purpose,
        display_state,
        summary,
        next_step,

        -- numbers
        own_stock,
        competitor_stock,

        -- booleans
        is_prearranged,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
