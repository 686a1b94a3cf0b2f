with

customers as (

    select * from {{ ref("stg_accounting__customers") }}

),

normalised as (

    select
        customer_id,
        crm_account_id,
        customer_name,
        upper(country) as country,
        {{ normalised_tax_id("tax_id") }} as tax_id,
        {{ normalised_domain("domain") }} as domain,
        {{ normalised_name("customer_name") }} as normalised_name

    from customers

)

select
    *,
    {{ spelling("normalised_name") }} as spelling,
    {{ consonants("normalised_name") }} as consonants

from normalised
