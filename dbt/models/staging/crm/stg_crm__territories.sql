with

source as (

    select * from {{ source("crm", "territories") }}

),

renamed as (

    select
        -- ids
        territory_id,
        parent_territory_id,

        -- text
        territory_name,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
