with

source as (

    select * from {{ source("crm", "activities") }}

),

renamed as (

    select
        -- ids
        activity_id,
        rep_id,
        lead_id,
        account_id,
        opportunity_id,
        campaign_id,

        -- text
        activity_type,
        channel,
        outcome,

        -- numbers
        duration_seconds,

        -- booleans
        is_manual,

        -- dates
        occurred_at,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
