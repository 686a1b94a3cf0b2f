with

source as (

    select * from {{ source("accounting", "sales_expenses") }}

),

renamed as (

    select
        -- ids
        expense_id,

        -- text
        category,
        currency,

        -- numbers
        amount,

        -- booleans
        is_recurring,

        -- dates
        spent_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
