with

source as (

    select * from {{ source("planning", "budget_lines") }}

),

renamed as (

    select
        -- text
        category,
        currency,

        -- numbers
        amount,

        -- booleans
        is_recurring,

        -- dates
        month,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
