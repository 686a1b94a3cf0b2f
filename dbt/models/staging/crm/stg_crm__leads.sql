with

source as (

    select * from {{ source("crm", "leads") }}

),

renamed as (

    select
        -- ids
        lead_id,
        owner_rep_id,
        account_id,

        -- text
        channel,
        temperature,
        status,

        -- dates
        created_at,
        converted_at,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
