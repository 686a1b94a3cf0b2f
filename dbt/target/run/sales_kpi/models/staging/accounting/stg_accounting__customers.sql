
  
  create view "warehouse"."staging"."stg_accounting__customers__dbt_tmp" as (
    with

source as (

    select * from "warehouse"."accounting"."customers"

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

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
  );
