with

source as (

    select * from {{ source("planning", "work_plans") }}

),

renamed as (

    select
        -- ids
        rep_id,

        -- text
        period_type,
        item,
        task,

        -- numbers
        planned,

        -- dates
        period_start,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
