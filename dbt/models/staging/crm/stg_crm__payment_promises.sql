with

source as (

    select * from {{ source("crm", "payment_promises") }}

),

renamed as (

    select
        -- ids
        promise_id,
        invoice_id,
        rep_id,

        -- text
        currency,

        -- numbers
        amount,

        -- dates
        promised_on,
        created_at,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
