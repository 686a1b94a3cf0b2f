with

source as (

    select * from {{ source("planning", "bonus_schemes") }}

),

renamed as (

    select
        -- ids
        scheme_id,

        -- text
        role,
        measure,
        currency,
        payout,

        -- numbers
        target_bonus,
        threshold,
        cap,

        -- booleans
        is_report_required,

        -- dates
        valid_from,
        valid_to,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
