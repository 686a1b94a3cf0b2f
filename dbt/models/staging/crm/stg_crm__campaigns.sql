with

source as (

    select * from {{ source("crm", "campaigns") }}

),

renamed as (

    select
        -- ids
        campaign_id,

        -- text
        campaign_name,
        channel,
        currency,

        -- numbers
        budget_amount,

        -- dates
        starts_on,
        ends_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
