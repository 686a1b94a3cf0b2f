with

source as (

    select * from {{ source("planning", "client_actions") }}

),

renamed as (

    select
        -- ids
        action_id,
        rep_id,
        account_id,

        -- text
        action_type,
        aim,
        currency,

        -- numbers
        budget_amount,
        expected_amount,

        -- dates
        planned_on,
        done_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
