with

source as (

    select * from {{ source("accounting", "payments") }}

),

renamed as (

    select
        -- ids
        payment_id,
        customer_id,
        invoice_id,

        -- text
        currency,

        -- numbers
        amount,

        -- dates
        paid_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
