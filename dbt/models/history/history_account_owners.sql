{# An account has nothing to keep until it has its first owner. #}
with

accounts as (

    select
        account_id,
        owner_rep_id

    from {{ ref("stg_crm__accounts") }}

)

{{ new_versions(
    "accounts",
    key=["account_id"],
    values=["owner_rep_id"],
    starts_when="accounts.owner_rep_id is not null",
) }}
