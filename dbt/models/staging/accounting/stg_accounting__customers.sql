with

source as (

    select * from {{ source("accounting", "customers") }}

),

renamed as (

    select
        -- ids
        customer_id,
        crm_account_id,

        -- text
        customer_name,
        tax_id,
        domain,
        country,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
