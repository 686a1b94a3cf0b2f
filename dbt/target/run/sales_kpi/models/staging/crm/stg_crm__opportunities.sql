
  
  create view "warehouse"."staging"."stg_crm__opportunities__dbt_tmp" as (
    with

source as (

    select * from "warehouse"."crm"."opportunities"

),

renamed as (

    select
        -- ids
        opportunity_id,
        account_id,
        owner_rep_id,

        -- text
        opportunity_type,
        stage,
        currency,

        -- numbers
        amount,
        contract_value,

        -- booleans
        is_won,

        -- dates
        expected_close_on,
        created_at,
        closed_at,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
  );
