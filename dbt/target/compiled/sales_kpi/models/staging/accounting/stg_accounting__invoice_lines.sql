with

source as (

    select * from "warehouse"."accounting"."invoice_lines"

),

renamed as (

    select
        -- ids
        invoice_id,
        product_id,

        -- numbers
        unit_price,
        net_amount,
        cost_amount,
        quantity,
        line_number,

        -- booleans
        is_recurring,

        -- dates
        service_from,
        service_to,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed