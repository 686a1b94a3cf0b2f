with

source as (

    select * from "warehouse"."crm"."account_merges"

),

renamed as (

    select
        -- ids
        merged_account_id,
        surviving_account_id,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed