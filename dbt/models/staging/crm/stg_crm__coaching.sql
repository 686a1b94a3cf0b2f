with

source as (

    select * from {{ source("crm", "coaching") }}

),

renamed as (

    select
        -- ids
        rep_id,

        -- text
        topic,

        -- dates
        coached_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
