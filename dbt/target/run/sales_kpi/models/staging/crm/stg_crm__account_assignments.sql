
  
  create view "warehouse"."staging"."stg_crm__account_assignments__dbt_tmp" as (
    with

source as (

    select * from "warehouse"."crm"."account_assignments"

),

renamed as (

    select
        -- ids
        account_id,
        rep_id,

        -- numbers
        credit_share,

        -- dates
        valid_from,
        valid_to,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
  );
