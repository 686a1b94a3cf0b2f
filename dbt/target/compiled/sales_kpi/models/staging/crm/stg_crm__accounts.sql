with

source as (

    select * from "warehouse"."crm"."accounts"

),

renamed as (

    select
        -- ids
        account_id,
        parent_account_id,
        territory_id,
        owner_rep_id,
        referred_by_account_id,

        -- text
        account_name,
        tax_id,
        domain,
        segment,
        country,
        acquisition_channel,
        size_band,
        wallet_currency,

        -- numbers
        wallet_amount,
        payment_terms_days,

        -- booleans
        is_deleted,

        -- dates
        customer_since,
        updated_at,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed