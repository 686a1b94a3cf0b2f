with

source as (

    select * from {{ source("crm", "opportunity_stage_changes") }}

),

renamed as (

    select
        -- ids
        opportunity_id,

        -- text
        from_stage,
        to_stage,

        -- dates
        changed_at,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
