with

reps as (

    select
        rep_id,
        valid_from,
        manager_rep_id,
        role,
        territory_id

    from {{ ref("stg_crm__reps") }}

)

{{ new_versions(
    "reps",
    key=["rep_id", "valid_from"],
    values=["manager_rep_id", "role", "territory_id"],
) }}
