{# A merge into an account that is not there, or in a circle, has no client. #}
with

accounts as (

    select * from {{ ref("stg_crm__accounts") }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

clients as (

    select
        survivors.account_id,
        survivors.client_id,
        client_accounts.parent_account_id

    from survivors

    inner join accounts as client_accounts
        on survivors.client_id = client_accounts.account_id

    inner join survivors as client_survivors
        on
            survivors.client_id = client_survivors.account_id
            and client_survivors.client_id = client_survivors.account_id

),

normalised as (

    select
        clients.account_id,
        clients.client_id,
        parent_survivors.client_id as parent_client_id,
        accounts.account_name,
        upper(accounts.country) as country,
        {{ normalised_tax_id("accounts.tax_id") }} as tax_id,
        {{ normalised_domain("accounts.domain") }} as domain,
        {{ normalised_name("accounts.account_name") }} as normalised_name

    from clients

    left join accounts
        on clients.account_id = accounts.account_id

    left join survivors as parent_survivors
        on clients.parent_account_id = parent_survivors.account_id

)

select
    *,
    {{ spelling("normalised_name") }} as spelling,
    {{ consonants("normalised_name") }} as consonants

from normalised
