
  
  create view "warehouse"."staging"."stg_crm__activities__dbt_tmp" as (
    with

source as (

    select * from "warehouse"."crm"."activities"

),

renamed as (

    select
        -- ids
        activity_id,
        rep_id,
        lead_id,
        account_id,
        opportunity_id,
        campaign_id,

        -- text
        activity_type,
        channel,
        outcome,

        -- numbers
        duration_seconds,

        -- booleans
        is_manual,

        -- dates
        occurred_at,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
  );
