
  
  create view "warehouse"."staging"."stg_crm__reps__dbt_tmp" as (
    with

source as (

    select * from "warehouse"."crm"."reps"

),

renamed as (

    select
        -- ids
        rep_id,
        manager_rep_id,
        territory_id,

        -- text
        rep_name,
        email,
        role,

        -- dates
        hired_on,
        left_on,
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
