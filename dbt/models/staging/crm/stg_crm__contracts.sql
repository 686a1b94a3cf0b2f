with

source as (

    select * from {{ source("crm", "contracts") }}

),

renamed as (

    select
        -- ids
        contract_id,
        account_id,
        product_id,

        -- text
        currency,
        billing_interval,

        -- numbers
        amount,
        interval_count,
        quantity,

        -- dates
        starts_on,
        ends_on,
        cancelled_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
