with

source as (

    select * from {{ source("accounting", "control_totals") }}

),

renamed as (

    select
        -- text
        measure,
        currency,

        -- numbers
        amount,

        -- dates
        month,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
