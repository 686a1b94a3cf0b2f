with

source as (

    select * from {{ source("accounting", "rep_costs") }}

),

renamed as (

    select
        -- ids
        rep_id,

        -- text
        cost_type,
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
