
  
  create view "warehouse"."staging"."stg_crm__campaigns__dbt_tmp" as (
    with

source as (

    select * from "warehouse"."crm"."campaigns"

),

renamed as (

    select
        -- ids
        campaign_id,

        -- text
        campaign_name,
        channel,
        currency,

        -- numbers
        budget_amount,

        -- dates
        starts_on,
        ends_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
  );
