with

source as (

    select * from {{ source("accounting", "exchange_rates") }}

),

renamed as (

    select
        -- text
        from_currency,
        to_currency,

        -- numbers
        rate,

        -- dates
        rate_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
